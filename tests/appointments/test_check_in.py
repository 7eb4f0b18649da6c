"""The patient has come."""

from datetime import timedelta

import pytest

from appointments import workflow
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from tests.factories import DoctorFactory, HospitalFactory, book, trail


def test_it_works_on_the_day(confirmed, doctor):
    visit = workflow.check_in(appointment=confirmed, by=doctor.user)
    assert (visit.state, visit.checked_in_at) == ("checked_in", clock.now())
    assert trail(visit)[0] == "appointments.checked_in"


@pytest.mark.parametrize("days", [-1, 1, 7])
def test_it_is_refused_on_other_days(confirmed, doctor, at, days):
    at(confirmed.starts_at + timedelta(days))
    with pytest.raises(RuleBroken, match="on the day of the visit"):
        workflow.check_in(appointment=confirmed, by=doctor.user)


@pytest.mark.parametrize("moment", ["2026-03-02 00:00", "2026-03-02 23:59"])
def test_the_day_is_the_hospitals_day(confirmed, doctor, at, moment):
    at(moment)
    assert workflow.check_in(appointment=confirmed, by=doctor.user).state == "checked_in"


def test_the_day_in_new_york_is_another_day(patient, at):
    hospital = HospitalFactory(zone="America/New_York", city="New York")
    doctor = DoctorFactory(hospitals=[hospital])
    visit = book(patient, doctor)
    assert visit.starts_at == at("2026-03-02 19:30")  # nine in the morning there
    at("2026-03-02 08:00")
    workflow.approve(appointment=visit, by=doctor.user)
    with pytest.raises(RuleBroken, match="on the day"):
        workflow.check_in(appointment=visit, by=doctor.user)  # still Sunday there
    at("2026-03-03 03:00")  # still Monday there
    assert workflow.check_in(appointment=visit, by=doctor.user).state == "checked_in"


def test_a_request_must_be_approved_first(appointment, doctor):
    with pytest.raises(RuleBroken, match="Requested"):
        workflow.check_in(appointment=appointment, by=doctor.user)
