"""The reception's day: who comes, who waits, and what is done at the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments import workflow as appointments
from appointments.models import Appointment
from hospitals import workflow as hospitals
from hospitals.models import Staff
from tests.factories import book, free_slots, inbox

DAY = "/reception/"


@pytest.fixture
def visit(patient, doctor):
    return appointments.approve(appointment=book(patient, doctor), by=doctor.user)


def test_the_dashboard_of_a_receptionist_is_the_desk(desk):
    assert desk.get("/dashboard/").url == DAY
    assert "Nobody comes on this day." in desk.get(DAY).content.decode()


def test_the_day_shows_all_doctors_or_one(desk, visit, other_patient, other_doctor):
    book(other_patient, other_doctor)
    both = desk.get(DAY).content.decode()
    assert "Priyanka Maurya" in both and "Kabir Anand" in both
    assert "0 waiting, 2 to come, 0 seen" in both
    one = desk.get(DAY, {"doctor": other_doctor.slug}).content.decode()
    assert "Kabir Anand" in one and "Priyanka Maurya" not in one


def test_other_days_are_a_click_away_and_keep_the_doctor(desk, patient, doctor):
    tomorrow = next(slot for slot in free_slots(doctor) if slot.starts_at.day == 3)
    book(patient, doctor, slot=tomorrow)
    assert "Priyanka Maurya" not in desk.get(DAY).content.decode()
    html = desk.get(DAY, {"day": "2026-03-03", "doctor": doctor.slug}).content.decode()
    assert "Priyanka Maurya" in html and f"doctor={doctor.slug}&amp;day=2026-03-04" in html


def test_what_was_declined_or_ran_out_is_not_on_the_list(desk, patient, doctor):
    appointments.decline(appointment=book(patient, doctor), reason="Full", by=doctor.user)
    assert "Priyanka Maurya" not in desk.get(DAY).content.decode()


def test_the_patient_is_checked_in_and_waits_since(desk, visit, receptionist, at):
    at("2026-03-02 08:40")
    answer = desk.post(reverse("appointments:check_in", args=[visit.pk]), {"next": DAY}, follow=True)
    html = answer.content.decode()
    assert "Patient checked in." in html and "waiting since 08:40" in html and "1 waiting" in html
    visit.refresh_from_db()
    assert visit.state == "checked_in"


def test_a_visit_is_cancelled_with_a_reason_and_the_patient_is_told(desk, visit, patient):
    cancel = reverse("appointments:cancel", args=[visit.pk])
    assert desk.post(cancel, {"reason": " "}, follow=True).status_code == 409
    visit.refresh_from_db()
    assert visit.state == "confirmed"
    desk.post(cancel, {"reason": "The doctor is ill", "next": DAY})
    visit.refresh_from_db()
    assert (visit.state, visit.reason) == ("cancelled", "The doctor is ill")
    assert "appointments.cancelled" in inbox(patient)
    assert "Show 1 that is over" in desk.get(DAY).content.decode()
    assert "Cancelled" in desk.get(DAY, {"show": "all"}).content.decode()


def test_who_did_not_come_is_marked_once_the_time_has_come(desk, visit, at):
    missed = reverse("appointments:no_show", args=[visit.pk])
    assert missed not in desk.get(DAY).content.decode()
    assert desk.post(missed).status_code == 409
    at(visit.starts_at + timedelta(minutes=30))
    assert missed in desk.get(DAY).content.decode()
    desk.post(missed)
    visit.refresh_from_db()
    assert visit.state == "no_show"


def test_a_desk_answers_no_requests_and_calls_nobody_in(desk, patient, doctor, visit):
    asked = book(patient, doctor)
    for name, row in (("approve", asked), ("decline", asked), ("start", visit), ("complete", visit)):
        assert desk.post(reverse(f"appointments:{name}", args=[row.pk]), {"reason": "x"}).status_code == 403, name


def test_the_other_reception_does_nothing_here(visit, other_receptionist, sign_in):
    other = sign_in(other_receptionist)
    for verb in ("check_in", "cancel", "no_show"):
        assert other.post(reverse(f"appointments:{verb}", args=[visit.pk]), {"reason": "x"}).status_code == 404
    assert other.get(visit.get_absolute_url()).status_code == 404
    visit.refresh_from_db()
    assert visit.state == "confirmed"


def test_an_administrator_of_the_hospital_who_is_a_doctor_elsewhere_acts_on_no_visit_of_the_desk(visit, many_hats):
    assert visit in Appointment.objects.as_staff(many_hats)
    assert visit not in Appointment.objects.at_desk(many_hats)


def test_a_desk_that_was_left_is_gone_with_the_next_request(desk, visit, receptionist, walk_in):
    hospitals.end_staff(staff=Staff.objects.get(user=receptionist), by=None)
    for page in (DAY, "/reception/sahara/", f"/reception/sahara/patients/{walk_in.pk}/", visit.get_absolute_url()):
        assert desk.get(page).status_code == 403, page
    assert desk.post(reverse("appointments:check_in", args=[visit.pk])).status_code == 403


def test_who_sits_at_two_desks_chooses_one(desk, receptionist, other_hospital, visit, needle):
    hospitals.appoint(hospital=other_hospital, user=receptionist, role=Staff.Role.RECEPTIONIST, by=None)
    first, second = desk.get("/reception/jehangir/").content.decode(), desk.get("/reception/sahara/").content.decode()
    assert needle.name in first and "Priyanka" not in first
    assert "Priyanka" in second and needle.name not in second
    assert "/reception/jehangir/" in second
    hospitals.end_staff(staff=Staff.objects.get(user=receptionist, hospital=other_hospital), by=None)
    assert desk.get("/reception/jehangir/").status_code == 404


def test_the_day_is_printed_with_a_page_for_each_doctor(desk, visit, other_patient, other_doctor, doctor):
    gone = book(other_patient, other_doctor)
    appointments.cancel(appointment=gone, by=other_patient.user)
    book(other_patient, other_doctor)
    html = desk.get("/reception/sahara/day/").content.decode()
    assert html.count('class="card paper day-of mt"') == 2
    assert html.index(doctor.name) < html.index("Priyanka Maurya") < html.index(other_doctor.name)
    assert html.count("Kabir Anand") == 1 and "2 Mar 2026" in html
    only = desk.get("/reception/sahara/day/", {"doctor": doctor.slug}).content.decode()
    assert "Kabir Anand" not in only
