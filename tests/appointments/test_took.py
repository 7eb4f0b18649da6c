"""A booking leaves the listing as it is where it can: whatever is booked, the row says what a full look would say."""

import random
from datetime import timedelta

import pytest

from appointments import openings, workflow
from appointments.models import Listing
from appointments.workflow import listing
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from hospitals.models import VisitType
from tests.factories import DoctorFactory, HospitalFactory, PatientFactory, book, hours_in

pytestmark = pytest.mark.django_db
SAID = ("next_free_at", "roll_at", "free_from", "free_days", "video")


@pytest.fixture(autouse=True)
def _still():
    """Between a booking and the look after it, no time passes."""
    with clock.at(clock.now()):
        yield


def said(doctor):
    return Listing.objects.values(*SAID).get(pk=doctor.pk)


def looked_at(doctor):
    """What a full look says, without leaving it there."""
    before = said(doctor)
    listing.refresh(doctor)
    full = said(doctor)
    Listing.objects.filter(pk=doctor.pk).update(**before)
    return full


def many_hours(some, hospitals):
    """Short days and long ones, a night, pauses, several places, in two hospitals and two zones."""
    one, other = hospitals
    rows = hours_in(
        one, begins=9, ends=some.choice((10, 13)), weekdays=(0, 2, 4), visit=20, buffer=some.choice((0, 10))
    )
    rows += hours_in(other, begins=15, ends=17, weekdays=(0, 1, 3), visit=30, places=some.choice((1, 2)))
    return rows + hours_in(one, begins=22, ends=26, weekdays=(5,), visit=60)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_booked_the_listing_says_what_a_full_look_says(seed):
    some = random.Random(seed)
    hospitals = [HospitalFactory(), HospitalFactory(zone="Asia/Dubai")]
    offers = {"check_up": some.choice((15, 20, 60)), "follow_up": 30}
    doctor = DoctorFactory(hospitals=hospitals, offers=offers, hours=many_hours(some, hospitals), notice_minutes=60)
    for _n in range(25):
        visit_type = some.choice((VisitType.CHECK_UP, VisitType.CHECK_UP, VisitType.FOLLOW_UP))
        free = openings.free_for([doctor], start_on=clock.today(), days=16, visit_type=visit_type)[doctor.pk]
        if not free:
            break
        slot = some.choice(free[: some.choice((1, 4, 400))])
        book(PatientFactory(), doctor, slot=slot, visit_type=visit_type, at_desk=some.random() < 0.2)
        assert said(doctor) == looked_at(doctor)


@pytest.fixture
def looks(monkeypatch):
    """[doctor] of every full look."""
    seen, look = [], listing.refresh
    monkeypatch.setattr(listing, "refresh", lambda doctor: (seen.append(doctor), look(doctor)))
    return seen


def test_a_time_in_the_middle_of_a_day_needs_no_full_look(doctor, patient, looks):
    free = openings.free_for([doctor], start_on=clock.today() + timedelta(3), days=1)[doctor.pk]
    book(patient, doctor, slot=free[len(free) // 2])
    assert not looks
    assert said(doctor) == looked_at(doctor)


def test_the_soonest_time_and_the_last_one_of_a_day_do(hospital, patient, looks):
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, begins=9, ends=10, visit=30))
    looks.clear()
    for n in (0, -1):
        book(PatientFactory(), doctor, slot=openings.free_for([doctor], start_on=clock.today(), days=6)[doctor.pk][n])
    assert len(looks) == 2
    assert said(doctor) == looked_at(doctor)


def test_a_form_that_is_sent_again_gives_the_same_visit(doctor, patient):
    """Also once the visit was given up, when nothing stands in the way of a second one."""
    visit = book(patient, doctor, request_key="k")
    slot = openings.free_for([doctor], start_on=clock.today(), days=3)[doctor.pk][0]
    again = {"doctor": doctor, "hospital": visit.hospital, "patient": patient, "by": patient.user, "request_key": "k"}
    assert workflow.book(**again, visit_type="check_up", start=visit.starts_at.timestamp() // 300) == visit
    workflow.cancel(appointment=visit, by=patient.user)
    assert workflow.book(**again, visit_type="check_up", start=int(visit.starts_at.timestamp()) // 300) == visit
    with pytest.raises(RuleBroken):
        workflow.book(**{**again, "request_key": "j"}, visit_type="check_up", start=slot.start + 1)
