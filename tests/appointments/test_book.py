"""A patient asks for a time, and holds it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts import workflow as accounts
from appointments import openings, slots
from appointments import workflow as appointments
from appointments.models import Appointment, Claim, Hours, Listing
from appointments.workflow import booking
from doctors import workflow as doctors
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from hospitals import workflow as hospitals
from hospitals.models import VisitType
from patients.models import Patient
from tests.factories import DoctorFactory, PatientFactory, book, free_slots, hours_in, inbox, trail

TAKEN = "has just been taken"
ELSEWHERE = "another visit at that time"
CLOSED = "cannot be booked here"


def offers_of(refusal):
    return [slots.moment(slot.start) for slot in refusal.value.offers]


def test_it_is_requested_and_holds_its_time(patient, doctor, hospital, at):
    visit = book(patient, doctor, message="  My head aches. ")
    assert visit.state == "requested"
    assert visit.starts_at == at("2026-03-02 09:00")
    assert visit.ends_at == visit.busy_until == at("2026-03-02 09:20")
    assert (visit.hospital, visit.fee, visit.message) == (hospital, Decimal(500), "My head aches.")
    held = Claim.objects.filter(doctor=doctor, patient=patient, appointment=visit)
    assert [slots.moment(c.quantum) for c in held] == [visit.starts_at + timedelta(minutes=m) for m in (0, 5, 10, 15)]


def test_the_doctor_is_told_and_the_trail_knows(patient, doctor):
    visit = book(patient, doctor)
    assert inbox(doctor) == ["appointments.booked"]
    assert trail(visit) == ["appointments.booked"]
    assert not inbox(patient)


def test_the_doctor_cannot_open_the_record_yet(patient, doctor):
    assert book(patient, doctor).grant is None
    assert not patient.grants.exists()


def test_the_next_patient_finds_the_time_gone(patient, doctor):
    first = free_slots(doctor)[0]
    book(patient, doctor, slot=first)
    assert free_slots(doctor)[0].start == first.start + 4


def test_a_taken_time_is_refused_with_the_nearest_free_ones(patient, other_patient, doctor, at):
    taken = free_slots(doctor)[1]
    book(other_patient, doctor, slot=taken)
    with pytest.raises(RuleBroken, match=TAKEN) as refusal:
        book(patient, doctor, slot=taken)
    assert offers_of(refusal) == [at(f"2026-03-02 {time}") for time in ("09:00", "09:40", "10:00", "10:20")]


def test_of_a_longer_visit_every_minute_is_taken(patient, other_patient, hospital):
    doctor = DoctorFactory(hospitals=[hospital], offers={"check_up": 30, "follow_up": 10})
    starts = free_slots(doctor)
    book(other_patient, doctor, slot=starts[1])
    assert starts[1].start + 4 == starts[2].start
    with pytest.raises(RuleBroken, match=TAKEN):
        book(patient, doctor, slot=starts[2])
    with pytest.raises(RuleBroken, match=TAKEN):
        book(patient, doctor, slot=starts[0])
    assert book(patient, doctor, slot=starts[3]).minutes == 30


def test_a_patient_is_not_in_two_places_at_once(patient, doctor, other_doctor):
    slot = free_slots(doctor)[0]
    book(patient, doctor, slot=slot)
    with pytest.raises(RuleBroken, match=ELSEWHERE) as refusal:
        book(patient, other_doctor, slot=slot)
    assert slots.moment(slot.start) not in offers_of(refusal)
    assert len(refusal.value.offers) == 4


def test_a_patient_may_come_from_one_doctor_to_the_next(patient, doctor, other_doctor):
    first = book(patient, doctor)
    second = book(patient, other_doctor, slot=free_slots(other_doctor)[1])
    assert second.starts_at == first.ends_at


def test_a_pause_holds_the_doctor_but_not_the_patient(patient, hospital, other_doctor):
    rows = hours_in(hospital, buffer=10)
    doctor = DoctorFactory(hospitals=[hospital], hours=rows)
    visit = book(patient, doctor)
    assert visit.busy_until - visit.ends_at == timedelta(minutes=10)
    assert free_slots(doctor)[0].starts_at == visit.busy_until
    assert book(patient, other_doctor, slot=free_slots(other_doctor)[1]).starts_at == visit.ends_at


def test_shared_hours_seat_as_many_as_there_are_places(hospital):
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, places=3))
    slot = free_slots(doctor)[0]
    assert [book(PatientFactory(), doctor, slot=slot).place for _ in range(3)] == [0, 1, 2]
    with pytest.raises(RuleBroken, match=TAKEN):
        book(PatientFactory(), doctor, slot=slot)


def test_a_seat_given_up_is_taken_next(hospital):
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, places=3))
    slot = free_slots(doctor)[0]
    visits = [book(PatientFactory(), doctor, slot=slot) for _ in range(3)]
    appointments.cancel(appointment=visits[1], by=visits[1].booked_by)
    assert book(PatientFactory(), doctor, slot=slot).place == 1


def test_a_visit_in_the_old_hospital_blocks_the_time_in_the_new_one(patient, other_patient, doctor, other_hospital):
    slot = free_slots(doctor)[0]
    book(other_patient, doctor, slot=slot)
    doctors.change_doctor(doctor=doctor, affiliations=[(other_hospital, "1")], by=None)
    appointments.publish(doctor=doctor, rows=hours_in(other_hospital, places=3), by=doctor.user)
    with pytest.raises(RuleBroken, match=TAKEN):
        book(patient, doctor, slot=slot._replace(room=other_hospital.pk))


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-01 09:00",  # yesterday
        "2026-03-02 08:40",  # before the hours
        "2026-03-02 09:05",  # beside the grid
        "2026-03-02 16:55",  # would end after the hours
        "2026-03-02 17:00",
        "2026-05-04 09:00",  # more than sixty days ahead
        "1970-01-02 09:00",
        "2200-01-01 09:00",
    ],
)
def test_a_time_that_is_not_offered_is_refused(patient, doctor, at, moment):
    slot = free_slots(doctor)[0]
    start = slots.quantum(at(moment))
    at("2026-03-02 08:00")
    with pytest.raises(RuleBroken, match=TAKEN):
        book(patient, doctor, slot=slot._replace(start=start))
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("start", [0, 1, slots.LAST, 2**31 - 1, 10**12])
def test_a_number_that_is_no_time_of_this_world_is_refused(patient, doctor, start):
    with pytest.raises(RuleBroken, match=TAKEN):
        book(patient, doctor, slot=free_slots(doctor)[0]._replace(start=start))


def test_the_minimum_notice_is_kept(patient, doctor, at):
    slot = free_slots(doctor)[0]
    at("2026-03-02 08:31")
    with pytest.raises(RuleBroken, match=TAKEN):
        book(patient, doctor, slot=slot)
    at("2026-03-02 08:30")
    assert book(patient, doctor, slot=slot)


def test_nobody_is_booked_into_leave(patient, doctor):
    slot = free_slots(doctor)[0]
    appointments.take_leave(
        doctor=doctor, starts_at=slot.starts_at, ends_at=slot.starts_at + timedelta(hours=1), by=doctor.user
    )
    with pytest.raises(RuleBroken, match=TAKEN):
        book(patient, doctor, slot=slot)


@pytest.mark.parametrize("visit_type", ["report_review", "haircut", ""])
def test_a_visit_that_is_not_offered_is_refused(patient, doctor, visit_type):
    doctors.change_doctor(doctor=doctor, offers={"check_up": 20}, by=None)
    with pytest.raises(RuleBroken, match=TAKEN) as refusal:
        book(patient, doctor, slot=free_slots(doctor)[0], visit_type=visit_type)
    assert refusal.value.offers == []


def test_the_night_shift_after_midnight_can_be_booked(patient, hospital, at):
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, begins=22, ends=30, visit=60))
    wanted = slots.quantum(at("2026-03-03 01:00"))
    at("2026-03-02 08:00")
    slot = next(s for s in free_slots(doctor) if s.start == wanted)
    assert slots.quantum(book(patient, doctor, slot=slot).starts_at) == wanted


def test_the_same_form_sent_twice_is_one_visit(patient, doctor):
    slot = free_slots(doctor)[0]
    first = book(patient, doctor, slot=slot, request_key="k1")
    assert book(patient, doctor, slot=slot, request_key="k1") == first
    assert Appointment.objects.count() == 1
    assert inbox(doctor) == ["appointments.booked"]


def test_the_same_key_of_another_person_is_another_visit(patient, other_patient, doctor):
    book(patient, doctor, request_key="k1")
    book(other_patient, doctor, request_key="k1")
    assert Appointment.objects.count() == 2


def test_keys_are_equal_to_the_letter(patient, doctor):
    book(patient, doctor, request_key="k1")
    book(patient, doctor, request_key="K1")
    assert Appointment.objects.count() == 2


def test_visits_without_a_key_are_apart(patient, doctor):
    book(patient, doctor)
    book(patient, doctor)
    assert Appointment.objects.count() == 2


def test_a_doctor_cannot_book_with_themselves(many_hats):
    with pytest.raises(RuleBroken, match="yourself"):
        book(Patient.objects.get(user=many_hats), Doctor.objects.get(user=many_hats))


def test_a_pending_doctor_cannot_be_booked(patient, pending_doctor):
    with pytest.raises(RuleBroken, match=CLOSED):
        book(patient, pending_doctor)


def test_a_suspended_doctor_cannot_be_booked(patient, doctor):
    slot = free_slots(doctor)[0]
    appointments.suspend_doctor(doctor=doctor, reason="Licence under review", by=None)
    with pytest.raises(RuleBroken, match=CLOSED) as refusal:
        book(patient, doctor, slot=slot)
    assert refusal.value.offers == []


def test_a_doctor_whose_account_is_closed_cannot_be_booked(patient, doctor):
    slot = free_slots(doctor)[0]
    accounts.disable_user(user=doctor.user, by=None)
    with pytest.raises(RuleBroken, match=CLOSED):
        book(patient, doctor, slot=slot)


def test_a_suspended_hospital_cannot_be_booked(patient, doctor, hospital):
    slot = free_slots(doctor)[0]
    appointments.suspend_hospital(hospital=hospital, reason="Fire safety", by=None)
    with pytest.raises(RuleBroken, match=CLOSED):
        book(patient, doctor, slot=slot)


def test_a_doctor_who_has_left_the_hospital_cannot_be_booked_there(patient, doctor, other_hospital):
    slot = free_slots(doctor)[0]
    doctors.change_doctor(doctor=doctor, affiliations=[(other_hospital, "1")], by=None)
    with pytest.raises(RuleBroken, match=CLOSED):
        book(patient, doctor, slot=slot)


def test_a_hospital_in_which_the_doctor_never_worked_cannot_be_booked(patient, doctor, other_hospital):
    with pytest.raises(RuleBroken, match=CLOSED):
        book(patient, doctor, slot=free_slots(doctor)[0]._replace(room=other_hospital.pk))


def test_some_doctors_confirm_at_once(patient, hospital):
    doctor = DoctorFactory(hospitals=[hospital], confirms_instantly=True)
    visit = book(patient, doctor)
    visit.refresh_from_db()
    assert visit.state == "confirmed"
    assert visit.confirmed_at == clock.now()
    assert visit.grant.carer == doctor.user
    assert inbox(patient) == ["appointments.approved"]
    assert trail(visit) == ["appointments.approved", "appointments.booked"]


def test_the_fee_of_the_day_is_written_on_the_visit(patient, doctor, hospital):
    hospitals.save_hospital(hospital=hospital, fees={VisitType.CHECK_UP: Decimal(700)}, by=None)
    visit = book(patient, doctor)
    hospitals.save_hospital(hospital=hospital, fees={VisitType.CHECK_UP: Decimal(900)}, by=None)
    visit.refresh_from_db()
    assert visit.fee == Decimal(700)


def test_the_search_moves_on_to_the_next_time(patient, doctor):
    visit = book(patient, doctor)
    assert Listing.objects.get(doctor=doctor).next_free_at == visit.ends_at


def test_the_keys_say_no_even_if_the_check_does_not(patient, other_patient, doctor, monkeypatch):
    slot = free_slots(doctor)[0]
    book(other_patient, doctor, slot=slot)
    monkeypatch.setattr(openings, "find_slot", lambda *question, **facts: slot)
    with pytest.raises(RuleBroken, match=TAKEN):
        book(patient, doctor, slot=slot)
    assert Appointment.objects.count() == 1


def test_who_loses_against_the_own_booking_elsewhere_is_told_so(patient, doctor, other_doctor, monkeypatch):
    """As if the other booking were committed between the check and the keys."""
    here, there = free_slots(doctor)[0], free_slots(other_doctor)[0]
    book(patient, other_doctor, slot=there)
    looks, real = iter([False]), booking._is_elsewhere
    monkeypatch.setattr(booking, "_is_elsewhere", lambda *question: next(looks, None) is None and real(*question))
    with pytest.raises(RuleBroken, match=ELSEWHERE) as refusal:
        book(patient, doctor, slot=here)
    assert here not in refusal.value.offers
    assert Appointment.objects.count() == 1


def test_no_row_of_the_table_can_put_a_patient_in_two_places(patient, doctor, other_doctor):
    here, there = book(patient, doctor), book(patient, other_doctor, slot=free_slots(other_doctor)[1])
    claim = here.claims.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(doctor=other_doctor, quantum=claim.quantum, place=0, patient=patient, appointment=there)


def test_hours_that_end_take_no_more_bookings(patient, doctor, at):
    Hours.objects.filter(doctor=doctor).update(valid_until=at("2026-03-02 08:00").date())
    found = free_slots(doctor)
    assert {s.starts_at.date() for s in found} == {clock.now().date()}
    slot = found[-1]
    with pytest.raises(RuleBroken, match=TAKEN):
        book(patient, doctor, slot=slot._replace(start=slot.start + 288))
