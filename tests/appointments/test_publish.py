"""A doctor's weekly hours become these."""

import pytest
from django.db import IntegrityError, transaction

from appointments import workflow
from appointments.models import Hours, Listing
from healthstack.lib.rules import RuleBroken
from tests.factories import LONG_AGO, DoctorFactory, book, free_slots, hours_in, trail

MON, TUE, WED = 0, 1, 2


def publish(doctor, *rows):
    return workflow.publish(doctor=doctor, rows=[row for some in rows for row in some], by=doctor.user)


def spans(doctor):
    rows = Hours.objects.filter(doctor=doctor)
    return [(row.weekday, row.from_minute // 60, row.to_minute // 60) for row in rows]


def test_the_week_becomes_this(doctor, hospital):
    publish(doctor, hours_in(hospital, begins=10, ends=12, weekdays=[MON, WED]))
    assert spans(doctor) == [(MON, 10, 12), (WED, 10, 12)]
    assert trail(doctor)[0] == "appointments.hours_published"


def test_the_new_times_can_be_booked_and_the_old_ones_not(doctor, hospital, at):
    publish(doctor, hours_in(hospital, begins=18, ends=19, weekdays=[MON], visit=30))
    assert [slot.starts_at for slot in free_slots(doctor, days=3)] == [
        at("2026-03-02 18:00"),
        at("2026-03-02 18:30"),
    ]


def test_the_search_follows(doctor, hospital, at):
    publish(doctor, hours_in(hospital, begins=10, ends=12, weekdays=[TUE]))
    listing = Listing.objects.get(doctor=doctor)
    assert listing.next_free_at == at("2026-03-03 10:00")
    assert listing.free_days == 0b00000100000010  # tomorrow, and a week later


def test_no_hours_at_all_are_hours_too(doctor):
    assert publish(doctor) == []
    assert spans(doctor) == []
    assert free_slots(doctor) == []


def test_a_row_that_stays_keeps_what_the_editor_does_not_show(doctor, hospital):
    monday = Hours.objects.get(doctor=doctor, weekday=MON)
    Hours.objects.filter(pk=monday.pk).update(places=3, buffer=5)
    monday.refresh_from_db()
    monday.to_minute = 13 * 60
    publish(doctor, [monday])
    row = Hours.objects.get(doctor=doctor)
    assert (row.pk, row.to_minute, row.places, row.buffer) == (monday.pk, 13 * 60, 3, 5)


def test_overlapping_hours_are_refused_and_named(doctor, hospital, other_hospital):
    before = spans(doctor)
    with pytest.raises(RuleBroken, match="09:00–12:00 and 11:00–13:00"):
        publish(
            doctor,
            hours_in(hospital, begins=9, ends=12, weekdays=[MON]),
            hours_in(hospital, begins=11, ends=13, weekdays=[MON]),
        )
    assert spans(doctor) == before


def test_overlapping_hours_in_two_hospitals_are_refused(hospital, other_hospital):
    doctor = DoctorFactory(hospitals=[hospital, other_hospital])
    with pytest.raises(RuleBroken, match="one place at a time"):
        publish(
            doctor,
            hours_in(hospital, begins=9, ends=12, weekdays=[MON]),
            hours_in(other_hospital, begins=11, ends=13, weekdays=[MON]),
        )


def test_hours_that_meet_are_no_overlap(hospital, other_hospital):
    doctor = DoctorFactory(hospitals=[hospital, other_hospital])
    publish(
        doctor,
        hours_in(hospital, begins=9, ends=12, weekdays=[MON]),
        hours_in(other_hospital, begins=12, ends=13, weekdays=[MON]),
    )
    assert spans(doctor) == [(MON, 9, 12), (MON, 12, 13)]


def test_hours_in_a_strange_hospital_are_refused(doctor, other_hospital):
    with pytest.raises(RuleBroken, match="in which you work"):
        publish(doctor, hours_in(other_hospital))


def test_visits_outside_of_the_new_hours_are_kept_and_listed(patient, other_patient, doctor, hospital):
    slots = free_slots(doctor)
    morning, afternoon = book(patient, doctor, slot=slots[0]), book(other_patient, doctor, slot=slots[-1])
    assert afternoon.starts_at.hour > 9
    assert publish(doctor, hours_in(hospital, begins=9, ends=12)) == [afternoon]
    afternoon.refresh_from_db()
    assert (morning.state, afternoon.state) == ("requested", "requested")
    assert afternoon.claims.count() == 4


def test_visits_on_a_changed_grid_are_not_outside(patient, doctor, hospital):
    book(patient, doctor, slot=free_slots(doctor)[1])  # 09:20
    assert publish(doctor, hours_in(hospital, visit=45)) == []


def test_a_visit_that_would_end_after_the_new_hours_is_outside(patient, doctor, hospital):
    visit = book(patient, doctor, slot=free_slots(doctor)[2])  # 09:40 to 10:00
    assert publish(doctor, hours_in(hospital, begins=9, ends=10)) == []
    rows = hours_in(hospital, begins=9, ends=10)
    for row in rows:
        row.to_minute -= 5
    assert publish(doctor, rows) == [visit]


def test_the_hours_of_another_doctor_stay(doctor, other_doctor, hospital):
    before = spans(other_doctor)
    publish(doctor)
    assert spans(other_doctor) == before


def test_a_pending_doctor_prepares_hours_and_is_not_found(pending_doctor, hospital):
    publish(pending_doctor, hours_in(hospital, weekdays=[MON]))
    assert spans(pending_doctor) == [(MON, 9, 17)]
    assert not Listing.objects.filter(doctor=pending_doctor).exists()


@pytest.mark.parametrize(
    "columns",
    [
        {"from_minute": 600, "to_minute": 600},
        {"from_minute": 600, "to_minute": 540},
        {"from_minute": 1440, "to_minute": 1500},
        {"to_minute": 2885},
        {"weekday": 7},
        {"visit": 0},
        {"visit": 245},
        {"places": 0},
        {"places": 51},
        {"buffer": 125},
    ],
)
def test_the_table_refuses_hours_that_make_no_sense(doctor, hospital, columns):
    values = {"weekday": 0, "from_minute": 540, "to_minute": 600, "visit": 20, "valid_from": LONG_AGO, **columns}
    with pytest.raises(IntegrityError), transaction.atomic():
        Hours.objects.create(doctor=doctor, hospital=hospital, **values)
