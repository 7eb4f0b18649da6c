"""Specialties and languages are entered and renamed by an administrator; the search follows."""

import pytest
from django.urls import reverse

from appointments.models import Listing
from doctors import workflow
from doctors.models import Language, Specialty
from tests.factories import trail

pytestmark = pytest.mark.django_db


def test_a_renamed_specialty_finds_its_doctors_by_the_new_name(doctor, administrator):
    specialty = doctor.specialties.get()
    specialty.name, specialty.title = "Nerve medicine", "Nerve doctor"
    workflow.save_specialty(specialty=specialty, by=administrator)
    assert Listing.objects.find("nerve").get().title == "Nerve doctor"
    assert not Listing.objects.find("neurology")
    assert trail(specialty)[0] == "doctors.specialty_changed"


def test_a_renamed_language_is_on_the_card(doctor, administrator):
    language = doctor.languages.get()
    language.own_name = "हिंदी"
    workflow.save_language(language=language, by=administrator)
    assert Listing.objects.get(pk=doctor.pk).tongues == "हिंदी"


def test_a_new_language_has_no_doctors_yet(administrator):
    workflow.save_language(language=Language(code="gu", name="Gujarati", own_name="ગુજરાતી"), by=administrator)
    assert Language.objects.get(code="gu")


def test_the_panel_enters_a_specialty(sign_in, administrator):
    answer = sign_in(administrator).post(
        reverse("admin:doctors_specialty_add"), {"name": "Urology", "title": "Urologist", "slug": "urology"}
    )
    assert answer.status_code == 302
    assert trail(Specialty.objects.get(slug="urology")) == ["doctors.specialty_added"]
