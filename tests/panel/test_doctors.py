"""Doctors in the panel: entered, changed, approved, suspended, reinstated; always by the workflow."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from appointments.models import Appointment, Listing
from doctors import workflow
from doctors.models import Doctor
from hospitals.models import Hospital
from tests.factories import HospitalFactory, UserFactory, book, language, specialty

ADD = "/admin/doctors/doctor/add/"


def change(doctor):
    return reverse("admin:doctors_doctor_change", args=[doctor.pk])


def codes(row):
    return list(AuditEntry.objects.about(row).order_by("id").values_list("code", flat=True))


def test_a_doctor_who_is_entered_counts_as_checked(desk, administrator, doctor_form, hospital):
    answer = desk.post(ADD, doctor_form())
    doctor = Doctor.objects.get(registration_number="NMC-7781")
    assert (answer.status_code, answer.url) == (302, change(doctor))
    assert doctor.state == "approved" and doctor.slug == "dr-asha-rao" and doctor.user.name == "Asha Rao"
    assert doctor.user.email == "asha.rao@example.org" and not doctor.user.has_usable_password()
    assert list(doctor.user.groups.values_list("name", flat=True)) == ["Doctors"]
    assert dict(doctor.offers.values_list("visit_type", "minutes")) == {"check_up": 20, "follow_up": 10}
    assert [(a.hospital, a.room, a.ended_on) for a in doctor.affiliations.all()] == [(hospital, "OPD 3", None)]
    assert list(doctor.fees.values_list("hospital", "visit_type", "amount")) == [
        (hospital.pk, "check_up", Decimal(800))
    ]
    assert codes(doctor) == ["doctors.added", "doctors.changed"]
    assert set(AuditEntry.objects.about(doctor).values_list("by", flat=True)) == {administrator.pk}
    assert Listing.objects.get(doctor=doctor).fee == Decimal(800)


def test_the_account_that_is_there_already_becomes_a_doctors(desk, doctor_form, patient):
    desk.post(ADD, doctor_form(email=patient.user.email.upper()))
    doctor = Doctor.objects.get(registration_number="NMC-7781")
    assert doctor.user == patient.user and User.objects.filter(email=patient.user.email).count() == 1


def test_a_refusal_comes_back_on_the_form_with_what_was_typed(desk, doctor_form, doctor):
    answer = desk.post(ADD, doctor_form(email=doctor.user.email))
    page = answer.content.decode()
    assert answer.status_code == 409 and "This person is a doctor here already." in page
    assert 'value="NMC-7781"' in page and "OPD 3" in page and 'href="#id_email"' in page
    assert not Doctor.objects.filter(registration_number="NMC-7781").exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Enter the doctor’s name"),
        ({"email": "nobody"}, "valid email"),
        ({"specialties": []}, "Choose at least one specialty"),
        ({"minutes_check_up": "", "minutes_follow_up": ""}, "at least one kind of visit"),
        ({"minutes_check_up": "7"}, "divided by 5"),
        ({"fee": "-1"}, "greater than or equal to 0"),
        ({"fee": "NaN"}, "Enter a number"),
        ({"affiliations-0-hospital": "No such place"}, "No hospital is called so"),
        ({"affiliations-0-hospital": ""}, "Enter the hospital"),
        ({"affiliations-0-fee_check_up": "x"}, "Enter a number"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_entered(desk, doctor_form, typed, sentence):
    answer = desk.post(ADD, doctor_form(**typed))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Doctor.objects.exists() and not User.objects.filter(email="asha.rao@example.org").exists()


def test_a_number_of_a_council_belongs_to_one_doctor(desk, doctor_form, doctor):
    taken = {"registration_number": doctor.registration_number, "council": doctor.council}
    answer = desk.post(ADD, doctor_form(**taken))
    assert answer.status_code == 422 and "Another doctor has this number" in answer.content.decode()


def test_hospitals_of_one_name_are_told_apart_by_number(desk, doctor_form, hospital):
    twin = HospitalFactory(name=hospital.name, slug="sahara-2", city=hospital.city)
    answer = desk.post(ADD, doctor_form())
    assert answer.status_code == 422 and f"#{twin.pk}" in answer.content.decode()
    desk.post(ADD, doctor_form(**{"affiliations-0-hospital": f"{twin.name}, {twin.city} #{twin.pk}"}))
    assert Doctor.objects.get(registration_number="NMC-7781").affiliations.get().hospital == twin


def test_one_hospital_is_entered_once(desk, doctor_form):
    twice = {"affiliations-TOTAL_FORMS": "2", "affiliations-1-hospital": "Sahara Hospital"}
    answer = desk.post(ADD, doctor_form(**twice))
    assert answer.status_code == 422 and "Enter each hospital once." in answer.content.decode()


@pytest.fixture
def stored(desk, doctor_form):
    """A doctor of the panel, and the form that shows them as they are."""
    desk.post(ADD, doctor_form())
    doctor = Doctor.objects.get(registration_number="NMC-7781")
    row = doctor.affiliations.get()

    def form(**changes):
        kept = {
            "affiliations-INITIAL_FORMS": "1",
            "affiliations-0-id": str(row.pk),
            "affiliations-0-doctor": str(doctor.pk),
        }
        filled = doctor_form(**{**kept, **changes})
        del filled["email"]
        return filled

    return doctor, form


def test_a_doctor_is_changed_and_the_search_follows(desk, stored):
    doctor, form = stored
    typed = form(
        name="Asha Rao Menon",
        fee="900",
        specialties=[specialty("Cardiology").pk],
        **{"affiliations-0-fee_check_up": ""},
    )
    assert desk.post(change(doctor), typed).status_code == 302
    doctor = Doctor.objects.get(pk=doctor.pk)
    assert doctor.user.name == "Asha Rao Menon" and doctor.fee == Decimal(900) and not doctor.fees.exists()
    listing = Listing.objects.get(doctor=doctor)
    assert (listing.name, listing.title, listing.fee) == ("Asha Rao Menon", "Cardiologist", Decimal(900))
    assert codes(doctor)[-1] == "doctors.changed"


def test_a_hospital_that_is_left_ends_and_may_come_back(desk, stored, patient, other_hospital):
    doctor, form = stored
    away = form(
        **{
            "affiliations-TOTAL_FORMS": "2",
            "affiliations-0-DELETE": "on",
            "affiliations-1-hospital": f"{other_hospital.name}, {other_hospital.city}",
        }
    )
    assert desk.post(change(doctor), away).status_code == 302
    assert [a.hospital for a in doctor.affiliations.current()] == [other_hospital]
    assert doctor.affiliations.exclude(ended_on=None).count() == 1
    back = form(**{"affiliations-INITIAL_FORMS": "0", "affiliations-0-id": ""})
    assert desk.post(change(doctor), back).status_code == 302
    assert [a.hospital.name for a in doctor.affiliations.current()] == ["Sahara Hospital"]
    assert doctor.affiliations.count() == 2


def test_visits_in_a_hospital_that_is_left_are_told(desk, doctor, patient, doctor_form, other_hospital):
    book(patient, doctor)
    row = doctor.affiliations.get()
    form = doctor_form(
        name="Neha Sharma",
        registration_number=doctor.registration_number,
        **{
            "affiliations-INITIAL_FORMS": "1",
            "affiliations-0-id": str(row.pk),
            "affiliations-0-doctor": str(doctor.pk),
            "affiliations-0-DELETE": "on",
        },
    )
    page = desk.post(change(doctor), form, follow=True).content.decode()
    assert "1 visit is booked that this doctor is no longer offered for." in page
    assert Appointment.objects.get().state == "requested"


def test_posting_more_than_the_form_has_changes_nothing_else(desk, stored):
    doctor, form = stored
    more = {
        "state": "suspended",
        "slug": "taken-over",
        "user": "1",
        "email": "thief@example.org",
        "id": "999",
        "is_superuser": "1",
    }
    desk.post(change(doctor), form(**more))
    doctor = Doctor.objects.get(pk=doctor.pk)
    assert (doctor.state, doctor.slug, doctor.user.email) == ("approved", "dr-asha-rao", "asha.rao@example.org")


def test_an_edit_does_not_turn_back_a_suspension(desk, stored, monkeypatch):
    """Someone suspends between the moment the row was read for the form and the moment it is saved."""
    from appointments import workflow as appointments
    from doctors import admin as room

    doctor, form = stored
    real = room.keep_doctor

    def slow(**facts):
        appointments.suspend_doctor(doctor=doctor, reason="Licence lapsed", by=UserFactory())
        return real(**facts)

    monkeypatch.setattr(room, "keep_doctor", slow)
    assert desk.post(change(doctor), form(about="New words")).status_code == 302
    doctor = Doctor.objects.get(pk=doctor.pk)
    assert (doctor.state, doctor.about) == ("suspended", "New words")


def test_the_second_of_two_writers_is_told(desk, stored):
    import re

    doctor, form = stored
    stamp = re.search(r'name="stamp" value="(\w+)"', desk.get(change(doctor)).content.decode())[1]
    assert desk.post(change(doctor), form(about="First", stamp=stamp)).status_code == 302
    answer = desk.post(change(doctor), form(about="Second", stamp=stamp))
    page = answer.content.decode()
    assert answer.status_code == 409 and "Someone else changed this" in page and "Second" in page
    assert Doctor.objects.get(pk=doctor.pk).about == "First"
    fresh = re.search(r'name="stamp" value="(\w+)"', page)[1]
    assert fresh != stamp
    assert desk.post(change(doctor), form(about="Second", stamp=fresh)).status_code == 302
    assert Doctor.objects.get(pk=doctor.pk).about == "Second"


def test_a_pending_doctor_is_approved(desk, pending_doctor):
    address = reverse("admin:doctors_doctor_approve")
    assert desk.get(address).status_code == 405
    answer = desk.post(address, {"only": pending_doctor.pk})
    assert (answer.status_code, answer.url) == (302, change(pending_doctor))
    assert Doctor.objects.get(pk=pending_doctor.pk).state == "approved"
    assert codes(pending_doctor)[-1] == "doctors.approved"
    assert pending_doctor.user.groups.filter(name="Doctors").exists()


SUSPEND = "/admin/doctors/doctor/suspend/"


def test_suspending_asks_why_and_lists_the_bookings_that_are_kept(desk, doctor, appointment, patient):
    assert "Suspend Dr Neha Sharma?" in desk.get(f"{SUSPEND}?pick={doctor.pk}").content.decode()
    assert "Suspend Dr Neha Sharma?" in desk.post(SUSPEND, {"pick": doctor.pk}).content.decode()
    without = desk.post(SUSPEND, {"pick": doctor.pk, "sure": "1", "reason": " "})
    assert without.status_code == 422 and "Say why" in without.content.decode()
    assert Doctor.objects.get(pk=doctor.pk).state == "approved"

    answer = desk.post(SUSPEND, {"pick": doctor.pk, "sure": "1", "reason": "Licence lapsed"}, follow=True)
    page = answer.content.decode()
    assert "Bookings to move" in page and patient.name in page and patient.user.email in page
    doctor = Doctor.objects.get(pk=doctor.pk)
    assert (doctor.state, doctor.state_reason) == ("suspended", "Licence lapsed")
    assert Appointment.objects.get(pk=appointment.pk).state == "requested"
    line = AuditEntry.objects.about(doctor).latest("id")
    assert (line.code, line.reason) == ("doctors.suspended", "Licence lapsed")
    assert not Listing.objects.filter(doctor=doctor).exists()
    on_form = desk.get(change(doctor)).content.decode()
    assert "Licence lapsed" in on_form and "Reinstate" in on_form and "1 booking waits" in on_form


def test_the_doctor_reads_the_reason_as_the_panel_says(desk, doctor, sign_in):
    assert "The doctor reads your reason." in desk.get(f"{SUSPEND}?pick={doctor.pk}").content.decode()
    desk.post(SUSPEND, {"pick": doctor.pk, "sure": "1", "reason": "Licence lapsed"})
    assert "Licence lapsed" in sign_in(doctor).get("/dashboard/").content.decode()


def test_without_bookings_one_comes_back_to_the_doctor(desk, doctor):
    answer = desk.post(SUSPEND, {"pick": doctor.pk, "sure": "1", "reason": "Asked for it"})
    assert answer.url == change(doctor)


def test_several_are_suspended_at_once_and_one_refusal_stops_nobody(desk, doctor, other_doctor, pending_doctor):
    answer = desk.post(
        SUSPEND,
        {"pick": [doctor.pk, other_doctor.pk, pending_doctor.pk], "sure": "1", "reason": "Audit"},
        follow=True,
    )
    page = answer.content.decode()
    states = dict(Doctor.objects.values_list("pk", "state"))
    assert states == {doctor.pk: "suspended", other_doctor.pk: "suspended", pending_doctor.pk: "pending"}
    assert "Dr Tara Bose: Nothing to do" in page and "Suspended: Dr Neha Sharma, Dr Vikram Rao" in page


def test_suspending_twice_is_refused_in_words(desk, doctor):
    form = {"pick": doctor.pk, "sure": "1", "reason": "Audit"}
    desk.post(SUSPEND, form)
    assert desk.post(SUSPEND, form).status_code == 409
    assert AuditEntry.objects.filter(code="doctors.suspended").count() == 1


def test_a_suspended_doctor_is_reinstated(desk, doctor):
    desk.post(SUSPEND, {"pick": doctor.pk, "sure": "1", "reason": "Audit"})
    desk.post(reverse("admin:doctors_doctor_reinstate"), {"only": doctor.pk})
    doctor = Doctor.objects.get(pk=doctor.pk)
    assert (doctor.state, doctor.state_reason) == ("approved", "")
    assert codes(doctor)[-1] == "doctors.reinstated" and Listing.objects.filter(doctor=doctor).exists()


def test_nothing_ticked_is_said(desk, doctor):
    for act in ("approve", "suspend", "reinstate"):
        page = desk.post(reverse(f"admin:doctors_doctor_{act}"), follow=True).content.decode()
        assert "Tick at least one line first." in page


def test_nobody_is_deleted(desk, doctor):
    assert desk.post(f"/admin/doctors/doctor/{doctor.pk}/delete/").status_code == 404
    assert Doctor.objects.filter(pk=doctor.pk).exists()


def test_without_the_token_nothing_is_done(administrator, doctor):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(administrator)
    answer = browser.post(SUSPEND, {"pick": doctor.pk, "sure": "1", "reason": "Audit"})
    assert answer.status_code == 403 and Doctor.objects.get(pk=doctor.pk).state == "approved"


def test_what_happened_to_a_doctor_can_be_read(desk, stored):
    doctor, _form = stored
    page = desk.get(reverse("admin:doctors_doctor_history", args=[doctor.pk])).content.decode()
    assert "doctors.added" in page and "doctors.changed" in page and "Anil Joshi" in page


def test_hospitals_are_suggested_by_name(desk, hospital, other_hospital):
    answer = desk.get(reverse("admin:hospitals_hospital_names"), {"q": "saha"})
    assert answer.json() == {"names": ["Sahara Hospital, Lucknow"]}
    assert Hospital.objects.count() == 2


def test_a_language_that_is_chosen_is_kept(desk, doctor_form):
    desk.post(ADD, doctor_form(languages=[language("Tamil").pk, language("Hindi").pk]))
    doctor = Doctor.objects.get(registration_number="NMC-7781")
    assert Listing.objects.get(doctor=doctor).tongues == "हिन्दी, தமிழ்"
    workflow.set_state(doctor=doctor, state="suspended", reason="x", by=None)
    assert not Listing.objects.filter(doctor=doctor).exists()
