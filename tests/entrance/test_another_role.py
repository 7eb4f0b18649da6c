"""Somebody who has an account takes on another role: a patient joins as a doctor, others become patients."""

import pytest
from allauth.usersessions.models import UserSession

from doctors import workflow as doctors
from doctors.models import Doctor
from healthstack.lib.rules import RuleBroken
from patients import workflow as patients
from patients.models import Patient
from tests.entrance.steps import PROFILE, SIGN_UP, log_in
from tests.entrance.test_doctor_sign_up import form as doctor_form
from tests.factories import PASSWORD, PatientFactory, UserFactory, trail

pytestmark = pytest.mark.django_db
SIGN_UP_DOCTOR, DASHBOARD, PAPERS = "/accounts/signup/doctor/", "/dashboard/", "/doctor/verification/"
RECORD = {"born_on": "27 3 1984", "consent": "on"}


def groups(person):
    return set(person.groups.values_list("name", flat=True))


def typed(**changed):
    return doctor_form(**{"name": None, "email": None, "password1": None, "password": PASSWORD, **changed})


class TestDoctor:
    def test_a_patient_joins_as_a_doctor_and_stays_a_patient(self, patient, sign_in):
        me = sign_in(patient)
        assert SIGN_UP_DOCTOR in me.get(PROFILE).content.decode()
        page = me.get(SIGN_UP_DOCTOR).content.decode()
        assert "as Priyanka Maurya" in page and 'name="password1"' not in page and 'name="email"' not in page
        assert me.post(SIGN_UP_DOCTOR, typed()).url == PAPERS
        assert groups(patient.user) == {"Patients", "Pending doctors"}
        doctor = Doctor.objects.get(user=patient.user)
        assert (doctor.state, doctor.slug, doctor.registration_number) == ("pending", "dr-priyanka-maurya", "DMC 4711")
        assert [offer.minutes for offer in doctor.offers.order_by("pk")] == [20, 10, 10]
        assert trail(doctor) == ["doctors.joined"]
        assert "Now add the papers" in me.get(PAPERS).content.decode()
        assert me.get("/record/").status_code == 200 and me.get("/doctors/dr-priyanka-maurya/").status_code == 404
        dashboard = me.get(DASHBOARD).content.decode()
        assert "Your registration is being checked" in dashboard and "Patient" in dashboard  # and may switch back
        assert SIGN_UP_DOCTOR not in me.get(PROFILE).content.decode()

    def test_nothing_beyond_the_fields_counts(self, patient, other_patient, sign_in):
        more = {"state": "approved", "groups": "Doctors", "user": other_patient.user.pk, "slug": "boss", "rating": "5"}
        sign_in(patient).post(
            SIGN_UP_DOCTOR, doctor_form(name="Boss", email="boss@example.org", password=PASSWORD, **more)
        )
        doctor = Doctor.objects.get()
        assert (doctor.user, doctor.state, doctor.rating) == (patient.user, "pending", None)
        patient.user.refresh_from_db()
        assert (patient.user.name, patient.user.email) == ("Priyanka Maurya", "patient@example.org")
        assert groups(patient.user) == {"Patients", "Pending doctors"}

    @pytest.mark.parametrize(
        ("password", "words"), [("", "Enter your password"), ("somebody else's", "id_password_error")]
    )
    def test_the_password_is_asked(self, patient, sign_in, password, words):
        answer = sign_in(patient).post(SIGN_UP_DOCTOR, typed(password=password))
        assert answer.status_code == 422 and words in answer.content.decode()
        assert not Doctor.objects.exists()

    def test_a_password_too_short_for_a_doctor_is_changed_first(self, sign_in, db):
        patient = PatientFactory(email="short@example.org", password="eight ch")
        answer = sign_in(patient).post(SIGN_UP_DOCTOR, typed(password="eight ch"))
        assert answer.status_code == 422 and "at least 12 characters" in answer.content.decode()
        assert not Doctor.objects.exists()

    def test_it_opens_no_record_of_another(self, patient, other_patient, sign_in):
        me = sign_in(patient)
        me.post(SIGN_UP_DOCTOR, typed())
        for path in ("/patients/", f"/patients/{other_patient.pk}/", "/appointments/requests/", "/admin/"):
            assert me.get(path).status_code == 403

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"registration_number": ""}, "Enter your registration number"),
            ({"fee": "-1"}, "Enter an amount of 0 or more"),
            ({"specialties": None}, "Choose at least one specialty"),
            ({"consent": None}, "Agree to how we keep your details"),
        ],
    )
    def test_what_cannot_be_is_said_and_changes_nothing(self, patient, sign_in, changed, sentence):
        answer = sign_in(patient).post(SIGN_UP_DOCTOR, typed(**changed))
        assert answer.status_code == 422 and sentence in answer.content.decode()
        assert groups(patient.user) == {"Patients"} and not Doctor.objects.exists()

    def test_the_number_of_another_is_refused(self, patient, doctor, sign_in):
        taken = {"registration_number": doctor.registration_number, "council": doctor.council.upper()}
        answer = sign_in(patient).post(SIGN_UP_DOCTOR, typed(**taken))
        assert answer.status_code == 422 and "is here already" in answer.content.decode()
        unsaved = Doctor(registration_number=doctor.registration_number, council=doctor.council)
        with pytest.raises(RuleBroken, match="is here already"):
            doctors.join(user=patient.user, doctor=unsaved, specialties=[], languages=[], by=patient.user)

    def test_nobody_is_a_doctor_twice(self, doctor, sign_in):
        assert sign_in(doctor).get(SIGN_UP_DOCTOR).url == "/doctor/page/"
        assert sign_in(doctor).post(SIGN_UP_DOCTOR, typed()).url == "/doctor/page/"
        with pytest.raises(RuleBroken, match="as a doctor already"):
            doctors.join(user=doctor.user, doctor=Doctor(), specialties=[], languages=[], by=doctor.user)

    def test_who_was_suspended_does_not_come_back_so(self, doctor, sign_in):
        from appointments import workflow as appointments

        appointments.suspend_doctor(doctor=doctor, reason="Complaints", by=None)
        before = groups(doctor.user)
        assert sign_in(doctor).post(SIGN_UP_DOCTOR, typed()).status_code == 302
        assert groups(doctor.user) == before and Doctor.objects.get().state == "suspended"

    def test_checked_it_is_a_doctor_like_others(self, patient, administrator, sign_in):
        me = sign_in(patient)
        me.post(SIGN_UP_DOCTOR, typed())
        doctors.set_state(doctor=Doctor.objects.get(), state="approved", reason="", by=administrator)
        assert groups(patient.user) == {"Patients", "Doctors"}


