"""Many are booked over one time at once: never two in one seat, never more than there may be, nobody in two places."""

import pytest

from appointments import slots, workflow
from appointments.models import Appointment, Listing
from hospitals.models import Hospital
from tests.concurrency.race import all_is_well, at_once, holding, sort_out
from tests.factories import DoctorFactory, book, free_slots, hours_in, trail

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def over(patient, doctor, slot, *, start=None, by=None, **facts):
    return workflow.overbook(
        doctor=doctor,
        hospital=Hospital.objects.get(pk=slot.room),
        patient=patient,
        visit_type="check_up",
        start=start or slot.start,
        reason="Cannot wait",
        by=by or doctor.user,
        **facts,
    )


def test_of_thirty_at_once_as_many_get_in_as_there_are_seats(doctor, receptionist, crowd):
    slot = free_slots(doctor)[3]
    people = crowd(30)
    calls = [lambda p=p, n=n: over(p, doctor, slot, by=receptionist if n % 2 else None) for n, p in enumerate(people)]
    won, refused = sort_out(at_once(calls))
    assert sorted(visit.place for visit in won) == list(range(1 + slots.EXTRA))
    assert {bool(visit.overbooked_reason) for visit in won if visit.place} == {True}
    assert len(refused) == 30 - len(won)
    assert all("No more patients" in refusal.sentence for refusal in refused)
    all_is_well(places=1 + slots.EXTRA)


def test_patients_who_book_and_staff_who_book_over(hospital, crowd):
    """Two places; visits of twenty minutes asked for at every ten, while others book and cancel as ever."""
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, ends=11, places=2))
    free = free_slots(doctor, days=1)
    people = crowd(36)

    def come(patient, n):
        slot = free[n % len(free)]
        if n % 3:
            return over(patient, doctor, slot, start=slot.start + 2 * (n % 2))
        visit = book(patient, doctor, slot=slot)
        return workflow.cancel(appointment=visit, by=patient.user) if n % 2 else visit

    won, _refused = sort_out(at_once([lambda p=p, n=n: come(p, n) for n, p in enumerate(people)]))
    assert len(won) > 6
    all_is_well(places=2 + slots.EXTRA)
    for visit in holding():
        assert (visit.place >= 2) == bool(visit.overbooked_reason)
    assert Listing.objects.get(doctor=doctor).next_free_at == free_slots(doctor, days=14)[0].starts_at


def test_one_patient_by_two_doctors_over_one_time(doctor, other_doctor, patient, crowd):
    first, second = crowd(2)
    slot = free_slots(doctor)[0]
    book(first, doctor, slot=slot)
    book(second, other_doctor, slot=slot)
    won, refused = sort_out(at_once([lambda d=d: over(patient, d, slot) for d in (doctor, other_doctor)]))
    assert (len(won), len(refused)) == (1, 1)
    assert "another visit at that time" in refused[0].sentence
    all_is_well(places=1 + slots.EXTRA)


def test_the_same_form_sent_ten_times_is_one_visit(doctor, patient, crowd):
    slot = free_slots(doctor)[0]
    book(*crowd(1), doctor, slot=slot)
    key = "019cac61-8c40-7bf3-9a76-4789170cea92"
    won, refused = sort_out(at_once([lambda: over(patient, doctor, slot, request_key=key)] * 10))
    assert (len(won), refused, len({visit.pk for visit in won})) == (10, [], 1)
    assert trail(won[0]) == ["appointments.approved", "appointments.overbooked"]
    assert Appointment.objects.count() == 2
