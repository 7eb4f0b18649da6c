"""A hospital registers itself, is checked, and is not found before that."""

import pytest

from accounts.models import Mail
from appointments.workflow import suspend_hospital
from doctors import workflow as doctors
from healthstack.lib.rules import RuleBroken
from hospitals import workflow
from hospitals.models import Hospital
from tests.factories import HospitalFactory, book, inbox, trail

FORM = {
    "name": "Gomti Eye Clinic",
    "kind": "clinic",
    "street": "12 River Road",
    "city": "Lucknow",
    "region": "Uttar Pradesh",
    "postcode": "226010",
    "phone": "98390 12345",
    "zone": "Asia/Kolkata",
}
URL = "/hospitals/register/"


def register(by, **changed):
    columns = {**FORM, "phone": "+919839012345", **changed.pop("columns", {})}
    return workflow.register(hospital=Hospital(**columns), by=by, **changed)


@pytest.fixture
def waiting(patient):
    """A hospital that the patient has registered."""
    return register(patient.user)


def groups(user):
    return set(user.groups.values_list("name", flat=True))


class TestRegister:
    def test_who_registers_a_hospital_runs_it_and_nobody_finds_it(self, patient, waiting):
        assert (waiting.state, waiting.slug, waiting.registered_by) == ("pending", "gomti-eye-clinic", patient.user)
        assert Hospital.objects.run_by(patient.user).get() == waiting
        assert groups(patient.user) == {"Patients", "Hospital administrators"}
        assert not Hospital.objects.findable().exists()
        assert "hospitals.registered" in trail(waiting)

    def test_nobody_registers_an_approved_one(self, patient):
        assert register(patient.user, columns={"state": "approved", "slug": "sahara"}).state == "pending"

    def test_an_address_must_be_confirmed(self, patient):
        patient.user.emailaddress_set.update(verified=False)
        with pytest.raises(RuleBroken, match="Confirm your e-mail address"):
            register(patient.user)
        assert not Hospital.objects.exists()

    def test_one_of_the_same_name_and_pin_is_asked_about(self, patient, other_patient):
        there = HospitalFactory(name="GOMTI EYE CLINIC", slug="gomti", postcode="226010")
        HospitalFactory(name="Gomti Eye Clinic", slug="far", postcode="110001")
        with pytest.raises(RuleBroken, match="is here already") as refusal:
            register(patient.user)
        assert refusal.value.offers == [there]
        assert register(patient.user, sure=True).slug == "gomti-eye-clinic"

    def test_one_person_has_three_waiting_at_most(self, patient):
        for n in range(3):
            register(patient.user, columns={"name": f"Clinic {n}"})
        with pytest.raises(RuleBroken, match="still being checked"):
            register(patient.user, columns={"name": "Clinic 4"})

    def test_no_address_of_the_site_is_taken(self, patient):
        assert register(patient.user, columns={"name": "Register"}).slug == "register-2"


class TestChecking:
    def test_an_approved_one_is_found_and_told(self, patient, waiting, administrator):
        workflow.approve_hospital(hospital=waiting, by=administrator)
        assert Hospital.objects.findable().get() == waiting
        assert "hospitals.approved" in inbox(patient)
        assert trail(waiting)[0] == "hospitals.approved"

    def test_more_is_asked_and_sent(self, patient, waiting, administrator):
        hospital = workflow.ask_more_hospital(hospital=waiting, reason="Which floor", by=administrator)
        assert (hospital.state, hospital.state_reason) == ("more_needed", "Which floor")
        letter = Mail.objects.get(to=patient.user.email)
        assert "floor" not in letter.subject + letter.body + letter.html
        hospital = workflow.send_for_checking(hospital=hospital, by=patient.user)
        assert (hospital.state, hospital.state_reason) == ("pending", "")

    def test_a_rejected_one_may_be_sent_again(self, patient, waiting, administrator):
        hospital = workflow.reject_hospital(hospital=waiting, reason="Not there", by=administrator)
        assert hospital.state == "rejected"
        with pytest.raises(RuleBroken):
            workflow.approve_hospital(hospital=hospital, by=administrator)
        assert workflow.send_for_checking(hospital=hospital, by=patient.user).state == "pending"

    @pytest.mark.parametrize("verb", [workflow.ask_more_hospital, workflow.reject_hospital])
    def test_not_without_a_reason(self, waiting, administrator, verb):
        with pytest.raises(RuleBroken) as refusal:
            verb(hospital=waiting, reason="", by=administrator)
        assert refusal.value.field == "reason"

    def test_a_suspended_one_is_not_approved_by_the_back_door(self, hospital, hospital_admin, administrator):
        suspend_hospital(hospital=hospital, reason="Fire safety", by=administrator)
        hospital.refresh_from_db()
        for verb in (workflow.approve_hospital, workflow.send_for_checking):
            with pytest.raises(RuleBroken):
                verb(hospital=hospital, by=hospital_admin)

    def test_nobody_is_booked_in_one_that_is_being_checked(self, monday_morning, patient, doctor, waiting):
        doctors.change_doctor(doctor=doctor, affiliations=[(waiting, "1")], by=None)
        with pytest.raises((RuleBroken, IndexError)):
            book(patient, doctor)


