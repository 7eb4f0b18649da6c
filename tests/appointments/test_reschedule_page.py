"""The page on which a visit gets another time: days and times as in booking, a sentence and the nearest times if it is late."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments import workflow
from healthstack.templatetags.hs import when
from tests.factories import DoctorFactory, book, free_slots

ZONE = "Asia/Kolkata"


@pytest.fixture
def url(appointment):
    return reverse("appointments:reschedule", args=[appointment.pk])


def value(slot):
    return f"{slot.room}-{slot.start}"


def text(answer):
    return " ".join(answer.content.decode().split())


def test_the_page_says_now_and_offers_what_is_free(sign_in, patient, appointment, url, doctor):
    answer = sign_in(patient).get(url)
    assert answer.status_code == 200
    assert "Move the visit" in text(answer)
    assert f"<dt>Now</dt><dd>{when(appointment.starts_at, ZONE)}</dd>" in text(answer)
    for slot in free_slots(doctor, days=1)[:5]:
        assert value(slot) in text(answer)


def test_another_time_is_chosen_and_the_visit_is_there(sign_in, patient, appointment, url, doctor):
    slot = free_slots(doctor)[7]
    answer = sign_in(patient).post(url, {"slot": value(slot)}, follow=True)
    assert answer.redirect_chain == [(appointment.get_absolute_url(), 302)]
    appointment.refresh_from_db()
    assert appointment.starts_at == slot.starts_at
    assert "Moved" in text(answer), "the story of the visit says so"


def test_a_choice_shows_before_it_is_sent(sign_in, patient, url, doctor):
    slot = free_slots(doctor)[30]
    answer = sign_in(patient).get(url, {"slot": value(slot)})
    assert f'value="{value(slot)}"' in text(answer)
    assert "checked" in text(answer)


def test_a_time_that_is_gone_is_answered_with_the_nearest(sign_in, patient, other_patient, url, doctor, appointment):
    slot = free_slots(doctor)[7]
    book(other_patient, doctor, slot=slot)
    answer = sign_in(patient).post(url, {"slot": value(slot)})
    assert answer.status_code == 409
    assert "just been taken" in text(answer)
    assert "Nearest free times" in text(answer)
    nearest = answer.context["refusal"].offers[0]
    answer = sign_in(patient).post(url, {"slot": value(slot), "nearest": value(nearest)})
    assert answer.status_code == 302
    appointment.refresh_from_db()
    assert appointment.starts_at == nearest.starts_at


@pytest.mark.parametrize("slot", ["", "x", "1-99999999999", "9" * 40, "1-²", "-1-1", "NaN", "0-0"])
def test_nonsense_is_answered_in_words(sign_in, patient, url, appointment, slot):
    answer = sign_in(patient).post(url, {"slot": slot})
    assert answer.status_code == 422
    assert "Choose a time" in text(answer)
    appointment.refresh_from_db()
    assert appointment.sequence == 0


def test_doctor_and_reception_say_why_and_keep_what_was_typed(sign_in, doctor, receptionist, url):
    for person in (doctor, receptionist):
        assert 'name="reason"' in text(sign_in(person).get(url))
    answer = sign_in(doctor).post(url, {"slot": "", "reason": "An operation"})
    assert 'value="An operation"' in text(answer)
    assert sign_in(doctor).post(url, {"slot": "", "reason": "x" * 241}).status_code == 422


def test_the_patient_is_not_asked_why(sign_in, patient, url):
    assert 'name="reason"' not in text(sign_in(patient).get(url))


def test_the_doctor_sees_times_within_the_notice(sign_in, patient, doctor, at):
    """Appointed for the afternoon, moved at ten past nine: twenty past is too near for the patient alone."""
    visit = book(patient, doctor, slot=free_slots(doctor)[20])
    url = reverse("appointments:reschedule", args=[visit.pk])
    near = value(free_slots(doctor)[1])  # at twenty past nine
    at("2026-03-02 09:10")
    assert near not in text(sign_in(patient).get(url, {"day": "2026-03-02"}))
    assert near in text(sign_in(doctor).get(url, {"day": "2026-03-02"}))


def test_whoever_is_too_late_reads_whom_to_call(sign_in, patient, hospital, at):
    doctor = DoctorFactory(hospitals=[hospital], cancel_notice_minutes=1440, confirms_instantly=True)
    visit = book(patient, doctor)
    answer = sign_in(patient).get(reverse("appointments:reschedule", args=[visit.pk]))
    assert "Too late to change here" in text(answer)
    assert "<form" not in text(answer).split("<main")[1].split("</main")[0]


def test_a_visit_that_is_over_has_no_other_times(sign_in, patient, appointment, url):
    workflow.cancel(appointment=appointment, by=patient.user)
    answer = sign_in(patient).get(url)
    assert answer.status_code == 200
    assert "cannot be moved any more" in text(answer)


def test_the_visit_says_until_when_it_can_be_changed(sign_in, patient, hospital, doctor, at):
    strict = DoctorFactory(hospitals=[hospital], cancel_notice_minutes=120, confirms_instantly=True)
    slot = next(s for s in free_slots(strict) if s.starts_at.date().day == 4)
    visit = book(patient, strict, slot=slot)
    answer = text(sign_in(patient).get(visit.get_absolute_url()))
    assert "You can cancel or move it here until" in answer
    assert reverse("appointments:reschedule", args=[visit.pk]) in answer
    at(visit.starts_at - timedelta(minutes=119))
    answer = text(sign_in(patient).get(visit.get_absolute_url()))
    assert "Too late to change here" in answer
    assert reverse("appointments:cancel", args=[visit.pk]) not in answer


def test_the_booking_page_says_it_beforehand(sign_in, patient, doctor, hospital):
    url = reverse("appointments:book", args=[doctor.slug])
    slot = free_slots(doctor)[30]
    assert "You can cancel or move it here until" in text(sign_in(patient).get(url, {"slot": value(slot)}))
