"""What is signed is never changed: it is replaced, or withdrawn, or prescribed once more."""

import pytest
from django.urls import reverse

from appointments import workflow as appointments
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients import workflow as patients
from prescriptions import workflow
from prescriptions.models import Medicine, Prescription
from tests.factories import book, inbox, trail


@pytest.fixture
def signed(draft, doctor):
    return workflow.sign(prescription=draft, by=doctor.user)


def replace(row):
    return workflow.replace(prescription=row, by=row.doctor.user)


def withdraw(row, reason="The dose was wrong"):
    return workflow.withdraw(prescription=row, reason=reason, by=row.doctor.user)


def test_a_new_draft_says_the_same(signed):
    new = replace(signed)
    assert (new.state, new.edition, new.diagnosis, new.advice) == ("draft", 2, signed.diagnosis, signed.advice)
    assert [m.in_words for m in new.medicines.all()] == [m.in_words for m in signed.medicines.all()]
    signed.refresh_from_db()
    assert signed.is_signed  # until the new one is signed


def test_signing_it_replaces_the_old_one(signed, visit, doctor, patient, medicine):
    new = replace(signed)
    workflow.draft(appointment=visit, diagnosis="Migraine", medicines=[medicine("Naproxen")], version=1, by=doctor.user)
    workflow.sign(prescription=new, by=doctor.user)
    signed.refresh_from_db()
    assert (signed.state, signed.replaced_by) == ("replaced", new)
    assert trail(signed)[0] == "prescriptions.replaced"
    assert "prescriptions.replaced" in inbox(patient)
    assert [m.name for m in Medicine.objects.current(patient)] == ["Naproxen"]
    assert set(Prescription.objects.as_patient(patient.user)) == {signed, new}


def test_a_second_replacement_waits_for_the_first(signed):
    replace(signed)
    with pytest.raises(RuleBroken, match="a draft that replaces it already"):
        replace(signed)
    assert Prescription.objects.count() == 2


def test_what_is_not_valid_is_not_replaced(draft, doctor):
    with pytest.raises(RuleBroken, match="draft"):
        replace(draft)
    old = workflow.sign(prescription=draft, by=doctor.user)
    workflow.sign(prescription=replace(old), by=doctor.user)
    with pytest.raises(RuleBroken, match="Only a prescription that is valid"):
        replace(old)


def test_once_the_access_has_ended_nothing_is_replaced(signed, visit, patient):
    patients.end_access(grant=visit.grant, by=patient.user)
    with pytest.raises(RuleBroken, match="may not open"):
        replace(signed)


def test_the_patient_is_told_why_it_is_withdrawn(signed, patient, doctor, sign_in):
    row = withdraw(signed, " The dose was wrong ")
    assert (row.state, row.withdrawn_reason, row.withdrawn_at, row.withdrawn_by) == (
        "withdrawn",
        "The dose was wrong",
        clock.now(),
        doctor.user,
    )
    assert "prescriptions.withdrawn" in inbox(patient)
    assert "The reason: The dose was wrong" in sign_in(patient).get(row.get_absolute_url()).content.decode()
    assert not Medicine.objects.current(patient).exists()


def test_it_can_be_withdrawn_when_the_access_is_over(signed, visit, patient):
    patients.end_access(grant=visit.grant, by=patient.user)
    assert withdraw(signed).state == "withdrawn"


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nothing_is_withdrawn(signed, reason):
    with pytest.raises(RuleBroken, match="Write why"):
        withdraw(signed, reason)


def test_only_what_is_valid_is_withdrawn(draft, doctor):
    with pytest.raises(RuleBroken, match="Only a prescription that is valid"):
        withdraw(draft)
    withdraw(workflow.sign(prescription=draft, by=doctor.user))
    with pytest.raises(RuleBroken, match="Only a prescription that is valid"):
        withdraw(draft)


def test_after_a_withdrawal_a_new_one_is_written(signed, visit, doctor, medicine):
    withdraw(signed)
    new = workflow.draft(appointment=visit, diagnosis="Flu", medicines=[medicine("Naproxen")], by=doctor.user)
    assert (new.edition, new.state) == (2, "draft")
    workflow.sign(prescription=new, by=doctor.user)
    signed.refresh_from_db()
    assert (signed.state, signed.replaced_by) == ("withdrawn", None)


def test_withdrawing_while_a_replacement_is_written_leaves_the_draft(signed, doctor):
    new = replace(signed)
    withdraw(signed)
    workflow.sign(prescription=new, by=doctor.user)
    signed.refresh_from_db()
    assert signed.state == "withdrawn"


# --- pages


def test_the_doctor_replaces_and_withdraws_on_the_page(signed, sign_in, doctor, visit):
    browser = sign_in(doctor)
    page = browser.get(signed.get_absolute_url()).content.decode()
    assert "Replace" in page and "Withdraw" in page
    answer = browser.post(reverse("prescriptions:replace", args=[signed.pk]))
    assert answer.url == reverse("prescriptions:draft", args=[visit.pk])
    assert "Sumatriptan" in browser.get(answer.url).content.decode()
    answer = browser.post(reverse("prescriptions:withdraw", args=[signed.pk]), {"reason": ""})
    assert answer.status_code == 422
    assert "Write why it is withdrawn" in answer.content.decode()
    assert browser.post(reverse("prescriptions:withdraw", args=[signed.pk]), {"reason": "Wrong"}).status_code == 302


def test_the_patient_is_led_to_the_one_that_is_valid(signed, doctor, patient, sign_in):
    new = workflow.sign(prescription=replace(signed), by=doctor.user)
    page = sign_in(patient).get(signed.get_absolute_url()).content.decode()
    assert "it was replaced" in page and new.get_absolute_url() in page
    assert "Something is wrong" not in page


def test_a_signed_prescription_is_read_and_not_written_on(signed, sign_in, doctor, visit):
    assert sign_in(doctor).get(reverse("prescriptions:draft", args=[visit.pk])).url == signed.get_absolute_url()


def test_the_last_one_is_repeated(signed, patient, doctor, sign_in):
    again = appointments.approve(appointment=book(patient, doctor), by=doctor.user)
    pad = reverse("prescriptions:draft", args=[again.pk])
    browser = sign_in(doctor)
    assert "Repeat the last one" in browser.get(pad).content.decode()
    page = browser.get(pad, {"repeat": "last"}).content.decode()
    assert 'value="Sumatriptan"' in page and 'value="Naproxen"' in page
    assert "nothing is saved yet" in page
    assert Prescription.objects.count() == 1


def test_nothing_is_repeated_without_access(signed, visit, patient, doctor, sign_in):
    again = appointments.approve(appointment=book(patient, doctor), by=doctor.user)
    patients.end_access(grant=visit.grant, by=patient.user)
    page = sign_in(doctor).get(reverse("prescriptions:draft", args=[again.pk]), {"repeat": "last"}).content.decode()
    assert "Sumatriptan" not in page
