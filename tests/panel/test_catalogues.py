"""Specialties and languages: the form refuses in words, and what is saved is followed by the listings."""

from django.urls import reverse

from accounts.models import AuditEntry
from appointments.models import Listing
from doctors import workflow as doctors
from doctors.models import Language, Specialty
from tests.factories import language, specialty


def test_a_specialty_that_changes_its_words_is_followed_by_its_doctors(doctor, administrator):
    neurology = doctor.specialties.get()
    neurology.title = "Nerve doctor"
    doctors.save_specialty(specialty=neurology, by=administrator)
    assert Listing.objects.get(doctor=doctor).title == "Nerve doctor"
    assert AuditEntry.objects.about(neurology).get().code == "doctors.specialty_changed"


def test_a_language_that_changes_its_words_is_followed_by_its_doctors(doctor, administrator):
    hindi = doctor.languages.get()
    hindi.own_name = "हिंदी"
    doctors.save_language(language=hindi, by=administrator)
    assert Listing.objects.get(doctor=doctor).tongues == "हिंदी"


def test_the_form_makes_the_address_and_refuses_doubles(administrator):
    from doctors.admin import SpecialtyForm

    form = SpecialtyForm({"name": "Sleep medicine", "title": "Sleep doctor"})
    assert form.is_valid()
    doctors.save_specialty(specialty=form.save(commit=False), by=administrator)
    assert Specialty.objects.get(name="Sleep medicine").slug == "sleep-medicine"
    again = SpecialtyForm({"name": "Sleep medicine", "title": "x"})
    assert not again.is_valid() and "there already" in str(again.errors)
    odd = SpecialtyForm({"name": "निद्रा", "title": "निद्रा"})
    assert odd.is_valid() and odd.save(commit=False).slug == "specialty"


def test_doubles_are_said_on_the_page(desk):
    specialty("Neurology")
    answer = desk.post("/admin/doctors/specialty/add/", {"name": "Neurology", "title": "x"})
    assert answer.status_code == 422 and b"This specialty is there already." in answer.content
    hindi = language("Hindi")
    answer = desk.post("/admin/doctors/language/add/", {"name": "X", "own_name": "X", "code": hindi.code})
    assert answer.status_code == 422 and b"A language with this code is there already." in answer.content


def test_neither_is_deleted(desk, doctor):
    for row, name in ((doctor.specialties.get(), "specialty"), (doctor.languages.get(), "language")):
        assert desk.post(f"/admin/doctors/{name}/{row.pk}/delete/").status_code == 404
        assert desk.get(reverse(f"admin:doctors_{name}_change", args=[row.pk])).status_code == 200
    assert Specialty.objects.exists() and Language.objects.exists()


def test_both_are_entered_and_changed_on_their_pages(desk, doctor):
    typed = {"name": "Sleep medicine", "title": "Sleep doctor"}
    assert desk.post("/admin/doctors/specialty/add/", typed).status_code == 302
    assert Specialty.objects.get(name="Sleep medicine").slug == "sleep-medicine"
    typed = {"name": "Odia", "own_name": "ଓଡ଼ିଆ", "code": "or"}
    assert desk.post("/admin/doctors/language/add/", typed).status_code == 302
    neurology = doctor.specialties.get()
    address = reverse("admin:doctors_specialty_change", args=[neurology.pk])
    assert desk.post(address, {"name": "Neurology", "title": "Nerve doctor"}).status_code == 302
    assert Listing.objects.get(doctor=doctor).title == "Nerve doctor"
