"""The doctor signs: the patient can read it, and nobody can change it."""

import pytest

from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients import workflow as patients
from prescriptions import workflow
from prescriptions.models import Prescription
from tests.factories import inbox, trail


def sign(prescription):
    return workflow.sign(prescription=prescription, by=prescription.doctor.user)


def test_the_patient_reads_it(draft, doctor, patient):
    signed = sign(draft)
    assert (signed.state, signed.signed_at, signed.signed_by) == ("signed", clock.now(), doctor.user)
    assert Prescription.objects.visible_to(patient.user).get() == draft
    assert "prescriptions.signed" in inbox(patient)
    assert trail(draft)[0] == "prescriptions.signed"


def test_nobody_else_reads_it(draft, other_patient, other_doctor, hospital_admin, administrator):
    sign(draft)
    for user in (other_patient.user, other_doctor.user, hospital_admin, administrator):
        assert not Prescription.objects.visible_to(user).exists()


def test_twice_is_refused(draft):
    sign(draft)
    with pytest.raises(RuleBroken, match="signed already"):
        sign(draft)


def test_what_is_signed_is_never_changed(draft, visit, doctor):
    sign(draft)
    with pytest.raises(RuleBroken, match="never changed"):
        workflow.draft(appointment=visit, diagnosis="Flu", medicines=[], version=1, by=doctor.user)
    draft.refresh_from_db()
    assert draft.diagnosis == "Migraine"
    assert draft.medicines.count() == 2


def test_an_empty_sheet_is_not_signed(visit, doctor):
    empty = workflow.draft(appointment=visit, diagnosis="Migraine", medicines=[], advice="  ", by=doctor.user)
    with pytest.raises(RuleBroken, match="at least one medicine or some advice"):
        sign(empty)


def test_advice_alone_is_enough(visit, doctor):
    advice = workflow.draft(appointment=visit, diagnosis="Migraine", medicines=[], advice="Sleep.", by=doctor.user)
    assert sign(advice).is_signed


def test_once_the_patient_has_ended_the_access_it_is_not_signed(draft, visit, patient):
    patients.end_access(grant=visit.grant, by=patient.user)
    with pytest.raises(RuleBroken, match="may not open"):
        sign(draft)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_author_keeps_seeing_it_when_the_access_is_over(draft, visit, patient, doctor):
    sign(draft)
    patients.end_access(grant=visit.grant, by=patient.user)
    assert Prescription.objects.visible_to(doctor.user).get() == draft
