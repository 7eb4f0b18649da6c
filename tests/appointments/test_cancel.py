"""The patient or the doctor calls a visit off."""

import pytest

from accounts.models import Notification
from appointments import workflow
from appointments.models import Appointment, Listing
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients import workflow as patients
from patients.models import Patient
from tests.factories import book, free_slots, inbox, trail


def test_the_patient_cancels_and_the_doctor_is_told(confirmed, patient, doctor):
    visit = workflow.cancel(appointment=confirmed, by=patient.user, reason=" Better again ")
    assert (visit.state, visit.reason, visit.closed_by) == ("cancelled", "Better again", patient.user)
    assert visit.closed_at == clock.now()
    assert "appointments.cancelled" in inbox(doctor)
    assert "appointments.cancelled" not in inbox(patient)
    assert trail(visit)[0] == "appointments.cancelled"


def test_the_doctor_cancels_and_the_patient_is_told(confirmed, patient, doctor):
    workflow.cancel(appointment=confirmed, by=doctor.user)
    assert "appointments.cancelled" in inbox(patient)
    assert "appointments.cancelled" not in inbox(doctor)


def test_the_line_in_the_inbox_leads_to_the_visit(confirmed, patient, doctor):
    workflow.cancel(appointment=confirmed, by=patient.user)
    assert Notification.objects.get(kind="appointments.cancelled").path == confirmed.get_absolute_url()


def test_a_request_can_be_cancelled_too(appointment, patient):
    assert workflow.cancel(appointment=appointment, by=patient.user).state == "cancelled"


def test_the_time_is_free_again(confirmed, patient, other_patient, doctor):
    workflow.cancel(appointment=confirmed, by=patient.user)
    assert not confirmed.claims.exists()
    assert Listing.objects.get(doctor=doctor).next_free_at == confirmed.starts_at
    assert book(other_patient, doctor).starts_at == confirmed.starts_at


def test_the_patient_is_free_again(confirmed, patient, doctor, other_doctor):
    workflow.cancel(appointment=confirmed, by=patient.user)
    assert book(patient, other_doctor).starts_at == confirmed.starts_at


def test_the_doctor_can_no_longer_open_the_record(confirmed, patient, doctor):
    workflow.cancel(appointment=confirmed, by=patient.user)
    assert not Patient.objects.as_carer(doctor.user).exists()


def test_access_from_another_visit_stays(confirmed, patient, doctor):
    later = book(patient, doctor, slot=free_slots(doctor)[5])
    workflow.approve(appointment=later, by=doctor.user)
    workflow.cancel(appointment=confirmed, by=patient.user)
    assert Patient.objects.as_carer(doctor.user).exists()


def test_access_that_the_patient_had_ended_keeps_its_end(confirmed, patient, at):
    patients.end_access(grant=confirmed.grant, by=patient.user)
    ended = clock.now()
    at("2026-03-02 08:10")
    workflow.cancel(appointment=confirmed, by=patient.user)
    confirmed.grant.refresh_from_db()
    assert (confirmed.grant.ends_at, confirmed.grant.ended_by) == (ended, patient.user)


def test_twice_is_refused_in_words(confirmed, patient):
    workflow.cancel(appointment=confirmed, by=patient.user)
    with pytest.raises(RuleBroken, match="closed already: Cancelled"):
        workflow.cancel(appointment=confirmed, by=patient.user)


def test_other_visits_at_that_time_keep_theirs(confirmed, patient, other_patient, other_doctor):
    neighbour = book(other_patient, other_doctor)
    workflow.cancel(appointment=confirmed, by=patient.user)
    assert neighbour.claims.count() == 4


def test_a_stranger_does_not_even_find_it(confirmed, other_patient, other_doctor, other_hospital_admin):
    for user in (other_patient.user, other_doctor.user, other_hospital_admin):
        assert not Appointment.objects.as_patient(user).exists()
        assert not Appointment.objects.as_doctor(user).exists()
        assert not Appointment.objects.visible_to(user).exists()
