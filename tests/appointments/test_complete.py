"""The visit is over."""

from datetime import timedelta

import pytest

from appointments import workflow
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients import workflow as patients
from patients.models import Patient
from tests.factories import inbox, trail


@pytest.fixture
def visit(confirmed, doctor, at):
    """In the room since nine."""
    at("2026-03-02 09:00")
    workflow.check_in(appointment=confirmed, by=doctor.user)
    return workflow.start(appointment=confirmed, by=doctor.user)


def complete(visit):
    return workflow.complete(appointment=visit, by=visit.doctor.user)


def test_it_is_completed_and_the_patient_told(visit, patient):
    row = complete(visit)
    assert (row.state, row.completed_at) == ("completed", clock.now())
    assert "appointments.completed" in inbox(patient)
    assert trail(row)[0] == "appointments.completed"


def test_its_time_stays_taken(visit):
    complete(visit)
    assert visit.claims.count() == 4


def test_the_record_stays_open_for_thirty_days(visit, doctor, at):
    finished = at("2026-03-02 09:15")
    complete(visit)
    at(finished + timedelta(days=30, seconds=-1))
    assert Patient.objects.as_carer(doctor.user).exists()
    at(finished + timedelta(days=30))
    assert not Patient.objects.as_carer(doctor.user).exists()


@pytest.mark.parametrize("day", ["2026-03-09 09:00", "2026-04-20 09:00"])
def test_completed_late_the_thirty_days_are_counted_from_then(visit, patient, doctor, at, day):
    finished = at(day)
    row = complete(visit)
    assert row.grant.__class__.objects.get(pk=row.grant_id).ends_at == finished + timedelta(days=30)
    assert Patient.objects.as_carer(doctor.user).exists()
    assert "patients.access_renewed" in trail(patient)
    at(finished + timedelta(days=30))
    assert not Patient.objects.as_carer(doctor.user).exists()


def test_access_that_the_patient_has_ended_stays_ended(visit, patient, doctor):
    patients.end_access(grant=visit.grant, by=patient.user)
    complete(visit)
    assert not Patient.objects.as_carer(doctor.user).exists()


def test_whoever_was_shown_the_door_does_not_come_back_by_completing_an_old_visit(visit, patient, doctor, at):
    """The grant of the visit had run out by itself when the patient ended the access that a later one gave."""
    at("2026-04-20 09:00")
    later = patients.grant_access(patient=patient, carer=doctor.user, reason="Visit", by=None)
    patients.end_access(grant=later, by=patient.user)
    complete(visit)
    assert not Patient.objects.as_carer(doctor.user).exists()


def test_a_visit_that_was_not_started_cannot_be_completed(confirmed, doctor):
    with pytest.raises(RuleBroken, match="Confirmed"):
        workflow.complete(appointment=confirmed, by=doctor.user)
