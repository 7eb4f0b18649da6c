"""What is typed into the forms about visits, where the table of tests/security has no line for it: a sentence, and
nothing changed. What is almost right, on both sides of each edge.
"""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from appointments import workflow
from appointments.models import Appointment, Hours, Leave
from doctors import workflow as doctors
from hospitals.models import Hospital, VisitType
from tests.factories import book, free_slots, hours_in
from tests.security import tables
from tests.security.test_hostile import IDS, NUL, SLOTS, TURNED

LEAVE = "/schedule/take-leave/"
# The day on which New York's clocks go from 02:00 to 03:00.
JUMP = date(2026, 3, 8)


@pytest.fixture
def nothing_done():
    """nothing_done(browser, address, values) sends them, and all that is answered is a sentence."""

    def send(browser, address, values):
        before = tables.digest()
        answer = browser.post(address, values)
        assert answer.status_code in (409, 422), (values, answer.status_code)
        assert (
            b'role="alert"' in answer.content or answer.status_code == 409
        )  # an act without a page: the sentence is one
        assert tables.digest() == before, values

    return send


@pytest.fixture
def desk(doctor, sign_in):
    return sign_in(doctor)


def test_another_time_that_goes_with_a_refusal(desk, appointment, nothing_done):
    page = reverse("appointments:decline", args=[appointment.pk])
    for offered in (*IDS, "NaN", "1e30", "-0", str(2**31 + 1)):
        nothing_done(desk, page, {"reason": "Away", "offered": offered})
    for reason in (" ", "é" * 241, NUL, TURNED):
        nothing_done(desk, page, {"reason": reason})


def test_the_time_to_which_a_patient_moves_a_visit(sign_in, patient, appointment, other_hospital, nothing_done):
    page = reverse("appointments:reschedule", args=[appointment.pk])
    browser = sign_in(patient)
    elsewhere = f"{other_hospital.pk}-{free_slots(appointment.doctor)[0].start}"
    for slot in (*SLOTS, elsewhere, "NaN", ""):
        nothing_done(browser, page, {"slot": slot})


def test_the_link_of_a_video_visit(desk, doctor, hospital, patient, nothing_done):
    doctors.change_doctor(doctor=doctor, offers={VisitType.VIDEO: 20, VisitType.CHECK_UP: 20}, by=None)
    rows = hours_in(hospital, ends=12) + hours_in(hospital, begins=13, ends=15, video=True)
    workflow.publish(doctor=doctor, rows=rows, by=doctor.user)
    visit = book(patient, doctor, visit_type=VisitType.VIDEO)
    page = reverse("appointments:share_link", args=[visit.pk])
    for url in ("javascript:alert(1)", "https://", "https://x.example/" + "a" * 300, NUL, "https://x.example/\u202e"):
        nothing_done(desk, page, {"join_url": url})
    whole = "https://x.example/" + "a" * 282
    assert desk.post(page, {"join_url": whole, "state": "completed", "fee": "0"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.join_url, visit.state, visit.fee) == (whole, "requested", doctor.fee)


class TestReviews:
    @pytest.fixture
    def seen(self, confirmed, doctor, at):
        at(confirmed.starts_at)
        for verb in (workflow.check_in, workflow.start, workflow.complete):
            verb(appointment=confirmed, by=doctor.user)
        return confirmed

    @pytest.fixture
    def confirmed(self, appointment, doctor):
        return workflow.approve(appointment=appointment, by=doctor.user)

    def test_stars_and_words(self, sign_in, seen, patient, nothing_done):
        page = reverse("appointments:write_review", args=[seen.pk])
        for stars in ("", "0", "6", "-1", "NaN", "1e30", "9" * 31, "５"):
            nothing_done(sign_in(patient), page, {"stars": stars})
        for text in ("é" * 1001, NUL, TURNED):
            nothing_done(sign_in(patient), page, {"stars": "4", "text": text})
        assert sign_in(patient).post(page, {"stars": "4", "text": "é" * 1000}).status_code == 302

    def test_the_answer(self, sign_in, desk, seen, patient, nothing_done):
        review = workflow.write_review(appointment=seen, stars=4, text="Good", by=patient.user)
        page = reverse("appointments:answer_review", args=[review.pk])
        for text in ("", " ", "é" * 1001, NUL, TURNED):
            nothing_done(desk, page, {"answer": text})
        extra = {"stars": "5", "hidden_at": "2020-01-01", "text": "Bad"}
        assert desk.post(page, {"answer": "é" * 1000, **extra}).status_code == 302
        review.refresh_from_db()
        assert (review.stars, review.text, review.hidden_at) == (4, "Good", None)


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2199-01-02", "9999-12-31", "2026-02-29", "10000-01-01"])
def test_days_that_are_none_are_no_leave_and_no_hours(desk, doctor, hospital, nothing_done, day):
    nothing_done(desk, LEAVE, {"first": day, "last": "2026-03-20"})
    nothing_done(desk, LEAVE, {"first": "2026-03-20", "last": day})
    row = {"once": "1", "on": day, "begins": "09:00", "ends": "12:00", "visit": "20", "hospital": hospital.pk}
    counts = {"hours-TOTAL_FORMS": "1", "hours-INITIAL_FORMS": "0"}
    nothing_done(desk, "/schedule/publish/", {**counts, **{f"hours-0-{name}": value for name, value in row.items()}})


def test_29_february_is_a_day_in_a_leap_year(desk, doctor):
    assert desk.post(LEAVE, {"first": "2028-02-29", "last": "2028-02-29"}).status_code == 302
    assert Leave.objects.get().starts_at.date() in (date(2028, 2, 28), date(2028, 2, 29))


class TestTheMissingHour:
    @pytest.fixture(autouse=True)
    def _in_new_york(self, hospital, doctor):
        Hospital.objects.filter(pk=hospital.pk).update(zone="America/New_York")
        Hours.objects.filter(doctor=doctor).update(from_minute=0, to_minute=1440)

    def test_leave_within_it_is_none_and_across_it_is_as_long_as_it_was(self, desk, nothing_done):
        day = f"{JUMP:%Y-%m-%d}"
        nothing_done(desk, LEAVE, {"first": day, "last": day, "begins": "02:15", "ends": "02:45"})
        desk.post(LEAVE, {"first": day, "last": day, "begins": "01:30", "ends": "03:30"})
        leave = Leave.objects.get()
        assert leave.ends_at - leave.starts_at == timedelta(hours=1)

    def test_no_start_of_a_visit_lies_in_it(self, doctor):
        starts = [slot.starts_at.isoformat() for slot in free_slots(doctor, days=8) if slot.starts_at.date() == JUMP]
        assert "2026-03-08T06:40:00+00:00" in starts and "2026-03-08T07:00:00+00:00" in starts
        assert len(starts) == len(set(starts))

    def test_why_it_is_not_offered_is_answered(self, desk, doctor):
        query = {"doctor": doctor.pk, "visit_type": "check_up", "day": f"{JUMP:%Y-%m-%d}", "time": "02:30"}
        assert desk.get("/schedule/explain/", query).status_code == 200


def test_a_form_of_another_doctor_is_nothing(sign_in, other_doctor, appointment):
    for verb in ("approve", "decline", "start", "complete", "share-link", "check-in", "no-show", "reschedule"):
        answer = sign_in(other_doctor).post(f"/appointments/{appointment.pk}/{verb}/", {"reason": "x"})
        assert answer.status_code == 404, verb
    assert Appointment.objects.get().state == "requested"
