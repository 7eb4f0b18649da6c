"""The reception asks the doctor to see one more patient at a time that is not free."""

import pytest
from django.urls import reverse

from appointments.models import Appointment
from doctors import workflow as doctors
from hospitals.models import VisitType
from tests.factories import DoctorFactory, book, inbox

WHY = "Sent over from the emergency room"


@pytest.fixture
def page(walk_in):
    return reverse("reception-overbook", args=["sahara", walk_in.pk])


@pytest.fixture
def typing(walk_in, doctor, hospital, patient):
    """Nine o'clock, which another patient has."""
    book(patient, doctor)
    return {
        "who": walk_in.pk,
        "doctor": doctor.pk,
        "hospital": hospital.pk,
        "visit_type": "check_up",
        "day": "2026-03-02",
        "time": "09:00",
        "reason": WHY,
    }


def test_the_doctor_is_asked(desk, page, typing, walk_in, doctor, receptionist):
    answer = desk.post(page, typing, follow=True)
    visit = Appointment.objects.get(patient=walk_in)
    assert (visit.state, visit.booked_by, visit.overbooked_reason) == ("requested", receptionist, WHY)
    assert "appointments.overbooked" in inbox(doctor)
    html = answer.content.decode()
    assert "Booked for Ramesh Yadav. Is the time not free, the doctor answers first." in html and WHY in html


def test_the_booking_page_leads_there_with_the_doctor_chosen(desk, page, walk_in, doctor, other_doctor):
    html = desk.get(reverse("reception-book", args=["sahara", walk_in.pk]), {"doctor": doctor.slug}).content.decode()
    assert f"{page}?doctor={doctor.pk}" in html
    html = desk.get(page, {"doctor": doctor.pk}).content.decode()
    assert f'<option value="{doctor.pk}" selected>' in html


def test_another_patient_doctor_or_hospital_cannot_be_put_into_the_form(
    desk, page, typing, other_patient, other_hospital, needle
):
    away = DoctorFactory(hospitals=[other_hospital])
    for change in (
        {"who": other_patient.pk},
        {"who": needle.pk},
        {"doctor": away.pk},
        {"hospital": other_hospital.pk},
    ):
        assert desk.post(page, {**typing, **change}).status_code == 422, change
    assert not Appointment.objects.exclude(overbooked_reason="").exists()


def test_nobody_is_seen_by_video_at_a_desk(desk, page, typing, doctor):
    doctors.change_doctor(doctor=doctor, offers={VisitType.VIDEO: 20, VisitType.CHECK_UP: 20}, by=None)
    assert 'value="video"' not in desk.get(page).content.decode()
    assert desk.post(page, {**typing, "visit_type": "video"}).status_code == 422


def test_a_patient_whom_the_hospital_does_not_know_has_no_such_page(desk, typing, other_patient, needle):
    for stranger in (other_patient, needle):
        page = reverse("reception-overbook", args=["sahara", stranger.pk])
        assert desk.get(page).status_code == desk.post(page, typing).status_code == 404


def test_the_printed_day_says_it(desk, page, typing):
    desk.post(page, typing)
    assert "overbooked" in desk.get(reverse("reception-day", args=["sahara"])).content.decode()


def test_a_hospital_without_doctors_says_so(desk, page):
    assert "No doctor can be booked" in desk.get(page).content.decode()
