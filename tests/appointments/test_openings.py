"""Free times from the tables: validity, extra hours, video, holidays, leave and another visit's own time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appointments import openings, slots, workflow
from appointments.models import Hours
from hospitals.models import Closure, VisitType
from tests.factories import DoctorFactory, HospitalFactory, book, free_slots, hours_in

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
ZONE = "Asia/Kolkata"


def close(hospital, day):
    Closure.objects.create(hospital=hospital, on=day, name="Holi")


def starts(found, zone=ZONE):
    """{day: [label]} of the free slots."""
    days = {}
    for slot in found:
        there = slot.starts_at.astimezone(ZoneInfo(zone))
        days.setdefault(there.date(), []).append(f"{there:%H:%M}")
    return days


@pytest.fixture
def video_doctor(hospital):
    """In the room from nine to ten, by video from two to three."""
    rows = hours_in(hospital, ends=10, visit=30) + hours_in(hospital, begins=14, ends=15, visit=30, video=True)
    return DoctorFactory(hospitals=[hospital], offers={"check_up": 30, "video": 30}, hours=rows)


def test_a_video_visit_is_offered_in_the_hours_by_video(video_doctor):
    assert starts(free_slots(video_doctor, days=1))[MONDAY] == ["09:00", "09:30"]
    by_video = starts(free_slots(video_doctor, days=1, visit_type=VisitType.VIDEO))
    assert by_video[MONDAY] == ["14:00", "14:30"]


def test_a_doctor_who_offers_no_video_visits_has_no_times_for_them(doctor):
    assert free_slots(doctor, visit_type=VisitType.VIDEO) == []


def test_video_hours_cannot_be_booked_for_a_visit_in_the_room(video_doctor, hospital):
    slot = free_slots(video_doctor, visit_type=VisitType.VIDEO)[0]
    assert openings.find_slot(video_doctor, hospital, VisitType.VIDEO, slot.start) == slot
    assert openings.find_slot(video_doctor, hospital, VisitType.CHECK_UP, slot.start) is None


def test_a_visit_in_the_room_takes_the_places_by_video(hospital, patient):
    """Hours that were in the room when it was booked, and are by video since."""
    doctor = DoctorFactory(
        hospitals=[hospital], offers={"check_up": 30, "video": 30}, hours=hours_in(hospital, ends=10, visit=30)
    )
    visit = book(patient, doctor)
    rows = hours_in(hospital, ends=10, visit=30, video=True, places=5)
    workflow.publish(doctor=doctor, rows=rows, by=doctor.user)
    found = free_slots(doctor, visit_type=VisitType.VIDEO)
    assert visit.starts_at not in [slot.starts_at for slot in found]


def test_extra_hours_count_on_their_day_alone(doctor, hospital):
    extra = Hours(
        hospital=hospital, weekday=0, from_minute=1140, to_minute=1200, visit=20, once=True, valid_from=MONDAY
    )
    workflow.publish(doctor=doctor, rows=[*Hours.objects.filter(doctor=doctor), extra], by=doctor.user)
    evening = {day: [t for t in times if t >= "17:00"] for day, times in starts(free_slots(doctor, days=15)).items()}
    assert {day: times for day, times in evening.items() if times} == {MONDAY: ["19:00", "19:20", "19:40"]}


def test_hours_with_validity_end_on_their_last_day(hospital):
    tuesday = MONDAY + timedelta(1)
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, valid_until=tuesday))
    assert list(starts(free_slots(doctor, days=14))) == [MONDAY, tuesday]


class TestHolidays:
    def test_on_a_holiday_of_the_hospital_nobody_is_booked(self, doctor, hospital):
        close(hospital, MONDAY)
        found = free_slots(doctor)
        assert min(starts(found)) == MONDAY + timedelta(1)
        nine = slots.quantum(datetime(2026, 3, 2, 9, tzinfo=ZoneInfo(ZONE)))
        assert openings.find_slot(doctor, hospital, VisitType.CHECK_UP, nine) is None

    def test_by_video_neither(self, video_doctor, hospital):
        close(hospital, MONDAY)
        assert min(starts(free_slots(video_doctor, visit_type=VisitType.VIDEO))) == MONDAY + timedelta(1)

    def test_another_hospital_is_open(self, doctor, hospital, other_hospital):
        close(other_hospital, MONDAY)
        assert min(starts(free_slots(doctor))) == MONDAY

    def test_a_holiday_is_a_day_of_the_hospitals_own_calendar(self):
        """In New York the second of March begins five hours into the UTC day, and ends five hours into the next."""
        there = HospitalFactory(zone="America/New_York")
        doctor = DoctorFactory(hospitals=[there], hours=hours_in(there, begins=0, ends=24, visit=60))
        close(there, MONDAY + timedelta(1))
        found = starts(free_slots(doctor, days=4), "America/New_York")
        assert MONDAY + timedelta(1) not in found
        assert found[MONDAY][-1] == "23:00"
        assert found[MONDAY + timedelta(2)][0] == "00:00"

    @pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25)])
    def test_a_holiday_on_which_clocks_turn_is_the_whole_day(self, at, day, hours):
        there = HospitalFactory(zone="America/New_York")
        begin, end = openings.day_of(day, there.zone)
        assert (end - begin) * 5 == hours * 60
        at(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(1))
        doctor = DoctorFactory(hospitals=[there], hours=hours_in(there, begins=0, ends=24, visit=60))
        before = starts(free_slots(doctor, days=4), there.zone)
        close(there, day)
        after = starts(free_slots(doctor, days=4), there.zone)
        assert before[day], "free before it was closed"
        assert day not in after
        assert {d: t for d, t in before.items() if d != day} == after


def test_a_visit_that_is_moved_does_not_stand_in_its_own_way(doctor, hospital, patient):
    visit = book(patient, doctor)
    start = slots.quantum(visit.starts_at)
    assert openings.find_slot(doctor, hospital, VisitType.CHECK_UP, start) is None
    assert openings.find_slot(doctor, hospital, VisitType.CHECK_UP, start, moving=visit).start == start


def test_the_minimum_notice_is_for_patients(doctor, hospital, at):
    at("2026-03-02 08:50")
    nine = slots.quantum(datetime(2026, 3, 2, 9, tzinfo=ZoneInfo(ZONE)))
    assert openings.find_slot(doctor, hospital, VisitType.CHECK_UP, nine) is None
    assert openings.find_slot(doctor, hospital, VisitType.CHECK_UP, nine, notice=False).start == nine


def test_leave_and_holidays_cost_one_query_together(doctor, hospital, django_assert_num_queries):
    close(hospital, MONDAY)
    lengths = {doctor.pk: 20}
    with django_assert_num_queries(3):
        openings.free_for([doctor], start_on=MONDAY, days=7, lengths=lengths)


def test_hours_read_in_short_are_the_hours_that_count(hospital):
    """`hours_of` leaves the rows of models out, and looks at the hospital's state itself."""
    there, shut = HospitalFactory(zone="America/New_York"), HospitalFactory(state="suspended")
    once = hours_in(there, begins=18, ends=20, weekdays=[0], once=True)
    rows = hours_in(hospital, visit=30, valid_until=date(2027, 1, 1)) + once + hours_in(shut, begins=20, ends=22)
    one = DoctorFactory(hospitals=[hospital, there, shut], hours=rows)
    other = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, video=True))
    one.affiliations.filter(hospital=there).update(ended_on=date(2026, 1, 1))
    keys = [one.pk, other.pk]
    assert openings.hours_of(keys) == openings.weekly(openings.offered(doctor__in=keys))
    assert openings.hours_of([one.pk], hospitals=[there.pk]) == {}
    one.affiliations.update(ended_on=None)
    found = openings.hours_of(keys)
    assert found == openings.weekly(openings.offered(doctor__in=keys))
    assert {row.room for row in found[one.pk]} == {hospital.pk, there.pk}
