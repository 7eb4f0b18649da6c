"""Visits that move while others book, cancel, and doctors change hours or are suspended: one live claim per place,
and each visit where its last acknowledged act has put it.
"""

import random
from datetime import date

import pytest

from appointments import slots, workflow
from appointments.models import Appointment, Claim, Hours, Listing, Move
from doctors.models import Doctor
from healthstack.lib.rules import RuleBroken
from patients import workflow as patients
from patients.models import AccessGrant
from tests.concurrency.race import all_is_well, at_once, holding, sort_out
from tests.factories import DoctorFactory, book, free_slots, hours_in

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def move(visit, start, by, hospital=None):
    return workflow.reschedule(appointment=visit, hospital=hospital or visit.hospital, start=start, by=by)


def start_of(visit):
    return slots.quantum(visit.starts_at)


def test_twenty_visits_want_one_time_and_one_gets_it(doctor, crowd):
    times = free_slots(doctor)
    visits = [book(patient, doctor, slot=slot) for patient, slot in zip(crowd(20), times, strict=False)]
    wanted = times[30]
    won, refused = sort_out(at_once([lambda v=v: move(v, wanted.start, v.patient.user) for v in visits]))
    assert (len(won), len(refused)) == (1, 19)
    for visit in visits:
        before = visit.starts_at
        visit.refresh_from_db()
        assert visit.starts_at == (wanted.starts_at if visit.pk == won[0].pk else before), "the old time is still held"
    assert Move.objects.count() == 1
    all_is_well()


def test_two_who_want_each_others_time_keep_their_own(doctor, crowd):
    """Neither time is free while the other is held, and nobody waits for the other without end."""
    visits = [book(patient, doctor) for patient in crowd(10)]
    pairs = list(zip(visits[::2], visits[1::2], strict=True))
    calls = [
        lambda a=a, b=b: move(a, start_of(b), a.patient.user) for one, two in pairs for a, b in ((one, two), (two, one))
    ]
    for _ in range(3):
        won, refused = sort_out(at_once(calls))
        assert (len(won), len(refused)) == (0, 10)
    all_is_well()


def test_a_chain_of_moves_goes_through_once_each(doctor, crowd):
    """Each wants the time of the one before, the first a free one: whoever comes in time moves, nothing is lost."""
    visits = [book(patient, doctor) for patient in crowd(10)]
    targets = [free_slots(doctor)[5].start, *(start_of(visit) for visit in visits[:-1])]
    calls = [lambda v=v, t=t: move(v, t, v.patient.user) for v, t in zip(visits, targets, strict=True)]
    won, refused = sort_out(at_once(calls))
    assert len(won) + len(refused) == 10
    assert len(holding()) == 10
    all_is_well()


def test_visits_swap_doctors_without_a_deadlock(doctor, other_doctor, crowd, administrator):
    """Both doctors' rows are locked, from both sides at once."""
    here = [book(patient, doctor) for patient in crowd(6)]
    there = [book(patient, other_doctor) for patient in crowd(6)]
    later = {d.pk: [slot.start for slot in free_slots(d)[10:16]] for d in (doctor, other_doctor)}

    def rehome(visit, to, start):
        return workflow.rehome(appointment=visit, doctor=to, start=start, reason="Ill", by=administrator)

    calls = [lambda v=v, n=n: rehome(v, other_doctor, later[other_doctor.pk][n]) for n, v in enumerate(here)]
    calls += [lambda v=v, n=n: rehome(v, doctor, later[doctor.pk][n]) for n, v in enumerate(there)]
    won, refused = sort_out(at_once(calls))
    assert (len(won), len(refused)) == (12, 0)
    all_is_well()


def test_a_move_and_an_answer_at_once(doctor, crowd):
    """Whichever comes second sees what the first has done."""
    visits = [book(patient, doctor) for patient in crowd(10)]
    later = [slot.start for slot in free_slots(doctor)[12:22]]
    moves = [lambda v=v, t=t: move(v, t, v.patient.user) for v, t in zip(visits, later, strict=True)]
    answers = [lambda v=v: workflow.approve(appointment=v, by=doctor.user) for v in visits]
    sort_out(at_once([call for pair in zip(moves, answers, strict=True) for call in pair]))
    for visit in Appointment.objects.all():
        live = AccessGrant.objects.live().filter(patient=visit.patient, carer=doctor.user).exists()
        assert live == (visit.state == "confirmed")
    all_is_well()


