"""What a reception never sees: anything clinical, and anybody whom its hospital does not know (security 26, 29)."""

from datetime import date

import pytest
from django.urls import reverse

from appointments.models import Appointment
from hospitals.models import Hospital
from patients import workflow as patients
from patients.models import Patient
from prescriptions.models import Prescription
from tests.desk.conftest import NEEDLE
from tests.factories import book

CLINICAL = ("Penicillin", "Rash", "AB−", "AB-", "cough blood", "llerg")


def pages(patient):
    """Every page of the desk."""
    keyed = [reverse(name, args=["sahara", patient.pk]) for name in ("reception-patient", "reception-book")]
    plain = [reverse(f"reception-{name}", args=["sahara"]) for name in ("at", "day", "register", "patients")]
    return ["/reception/", *plain, *keyed]


def test_nothing_clinical_stands_on_any_page_of_the_desk(desk, allergic):
    visit = allergic
    for page in [*pages(visit.patient), visit.get_absolute_url()]:
        html = desk.get(page).content.decode()
        assert "Priyanka Maurya" in html or "register" in page, page
        assert not [word for word in CLINICAL if word in html], page
    twin = {"name": "Priyanka Maurya", "born_on": "12 4 1990", "phone": "", "gender": "unknown"}
    html = desk.post("/reception/sahara/register/", twin).content.decode()
    assert "Priyanka Maurya" in html and not [word for word in CLINICAL if word in html]


def test_the_record_is_shut_to_a_reception(desk, allergic, receptionist):
    patient = allergic.patient
    for page in (
        reverse("patient", args=[patient.pk]),
        reverse("record-of", args=[patient.pk]),
        reverse("record-access-of", args=[patient.pk]),
        "/record/",
        "/patients/",
        "/prescriptions/",
        "/prescriptions/written/",
    ):
        assert desk.get(page).status_code == 403, page
    assert not Patient.objects.visible_to(receptionist).exists()
    assert not Prescription.objects.visible_to(receptionist).exists()


SEARCHES = (
    NEEDLE.lower(),
    "Asha",
    "Ramesh",
    "1 1 1960",
    "1960-01-01",
    "98390 12345",
    "+919839012345",
    "a",
    "%",
    "_",
    "",
)


def test_patients_of_another_hospital_are_in_no_list_search_or_count(desk, needle, allergic, walk_in):
    for page in pages(walk_in):
        assert NEEDLE not in desk.get(page).content.decode(), page
    for words in SEARCHES:
        assert NEEDLE not in desk.get("/reception/sahara/patients/", {"q": words}).content.decode(), words
    assert "0 waiting, 1 to come, 0 seen" in desk.get("/reception/").content.decode()


def test_the_needle_is_there_to_be_found(needle, other_receptionist, sign_in):
    other = sign_in(other_receptionist)
    assert NEEDLE in other.get("/reception/").content.decode()
    for words in ("needles", "1 1 1960", "9839012345"):
        assert NEEDLE in other.get("/reception/jehangir/patients/", {"q": words}).content.decode(), words


@pytest.mark.parametrize("name", ["at", "day", "patients"])
def test_no_parameter_widens_a_list(desk, needle, allergic, name):
    there, stranger = Hospital.objects.get(slug="jehangir"), Appointment.objects.get(patient=needle)
    wider = {
        "hospital": there.pk,
        "hospital_id": there.pk,
        "at": there.slug,
        "slug": there.slug,
        "patient": needle.pk,
        "doctor": stranger.doctor.slug,
        "user": needle.user.pk,
        "all": "1",
        "size": "100000",
        "state": "confirmed",
    }
    html = desk.get(reverse(f"reception-{name}", args=["sahara"]), wider).content.decode()
    assert NEEDLE not in html and "Priyanka" in html


def test_the_desk_of_another_hospital_is_none(desk, needle):
    for name in ("at", "day", "register", "patients"):
        theirs = desk.get(reverse(f"reception-{name}", args=["jehangir"]))
        nothing = desk.get(reverse(f"reception-{name}", args=["no-such-hospital"]))
        assert theirs.status_code == nothing.status_code == 404 and NEEDLE not in theirs.content.decode()
    for name in ("patient", "book"):
        for slug in ("sahara", "jehangir"):
            assert desk.get(reverse(f"reception-{name}", args=[slug, needle.pk])).status_code == 404
    assert desk.post("/reception/jehangir/register/", {"name": "X Y", "born_on": "1960"}).status_code == 404
    assert not Patient.objects.filter(name="X Y").exists()


def test_somebody_with_an_account_who_was_never_here_is_not_found(desk, other_patient, hospital):
    for words in ("Kabir", "12 4 1990"):
        assert "Kabir" not in desk.get("/reception/sahara/patients/", {"q": words}).content.decode().replace(
            f"“{words}”", ""
        ).replace(f'value="{words}"', "")


def test_whoever_books_is_known_and_found_by_name_phone_or_birthday(desk, other_patient, doctor, walk_in):
    book(other_patient, doctor)
    search = "/reception/sahara/patients/"
    assert "Kabir Anand" in desk.get(search, {"q": "anand"}).content.decode()
    assert "Kabir Anand" in desk.get(search).content.decode()  # the last that were registered
    for words in ("012345", "098390-12345", "1/1/1960", "yadav"):
        assert "Ramesh Yadav" in desk.get(search, {"q": words}).content.decode(), words


def test_a_long_list_has_pages_of_this_hospital_alone(desk, needle, hospital, receptionist):
    for n in range(25):
        facts = {"born_on": date(1980, 1, 1 + n), "by": receptionist}
        patients.register(hospital=hospital, name=f"Asha Lal {n}", **facts)
    first = desk.get("/reception/sahara/patients/", {"q": "Asha"})
    assert len(first.context["patients"]) == 20
    second = desk.get("/reception/sahara/patients/", {"q": "Asha", "after": first.context["next"]})
    assert len(second.context["patients"]) == 5 and not second.context["next"]
    assert NEEDLE not in first.content.decode() + second.content.decode()


def test_a_child_is_found_by_the_phone_of_whoever_speaks_for_it_and_no_longer_than_that(
    desk, guardian, dependant, doctor, at
):
    guardian.user.phone = "+919839077777"
    guardian.user.save()
    book(dependant, doctor, by=guardian.user)
    found = {"q": "98390 77777"}
    html = desk.get("/reception/sahara/patients/", found).content.decode()
    assert "Aarav Maurya" in html and "Sunita Maurya speaks for them" in html and "+91 98390 77777" in html
    at("2036-05-20 08:00")
    assert "Aarav Maurya" not in desk.get("/reception/sahara/patients/", found).content.decode()
    html = desk.get(f"/reception/sahara/patients/{dependant.pk}/").content.decode()
    assert "Sunita" not in html and "77777" not in html


def test_the_panel_is_shut_to_a_reception_and_to_guardians(desk, guardian, grown_up, sign_in):
    for browser in (desk, sign_in(guardian), sign_in(grown_up)):
        for page in ("/admin/", "/admin/accounts/user/", "/admin/hospitals/hospital/"):
            assert browser.get(page).status_code == 403, page
