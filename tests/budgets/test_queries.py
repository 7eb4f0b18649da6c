"""No page asks more than twelve times, and none asks more often because there is more."""

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doctors import workflow as doctors
from hospitals.models import VisitType
from tests.budgets.pages import pages
from tests.factories import HospitalFactory

MOST = 12
# The first visitor in five minutes fills what all of them share: the choices of the search, and how many there are.
MOST_OF_THE_FIRST = 15
FEW, MANY = 12, 1000  # a page is full at ten
# Marks inside the transaction that each test runs in; a real request has none of them.
MARKS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")


def asked(browser, address):
    """The statements that the page cost: first with nothing in the cache, then with what is shared in it, if anything."""
    cache.clear()
    found = []
    while len(found) < 2:
        with CaptureQueriesContext(connection) as noted:
            answer = browser.get(address)
        assert answer.status_code in (200, 404), (address, answer.status_code)
        found.append([query["sql"] for query in noted if not query["sql"].startswith(MARKS)])
        if not cache._cache:
            return found * 2
    return found


def test_no_page_asks_much_and_none_asks_more_because_there_is_more(crowd, as_everyone, record_property):
    ContentType.objects.get_for_models(*apps.get_models())  # known for as long as a process lives
    town = crowd(FEW)
    for browser in as_everyone.values():
        browser.get("/accounts/stay/")  # the first click in half a minute is noted, at three statements
    few = {(who, address): asked(as_everyone[who], address) for who, address in pages(town)}
    crowd(MANY)
    wrong = []
    for (who, address), before in few.items():
        now = asked(as_everyone[who], address)
        counts = [(len(a), len(b)) for a, b in zip(before, now, strict=True)]
        record_property(f"{who} {address}", " ".join(f"{a} {b}" for a, b in counts))
        for (a, b), most in zip(counts, (MOST_OF_THE_FIRST, MOST), strict=True):
            if a != b or b > most:
                wrong.append(f"{who} {address}: {a} at {FEW} rows, {b} at {MANY}; at most {most}")
    assert not wrong, "\n".join(wrong)


def test_the_fees_of_several_hospitals_are_those_of_each(doctor, hospital, other_hospital):
    third = HospitalFactory()
    doctors.change_doctor(
        doctor=doctor, affiliations=[(place, "") for place in (hospital, other_hospital, third)], by=None
    )
    hospital.fees.create(visit_type=VisitType.CHECK_UP, amount=300)
    other_hospital.fees.create(visit_type=VisitType.CHECK_UP, amount=310)
    other_hospital.fees.create(visit_type=VisitType.FOLLOW_UP, amount=200)
    doctor.fees.create(hospital=other_hospital, visit_type=VisitType.CHECK_UP, amount=900)
    doctor.fees.create(hospital=third, visit_type=VisitType.REPORT_REVIEW, amount=0)
    places = (hospital, other_hospital, third)
    with CaptureQueriesContext(connection) as noted:
        fees = doctor.fees_at([place.pk for place in places])
    assert len(noted) == 1
    assert fees == {place.pk: doctor.fees_in(place) for place in places}
    assert fees[other_hospital.pk] == {"check_up": 900, "follow_up": 200, "report_review": 500, "video": 500}
    assert doctor.fees_at([]) == {}