class TestAskAdministrator:
    def test_those_who_run_it_are_told_once_a_day(self, patient, hospital, hospital_admin):
        workflow.ask_administrator(hospital=hospital, by=patient.user)
        assert inbox(hospital_admin) == ["hospitals.administrator_asked"]
        with pytest.raises(RuleBroken, match="asked already"):
            workflow.ask_administrator(hospital=hospital, by=patient.user)

    def test_where_nobody_runs_it_the_administrators_are(self, patient, other_hospital, administrator):
        workflow.ask_administrator(hospital=other_hospital, by=patient.user)
        assert inbox(administrator) == ["hospitals.administrator_asked"]

    def test_who_runs_it_asks_nobody(self, hospital, hospital_admin):
        with pytest.raises(RuleBroken, match="run this hospital already"):
            workflow.ask_administrator(hospital=hospital, by=hospital_admin)


class TestPages:
    def test_a_hospital_is_registered(self, patient, sign_in):
        browser = sign_in(patient)
        assert browser.get(URL).status_code == 200
        answer = browser.post(URL, {**FORM, "state": "approved", "slug": "x", "registered_by": "1", "source": "y"})
        hospital = Hospital.objects.get()
        assert (answer.status_code, answer.url) == (302, f"/hospital/{hospital.slug}/details/")
        assert (hospital.state, hospital.slug, hospital.source) == ("pending", "gomti-eye-clinic", None)
        page = browser.get(answer.url).content.decode()
        assert "We are checking this hospital." in page
        assert browser.get(f"/hospitals/{hospital.slug}/").status_code == 404

    def test_it_is_this_one(self, patient, hospital, hospital_admin, sign_in):
        browser = sign_in(patient)
        same = {**FORM, "name": hospital.name, "postcode": hospital.postcode}
        answer = browser.post(URL, same)
        page = answer.content.decode()
        assert answer.status_code == 409 and "Is it this one?" in page and 'value="12 River Road"' in page
        there = f"/hospitals/{hospital.slug}/ask-administrator/"
        assert there in page and "Ask to be taken in" in browser.get(there).content.decode()
        assert browser.post(there).url == hospital.get_absolute_url()
        assert inbox(hospital_admin) == ["hospitals.administrator_asked"]
        assert browser.post(URL, {**same, "sure": "on"}).status_code == 302

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"name": ""}, "Enter the name"),
            ({"name": "---"}, "Enter a name with letters"),
            ({"name": "x" * 161}, "at most 160 characters"),
            ({"postcode": "?"}, "Enter a PIN code such as 226001"),
            ({"phone": "12"}, "Enter a phone number such as 98390 12345"),
            ({"street": " "}, "Enter the street and area"),
            ({"kind": "castle"}, "Select a valid choice"),
            ({"zone": "Mars/Base"}, "Choose a time zone such as Asia/Kolkata."),
            ({"about": "x" * 2001}, "at most 2000 characters"),
        ],
    )
    def test_what_cannot_be_is_said(self, patient, sign_in, typed, sentence):
        answer = sign_in(patient).post(URL, {**FORM, **typed})
        assert answer.status_code == 422 and sentence in answer.content.decode()
        assert not Hospital.objects.exists()

    def test_what_is_missing_is_read_and_sent_again(self, patient, waiting, administrator, sign_in):
        workflow.ask_more_hospital(hospital=waiting, reason="Which <floor>?", by=administrator)
        browser = sign_in(patient)
        page = browser.get(f"/hospital/{waiting.slug}/details/").content.decode()
        assert "Which &lt;floor&gt;?" in page
        assert browser.post(f"/hospital/{waiting.slug}/send-for-checking/").status_code == 302
        assert Hospital.objects.get().state == "pending"
