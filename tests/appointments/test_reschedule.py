"""A visit moves to another time: the same appointment, with its old time given up only when the new one is claimed."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from appointments import slots, workflow
from appointments.models import Claim, Listing
from doctors import workflow as doctors
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from hospitals.models import Closure
from patients import workflow as patients
from patients.models import AccessGrant
from tests.factories import DoctorFactory, book, free_slots, hours_in, inbox, trail

IST = ZoneInfo("Asia/Kolkata")


def move(visit, slot, by, **facts):
    start = slot if isinstance(slot, int) else slot.start
    hospital = facts.pop("hospital", visit.hospital)
    return workflow.reschedule(appointment=visit, hospital=hospital, start=start, by=getattr(by, "user", by), **facts)


def held(visit):
    return sorted(visit.claims.values_list("doctor", "quantum", "place", "patient"))


@pytest.fixture
def later(appointment, doctor):
    """The times that are still free."""
    return free_slots(doctor)


def test_the_appointment_stays_and_its_time_is_another(appointment, patient, doctor, later):
    before = appointment.starts_at
    moved = move(appointment, later[5], patient)
    assert moved.pk == appointment.pk
    assert (moved.starts_at, moved.ends_at) == (later[5].starts_at, later[5].ends_at)
    assert moved.sequence == 1
    assert [q for _d, q, _p, _who in held(moved)] == list(range(later[5].start, later[5].busy_until))
    assert before in [slot.starts_at for slot in free_slots(doctor)], "the old time is free again"
    assert later[5].start not in [slot.start for slot in free_slots(doctor)]


def test_each_move_is_remembered(appointment, patient, doctor, later):
    before = appointment.starts_at
    move(appointment, later[5], patient)
    appointment.refresh_from_db()
    move(appointment, later[2], doctor, reason="An operation takes longer")
    first, second = appointment.moves.all()
    assert (first.from_starts_at, first.to_starts_at, first.by) == (before, later[5].starts_at, patient.user)
    assert (second.to_starts_at, second.by, second.reason) == (
        later[2].starts_at,
        doctor.user,
        "An operation takes longer",
    )
    assert trail(appointment)[0] == "appointments.rescheduled"
    appointment.refresh_from_db()
    assert appointment.sequence == 2


def test_it_may_overlap_its_own_old_time(hospital, patient):
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, visit=5, buffer=0), offers={"check_up": 30})
    visit = book(patient, doctor)
    moved = move(visit, slots.quantum(visit.starts_at) + 1, patient)
    assert moved.starts_at == visit.starts_at + timedelta(minutes=5)
    assert len(held(moved)) == 6


def test_the_soonest_time_on_the_card_follows(appointment, patient, doctor, later):
    before = appointment.starts_at
    move(appointment, later[3], patient)
    assert Listing.objects.get(doctor=doctor).next_free_at == before


def test_the_length_and_the_fee_stay_as_they_were_agreed(appointment, patient, doctor, later):
    fee = appointment.fee
    doctor.fee = 900
    doctors.change_doctor(doctor=doctor, offers={"check_up": 60}, by=None)
    moved = move(appointment, later[9], patient)
    assert (moved.minutes, moved.fee) == (20, fee)


class TestWhoAnswersAgain:
    def test_a_doctor_who_answers_is_asked_again_when_the_patient_moves_it(self, confirmed, patient, doctor, later):
        moved = move(confirmed, later[4], patient)
        assert (moved.state, moved.confirmed_at, moved.grant) == ("requested", None, None)
        assert not AccessGrant.objects.live().exists(), "the record is closed until the doctor has answered"
        assert "appointments.rescheduled" in inbox(doctor)
        again = workflow.approve(appointment=moved, by=doctor.user)
        assert again.state == "confirmed"
        assert AccessGrant.objects.live().get().ends_at == moved.ends_at + timedelta(days=30)

    def test_a_doctor_who_confirms_at_once_is_not(self, hospital, patient):
        doctor = DoctorFactory(hospitals=[hospital], confirms_instantly=True)
        visit = book(patient, doctor)
        moved = move(visit, free_slots(doctor)[8], patient)
        assert moved.state == "confirmed"
        assert AccessGrant.objects.live().get().ends_at == moved.ends_at + timedelta(days=30)

    def test_what_the_doctor_moves_stays_confirmed_and_the_access_goes_along(self, confirmed, patient, doctor, later):
        moved = move(confirmed, later[-1], doctor)
        assert moved.state == "confirmed"
        moved.grant.refresh_from_db()
        assert moved.grant.ends_at == moved.ends_at + timedelta(days=30)

    def test_what_the_staff_moves_stays_confirmed(self, confirmed, hospital_admin, doctor, patient, later):
        assert move(confirmed, later[4], hospital_admin).state == "confirmed"
        assert "appointments.rescheduled" in inbox(doctor)
        assert "appointments.rescheduled" in inbox(patient)

    def test_access_that_the_patient_has_ended_stays_ended(self, confirmed, patient, doctor, later):
        patients.end_access(grant=confirmed.grant, by=patient.user)
        move(confirmed, later[4], doctor)
        assert not AccessGrant.objects.live().exists()

    def test_a_request_stays_a_request(self, appointment, doctor, patient, later):
        assert move(appointment, later[4], doctor).state == "requested"


def test_both_are_told_where_it_was_moved(confirmed, patient, doctor, later):
    move(confirmed, later[4], patient)
    for person in (patient, doctor):
        assert inbox(person).count("appointments.rescheduled") == 1
    assert str(patient.user.notifications.get(kind="appointments.rescheduled").text).endswith(
        f"{later[4].starts_at.astimezone(IST):%H:%M}."
    )


class TestRefusals:
    def test_a_taken_time_leaves_everything_as_it_was_and_offers_others(
        self, appointment, patient, other_patient, doctor
    ):
        theirs = book(other_patient, doctor)
        before = held(appointment)
        with pytest.raises(RuleBroken, match="just been taken") as refusal:
            move(appointment, slots.quantum(theirs.starts_at), patient)
        free = [slot.start for slot in free_slots(doctor)]
        assert refusal.value.offers
        assert all(slot.start in free for slot in refusal.value.offers)
        appointment.refresh_from_db()
        assert held(appointment) == before
        assert (appointment.sequence, appointment.moves.count()) == (0, 0)

    def test_the_time_that_it_has(self, appointment, patient):
        with pytest.raises(RuleBroken, match="has already") as refusal:
            move(appointment, slots.quantum(appointment.starts_at), patient)
        assert appointment.starts_at not in [slot.starts_at for slot in refusal.value.offers]

    def test_a_time_in_which_the_patient_is_elsewhere(self, appointment, patient, doctor, other_doctor, later):
        book(patient, other_doctor, slot=next(s for s in free_slots(other_doctor) if s.start == later[4].start))
        with pytest.raises(RuleBroken, match="You have another visit") as refusal:
            move(appointment, later[4], patient)
        assert later[4].start not in [slot.start for slot in refusal.value.offers]
        with pytest.raises(RuleBroken, match="Priyanka Maurya has another visit"):
            move(appointment, later[4], doctor)

    @pytest.mark.parametrize("state", ["checked_in", "in_consultation", "completed", "no_show", "cancelled"])
    def test_what_is_no_longer_to_come(self, confirmed, patient, doctor, later, state, at):
        at(confirmed.starts_at)
        if state == "no_show":
            workflow.no_show(appointment=confirmed, by=doctor.user)
        elif state == "cancelled":
            workflow.cancel(appointment=confirmed, by=doctor.user)
        else:
            for verb in ("check_in", "start", "complete"):
                getattr(workflow, verb)(appointment=confirmed, by=doctor.user)
                confirmed.refresh_from_db()
                if confirmed.state == state:
                    break
        with pytest.raises(RuleBroken, match="cannot be moved"):
            move(confirmed, later[9], doctor)

    def test_a_request_whose_time_has_passed(self, appointment, patient, later, at):
        at(appointment.starts_at)
        with pytest.raises(RuleBroken, match="time has passed"):
            move(appointment, later[9], patient)

    def test_a_hospital_in_which_the_doctor_does_not_work(self, appointment, patient, other_hospital, later):
        with pytest.raises(RuleBroken, match="cannot be booked here"):
            move(appointment, later[9], patient, hospital=other_hospital)

    def test_a_suspended_doctor(self, appointment, patient, doctor, later):
        workflow.suspend_doctor(doctor=doctor, reason="Under review", by=None)
        with pytest.raises(RuleBroken, match="cannot be booked here"):
            move(appointment, later[9], patient)

    def test_a_holiday_of_the_hospital(self, appointment, patient, hospital, later):
        Closure.objects.create(hospital=hospital, on=later[-1].starts_at.date())
        with pytest.raises(RuleBroken, match="just been taken"):
            move(appointment, later[-1], patient)

    def test_a_visit_that_went_to_another_doctor_in_the_meantime(self, appointment, patient, other_doctor, later):
        workflow.rehome(
            appointment=appointment, doctor=other_doctor, start=later[4].start, reason="Ill", by=other_doctor.user
        )
        with pytest.raises(RuleBroken, match="another doctor in the meantime"):
            move(appointment, later[6], patient)


class TestAnotherHospital:
    @pytest.fixture
    def everywhere(self, hospital, other_hospital):
        rows = hours_in(hospital, ends=12) + hours_in(other_hospital, begins=14, ends=16)
        doctor = DoctorFactory(hospitals=[hospital, other_hospital], hours=rows)
        fees = {(hospital.pk, "check_up"): 500, (other_hospital.pk, "check_up"): 800}
        return doctors.change_doctor(doctor=doctor, fees=fees, by=None)

    def test_the_patient_who_chooses_it_pays_its_fee(self, everywhere, patient, other_hospital):
        slot = next(s for s in free_slots(everywhere) if s.room == other_hospital.pk)
        moved = move(book(patient, everywhere), slot, patient, hospital=other_hospital)
        assert (moved.hospital, moved.fee) == (other_hospital, 800)

    def test_the_patient_who_is_sent_there_pays_no_more(self, everywhere, patient, other_hospital):
        slot = next(s for s in free_slots(everywhere) if s.room == other_hospital.pk)
        assert move(book(patient, everywhere), slot, everywhere, hospital=other_hospital).fee == 500


class TestTheNotice:
    @pytest.fixture
    def strict(self, hospital):
        """A doctor who wants a day's notice, in a hospital with a phone."""
        hospital.phone = "+915222347000"
        hospital.save(update_fields=["phone"])
        return DoctorFactory(hospitals=[hospital], cancel_notice_minutes=1440, confirms_instantly=True)

    @pytest.fixture
    def tomorrow(self, strict, patient):
        day = clock.now().date() + timedelta(1)
        slot = next(s for s in free_slots(strict) if s.starts_at.date() == day)
        return book(patient, strict, slot=slot)

    def test_in_time_the_patient_may(self, tomorrow, patient, strict, at):
        at(tomorrow.starts_at - timedelta(days=1))
        assert move(tomorrow, free_slots(strict)[-1], patient).sequence == 1

    @pytest.mark.parametrize("verb", ["cancel", "reschedule"])
    def test_too_late_the_patient_is_told_whom_to_call(self, tomorrow, patient, strict, at, verb):
        at(tomorrow.starts_at - timedelta(hours=23, minutes=59))
        facts = {"hospital": tomorrow.hospital, "start": free_slots(strict)[-1].start} if verb == "reschedule" else {}
        with pytest.raises(RuleBroken, match=r"Too late to change here. Call Sahara Hospital: .*234 7000"):
            getattr(workflow, verb)(appointment=tomorrow, by=patient.user, **facts)
        tomorrow.refresh_from_db()
        assert tomorrow.state == "confirmed"

    def test_doctor_and_staff_may_always(self, tomorrow, strict, hospital_admin, at):
        at(tomorrow.starts_at - timedelta(minutes=10))
        moved = move(tomorrow, free_slots(strict)[-1], hospital_admin)
        moved = move(moved, free_slots(strict)[3], strict)
        assert workflow.cancel(appointment=moved, by=strict.user).state == "cancelled"

    def test_a_request_that_nobody_has_answered_can_be_taken_back_until_its_time(self, tomorrow, patient, strict, at):
        strict.confirms_instantly = False
        strict.save(update_fields=["confirms_instantly"])
        asked = book(patient, strict, slot=free_slots(strict)[20])
        at(asked.starts_at - timedelta(minutes=1))
        assert workflow.cancel(appointment=asked, by=patient.user).state == "cancelled"

    def test_nobody_but_the_patient_is_ever_too_late(self, tomorrow, patient, strict, hospital_admin, at):
        at(tomorrow.starts_at)
        assert workflow.why_too_late(row=tomorrow, by=patient.user)
        for person in (strict.user, hospital_admin):
            assert workflow.why_too_late(row=tomorrow, by=person) == ""

    def test_a_visit_that_is_closed_is_said_to_be_closed(self, tomorrow, patient, at):
        workflow.cancel(appointment=tomorrow, by=patient.user)
        at(tomorrow.starts_at)
        with pytest.raises(RuleBroken, match="closed already"):
            workflow.cancel(appointment=tomorrow, by=patient.user)

    def test_a_hospital_without_a_phone_is_named_alone(self, tomorrow, patient, hospital, at):
        hospital.phone = ""
        hospital.save(update_fields=["phone"])
        at(tomorrow.starts_at - timedelta(hours=1))
        tomorrow.hospital.refresh_from_db()
        with pytest.raises(RuleBroken, match=r"Call Sahara Hospital\.$"):
            workflow.cancel(appointment=tomorrow, by=patient.user)


def test_no_claim_of_another_visit_is_touched(appointment, other_patient, patient, doctor, later):
    theirs = book(other_patient, doctor, slot=later[1])
    before = held(theirs)
    move(appointment, later[7], patient)
    assert held(theirs) == before
    assert Claim.objects.count() == len(before) + len(held(appointment))
