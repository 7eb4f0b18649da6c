"""A guardian's say ends: given up, or with the birthday. From then on there is nothing to see and nothing to be told."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Mail
from appointments import workflow as appointments
from appointments.models import Appointment
from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.models import AccessGrant, Allergy, Patient
from prescriptions import workflow as prescriptions
from prescriptions.models import Medicine, Prescription
from tests.factories import book, inbox, trail

THE_DAY_BEFORE, THE_BIRTHDAY = "2036-05-19 23:59", "2036-05-20 00:00"


@pytest.fixture
def cared_for(monday_morning, guardian, dependant, doctor):
    """The child has been seen: a visit, a prescription, an allergy, a grant."""
    workflow.list_allergy(patient=dependant, substance="Peanuts", by=guardian.user)
    visit = appointments.approve(appointment=book(dependant, doctor, by=guardian.user), by=doctor.user)
    visit = appointments.start(appointment=appointments.check_in(appointment=visit, by=doctor.user), by=doctor.user)
    medicine = Medicine(name="Paracetamol", dose_quantity=5, dose_unit="ml", pattern="1-0-1", days=3)
    sheet = prescriptions.draft(appointment=visit, diagnosis="Fever", medicines=[medicine], by=doctor.user)
    prescriptions.sign(prescription=sheet, by=doctor.user)
    appointments.complete(appointment=visit, by=doctor.user)
    return dependant


def seen_by(user):
    """How much of everything the person reads as patient or guardian."""
    rows = (Patient, Appointment, Prescription, Allergy, AccessGrant)
    return [model.objects.as_patient(user).count() for model in rows]


def pages(child):
    keyed = ("record-of", "record-access-of", "patients:update_profile-of", "patients:list_allergy-of")
    of_rows = [
        Appointment.objects.get(patient=child).get_absolute_url(),
        Prescription.objects.get(patient=child).get_absolute_url(),
        reverse("patients:correct_allergy", args=[child.allergies.get().pk]),
    ]
    return [*(reverse(name, args=[child.pk]) for name in keyed), *of_rows]


def test_the_guardian_reads_everything_of_the_child(cared_for, guardian, sign_in):
    assert seen_by(guardian.user) == [2, 1, 1, 1, 1]
    browser = sign_in(guardian)
    assert [browser.get(page).status_code for page in pages(cared_for)] == [200] * 7
    lists = ("/appointments/?show=past", "/prescriptions/", "/dashboard/", f"/record/{cared_for.pk}/")
    assert all(cared_for.name in browser.get(page).content.decode() for page in lists)


def test_nobody_else_reads_any_of_it(cared_for, other_patient, patient, sign_in):
    for person in (other_patient, patient):
        assert [sign_in(person).get(page).status_code for page in pages(cared_for)] == [404] * 7


def test_up_to_the_last_minute_before_the_birthday(cared_for, guardian, at):
    at(THE_DAY_BEFORE)
    assert seen_by(guardian.user) == [2, 1, 1, 1, 1]
    assert cared_for.speaker == guardian.user


def test_from_the_birthday_on_there_is_nothing_to_see(cared_for, guardian, sign_in, at):
    at(THE_BIRTHDAY)
    assert seen_by(guardian.user) == [1, 0, 0, 0, 0]
    browser = sign_in(guardian)
    assert [browser.get(page).status_code for page in pages(cared_for)] == [404] * 7
    for page in ("/appointments/?show=past", "/prescriptions/", "/dashboard/", "/record/dependants/", "/record/"):
        assert cared_for.name not in browser.get(page).content.decode(), page


def test_and_nothing_to_do(cared_for, guardian, doctor, sign_in, at):
    visit = book(cared_for, doctor, by=guardian.user)
    child = Patient.objects.get(pk=cared_for.pk)
    at(THE_BIRTHDAY)
    browser = sign_in(guardian)
    for name, key in (
        ("patients:deny_allergies-of", child.pk),
        ("patients:end_guardianship", child.pk),
        ("patients:end_access", child.grants.get().pk),
        ("appointments:cancel", visit.pk),
    ):
        assert browser.post(reverse(name, args=[key])).status_code == 404, name
    with pytest.raises(RuleBroken, match="do not speak"):
        workflow.end_guardianship(patient=child, by=guardian.user)


def test_nobody_is_told_of_somebody_of_age_without_an_account(cared_for, guardian, doctor, at):
    visit = book(cared_for, doctor, by=guardian.user)
    before = inbox(guardian)
    at(THE_BIRTHDAY)
    appointments.expire(appointment=visit)
    assert inbox(guardian) == before and not Mail.objects.filter(created_at__year=2036).exists()


def test_the_guardian_is_told_for_whom_it_is(monday_morning, guardian, dependant, doctor):
    visit = book(dependant, doctor, by=guardian.user)
    assert inbox(guardian) == []
    appointments.approve(appointment=visit, by=doctor.user)
    assert inbox(guardian) == ["appointments.approved"]
    line = guardian.user.notifications.get()
    assert line.text == "For Aarav Maurya: Your visit is confirmed."
    assert line.path == visit.get_absolute_url()


def test_the_patient_alone_is_told_where_there_is_an_account(monday_morning, patient, doctor):
    workflow.tell(patient=patient, kind="appointments.approved", text="Your visit is confirmed.")
    assert patient.user.notifications.get().text == "Your visit is confirmed."


def test_a_guardian_gives_it_up_and_sees_nothing_more(cared_for, guardian, sign_in):
    browser = sign_in(guardian)
    answer = browser.post(reverse("patients:end_guardianship", args=[cared_for.pk]))
    assert answer.url == "/record/dependants/"
    assert seen_by(guardian.user) == [1, 0, 0, 0, 0]
    assert trail(cared_for)[0] == "patients.guardianship_ended"
    assert browser.post(reverse("patients:end_guardianship", args=[cared_for.pk])).status_code == 404
    cared_for.refresh_from_db()
    assert (cared_for.guardian, cared_for.speaker) == (None, None)


def test_the_details_of_a_child_are_changed_by_the_guardian(guardian, dependant, sign_in):
    typed = {"name": "Aarav K. Maurya", "born_on": "21 5 2018", "gender": "male", "blood_group": "O+"}
    answer = sign_in(guardian).post(f"/record/{dependant.pk}/profile/", typed)
    assert answer.url == f"/record/{dependant.pk}/"
    dependant.refresh_from_db()
    assert (dependant.name, dependant.blood_group) == ("Aarav K. Maurya", "O+")
    guardian.refresh_from_db()
    assert guardian.name != dependant.name and guardian.user.name != dependant.name


def test_a_younger_child_on_paper_keeps_no_guardian_for_longer(guardian, dependant):
    dependant.born_on = date(2024, 1, 1)
    workflow.update_profile(patient=dependant, by=guardian.user)
    dependant.refresh_from_db()
    assert dependant.guardian_until == date(2036, 5, 20)
    dependant.born_on = date(2010, 1, 1)
    workflow.update_profile(patient=dependant, by=guardian.user)
    dependant.refresh_from_db()
    assert dependant.guardian_until == date(2028, 1, 1)


def test_a_child_is_not_made_of_age_by_typing(monday_morning, guardian, dependant, sign_in):
    typed = {"name": dependant.name, "born_on": "1 1 2001", "gender": "male", "blood_group": ""}
    answer = sign_in(guardian).post(f"/record/{dependant.pk}/profile/", typed)
    assert answer.status_code == 409 and "of age" in answer.content.decode()
    dependant.refresh_from_db()
    assert dependant.born_on == date(2018, 5, 20)