def test_the_same_move_twice_at_once_is_one_move(doctor, patient):
    visit, later = book(patient, doctor), free_slots(doctor)[5].start
    won, refused = sort_out(at_once([lambda: move(visit, later, patient.user)] * 8))
    assert (len(won), len(refused)) == (1, 7)
    visit.refresh_from_db()
    assert (visit.sequence, visit.moves.count()) == (1, 1)
    all_is_well()


def test_fifty_people_book_move_and_cancel_while_hours_change_and_doctors_are_suspended(
    hospital, other_hospital, crowd, receptionist, administrator
):
    """A third books for a child, a few are booked at the reception; hours change, a doctor is suspended and comes back."""
    usual = {"visit": 20, "weekdays": [0]}
    steady = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, ends=16, **usual), confirms_instantly=True)
    changing = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, ends=16, **usual))
    coming = DoctorFactory(
        hospitals=[hospital, other_hospital],
        hours=hours_in(hospital, ends=12, **usual) + hours_in(other_hospital, begins=12, ends=16, **usual),
    )
    everyone = (steady, changing, coming)
    times = {d: free_slots(d, days=1)[:20] for d in everyone}
    assert [len(found) for found in times.values()] == [20, 20, 20]
    people = crowd(50)
    children = {
        p.pk: patients.add_dependant(guardian=p.user, name=f"Child {n}", born_on=date(2020, 1, 1), by=p.user)
        for n, p in enumerate(people)
        if n % 3 == 0
    }
    last, done = {}, {"booked": 0, "moved": 0, "cancelled": 0, "refused": 0}

    def come_and_go(person, n):
        pick, mine = random.Random(n), []
        who = children.get(person.pk, person)
        by, desk = (receptionist, True) if n % 10 == 1 else (person.user, False)
        for _ in range(6):
            act = pick.random()
            try:
                if mine and act < 0.25:
                    visit = mine.pop(pick.randrange(len(mine)))
                    workflow.cancel(appointment=visit, by=by, reason="Not needed")
                    last[visit.pk] = ("cancelled", None)
                    done["cancelled"] += 1
                elif mine and act < 0.6:
                    visit = pick.choice(mine)
                    slot = pick.choice(times[visit.doctor])
                    place = next(h for h in (hospital, other_hospital) if h.pk == slot.room)
                    moved = move(visit, slot.start, by, place)
                    last[visit.pk] = (moved.state, moved.starts_at)
                    done["moved"] += 1
                else:
                    doctor = pick.choice(everyone)
                    visit = book(who, doctor, slot=pick.choice(times[doctor]), by=by, at_desk=desk)
                    mine.append(visit)
                    last[visit.pk] = (visit.state, visit.starts_at)
                    done["booked"] += 1
            except RuleBroken:
                done["refused"] += 1

    def change_hours():
        for ends in (12, 16, 13, 16):
            rows = list(Hours.objects.filter(doctor=changing).select_related("hospital"))
            for row in rows:
                row.to_minute = ends * 60
            workflow.publish(doctor=changing, rows=rows, by=changing.user)

    def come_back():
        for _ in range(3):
            workflow.suspend_doctor(doctor=coming, reason="Under review", by=administrator)
            workflow.reinstate_doctor(doctor=coming, by=administrator)

    calls = [lambda p=p, n=n: come_and_go(p, n) for n, p in enumerate(people)]
    sort_out(at_once([*calls[:25], change_hours, come_back, *calls[25:]]))
    # How much of each there was is chance; that there was some of all makes it a race.
    assert all(done.values()), done
    all_is_well()
    rows = {row.pk: row for row in Appointment.objects.all()}
    assert set(rows) == set(last), "an acknowledged visit is missing, or one that nobody was told of is there"
    for pk, (state, starts_at) in last.items():
        assert rows[pk].state == state
        assert starts_at is None or rows[pk].starts_at == starts_at
    assert Move.objects.count() == done["moved"]
    assert Claim.objects.filter(appointment__state="cancelled").count() == 0
    for doctor in Doctor.objects.filter(pk__in=[d.pk for d in everyone]):
        soonest = free_slots(doctor, days=14)
        assert Listing.objects.get(doctor=doctor).next_free_at == soonest[0].starts_at
