"""Hospitals in the panel: entered, changed, suspended; and who runs them."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from appointments.models import Listing
from hospitals.models import Hospital, Staff
from tests.factories import HospitalFactory, UserFactory
from tests.panel.conftest import HOSPITAL_FORM

ADD = "/admin/hospitals/hospital/add/"


def address(act, hospital):
    return reverse(f"admin:hospitals_hospital_{act}", args=[hospital.pk])


def codes(row):
    return list(AuditEntry.objects.about(row).order_by("id").values_list("code", flat=True))


def test_a_hospital_is_entered_and_its_address_made_from_the_name(desk):
    answer = desk.post(ADD, HOSPITAL_FORM)
    hospital = Hospital.objects.get(name="Lotus Clinic")
    assert (answer.status_code, answer.url) == (302, address("change", hospital))
    assert (hospital.slug, hospital.state, hospital.kind) == ("lotus-clinic", "approved", "clinic")
    assert dict(hospital.fees.values_list("visit_type", "amount")) == {"check_up": Decimal(450)}
    assert codes(hospital) == ["hospitals.added"]
    desk.post(ADD, HOSPITAL_FORM)
    assert set(Hospital.objects.values_list("slug", flat=True)) == {"lotus-clinic", "lotus-clinic-2"}


@pytest.mark.parametrize("name", ["जीवन अस्पताल", "聖路加病院", "..."])
def test_a_name_without_latin_letters_has_an_address_too(desk, name):
    assert desk.post(ADD, {**HOSPITAL_FORM, "name": name}).status_code == 302
    assert Hospital.objects.get(name=name).slug.startswith("hospital")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Enter the name"),
        ({"city": ""}, "Enter the city"),
        ({"slug": "with space"}, "slug"),
        ({"zone": "Mars/Olympus"}, "Choose a time zone"),
        ({"phone": "call me"}, "Enter a phone number"),
        ({"fee_check_up": "-5"}, "greater than or equal to 0"),
        ({"fee_check_up": "1e400"}, "digit"),
        ({"kind": "spa"}, "valid choice"),
        ({"beds": "many"}, "Enter a number of beds"),
        ({"beds": "-1"}, "greater than or equal to 0"),
        ({"latitude": "91", "longitude": "80"}, "Enter degrees such as"),
        ({"latitude": "NaN", "longitude": "80"}, "Enter degrees such as"),
        ({"latitude": "26.85"}, "Enter both, or neither of them"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_entered(desk, typed, sentence):
    answer = desk.post(ADD, {**HOSPITAL_FORM, **typed})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Hospital.objects.exists()


def test_an_address_belongs_to_one_hospital(desk, hospital):
    answer = desk.post(ADD, {**HOSPITAL_FORM, "slug": hospital.slug})
    assert answer.status_code == 422 and "Another hospital has this address" in answer.content.decode()


def test_a_hospital_is_changed_and_the_search_follows(desk, hospital, doctor):
    form = {
        **HOSPITAL_FORM,
        "name": "Sahara Main",
        "city": "Kanpur",
        "slug": "",
        "fee_check_up": "999",
        "state": "suspended",
    }
    assert desk.post(address("change", hospital), form).status_code == 302
    hospital = Hospital.objects.get(pk=hospital.pk)
    assert (hospital.name, hospital.slug, hospital.state) == ("Sahara Main", "sahara", "approved")
    assert Listing.objects.get(doctor=doctor).where == "Sahara Main, Kanpur"
    assert Listing.objects.get(doctor=doctor).fee == Decimal(999)
    assert codes(hospital)[-1] == "hospitals.changed"


def test_beds_emergency_and_the_place_on_the_map_are_entered_too(desk, client, hospital):
    form = {**HOSPITAL_FORM, "emergency": "on", "beds": "120", "latitude": "26.8467", "longitude": "80.9462"}
    assert desk.post(address("change", hospital), form).status_code == 302
    page = client.get(Hospital.objects.get(pk=hospital.pk).get_absolute_url()).content.decode()
    assert "120 beds" in page and "Emergency department, day and night" in page and "mlat=26.846700" in page
    desk.post(address("change", hospital), HOSPITAL_FORM)
    hospital = Hospital.objects.get(pk=hospital.pk)
    assert (hospital.emergency, hospital.beds, hospital.latitude) == (False, None, None)


def test_an_edit_does_not_turn_back_a_suspension(desk, hospital, monkeypatch):
    from appointments import workflow as appointments
    from hospitals import admin as room

    real = room.keep_hospital

    def slow(**facts):
        appointments.suspend_hospital(hospital=hospital, reason="Fire", by=UserFactory())
        return real(**facts)

    monkeypatch.setattr(room, "keep_hospital", slow)
    assert desk.post(address("change", hospital), {**HOSPITAL_FORM, "city": "Kanpur"}).status_code == 302
    hospital = Hospital.objects.get(pk=hospital.pk)
    assert (hospital.state, hospital.city) == ("suspended", "Kanpur")


def test_the_second_of_two_writers_is_told(desk, hospital):
    stamp = re.search(r'name="stamp" value="(\w+)"', desk.get(address("change", hospital)).content.decode())[1]
    desk.post(address("change", hospital), {**HOSPITAL_FORM, "city": "First", "stamp": stamp})
    answer = desk.post(address("change", hospital), {**HOSPITAL_FORM, "city": "Second", "stamp": stamp})
    assert answer.status_code == 409 and Hospital.objects.get(pk=hospital.pk).city == "First"


def test_suspending_lists_the_bookings_and_reinstating_opens_it(desk, hospital, doctor, appointment, patient):
    suspend = reverse("admin:hospitals_hospital_suspend")
    page = desk.post(suspend, {"pick": hospital.pk, "sure": "1", "reason": "Fire"}, follow=True).content.decode()
    assert "Bookings to move" in page and patient.name in page and "Dr Neha Sharma" in page
    hospital = Hospital.objects.get(pk=hospital.pk)
    assert (hospital.state, hospital.state_reason) == ("suspended", "Fire")
    assert codes(hospital)[-1] == "hospitals.suspended" and not Listing.objects.exists()
    desk.post(reverse("admin:hospitals_hospital_reinstate"), {"only": hospital.pk})
    assert Hospital.objects.get(pk=hospital.pk).state == "approved"
    assert codes(hospital)[-1] == "hospitals.reinstated" and Listing.objects.filter(doctor=doctor).exists()


def test_filters_narrow_the_list(desk, hospital, other_hospital):
    HospitalFactory(name="Corner Practice", kind="practice", city="Pune", slug="corner")
    base = reverse("admin:hospitals_hospital_changelist")

    def names(query):
        page = desk.get(base + query).content.decode()
        return {n for n in ("Sahara Hospital", "Jehangir Clinic", "Corner Practice") if f"</span>{n}</a>" in page}

    assert names("?city=pu") == {"Jehangir Clinic", "Corner Practice"}
    assert names("?kind=practice") == {"Corner Practice"}
    assert names("?state=suspended") == set()
    assert names("?q=saha") == {"Sahara Hospital"}


def test_a_person_with_an_account_is_appointed_and_ended(desk, hospital):
    user = UserFactory(email="manager@example.org", name="Meena Pal")
    answer = desk.post(address("appoint", hospital), {"email": " Manager@Example.org "}, follow=True)
    assert "Meena Pal runs Sahara Hospital from now on." in answer.content.decode()
    staff = Staff.objects.get(user=user)
    assert user.groups.filter(name="Hospital administrators").exists()
    assert codes(hospital)[-1] == "hospitals.appointed"
    assert desk.get(address("end_staff", hospital)).status_code == 405
    answer = desk.post(address("end_staff", hospital), {"staff": staff.pk}, follow=True)
    assert "Meena Pal no longer works for Sahara Hospital." in answer.content.decode()
    assert Staff.objects.get(pk=staff.pk).ended_at and not user.groups.exists()
    assert codes(hospital)[-1] == "hospitals.staff_ended"
    assert desk.post(address("end_staff", hospital), {"staff": staff.pk}).status_code == 404


@pytest.mark.parametrize("email", ["nobody@example.org", "", "\x00", "x" * 5000, "<script>@example.org"])
def test_nobody_else_is_appointed(desk, hospital, email):
    answer = desk.post(address("appoint", hospital), {"email": email})
    assert answer.status_code == 409 and "Nobody has an account" in answer.content.decode()
    assert b"<script>@" not in answer.content and not Staff.objects.exists()


def test_staff_of_another_hospital_are_not_ended_here(desk, hospital, other_hospital_admin):
    staff = Staff.objects.get(user=other_hospital_admin)
    assert desk.post(address("end_staff", hospital), {"staff": staff.pk}).status_code == 404
    assert Staff.objects.get(pk=staff.pk).ended_at is None
