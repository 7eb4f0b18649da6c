"""The reception books for whoever it knows."""

import pytest
from django.urls import reverse

from appointments import workflow as appointments
from appointments.models import Appointment
from doctors import workflow as doctors
from hospitals.models import VisitType
from tests.factories import DoctorFactory, PatientFactory, book, free_slots, hours_in, inbox


@pytest.fixture
def booking_page(walk_in):
    return reverse("reception-book", args=["sahara", walk_in.pk])


def typed(doctor, slot=None):
    slot = slot or free_slots(doctor)[0]
    return {"doctor": doctor.slug, "visit_type": "check_up", "slot": f"{slot.room}-{slot.start}"}


def later(doctor):
    return next(slot for slot in free_slots(doctor) if slot.starts_at.day == 4)


def test_a_visit_of_today_is_confirmed_at_once_and_the_doctor_is_told(
    desk, booking_page, walk_in, doctor, receptionist
):
    answer = desk.post(booking_page, typed(doctor), follow=True)
    visit = Appointment.objects.get()
    assert (visit.patient, visit.booked_by, visit.state) == (walk_in, receptionist, "confirmed")
    assert inbox(doctor) == ["appointments.booked_at_desk"]
    html = answer.content.decode()
    assert "Booked for Ramesh Yadav." in html and reverse("appointments:check_in", args=[visit.pk]) in html


def test_on_another_day_the_doctor_still_answers(desk, booking_page, doctor):
    desk.post(booking_page, typed(doctor, later(doctor)))
    assert Appointment.objects.get().state == "requested"
    assert inbox(doctor) == ["appointments.booked"]


def test_unless_the_doctor_confirms_everything_at_once(desk, booking_page, doctor):
    doctor.confirms_instantly = True
    doctor.save()
    desk.post(booking_page, typed(doctor, later(doctor)))
    assert Appointment.objects.get().state == "confirmed"


def test_whoever_stands_at_the_desk_need_not_keep_the_notice_of_the_doctor(desk, booking_page, doctor, at):
    doctor.notice_minutes = 240
    doctor.save()
    at("2026-03-02 10:00")
    html = desk.get(booking_page).content.decode()
    slot = free_slots(doctor)[0]
    assert slot.starts_at.hour >= 8  # 14:00 in India at the earliest, for patients
    assert ">10:00</time>" in html
    ten = slot.start - int((slot.starts_at - at("2026-03-02 10:00")).total_seconds()) // 300
    assert desk.post(booking_page, {**typed(doctor), "slot": f"{slot.room}-{ten}"}).status_code == 302


def test_the_soonest_doctor_comes_first_and_another_can_be_chosen(desk, booking_page, doctor, other_doctor):
    for slot in [s for s in free_slots(doctor) if s.starts_at.day == 2][:3]:
        book(PatientFactory(), doctor, slot=slot)
    first = desk.get(booking_page)
    assert first.context["doctor"] == other_doctor
    assert desk.get(booking_page, {"doctor": doctor.slug}).context["doctor"] == doctor
    assert desk.get(booking_page, {"doctor": "nobody"}).context["doctor"] == other_doctor


def test_a_doctor_is_booked_in_this_hospital_alone(desk, booking_page, hospital, other_hospital):
    hours = hours_in(hospital, begins=9, ends=10) + hours_in(other_hospital, begins=14, ends=16)
    both = DoctorFactory(name="Two Places", hospitals=[hospital, other_hospital], hours=hours)
    away = next(slot for slot in free_slots(both) if slot.room == other_hospital.pk)
    html = desk.get(booking_page, {"doctor": both.slug}).content.decode()
    assert ">09:00</time>" in html and ">14:00</time>" not in html
    assert desk.post(booking_page, typed(both, away)).status_code == 422
    assert not Appointment.objects.exists()


def test_a_doctor_of_another_hospital_cannot_be_chosen(desk, booking_page, doctor, other_hospital):
    away = DoctorFactory(hospitals=[other_hospital])
    assert desk.post(booking_page, typed(away)).status_code == 422
    assert not Appointment.objects.exists()


def test_nobody_is_booked_with_another_doctor_than_the_one_who_was_chosen(
    desk, booking_page, doctor, other_doctor, administrator
):
    chosen = typed(doctor)
    appointments.suspend_doctor(doctor=doctor, reason="Under review", by=administrator)
    answer = desk.post(booking_page, chosen)
    assert answer.status_code == 409
    assert "That doctor cannot be booked here at the moment." in answer.content.decode()
    assert answer.context["doctor"] == other_doctor
    assert not Appointment.objects.exists()


def test_nobody_is_seen_by_video_at_a_desk(desk, booking_page, doctor):
    doctors.change_doctor(doctor=doctor, offers={VisitType.VIDEO: 20, VisitType.CHECK_UP: 20}, by=None)
    html = desk.get(booking_page).content.decode()
    assert 'value="check_up"' in html and 'value="video"' not in html
    assert desk.post(booking_page, {**typed(doctor), "visit_type": "video"}).status_code == 422


def test_a_time_that_was_lost_is_said_with_the_nearest_ones(desk, booking_page, doctor, patient):
    lost = typed(doctor)
    book(patient, doctor)
    answer = desk.post(booking_page, lost)
    assert answer.status_code == 409
    assert "just been taken" in answer.content.decode() and 'name="nearest"' in answer.content.decode()


def test_twice_the_same_form_is_one_visit(desk, booking_page, doctor):
    form = {**typed(doctor), "request_key": "019cac61-8c40-7bf3-9a76-4789170cea92"}
    desk.post(booking_page, form)
    desk.post(booking_page, form)
    assert Appointment.objects.count() == 1


def test_whom_the_hospital_does_not_know_cannot_be_booked(desk, doctor, other_patient, needle):
    for stranger in (other_patient, needle):
        booking_page = reverse("reception-book", args=["sahara", stranger.pk])
        assert desk.post(booking_page, typed(doctor)).status_code == 404
        assert desk.get(booking_page).status_code == 404
    assert not Appointment.objects.filter(hospital__slug="sahara").exists()


def test_a_hospital_without_doctors_says_so(desk, booking_page):
    assert "No doctor can be booked" in desk.get(booking_page).content.decode()


def test_the_choice_of_the_doctor_is_kept_from_week_to_week(desk, booking_page, doctor, other_doctor):
    html = desk.get(booking_page, {"doctor": other_doctor.slug}).content.decode()
    assert f"doctor={other_doctor.slug}&week=2026-03-09" in html.replace("&amp;", "&")
