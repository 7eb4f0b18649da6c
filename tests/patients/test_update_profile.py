"""A patient's own details change."""

from datetime import date

from accounts import workflow as accounts
from patients import workflow
from patients.models import Patient
from tests.factories import trail


def change(patient, **values):
    for name, value in values.items():
        setattr(patient, name, value)
    workflow.update_profile(patient=patient, by=patient.user)
    patient.refresh_from_db()


def test_details_are_kept(patient):
    change(patient, born_on=date(1991, 5, 2), blood_group="O+", emergency_name="Om", emergency_phone="+919839012345")
    assert (patient.born_on, patient.blood_group, patient.emergency_name) == (date(1991, 5, 2), "O+", "Om")
    assert trail(patient)[0] == "patients.profile_updated"


def test_the_name_of_the_account_follows(patient):
    change(patient, name="Priya M.")
    patient.user.refresh_from_db()
    assert patient.user.name == "Priya M."


def test_and_the_other_way_round(patient):
    accounts.update_profile(user=patient.user, name="Priya M.", phone="", by=patient.user)
    patient.refresh_from_db()
    assert patient.name == "Priya M."


def test_an_account_without_a_patient_has_no_name_to_follow(patient, administrator):
    workflow.follow_name(user=administrator)
    patient.refresh_from_db()
    assert patient.name == "Priyanka Maurya"


def test_a_page_that_was_open_for_long_forgets_no_allergy(patient):
    before = Patient.objects.select_related("user").get()
    workflow.list_allergy(patient=patient, substance="Penicillin", by=patient.user)
    change(before, blood_group="O+")
    patient.refresh_from_db()
    assert (patient.allergy_status, patient.blood_group) == ("listed", "O+")


def test_other_patients_stay_as_they_are(patient, other_patient):
    change(patient, name="Priya M.")
    other_patient.refresh_from_db()
    assert other_patient.name == "Kabir Anand"
