"""Why a time is not offered, in plain sentences, for the doctor and the staff."""

from datetime import date, datetime, timedelta

import pytest

from appointments import workflow
from appointments.models import Hours
from hospitals.models import Closure
from tests.factories import DoctorFactory, book, free_slots, hours_in

EXPLAIN = "/schedule/explain/"
MONDAY = date(2026, 3, 2)


def text(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def why(sign_in, doctor):
    """why(time, …) is what the page says to the doctor, or to whoever asks."""

    def ask(time, day=MONDAY, *, who=doctor, about=doctor, visit_type="check_up"):
        query = {"doctor": about.pk, "visit_type": visit_type, "day": f"{day:%Y-%m-%d}", "time": time}
        answer = sign_in(who).get(EXPLAIN, query)
        assert answer.status_code == 200
        question = answer.context["question"]
        assert question.asked, question.form.errors
        for sentence in question.reasons:
            assert sentence in answer.content.decode().replace("&#x27;", "'")
        return question.reasons

    return ask


def test_a_time_that_is_offered(why, sign_in, doctor):
    assert why("09:00") == []


@pytest.mark.parametrize(
    ("time", "day", "sentence"),
    [
        ("20:00", MONDAY, "There are no hours then."),
        ("09:10", MONDAY, "Visits start every 20 minutes. The next start is 09:20."),
        ("07:00", MONDAY, "There are no hours then."),
        ("09:00", MONDAY + timedelta(90), "Patients book at most 60 days ahead."),
    ],
)
def test_hours_grid_and_limits(why, time, day, sentence):
    assert sentence in why(time, day)


def test_what_has_passed_and_what_is_too_near(why, at):
    at("2026-03-02 09:25")
    assert why("09:20") == ["This time has passed."]
    assert why("09:40") == ["Patients book at least 30 minutes before. The soonest is Mon 2 Mar 2026, 09:55."]


def test_leave_and_holidays(why, doctor, hospital):
    day = MONDAY + timedelta(1)
    noon = datetime.fromisoformat("2026-03-03T12:00:00+05:30")
    workflow.take_leave(doctor=doctor, starts_at=noon - timedelta(hours=2), ends_at=noon, by=doctor.user)
    Closure.objects.create(hospital=hospital, on=day, name="Holi")
    assert why("10:00", day) == [
        "Dr Neha Sharma is on leave until Tue 3 Mar 2026, 12:00.",
        "Sahara Hospital is closed that day: Holi.",
    ]


def test_hours_that_do_not_count_yet_or_any_more(why, doctor):
    Hours.objects.filter(doctor=doctor, weekday=0).update(valid_from=date(2026, 4, 1))
    assert why("10:00") == ["The hours then count only from 1 Apr 2026 on."]
    Hours.objects.filter(doctor=doctor, weekday=0).update(valid_from=date(2025, 4, 1), valid_until=date(2026, 3, 1))
    assert why("10:00") == ["The hours then count only from 1 Apr 2025 until 1 Mar 2026."]


def test_a_visit_that_does_not_fit(why, hospital):
    doctor = DoctorFactory(hospitals=[hospital], offers={"check_up": 50}, hours=hours_in(hospital, ends=10))
    assert why("09:20", who=doctor, about=doctor) == [
        "A visit of 50 minutes would end after the hours, which end at 10:00."
    ]


def test_video_hours(why, doctor):
    Hours.objects.filter(doctor=doctor, weekday=0).update(video=True)
    assert why("10:00") == ["The hours then are for video visits only."]


def test_a_kind_that_is_not_offered_and_a_doctor_who_is_suspended(why, doctor, hospital_admin):
    assert why("10:00", visit_type="video") == ["Dr Neha Sharma does not offer this kind of visit: Video visit."]
    workflow.suspend_doctor(doctor=doctor, reason="Under review", by=None)
    assert why("10:00", who=hospital_admin)[0] == "Dr Neha Sharma cannot be booked: Suspended."


class TestWhoSeesTheName:
    @pytest.fixture
    def taken(self, patient, doctor):
        return book(patient, doctor)

    def test_the_doctor_and_the_hospitals_staff(self, why, taken, hospital_admin, receptionist):
        sentence = "Taken by Priyanka Maurya, from 09:00 to 09:20."
        assert why("09:00") == [sentence]
        assert why("09:00", who=hospital_admin) == [sentence]
        assert why("09:00", who=receptionist) == [sentence]

    def test_staff_of_the_doctors_other_hospital_do_not(
        self, why, hospital, other_hospital, other_hospital_admin, patient
    ):
        rows = hours_in(hospital, ends=12) + hours_in(other_hospital, begins=14, ends=16)
        doctor = DoctorFactory(hospitals=[hospital, other_hospital], hours=rows)
        book(patient, doctor)
        assert why("09:00", who=other_hospital_admin, about=doctor) == ["Taken by another visit, from 09:00 to 09:20."]

    def test_the_pause_after_a_visit_is_called_so(self, why, patient, doctor):
        Hours.objects.filter(doctor=doctor).update(buffer=10)
        book(patient, doctor)
        Hours.objects.filter(doctor=doctor).update(buffer=0)
        assert why("09:20") == ["It is the pause after the visit from 09:00 to 09:20."]

    def test_a_pause_that_does_not_fit(self, why, patient, doctor):
        book(patient, doctor, slot=free_slots(doctor)[1])
        Hours.objects.filter(doctor=doctor).update(buffer=10)
        assert why("09:00") == ["The pause of 10 minutes after it would not be free: at 09:20 something else begins."]


def test_staff_ask_about_their_own_doctors_only(sign_in, other_hospital_admin, doctor):
    query = {"doctor": doctor.pk, "visit_type": "check_up", "day": "2026-03-02", "time": "09:00"}
    answer = sign_in(other_hospital_admin).get(EXPLAIN, query)
    assert "Choose a doctor" in text(answer)
    assert not answer.context["question"].asked


@pytest.mark.parametrize(
    ("field", "value"),
    [("day", "0001-01-01"), ("day", "2026-02-30"), ("day", ""), ("time", "25:00"), ("time", "x"), ("doctor", "9" * 30)],
)
def test_nonsense_is_answered_in_words(sign_in, doctor, field, value):
    query = {"doctor": doctor.pk, "visit_type": "check_up", "day": "2026-03-02", "time": "09:00", field: value}
    answer = sign_in(doctor).get(EXPLAIN, query)
    assert answer.status_code == 200
    assert "There is a problem" in text(answer)


def test_the_schedule_leads_there(sign_in, doctor):
    assert EXPLAIN in text(sign_in(doctor).get("/schedule/"))
