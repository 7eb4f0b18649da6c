"""The doctor accepts a request."""

from datetime import timedelta

import pytest

from accounts.models import Mail
from appointments import workflow
from appointments.models import Appointment
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients.models import Patient
from tests.factories import book, free_slots, inbox, trail


def test_it_is_confirmed_and_the_patient_told(appointment, doctor, patient):
    visit = workflow.approve(appointment=appointment, by=doctor.user)
    assert (visit.state, visit.confirmed_at) == ("confirmed", clock.now())
    assert inbox(patient) == ["appointments.approved"]
    assert trail(visit) == ["appointments.approved", "appointments.booked"]


def test_the_letter_says_nothing_medical(appointment, doctor, patient):
    appointment.message = "It burns."
    appointment.save()
    workflow.approve(appointment=appointment, by=doctor.user)
    letter = Mail.objects.get(to=patient.user.email)
    assert letter.subject == "Your visit is confirmed."
    assert "burns" not in letter.body + letter.html
    assert appointment.get_absolute_url() in letter.body


def test_the_doctor_may_open_the_record_until_thirty_days_after_the_visit(appointment, doctor, patient, at):
    workflow.approve(appointment=appointment, by=doctor.user)
    assert Patient.objects.as_carer(doctor.user).get() == patient
    at(appointment.ends_at + timedelta(days=30, seconds=-1))
    assert Patient.objects.as_carer(doctor.user).exists()
    at(appointment.ends_at + timedelta(days=30))
    assert not Patient.objects.as_carer(doctor.user).exists()


def test_the_grant_says_why(confirmed):
    assert confirmed.grant.reason == "Visit of 2 Mar 2026"
    assert trail(confirmed.patient)[0] == "patients.access_granted"


def test_another_doctor_cannot_approve_it(appointment, other_doctor):
    assert not Appointment.objects.as_doctor(other_doctor.user).filter(pk=appointment.pk).exists()


def test_another_doctor_gets_no_access(confirmed, other_doctor):
    assert not Patient.objects.as_carer(other_doctor.user).exists()


def test_it_is_too_late_once_its_time_has_come(appointment, doctor, at):
    at(appointment.starts_at)
    with pytest.raises(RuleBroken, match="time has passed"):
        workflow.approve(appointment=appointment, by=doctor.user)
    assert not appointment.patient.grants.exists()


def test_what_the_patient_has_cancelled_cannot_be_approved(appointment, doctor, patient):
    workflow.cancel(appointment=appointment, by=patient.user)
    with pytest.raises(RuleBroken, match="closed already: Cancelled"):
        workflow.approve(appointment=appointment, by=doctor.user)
    assert not patient.grants.exists()


def test_other_requests_stay_requests(appointment, patient, doctor):
    later = book(patient, doctor, slot=free_slots(doctor)[5])
    workflow.approve(appointment=appointment, by=doctor.user)
    later.refresh_from_db()
    assert later.state == "requested"


def test_an_old_copy_of_the_row_undoes_nothing(appointment, doctor):
    appointment.message = "not stored"
    visit = workflow.approve(appointment=appointment, by=doctor.user)
    visit.refresh_from_db()
    assert visit.message == ""
