"""Who may begin a conversation: patient and doctor while one is in the other's care."""

from datetime import timedelta

import pytest

from appointments import workflow as appointments
from chat import workflow
from chat.models import Conversation
from healthstack.lib.rules import RuleBroken
from patients import workflow as patients
from patients.models import AccessGrant


def test_it_opens_with_the_first_confirmed_visit(appointment, doctor):
    assert not Conversation.objects.exists()
    appointments.approve(appointment=appointment, by=doctor.user)
    row = Conversation.objects.get()
    assert (row.patient, row.doctor) == (appointment.patient, doctor)


def test_two_visits_have_one_conversation(confirmed, doctor):
    workflow.begin_with_visit(appointment=confirmed, by=doctor.user)
    assert workflow.begin(patient=confirmed.patient, doctor=doctor, by=doctor.user) == Conversation.objects.get()


def test_a_stranger_cannot_begin_one(other_patient, doctor):
    with pytest.raises(RuleBroken, match="from a confirmed visit until thirty days after"):
        workflow.begin(patient=other_patient, doctor=doctor, by=other_patient.user)


def test_an_open_record_is_care_enough(other_patient, doctor):
    patients.grant_access(patient=other_patient, carer=doctor.user, reason="Advice", ends_at=None, by=None)
    assert workflow.begin(patient=other_patient, doctor=doctor, by=doctor.user).patient == other_patient


def test_a_visit_is_care_enough_when_the_patient_has_shut_the_record(confirmed, doctor, patient):
    Conversation.objects.all().delete()
    patients.end_access(grant=AccessGrant.objects.get(), by=patient.user)
    assert workflow.begin(patient=patient, doctor=doctor, by=patient.user).doctor == doctor


def test_a_request_is_no_care_yet(appointment, doctor, patient):
    with pytest.raises(RuleBroken):
        workflow.begin(patient=patient, doctor=doctor, by=patient.user)


def test_it_closes_thirty_days_after_the_visit_and_stays_readable(chat, confirmed, write, patient, sign_in, at):
    write(patient, "Thank you for today.")
    at(confirmed.ends_at + timedelta(days=30, minutes=1))
    with pytest.raises(RuleBroken, match="until thirty days after"):
        write(patient, "One more thing")
    page = sign_in(patient).get(chat.get_absolute_url()).content.decode()
    assert "Thank you for today." in page
    assert "This conversation is closed." in page
    assert 'id="composer"' not in page


def test_nobody_writes_to_a_doctor_who_is_suspended(chat, write, doctor, patient):
    appointments.suspend_doctor(doctor=doctor, reason="Complaint", by=None)
    with pytest.raises(RuleBroken, match="does not see patients here"):
        write(patient)


def test_the_button_begins_it_once(confirmed, doctor, patient, sign_in):
    Conversation.objects.all().delete()
    browser, url = sign_in(patient), f"/chat/{patient.pk}/{doctor.slug}/begin/"
    first, second = browser.post(url), browser.post(url)
    assert first.url == second.url == Conversation.objects.get().get_absolute_url()


def test_a_guardian_begins_it_for_the_child_only(guardian, dependant, doctor, other_patient, sign_in):
    patients.grant_access(patient=dependant, carer=doctor.user, reason="Advice", ends_at=None, by=None)
    browser = sign_in(guardian)
    assert browser.post(f"/chat/{dependant.pk}/{doctor.slug}/begin/").status_code == 302
    assert browser.post(f"/chat/{other_patient.pk}/{doctor.slug}/begin/").status_code == 404