class TestPatient:
    @pytest.mark.parametrize("person", ["doctor", "receptionist", "hospital_admin", "administrator", "pending_doctor"])
    def test_whoever_is_here_for_another_reason_becomes_a_patient(self, person, request, sign_in):
        someone = request.getfixturevalue(person)
        user, me = getattr(someone, "user", someone), sign_in(someone)
        before = groups(user)
        assert me.get("/record/").status_code == 403
        assert SIGN_UP in me.get(PROFILE).content.decode()
        assert "Become a patient" in me.get(SIGN_UP).content.decode()
        assert me.post(SIGN_UP, RECORD).url == DASHBOARD
        patient = Patient.objects.get(user=user)
        assert (patient.name, str(patient.born_on)) == (user.name, "1984-03-27") and patient.consented_at
        assert groups(user) == before | {"Patients"} and trail(patient) == ["patients.joined"]
        assert "You are a patient here as well now." in me.get(DASHBOARD).content.decode()
        assert me.get("/record/").status_code == 200
        assert SIGN_UP not in me.get(PROFILE).content.decode()

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"born_on": ""}, "Enter your date of birth"),
            ({"born_on": "27 3 2199"}, "in the past"),
            ({"born_on": "1 1 0001"}, "Enter a date such as"),
            ({"consent": ""}, "Agree to how we keep your data"),
        ],
    )
    def test_what_cannot_be_is_said_and_changes_nothing(self, doctor, sign_in, changed, sentence):
        answer = sign_in(doctor).post(SIGN_UP, {**RECORD, **changed})
        assert answer.status_code == 422 and sentence in answer.content.decode()
        assert groups(doctor.user) == {"Doctors"} and not Patient.objects.exists()

    def test_nothing_beyond_the_fields_counts(self, doctor, patient, sign_in):
        more = {"user": patient.user.pk, "id": patient.pk, "guardian": patient.user.pk, "name": "X", "role": "admin"}
        sign_in(doctor).post(SIGN_UP, {**RECORD, **more})
        joined = Patient.objects.get(user=doctor.user)
        assert (joined.name, joined.guardian) == ("Neha Sharma", None) and joined != patient
        assert groups(doctor.user) == {"Doctors", "Patients"}

    def test_nobody_has_two_records(self, patient, sign_in):
        assert sign_in(patient).get(SIGN_UP).url == sign_in(patient).post(SIGN_UP, RECORD).url == "/record/"
        with pytest.raises(RuleBroken, match="record already"):
            patients.join(user=patient.user, born_on=patient.born_on, by=patient.user)
        assert Patient.objects.count() == 1

    def test_an_account_without_any_role_is_shown_the_ways(self, sign_in):
        page = sign_in(UserFactory(groups=[])).get(DASHBOARD).content.decode()
        assert all(path in page for path in (SIGN_UP, SIGN_UP_DOCTOR, "/accounts/claim/"))


def test_the_session_gets_another_key_and_stays_in_the_own_list(doctor, client):
    """What may be done in it has grown (security 12)."""
    log_in(client, doctor.user.email)
    client.get(PROFILE)
    before = client.session.session_key
    client.post(SIGN_UP, RECORD)
    client.get(PROFILE)
    after = client.session.session_key
    assert after != before and UserSession.objects.filter(session_key=after, user=doctor.user).exists()
    page = client.get("/accounts/sessions/").content.decode()
    assert page.count("This one") == 1 and "end-session" not in page


def test_a_visitor_finds_the_forms_as_before(client):
    for path in (SIGN_UP, SIGN_UP_DOCTOR):
        page = client.get(path).content.decode()
        assert 'name="email"' in page and 'name="password1"' in page
