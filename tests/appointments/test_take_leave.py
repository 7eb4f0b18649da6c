"""The doctor is away."""

from datetime import timedelta

import pytest

from appointments import workflow
from appointments.models import Leave, Listing
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from tests.factories import DoctorFactory, book, free_slots, hours_in, trail


@pytest.fixture
def leave(doctor, at):
    """leave("09:00", "12:00") is leave of today in those hours."""

    def take(begins, ends, day="2026-03-02", **facts):
        starts_at, ends_at = at(f"{day} {begins}"), at(f"{day} {ends}")
        at("2026-03-02 08:00")
        return workflow.take_leave(
            doctor=facts.pop("doctor", doctor), starts_at=starts_at, ends_at=ends_at, by=doctor.user, **facts
        )

    return take


def test_nobody_can_book_the_doctor_then(leave, doctor, at):
    leave("09:00", "12:00", note="  Dentist ")
    assert free_slots(doctor)[0].starts_at == at("2026-03-02 12:00")
    assert Leave.objects.get().note == "Dentist"
    assert trail(doctor)[0] == "appointments.leave_taken"


def test_the_search_follows(leave, doctor, at):
    leave("00:00", "23:59")
    listing = Listing.objects.get(doctor=doctor)
    assert listing.next_free_at == at("2026-03-03 09:00")
    assert not listing.free_days & 1


def test_visits_in_the_way_are_named_and_nothing_happens(leave, doctor, patient, other_patient):
    slots = free_slots(doctor)
    visits = [book(patient, doctor, slot=slots[0]), book(other_patient, doctor, slot=slots[3])]
    with pytest.raises(RuleBroken, match="2 visits in that time") as refusal:
        leave("08:00", "12:00")
    assert refusal.value.offers == visits
    assert not Leave.objects.exists()
    for visit in visits:
        visit.refresh_from_db()
        assert visit.state == "requested"


def test_one_visit_in_the_way_is_one(leave, appointment):
    with pytest.raises(RuleBroken, match="a visit in that time") as refusal:
        leave("09:15", "09:20")
    assert refusal.value.offers == [appointment]


@pytest.mark.parametrize(("begins", "ends"), [("08:00", "09:00"), ("09:20", "12:00")])
def test_leave_may_begin_and_end_where_a_visit_does(leave, appointment, begins, ends):
    assert leave(begins, ends)


def test_the_pause_after_a_visit_belongs_to_it(leave, hospital, patient):
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, buffer=10))
    book(patient, doctor)
    with pytest.raises(RuleBroken):
        leave("09:25", "12:00", doctor=doctor)
    assert leave("09:30", "12:00", doctor=doctor)


def test_closed_visits_are_in_nobodys_way(leave, appointment, patient):
    workflow.cancel(appointment=appointment, by=patient.user)
    assert leave("09:00", "12:00")


def test_visits_of_another_doctor_are_in_nobodys_way(leave, other_doctor, patient):
    book(patient, other_doctor)
    assert leave("09:00", "12:00")


@pytest.mark.parametrize(("begins", "ends"), [("12:00", "12:00"), ("12:00", "11:00")])
def test_leave_ends_after_it_begins(leave, begins, ends):
    with pytest.raises(RuleBroken, match="end after it begins") as refusal:
        leave(begins, ends)
    assert refusal.value.field == "ends_at"


def test_leave_that_is_over_is_refused(leave):
    with pytest.raises(RuleBroken, match="over already"):
        leave("09:00", "12:00", day="2026-03-01")


def test_leave_may_have_begun(doctor):
    now = clock.now()
    assert workflow.take_leave(doctor=doctor, starts_at=now - timedelta(1), ends_at=now + timedelta(1), by=doctor.user)


def test_a_leave_beside_the_grid_takes_what_it_touches(leave, doctor, at):
    leave("09:01", "09:02")
    assert free_slots(doctor)[0].starts_at == at("2026-03-02 09:20")
