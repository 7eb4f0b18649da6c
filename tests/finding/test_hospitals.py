"""The list of hospitals as a visitor sees it."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils.html import strip_tags

from appointments import workflow as appointments
from appointments.models import HospitalWord, Word
from appointments.workflow import reindex_hospital
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import Hospital, OpeningHours
from tests.factories import DoctorFactory, HospitalFactory, hours_in

pytestmark = pytest.mark.usefixtures("monday_morning")


def names(answer):
    return re.findall(r"<h2><a href=\"[^\"]+\">([^<]+)</a></h2>", answer.content.decode())


def text_of(answer):
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


def found(client, **query):
    cache.clear()
    return names(client.get("/hospitals/", query))


def counts_are_right():
    for word in Word.objects.all():
        assert word.hospitals == HospitalWord.objects.filter(word=word).count(), word.text


@pytest.fixture
def places(db):
    """Four that can be found, and three that cannot."""
    rows = {
        "apollo": HospitalFactory(name="Apollo Hospital", city="Lucknow", region="Uttar Pradesh", beds=120),
        "care": HospitalFactory(name="Care Clinic", city="Pune", region="Maharashtra", emergency=True),
        "bloom": HospitalFactory(name="Bloom Hospital", city="LUCKNOW", region="Uttar Pradesh"),
        "max": HospitalFactory(name="मैक्स अस्पताल", city="New Delhi", region="Delhi"),
    }
    rows["apollo"].departments.create(name="Cardiology")
    rows["apollo"].services.create(name="Blood bank")
    rows["care"].departments.create(name="Paediatric cardiology")
    rows["care"].departments.create(name="Closed one", closed_at=clock.now())
    for row in rows.values():
        reindex_hospital(hospital=row)
    for state in ("suspended", "pending", "rejected"):
        row = HospitalFactory(name=f"Apollo {state}", city="Lucknow")
        Hospital.objects.filter(pk=row.pk).update(state=state)
        row.departments.create(name="Cardiology")
        OpeningHours.objects.create(hospital=row, weekday=0, from_minute=0, to_minute=1440)
        reindex_hospital(hospital=row)
    return rows


APOLLO, BLOOM, CARE, MAX = "Apollo Hospital", "Bloom Hospital", "Care Clinic", "मैक्स अस्पताल"


class TestWords:
    def test_all_that_can_be_found_by_name(self, client, places):
        assert found(client) == [APOLLO, BLOOM, CARE, MAX]

    @pytest.mark.parametrize(
        ("text", "who"),
        [
            ("apollo", [APOLLO]),
            ("apo", [APOLLO]),
            ("apolo", [APOLLO]),
            ("hospital", [APOLLO, BLOOM]),
            ("lucknow hospital", [APOLLO, BLOOM]),
            ("lucnow", [APOLLO, BLOOM]),
            ("maharashtra", [CARE]),
            ("cardiology", [APOLLO, CARE]),
            ("paediatric", [CARE]),
            ("blood", [APOLLO]),
            ("bank lucknow", [APOLLO]),
            ("मैक्स", [MAX]),
            ("closed", []),
            ("suspended", []),
            ("nothing", []),
        ],
    )
    def test_text_over_name_place_department_and_service(self, client, places, text, who):
        assert found(client, q=text) == who

    def test_it_says_what_it_looked_for(self, client, places):
        assert "Showing results for apollo." in text_of(client.get("/hospitals/?q=apolo"))
        assert "Showing results for" not in text_of(client.get("/hospitals/?q=apollo"))

    def test_words_that_only_doctors_have_find_no_hospital(self, client, places):
        DoctorFactory(hospitals=[places["apollo"]], name="Zubin Mehta")
        assert found(client, q="zubin") == []
        assert found(client, q="zubun") == []

    @pytest.mark.parametrize("text", ["%", "' OR 1=1 --", "\x00", "\uffff", "😀", "a" * 5000, "x " * 5000])
    def test_hostile_text_breaks_nothing(self, client, places, text):
        for field in ("q", "city", "department", "open", "emergency", "after"):
            assert client.get("/hospitals/", {field: text}).status_code == 200


class TestConditions:
    @pytest.mark.parametrize(
        ("city", "who"),
        [
            ("Lucknow", [APOLLO, BLOOM]),
            ("luck", [APOLLO, BLOOM]),
            ("lucnow", [APOLLO, BLOOM]),
            ("new delhi", [MAX]),
            ("nowhere", []),
            ("--", []),
        ],
    )
    def test_a_city_however_it_is_spelled(self, client, places, city, who):
        assert found(client, city=city) == who

    def test_departments_are_those_that_are_open(self, client, places):
        assert found(client, department="Cardiology") == [APOLLO]
        assert found(client, department="cardiology") == [APOLLO]
        assert found(client, department="Closed one") == [APOLLO, BLOOM, CARE, MAX]  # no choice: left out
        assert "Closed one" not in text_of(client.get("/hospitals/"))

    def test_emergency(self, client, places):
        assert found(client, emergency="yes") == [CARE]
        assert found(client, emergency="yes", city="lucknow") == []

    def test_leaving_one_out_says_how_many_there_are_then(self, client, places):
        page = client.get("/hospitals/?emergency=yes&city=lucknow").content.decode()
        offers = re.findall(r'<a class="chip" href="([^"]+)">.*?<small class="muted">([^<]+)</small>', page)
        assert offers == [("?emergency=yes", "1 hospital"), ("?city=lucknow", "2 hospitals")]
        assert "No hospital fits that." in text_of(client.get("/hospitals/?emergency=yes&q=zzz&city=nowhere"))


class TestOpenNow:
    def opens(self, hospital, weekday, begins, ends):
        OpeningHours.objects.create(hospital=hospital, weekday=weekday, from_minute=begins, to_minute=ends)

    def test_by_its_own_clock(self, client, places, at):
        self.opens(places["apollo"], 0, 9 * 60, 17 * 60)
        abroad = HospitalFactory(name="Zurich Clinic", city="Zurich", zone="Europe/Zurich")
        self.opens(abroad, 0, 9 * 60, 17 * 60)
        at("2026-03-02 08:59")
        assert found(client, open="now") == [CARE]
        at("2026-03-02 09:00")
        assert found(client, open="now") == [APOLLO, CARE]
        at("2026-03-02 13:30")  # nine o'clock in Zurich
        assert found(client, open="now") == [APOLLO, CARE, "Zurich Clinic"]
        at("2026-03-02 17:00")
        assert found(client, open="now") == [CARE, "Zurich Clinic"]
        at("2026-03-03 10:00")  # Tuesday
        assert found(client, open="now") == [CARE]

    def test_a_night_ends_tomorrow(self, client, places, at):
        self.opens(places["bloom"], 6, 20 * 60, 30 * 60)  # Sunday evening until six on Monday
        at("2026-03-02 05:59")
        assert found(client, open="now") == [BLOOM, CARE]
        at("2026-03-02 06:00")
        assert found(client, open="now") == [CARE]

    def test_a_holiday_is_not_open_but_its_emergency_is(self, client, places, at):
        for name in ("apollo", "care"):
            self.opens(places[name], 0, 0, 1440)
            places[name].closures.create(on=at("2026-03-02 10:00").date(), name="Holi")
        assert found(client, open="now") == [CARE]

    def test_many_open_ones_are_walked_and_found_the_same(self, client, places, monkeypatch):
        from hospitals import querysets

        for row in places.values():
            self.opens(row, 0, 0, 1440)
        before = found(client, open="now")
        monkeypatch.setattr(querysets, "FEW", 1)
        assert found(client, open="now") == before == [APOLLO, BLOOM, CARE, MAX]

    def test_with_other_conditions(self, client, places):
        self.opens(places["apollo"], 0, 0, 1440)
        assert found(client, open="now", city="lucknow") == [APOLLO]
        assert found(client, open="now", q="clinic") == [CARE]


class TestCards:
    def test_what_it_has(self, client, places, at):
        DoctorFactory(hospitals=[places["apollo"]], hours=hours_in(places["apollo"], begins=10))
        DoctorFactory(hospitals=[places["apollo"]], hours=hours_in(places["apollo"], begins=9))
        page = text_of(client.get("/hospitals/?q=apollo"))
        assert "120 beds" in page
        assert "Cardiology" in page
        assert "2 doctors, next free: Today, 09:00" in page
        assert "24×7 emergency" in text_of(client.get("/hospitals/?q=care"))

    def test_the_free_time_is_one_in_this_hospital(self, client, places):
        here, there = places["apollo"], places["care"]
        rows = hours_in(here, begins=14, ends=15) + hours_in(there, begins=9, ends=10)
        DoctorFactory(hospitals=[here, there], hours=rows)
        assert "1 doctor, next free: Today, 14:00" in text_of(client.get("/hospitals/?q=apollo"))
        assert "1 doctor, next free: Today, 09:00" in text_of(client.get("/hospitals/?q=care"))

    def test_without_doctors_it_says_so(self, client, places):
        page = text_of(client.get("/hospitals/?q=bloom"))
        assert "No doctors to book here yet" in page
        assert "next free" not in page

    def test_many_departments_are_cut(self, client, places):
        for n in range(9):
            places["bloom"].departments.create(name=f"Department {n}")
        assert "+3 more departments" in text_of(client.get("/hospitals/?q=bloom"))

    def test_the_pages_follow_each_other(self, client, db):
        for n in range(23):
            HospitalFactory(name=f"Hospital {n:02}", city="Pune")
        seen, address = [], "/hospitals/?city=pune"
        while address:
            answer = client.get(address)
            seen += names(answer)
            address = answer.context["next"] and f"/hospitals/?city=pune&after={answer.context['next']}"
        assert seen == [f"Hospital {n:02}" for n in range(23)]


class TestIndex:
    def test_it_follows_name_city_and_state(self, places, client):
        apollo = places["apollo"]
        apollo.name, apollo.city = "Apex Hospital", "Agra"
        hospitals.save_hospital(hospital=apollo, by=None)
        assert found(client, q="apollo") == []
        assert found(client, q="apex agra") == ["Apex Hospital"]
        appointments.suspend_hospital(hospital=apollo, reason="Licence", by=None)
        assert found(client, q="apex") == []
        assert not HospitalWord.objects.filter(hospital=apollo).exists()
        appointments.reinstate_hospital(hospital=apollo, by=None)
        assert found(client, q="apex") == ["Apex Hospital"]
        counts_are_right()

    def test_again_changes_nothing_and_costs_little(self, places, django_assert_max_num_queries):
        before = sorted(HospitalWord.objects.values_list("word", "hospital"))
        with django_assert_max_num_queries(8):
            reindex_hospital(hospital=places["apollo"])
        assert sorted(HospitalWord.objects.values_list("word", "hospital")) == before
        counts_are_right()

    def test_many_at_once_are_as_each_by_itself(self, places):
        before = sorted(HospitalWord.objects.values_list("word__text", "hospital"))
        HospitalWord.objects.all().delete()
        Word.objects.update(hospitals=0)
        appointments.reindex_hospitals(hospitals=list(Hospital.objects.all()))
        assert sorted(HospitalWord.objects.values_list("word__text", "hospital")) == before
        counts_are_right()


def test_open_now_and_words_cost_few_questions(client, places, django_assert_max_num_queries):
    client.get("/hospitals/")
    with django_assert_max_num_queries(12):
        client.get("/hospitals/?q=apolo+lucnow+hosp&city=lucnow&department=Cardiology&open=now")
    with django_assert_max_num_queries(12):
        client.get("/hospitals/?q=apolo+lucnow+zzzz&city=lucnow&department=Cardiology&open=now&emergency=yes")


def test_a_doctor_free_next_month_is_no_free_time_this_week(client, places):
    soon = clock.now().date() + timedelta(20)
    DoctorFactory(hospitals=[places["bloom"]], hours=hours_in(places["bloom"], valid_from=soon))
    page = text_of(client.get("/hospitals/?q=bloom"))
    assert "1 doctor" in page and "next free" not in page
