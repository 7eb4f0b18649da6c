"""Doctors sign up: what becomes of it, and that nothing beyond the fields counts (security 4, 7, 8)."""

import pytest

from accounts.models import User
from doctors.models import Doctor
from patients.models import Patient
from tests.entrance.steps import CODE, code_for, is_in, letters
from tests.factories import PASSWORD, language, specialty

pytestmark = pytest.mark.django_db
SIGN_UP = "/accounts/signup/doctor/"
NEW = "ila@example.org"


def form(**changed):
    facts = {
        "name": "Dr Ila Roy",
        "email": NEW,
        "password1": PASSWORD,
        "registration_number": "DMC  4711",
        "council": "Delhi Medical Council",
        "specialties": [specialty("Neurology").pk],
        "degrees": "MBBS, MD",
        "practising_since": "2012",
        "languages": [language("Hindi").pk],
        "gender": "female",
        "fee": "700",
        "consent": "on",
    }
    return {key: value for key, value in {**facts, **changed}.items() if value is not None}


def test_a_doctor_signs_up_types_in_the_code_and_waits(client):
    assert "Join as a doctor" in client.get(SIGN_UP).content.decode()
    assert client.post(SIGN_UP, form()).url == CODE
    assert not is_in(client)
    assert client.post(CODE, {"code": code_for(NEW), "action": "verify"}).url == "/dashboard/"
    doctor = Doctor.objects.get()
    assert (doctor.user.email, doctor.user.name, doctor.registration_number) == (NEW, "Ila Roy", "DMC 4711")
    assert (doctor.state, doctor.practising_since, doctor.fee) == ("pending", 2012, 700)
    assert doctor.user.emailaddress_set.get().verified
    assert not Patient.objects.exists()
    page = client.get("/dashboard/").content.decode()
    assert "Your registration is being checked" in page and "/doctor/verification/" in page


def test_nothing_beyond_the_fields_counts(client, hospital):
    client.post(
        SIGN_UP,
        form(
            role="admin",
            groups="Administrators",
            state="approved",
            is_staff="on",
            slug="boss",
            rating="5",
            hospital=hospital.pk,
            confirms_instantly="on",
            id="1",
        ),
    )
    doctor = Doctor.objects.get()
    assert (doctor.state, doctor.slug, doctor.rating, doctor.confirms_instantly) == (
        "pending",
        "dr-ila-roy",
        None,
        False,
    )
    assert list(doctor.user.groups.values_list("name", flat=True)) == ["Pending doctors"]
    assert not doctor.affiliations.exists()


def test_one_who_is_not_checked_opens_no_record_and_no_panel(client):
    client.post(SIGN_UP, form())
    client.post(CODE, {"code": code_for(NEW), "action": "verify"})
    for path in ("/patients/", "/admin/", "/appointments/requests/", "/prescriptions/written/"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Enter your name"),
        ({"password1": "eight ch"}, "Use at least 12 characters."),
        ({"registration_number": ""}, "Enter your registration number"),
        ({"registration_number": "1" * 41}, "at most 40 characters"),
        ({"council": "  "}, "Enter the medical council that registered you"),
        ({"specialties": None}, "Choose at least one specialty"),
        ({"specialties": ["1" * 30]}, "is not one of the available choices"),
        ({"languages": ["-1"]}, "is not one of the available choices"),
        ({"practising_since": "2999"}, "Enter a year that is not in the future"),
        ({"practising_since": "1"}, "Enter a year that is not in the future"),
        ({"practising_since": "NaN"}, "Enter a year such as 2009"),
        ({"practising_since": "9" * 5000}, "Enter a year"),
        ({"gender": "x"}, "Select a valid choice"),
        ({"fee": "-1"}, "Enter an amount of 0 or more"),
        ({"fee": "NaN"}, "Enter an amount such as 500"),
        ({"fee": "1e30"}, "no more than"),
        ({"consent": None}, "Agree to how we keep your details"),
    ],
)
def test_what_cannot_be_is_said_and_makes_nobody(client, typed, sentence):
    answer = client.post(SIGN_UP, form(**typed))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not User.objects.filter(email=NEW).exists()


def test_a_number_that_a_council_gave_to_another_is_refused(client, doctor):
    answer = client.post(
        SIGN_UP, form(registration_number=doctor.registration_number.lower(), council=doctor.council.upper())
    )
    assert answer.status_code == 422
    assert "A doctor with this number of this council is here already." in answer.content.decode()


def test_an_address_that_is_known_tells_a_guesser_nothing(client, patient):
    assert client.post(SIGN_UP, form(email=patient.user.email)).url == CODE
    assert not Doctor.objects.exists()
    assert "already" in letters(patient.user.email)[0].subject.lower() + letters(patient.user.email)[0].body.lower()
