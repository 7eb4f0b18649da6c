"""Free times as a pure function: what is offered across clock changes, buffers, places, leave and limits."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.slots import (
    FOREVER,
    QUANTUM,
    Hours,
    free_times,
    moment,
    overlapping,
    quantum,
    quantum_of,
    squeeze,
    starts_per_week,
    why_not,
)

NEW_YORK, INDIA, KATHMANDU, LORD_HOWE = "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # the Sundays on which New York turns its clocks
HERE, ELSEWHERE = 1, 2


def hours(day, begins, ends, *, zone=INDIA, visit=60, buffer=0, places=1, room=HERE, weekly=True, **columns):
    """One row of hours on that day of the week; `begins` and `ends` as '09:00', beyond 24:00 for a night."""
    columns = {"valid_from": date(2020, 1, 1), "valid_until": FOREVER, **columns}
    if not weekly:
        columns["valid_from"] = day
    weekday = day.weekday() if weekly else -1
    row = columns.pop("id", 1)
    return Hours(row, room, zone, weekday, minutes(begins), minutes(ends), visit, buffer, places, **columns)


def minutes(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def free(rows, day, *, length=60, busy=None, days=1, earliest=0, latest=2**31, **facts):
    rows = rows if isinstance(rows, list) else [rows]
    return free_times(
        rows, busy=busy or {}, length=length, start_on=day, days=days, earliest=earliest, latest=latest, **facts
    )


def why(rows, start, *, length=60, busy=None, earliest=0, latest=2**31, **facts):
    """The words against that start."""
    rows = rows if isinstance(rows, list) else [rows]
    found = why_not(rows, start=start, busy=busy or {}, length=length, earliest=earliest, latest=latest, **facts)
    return [reason.word for reason in found]


def labels(slots, zone=INDIA):
    """The starts as the clock on the wall shows them."""
    return [slot.starts_at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for slot in slots]


def utc(slots):
    return [slot.starts_at.strftime("%H:%M") for slot in slots]


def at(day, text, zone=INDIA):
    return quantum_of(day, minutes(text), ZoneInfo(zone))


MONDAY = date(2026, 3, 2)


class TestAnOrdinaryDay:
    def test_each_hour_has_its_start(self):
        slots = free(hours(MONDAY, "09:00", "12:00"), MONDAY)
        assert labels(slots) == ["09:00", "10:00", "11:00"]
        assert [(s.end - s.start) * 5 for s in slots] == [60, 60, 60]

    def test_the_last_visit_ends_with_the_hours(self):
        assert labels(free(hours(MONDAY, "09:00", "10:45", visit=30), MONDAY, length=30)) == ["09:00", "09:30", "10:00"]

    def test_other_days_have_none(self):
        assert free(hours(MONDAY, "09:00", "12:00"), MONDAY + timedelta(1)) == []

    def test_each_week_has_them_again(self):
        slots = free(hours(MONDAY, "09:00", "10:00"), MONDAY, days=15)
        assert [s.starts_at.date() for s in slots] == [MONDAY, MONDAY + timedelta(7), MONDAY + timedelta(14)]

    def test_nothing_is_laid_out_for_no_days(self):
        assert free(hours(MONDAY, "09:00", "12:00"), MONDAY, days=0) == []

    def test_no_hours_no_times(self):
        assert free([], MONDAY, days=30) == []

    def test_a_shorter_visit_keeps_the_grid(self):
        slots = free(hours(MONDAY, "09:00", "11:00", visit=60), MONDAY, length=10)
        assert labels(slots) == ["09:00", "10:00"]

    def test_a_longer_visit_starts_on_the_grid_and_ends_within_the_hours(self):
        assert labels(free(hours(MONDAY, "09:00", "11:00", visit=20), MONDAY, length=50)) == [
            "09:00",
            "09:20",
            "09:40",
            "10:00",
        ]

    def test_a_longer_visit_needs_all_of_its_time(self):
        busy = {at(MONDAY, "10:00"): (HERE, 1)}
        slots = free(hours(MONDAY, "09:00", "12:00", visit=20), MONDAY, length=50, busy=busy)
        assert labels(slots) == ["09:00", "10:20", "10:40", "11:00"]

    def test_two_rows_that_say_the_same_offer_a_time_once(self):
        rows = [hours(MONDAY, "09:00", "11:00", id=1), hours(MONDAY, "09:00", "10:00", id=2)]
        assert [(s.hours, label) for s, label in zip(free(rows, MONDAY), ["09:00", "10:00"], strict=True)] == [
            (1, "09:00"),
            (1, "10:00"),
        ]

    def test_times_of_several_rows_are_in_order(self):
        rows = [hours(MONDAY, "14:00", "16:00"), hours(MONDAY, "09:00", "11:00")]
        assert labels(free(rows, MONDAY)) == ["09:00", "10:00", "14:00", "15:00"]


class TestClockChanges:
    def test_an_afternoon_in_spring_is_summer_time_already(self):
        slots = free(hours(SPRING, "13:00", "18:00", zone=NEW_YORK), SPRING)
        assert utc(slots) == ["17:00", "18:00", "19:00", "20:00", "21:00"]
        assert moment(slots[-1].end) == datetime(2026, 3, 8, 22, tzinfo=UTC)

    def test_the_same_hours_a_day_before_are_an_hour_later_in_utc(self):
        eve = SPRING - timedelta(1)
        assert utc(free(hours(eve, "13:00", "18:00", zone=NEW_YORK), eve))[0] == "18:00"

    def test_a_start_in_the_gap_begins_when_the_gap_ends(self):
        slots = free(hours(SPRING, "02:15", "05:00", zone=NEW_YORK, visit=30), SPRING, length=30)
        assert labels(slots, NEW_YORK) == ["03:00", "03:30", "04:00", "04:30"]

    def test_an_end_in_the_gap_is_where_the_gap_begins(self):
        slots = free(hours(SPRING, "01:00", "02:30", zone=NEW_YORK, visit=30), SPRING, length=30)
        assert labels(slots, NEW_YORK) == ["01:00", "01:30"]
        assert utc(slots) == ["06:00", "06:30"]

    def test_hours_within_the_gap_have_no_times(self):
        assert free(hours(SPRING, "02:00", "03:00", zone=NEW_YORK, visit=5), SPRING, length=5) == []

    def test_hours_across_the_gap_are_an_hour_shorter(self):
        slots = free(hours(SPRING, "00:00", "06:00", zone=NEW_YORK), SPRING)
        assert labels(slots, NEW_YORK) == ["00:00", "01:00", "03:00", "04:00", "05:00"]

    def test_the_repeated_hour_is_offered_twice(self):
        slots = free(hours(AUTUMN, "00:00", "03:00", zone=NEW_YORK, visit=30), AUTUMN, length=30)
        assert labels(slots, NEW_YORK) == ["00:00", "00:30", "01:00", "01:30", "01:00", "01:30", "02:00", "02:30"]
        assert len({s.start for s in slots}) == 8

    def test_hours_that_end_in_the_repeated_hour_go_on_to_its_second_end(self):
        slots = free(hours(AUTUMN, "00:00", "01:30", zone=NEW_YORK, visit=30), AUTUMN, length=30)
        assert utc(slots) == ["04:00", "04:30", "05:00", "05:30", "06:00"]

    def test_hours_that_begin_in_the_repeated_hour_begin_the_first_time(self):
        slots = free(hours(AUTUMN, "01:30", "03:00", zone=NEW_YORK, visit=30), AUTUMN, length=30)
        assert utc(slots) == ["05:30", "06:00", "06:30", "07:00", "07:30"]

    @pytest.mark.parametrize(
        ("evening", "how_many"), [(SPRING - timedelta(1), 7), (date(2026, 6, 6), 8), (AUTUMN - timedelta(1), 9)]
    )
    def test_a_night_shift_has_an_hour_less_or_more(self, evening, how_many):
        slots = free(hours(evening, "22:00", "30:00", zone=NEW_YORK), evening)
        assert len(slots) == how_many
        assert labels(slots, NEW_YORK)[0] == "22:00"
        assert labels(slots, NEW_YORK)[-1] == "05:00"

    def test_on_lord_howe_the_clock_jumps_half_an_hour(self):
        spring = date(2026, 10, 4)
        slots = free(hours(spring, "01:30", "03:30", zone=LORD_HOWE, visit=30), spring, length=30)
        assert labels(slots, LORD_HOWE) == ["01:30", "02:30", "03:00"]
        autumn = date(2026, 4, 5)
        slots = free(hours(autumn, "01:00", "02:30", zone=LORD_HOWE, visit=30), autumn, length=30)
        assert labels(slots, LORD_HOWE) == ["01:00", "01:30", "01:30", "02:00"]

    def test_in_kathmandu_hours_are_three_quarters_off(self):
        slots = free(hours(MONDAY, "09:00", "11:00", zone=KATHMANDU), MONDAY)
        assert utc(slots) == ["03:15", "04:15"]


class TestTheCalendar:
    @pytest.mark.parametrize("last", [date(2026, 1, 31), date(2026, 4, 30), date(2026, 12, 31), date(2028, 2, 29)])
    def test_the_day_after_the_last_of_a_month_comes_next(self, last):
        rows = [hours(last, "09:00", "10:00"), hours(last + timedelta(1), "09:00", "10:00")]
        slots = free(rows, last, days=2)
        assert [s.starts_at.date() for s in slots] == [last, last + timedelta(1)]

    def test_a_new_years_night_reaches_into_the_new_year(self):
        eve = date(2026, 12, 31)
        slots = free(hours(eve, "22:00", "26:00"), eve)
        assert [f"{s.starts_at.astimezone(ZoneInfo(INDIA)):%Y-%m-%d %H}" for s in slots] == [
            "2026-12-31 22",
            "2026-12-31 23",
            "2027-01-01 00",
            "2027-01-01 01",
        ]

    def test_the_leap_day_is_a_day(self):
        leap = date(2028, 2, 29)
        assert labels(free(hours(leap, "09:00", "11:00"), leap)) == ["09:00", "10:00"]

    def test_february_has_no_29th_in_other_years(self):
        end = date(2027, 2, 28)
        slots = free([hours(end + timedelta(n), "09:00", "10:00") for n in range(7)], end, days=3)
        assert [s.starts_at.day for s in slots] == [28, 1, 2]

    def test_hours_count_from_their_first_to_their_last_day(self):
        row = hours(MONDAY, "09:00", "10:00", valid_from=MONDAY + timedelta(7), valid_until=MONDAY + timedelta(14))
        slots = free(row, MONDAY, days=60)
        assert [(s.starts_at.date() - MONDAY).days for s in slots] == [7, 14]

    def test_validity_that_begins_within_the_week_waits_for_the_weekday(self):
        row = hours(MONDAY, "09:00", "10:00", valid_from=MONDAY + timedelta(1))
        assert [s.starts_at.date() for s in free(row, MONDAY, days=14)] == [MONDAY + timedelta(7)]

    def test_validity_that_is_over_offers_nothing(self):
        assert free(hours(MONDAY, "09:00", "10:00", valid_until=MONDAY - timedelta(1)), MONDAY, days=30) == []

    @pytest.mark.parametrize(("from_day", "days", "how_many"), [(0, 1, 1), (-3, 30, 1), (-3, 3, 0), (1, 30, 0)])
    def test_hours_of_one_day_count_on_that_day_only(self, from_day, days, how_many):
        row = hours(MONDAY, "09:00", "10:00", weekly=False)
        assert len(free(row, MONDAY + timedelta(from_day), days=days)) == how_many


class TestWhatIsTaken:
    def test_a_taken_time_is_not_offered(self):
        busy = {at(MONDAY, "10:00"): (HERE, 1)}
        assert labels(free(hours(MONDAY, "09:00", "12:00"), MONDAY, busy=busy)) == ["09:00", "11:00"]

    def test_one_taken_step_anywhere_within_takes_the_time(self):
        busy = {at(MONDAY, "10:55"): (HERE, 1)}
        assert labels(free(hours(MONDAY, "09:00", "12:00"), MONDAY, busy=busy)) == ["09:00", "11:00"]

    def test_after_each_visit_comes_the_pause(self):
        slots = free(hours(MONDAY, "09:00", "11:00", visit=20, buffer=10), MONDAY, length=20)
        assert labels(slots) == ["09:00", "09:30", "10:00", "10:30"]
        assert [(s.busy_until - s.end) * 5 for s in slots] == [10, 10, 10, 10]

    def test_the_last_pause_may_reach_beyond_the_hours(self):
        assert labels(free(hours(MONDAY, "09:00", "09:20", visit=20, buffer=30), MONDAY, length=20)) == ["09:00"]

    def test_a_visit_whose_pause_is_not_free_is_not_offered(self):
        busy = {at(MONDAY, "09:25"): (HERE, 1)}
        slots = free(hours(MONDAY, "09:00", "10:00", visit=20, buffer=10), MONDAY, length=20, busy=busy)
        assert labels(slots) == ["09:30"]

    def test_several_patients_share_a_time_until_the_places_are_gone(self):
        row, start = hours(MONDAY, "09:00", "10:00", places=3), at(MONDAY, "09:00")
        assert [(s.left, s.place) for s in free(row, MONDAY)] == [(3, 0)]
        assert [(s.left, s.place) for s in free(row, MONDAY, busy={start: (HERE, 0b001)})] == [(2, 1)]
        assert [(s.left, s.place) for s in free(row, MONDAY, busy={start: (HERE, 0b101)})] == [(1, 1)]
        assert free(row, MONDAY, busy={start: (HERE, 0b111)}) == []

    def test_a_place_must_be_free_for_the_whole_visit(self):
        start = at(MONDAY, "09:00")
        busy = {start: (HERE, 0b01), start + 1: (HERE, 0b10)}
        assert free(hours(MONDAY, "09:00", "10:00", places=2), MONDAY, busy=busy) == []

    def test_a_visit_elsewhere_takes_all_places_here(self):
        busy = {at(MONDAY, "09:00"): (ELSEWHERE, 1)}
        assert free(hours(MONDAY, "09:00", "10:00", places=3), MONDAY, busy=busy) == []

    def test_the_same_time_in_two_hospitals_is_offered_in_both(self):
        rows = [hours(MONDAY, "09:00", "10:00"), hours(MONDAY, "09:00", "10:00", room=ELSEWHERE, id=2)]
        assert [s.room for s in free(rows, MONDAY)] == [HERE, ELSEWHERE]


class TestBookedOver:
    """Who sits beside the places takes one of them all the same."""

    NINE_TO_TWELVE = hours(MONDAY, "09:00", "12:00")

    def squeeze(self, text, *, rows=None, day=MONDAY, length=60, busy=None, **facts):
        return squeeze(rows or [self.NINE_TO_TWELVE], start=at(day, text), busy=busy or {}, length=length, **facts)

    def test_a_visit_beside_the_places_leaves_no_time_for_another(self):
        busy = {at(MONDAY, "10:30"): (HERE, 0b10)}
        assert labels(free(self.NINE_TO_TWELVE, MONDAY, busy=busy)) == ["09:00", "11:00"]
        assert why(self.NINE_TO_TWELVE, at(MONDAY, "10:00"), busy=busy) == ["taken"]

    def test_with_three_places_two_are_left(self):
        row = hours(MONDAY, "09:00", "10:00", places=3)
        busy = {at(MONDAY, "09:30"): (HERE, 0b1000)}
        assert [(slot.left, slot.place) for slot in free(row, MONDAY, busy=busy)] == [(2, 0)]
        busy[at(MONDAY, "09:00")] = (HERE, 0b1)
        assert [(slot.left, slot.place) for slot in free(row, MONDAY, busy=busy)] == [(2, 1)]

    def test_the_seat_is_the_first_beside_the_places_on_any_minute(self):
        ten = at(MONDAY, "10:10")
        assert self.squeeze("10:00").place == 1
        assert self.squeeze("09:35").place == 1
        assert self.squeeze("10:00", busy={ten: (HERE, 0b11)}).place == 2
        assert self.squeeze("10:00", busy={ten: (HERE, 0b111)}) is None
        assert self.squeeze("10:00", rows=[self.NINE_TO_TWELVE._replace(places=3)]).place == 3

    def test_it_has_no_pause_and_ends_within_the_hours(self):
        row = self.NINE_TO_TWELVE._replace(buffer=15)
        slot = self.squeeze("11:00", rows=[row])
        assert (slot.end, slot.busy_until) == (at(MONDAY, "12:00"), at(MONDAY, "12:00"))
        assert self.squeeze("11:05", rows=[row]) is None
        assert self.squeeze("08:55", rows=[row]) is None

    def test_never_in_leave_on_a_holiday_for_another_kind_or_in_two_places(self):
        noon, ten = at(MONDAY, "12:00"), at(MONDAY, "10:30")
        assert self.squeeze("10:00", away=[(ten, noon)]) is None
        assert self.squeeze("10:00", closed=[(HERE, ten, noon)]) is None
        assert self.squeeze("10:00", closed=[(ELSEWHERE, ten, noon)])
        assert self.squeeze("10:00", video=True) is None
        assert self.squeeze("10:00", busy={ten: (ELSEWHERE, 1)}) is None
        assert self.squeeze("10:00", rows=[self.NINE_TO_TWELVE._replace(valid_from=MONDAY + timedelta(1))]) is None

    def test_in_a_night_that_ends_on_the_next_day(self):
        night = [hours(MONDAY, "22:00", "30:00")]
        assert self.squeeze("03:00", rows=night, day=MONDAY + timedelta(1)).place == 1
        assert self.squeeze("06:00", rows=night, day=MONDAY + timedelta(1)) is None


class TestLimits:
    def test_leave_takes_what_it_touches(self):
        away = [(at(MONDAY, "10:30"), at(MONDAY, "11:05"))]
        assert labels(free(hours(MONDAY, "09:00", "13:00"), MONDAY, away=away)) == ["09:00", "12:00"]

    def test_a_visit_may_end_when_leave_begins_and_begin_when_it_ends(self):
        away = [(at(MONDAY, "10:00"), at(MONDAY, "11:00"))]
        assert labels(free(hours(MONDAY, "09:00", "12:00"), MONDAY, away=away)) == ["09:00", "11:00"]

    def test_leave_within_the_pause_is_no_hindrance(self):
        away = [(at(MONDAY, "09:20"), at(MONDAY, "09:30"))]
        row = hours(MONDAY, "09:00", "09:20", visit=20, buffer=10)
        assert labels(free(row, MONDAY, length=20, away=away)) == ["09:00"]

    def test_the_minimum_notice_hides_what_is_too_near(self):
        slots = free(hours(MONDAY, "09:00", "12:00"), MONDAY, earliest=at(MONDAY, "09:05"))
        assert labels(slots) == ["10:00", "11:00"]
        assert labels(free(hours(MONDAY, "09:00", "12:00"), MONDAY, earliest=at(MONDAY, "10:00"))) == ["10:00", "11:00"]

    def test_what_is_too_far_ahead_is_not_offered(self):
        slots = free(hours(MONDAY, "09:00", "12:00"), MONDAY, latest=at(MONDAY, "10:00"))
        assert labels(slots) == ["09:00", "10:00"]


class TestByVideo:
    def test_hours_by_video_are_for_video_visits_only(self):
        rows = [hours(MONDAY, "09:00", "11:00"), hours(MONDAY, "14:00", "16:00", video=True)]
        assert labels(free(rows, MONDAY)) == ["09:00", "10:00"]
        assert labels(free(rows, MONDAY, video=True)) == ["14:00", "15:00"]

    def test_a_person_in_the_room_takes_all_places_by_video(self):
        row = hours(MONDAY, "09:00", "10:00", places=2, video=True)
        start = at(MONDAY, "09:00")
        assert free(row, MONDAY, video=True, busy={start: (HERE, 1)}) == []
        assert [s.left for s in free(row, MONDAY, video=True, busy={start: (-HERE, 1)})] == [1]


class TestClosures:
    def test_a_closed_hospital_has_no_times_that_day_and_the_other_has(self):
        rows = [hours(MONDAY, "09:00", "11:00"), hours(MONDAY, "14:00", "15:00", room=ELSEWHERE)]
        closed = [(HERE, at(MONDAY, "00:00"), at(MONDAY, "24:00"))]
        assert labels(free(rows, MONDAY, closed=closed)) == ["14:00"]

    def test_a_night_into_a_holiday_ends_at_midnight(self):
        night = hours(MONDAY, "22:00", "27:00")
        closed = [(HERE, at(MONDAY, "24:00"), at(MONDAY, "48:00"))]
        assert labels(free(night, MONDAY, closed=closed)) == ["22:00", "23:00"]

    def test_video_visits_stop_with_the_hospital_that_bills_them(self):
        row = hours(MONDAY, "09:00", "11:00", video=True)
        closed = [(HERE, at(MONDAY, "00:00"), at(MONDAY, "24:00"))]
        assert free(row, MONDAY, video=True, closed=closed) == []


class TestOverlaps:
    def test_extra_hours_meet_the_hours_of_their_day_only(self):
        weekly = hours(MONDAY, "09:00", "12:00", id=1)
        extra = hours(MONDAY + timedelta(7), "11:00", "13:00", weekly=False, id=2)
        assert overlapping([weekly, extra]) == (weekly, extra)
        assert overlapping([weekly, extra._replace(from_minute=minutes("12:00"))]) is None
        tuesday = extra._replace(valid_from=MONDAY + timedelta(8))
        assert overlapping([weekly, tuesday]) is None
        assert overlapping([extra, extra._replace(valid_from=MONDAY + timedelta(14))]) is None

    def test_a_night_of_the_last_day_meets_the_next_morning(self):
        night = hours(MONDAY, "22:00", "30:00", valid_until=MONDAY)
        morning = hours(MONDAY + timedelta(1), "05:00", "07:00", valid_from=MONDAY + timedelta(1))
        assert overlapping([night, morning])
        assert overlapping([night, morning._replace(from_minute=minutes("06:00"))]) is None

    def test_video_hours_overlap_hours_in_a_room(self):
        assert overlapping([hours(MONDAY, "09:00", "12:00"), hours(MONDAY, "11:00", "13:00", video=True)])

    def test_hours_that_meet_do_not_overlap(self):
        assert overlapping([hours(MONDAY, "09:00", "12:00"), hours(MONDAY, "12:00", "15:00")]) is None

    def test_hours_that_overlap_are_named(self):
        one, two = hours(MONDAY, "09:00", "12:00", id=1), hours(MONDAY, "11:55", "15:00", room=ELSEWHERE, id=2)
        assert overlapping([one, two]) == (one, two)

    def test_other_days_do_not_overlap(self):
        assert overlapping([hours(MONDAY, "09:00", "12:00"), hours(MONDAY + timedelta(1), "09:00", "12:00")]) is None

    def test_the_night_from_sunday_meets_monday(self):
        sunday = hours(MONDAY - timedelta(1), "22:00", "30:00")
        assert overlapping([hours(MONDAY, "05:00", "07:00"), sunday])
        assert overlapping([sunday, hours(MONDAY, "05:00", "07:00")])
        assert overlapping([sunday, hours(MONDAY, "06:00", "07:00")]) is None

    def test_hours_that_are_never_valid_together_do_not_overlap(self):
        winter = hours(MONDAY, "09:00", "12:00", valid_until=date(2026, 3, 31))
        summer = hours(MONDAY, "09:00", "12:00", valid_from=date(2026, 4, 1))
        assert overlapping([winter, summer]) is None
        assert overlapping([winter, summer._replace(valid_from=date(2026, 3, 31))]) is None, "no Monday in common"
        assert overlapping([winter, summer._replace(valid_from=date(2026, 3, 30))])

    def test_one_row_alone_or_none_never_overlaps(self):
        assert overlapping([]) is None
        assert overlapping([hours(MONDAY, "00:00", "24:00")]) is None

    def test_hospitals_in_two_zones_are_compared_in_real_time(self):
        india = hours(MONDAY, "09:00", "12:00")  # 03:30 to 06:30 UTC
        nepal = hours(MONDAY, "12:15", "13:00", zone=KATHMANDU, room=ELSEWHERE)  # 06:30 UTC
        assert overlapping([india, nepal]) is None
        assert overlapping([india, nepal._replace(from_minute=minutes("12:10"))])

    def test_hours_that_were_entered_in_winter_and_in_summer_are_compared_on_the_same_clock(self):
        winter = hours(MONDAY, "09:00", "10:00", zone=NEW_YORK, valid_from=date(2026, 1, 5))
        summer = hours(MONDAY, "09:00", "10:00", zone=NEW_YORK, valid_from=date(2026, 7, 6))
        assert overlapping([winter, summer])
        assert overlapping([winter, summer._replace(from_minute=minutes("10:00"), to_minute=minutes("11:00"))]) is None


class TestQuanta:
    def test_a_quantum_is_five_minutes(self):
        noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        assert moment(quantum(noon)) == noon
        assert quantum(noon + timedelta(minutes=4, seconds=59)) == quantum(noon)
        assert quantum(noon + timedelta(minutes=5)) == quantum(noon) + 1


# --- the same, by looking at every five minutes -------------------------------------------------------------------------


def shown(row, day, minute, last):
    """The quantum at which a clock there first (or last) shows that minute of the day; of a skipped one, the first
    after it.
    """
    zone = ZoneInfo(row.zone)
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    begin = int((wall - timedelta(hours=30)).replace(tzinfo=UTC).timestamp()) // QUANTUM
    walls = [(q, moment(q).astimezone(zone).replace(tzinfo=None)) for q in range(begin, begin + 60 * 12)]
    exact = [q for q, there in walls if there == wall]
    if exact:
        return exact[-1] if last else exact[0]
    return next(q for q, there in walls if there > wall)


def every_five_minutes(rows, *, busy, length, start_on, days, earliest, latest, away, closed, video):
    """The definition, slowly: each start on each row's grid, and each reason against it asked minute by minute."""
    found = {}
    for row in rows:
        for n in range(days):
            day = start_on + timedelta(n)
            counts = day == row.valid_from if row.weekday < 0 else day.weekday() == row.weekday
            if not counts or not row.valid_from <= day <= row.valid_until or row.video != video:
                continue
            begin, end = shown(row, day, row.from_minute, False), shown(row, day, row.to_minute, True)
            for start in range(begin, end):
                visit = range(start, start + length // 5)
                held = range(start, start + (length + row.buffer) // 5)
                if (start - begin) * 5 % (row.visit + row.buffer) or visit[-1] >= end:
                    continue
                if start < earliest or start > latest:
                    continue
                if any(a <= q < b for q in visit for a, b in away):
                    continue
                if any(room == row.room and a <= q < b for q in visit for room, a, b in closed):
                    continue
                if any(busy[q][0] != (-row.room if row.video else row.room) for q in held if q in busy):
                    continue
                seats = [s for s in range(row.places) if not any(busy[q][1] >> s & 1 for q in held if q in busy)]
                sitting = max((busy[q][1].bit_count() for q in held if q in busy), default=0)
                seats = seats[: max(0, row.places - sitting)]
                if seats:
                    found.setdefault((start, row.room), (visit[-1] + 1, held[-1] + 1, row.id, len(seats), seats[0]))
    return sorted((start, end, until, row, room, n, s) for (start, room), (end, until, row, n, s) in found.items())


fives = st.integers(0, 287).map(lambda n: n * 5)
TURNS = [
    date(2026, 3, 7),
    date(2026, 10, 31),
    date(2026, 4, 4),
    date(2026, 10, 3),
    date(2026, 12, 30),
    date(2028, 2, 28),
]


@st.composite
def a_row(draw, day):
    begins = draw(fives)
    return Hours(
        draw(st.integers(1, 5)),
        draw(st.sampled_from([HERE, ELSEWHERE])),
        draw(st.sampled_from([NEW_YORK, INDIA, KATHMANDU, LORD_HOWE, "Pacific/Kiritimati", "Pacific/Pago_Pago"])),
        draw(st.sampled_from([-1, *((day.weekday() + n) % 7 for n in range(3))])),
        begins,
        begins + draw(st.integers(1, 12 * 14)) * 5,
        draw(st.sampled_from([5, 15, 20, 45, 60])),
        draw(st.sampled_from([0, 0, 5, 10])),
        draw(st.integers(1, 3)),
        draw(st.sampled_from([date(2020, 1, 1), day, day + timedelta(1)])),
        draw(st.sampled_from([FOREVER, day + timedelta(1), day])),
        draw(st.sampled_from([False, False, True])),
    )


@st.composite
def a_question(draw):
    """Rows of hours near a day on which clocks turn, and all that may speak against their times."""
    day = draw(st.sampled_from(TURNS))
    rows = draw(st.lists(a_row(day), min_size=1, max_size=3))
    midnight = quantum(datetime(day.year, day.month, day.day, tzinfo=UTC))
    near = st.integers(midnight - 200, midnight + 900)
    where = st.sampled_from([HERE, HERE, ELSEWHERE, -HERE])
    stretch = st.tuples(near, st.integers(1, 60)).map(lambda x: (x[0], x[0] + x[1]))
    return rows, {
        "busy": draw(st.dictionaries(near, st.tuples(where, st.integers(1, 7)), max_size=20)),
        "length": draw(st.sampled_from([5, 10, 20, 30, 50])),
        "start_on": day,
        "days": draw(st.integers(1, 3)),
        "earliest": midnight + draw(st.integers(-200, 300)),
        "latest": midnight + draw(st.integers(200, 900)),
        "away": draw(st.lists(stretch, max_size=3)),
        "closed": [(HERE, *span) for span in draw(st.lists(stretch, max_size=2))],
        "video": draw(st.sampled_from([False, False, True])),
    }


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(a_question())
def test_it_finds_what_looking_at_every_five_minutes_finds(asked):
    rows, question = asked
    assert [tuple(slot) for slot in free_times(rows, **question)] == every_five_minutes(rows, **question)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(a_question(), st.lists(st.integers(-100, 800), min_size=20, max_size=40))
def test_a_time_is_free_exactly_when_nothing_speaks_against_it(asked, some):
    rows, question = asked
    day = question.pop("start_on")
    question.pop("days")
    found = {slot.start for slot in free_times(rows, start_on=day - timedelta(5), days=14, **question)}
    midnight = quantum(datetime(day.year, day.month, day.day, tzinfo=UTC))
    for start in {midnight + n for n in some} | {q for q in found if midnight - 100 < q < midnight + 900}:
        assert (start in found) == (not why_not(rows, start=start, **question))


class TestWhyATimeIsNotOffered:
    NINE_TO_TWELVE = hours(MONDAY, "09:00", "12:00", visit=20, buffer=10)

    def why(self, text, day=MONDAY, length=20, **facts):
        return why(facts.pop("rows", self.NINE_TO_TWELVE), at(day, text), length=length, **facts)

    def test_a_free_time_has_no_reasons(self):
        assert self.why("09:30") == []

    def test_each_reason_by_itself(self):
        assert self.why("13:00") == ["no_hours"]
        assert self.why("09:30", MONDAY + timedelta(1)) == ["no_hours"]
        assert self.why("09:30", video=True) == ["other_kind"]
        assert self.why("09:10") == ["off_grid"]
        assert self.why("11:30", length=50) == ["too_long"]
        assert self.why("09:30", earliest=at(MONDAY, "09:35")) == ["past_notice"]
        assert self.why("09:30", latest=at(MONDAY, "09:00")) == ["too_far"]
        assert self.why("09:30", away=[(at(MONDAY, "09:40"), at(MONDAY, "10:00"))]) == ["leave"]
        assert self.why("09:30", closed=[(HERE, at(MONDAY, "00:00"), at(MONDAY, "24:00"))]) == ["closed"]
        assert self.why("09:30", closed=[(ELSEWHERE, at(MONDAY, "00:00"), at(MONDAY, "24:00"))]) == []
        assert self.why("09:30", busy={at(MONDAY, "09:40"): (HERE, 1)}) == ["taken"]
        assert self.why("09:30", busy={at(MONDAY, "09:55"): (HERE, 1)}) == ["pause"]
        later = self.NINE_TO_TWELVE._replace(valid_from=MONDAY + timedelta(1))
        assert self.why("09:30", rows=later) == ["not_valid"]

    def test_all_reasons_are_named_at_once(self):
        busy = {at(MONDAY, "09:40"): (HERE, 1)}
        away = [(at(MONDAY, "09:00"), at(MONDAY, "10:00"))]
        assert self.why("09:40", busy=busy, away=away) == ["leave", "off_grid", "taken"]

    def test_the_next_start_of_the_grid_is_said(self):
        reasons = why_not(
            [self.NINE_TO_TWELVE], start=at(MONDAY, "09:10"), busy={}, length=20, earliest=0, latest=2**31
        )
        assert [(r.word, r.at) for r in reasons] == [("off_grid", at(MONDAY, "09:30"))]

    def test_one_row_that_offers_it_is_enough(self):
        rows = [self.NINE_TO_TWELVE, hours(MONDAY, "09:10", "09:30", visit=20, room=ELSEWHERE)]
        assert self.why("09:10", rows=rows) == []


def test_starts_in_a_week_are_counted_as_they_are_offered():
    rows = [hours(MONDAY, "09:00", "12:00", visit=20, buffer=10), hours(MONDAY, "14:00", "15:00", places=3)]
    assert starts_per_week(rows) == 6 + 3
    assert starts_per_week([hours(MONDAY, "09:00", "12:00", weekly=False)]) == 0
