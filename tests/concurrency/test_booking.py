"""Fifty people and one doctor: never two live visits on one place, nothing lost, nobody sees an error."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest

from appointments import workflow
from appointments.models import Appointment, Leave, Listing
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients.models import AccessGrant
from tests.concurrency.race import all_is_well, at_once, holding, sort_out
from tests.factories import DoctorFactory, book, free_slots, hours_in, trail

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ELSEWHERE = "another visit at that time"
TAKEN = "has just been taken"


def test_fifty_people_want_one_time_and_one_gets_it(doctor, crowd):
    slot = free_slots(doctor)[3]
    results = at_once([lambda p=p: book(p, doctor, slot=slot, request_key=str(uuid4())) for p in crowd(50)])
    won, refused = sort_out(results)
    assert (len(won), len(refused)) == (1, 49)
    assert holding() == won
    nearest = [slot.start + step for step in (-8, -4, 4, 8)]
    for refusal in refused:
        assert TAKEN in refusal.sentence
        assert [offer.start for offer in refusal.offers] == nearest
    all_is_well()


def test_fifty_people_come_and_go_over_twenty_times(hospital, other_hospital, crowd):
    """Visits of 10, 20 and 30 minutes; three doctors: one alone, one with three places and a pause, one in two hospitals."""
    lengths = {"check_up": 20, "follow_up": 10, "report_review": 30}
    usual = {"visit": 10, "weekdays": [0]}
    alone = DoctorFactory(hospitals=[hospital], offers=lengths, hours=hours_in(hospital, ends=13, **usual))
    rows = hours_in(hospital, ends=13, places=3, **{**usual, "visit": 5}, buffer=5)
    shared = DoctorFactory(hospitals=[hospital], offers=lengths, hours=rows)
    rows = hours_in(hospital, ends=11, **usual) + hours_in(other_hospital, begins=11, ends=13, **usual)
    moving = DoctorFactory(hospitals=[hospital, other_hospital], offers=lengths, hours=rows)
    starts = {d: free_slots(d, days=1, visit_type="follow_up")[:20] for d in (alone, shared, moving)}
    assert [len(slots) for slots in starts.values()] == [20, 20, 20]
    booked, cancelled = [], []

    def come_and_go(patient, seed):
        pick, mine = random.Random(seed), []
        refusals = 0
        for _ in range(6):
            if mine and pick.random() < 0.4:
                visit = mine.pop(pick.randrange(len(mine)))
                workflow.cancel(appointment=visit, by=patient.user)
                cancelled.append(visit.pk)
                continue
            doctor = pick.choice([alone, shared, moving])
            try:
                visit = book(patient, doctor, slot=pick.choice(starts[doctor]), visit_type=pick.choice(list(lengths)))
                mine.append(visit)
                booked.append(visit.pk)
            except RuleBroken:
                refusals += 1
        return refusals

    results = at_once([lambda p=p, n=n: come_and_go(p, n) for n, p in enumerate(crowd(50))])
    refusals, _none = sort_out(results)
    assert sum(refusals) > 50, "nobody was in anybody's way"
    assert len(booked) > 50
    all_is_well(places={shared.pk: 3})
    states = dict(Appointment.objects.values_list("pk", "state"))
    assert set(states) == set(booked), "an acknowledged visit is missing, or one that nobody was told of is there"
    assert {pk for pk, state in states.items() if state == "cancelled"} == set(cancelled)
    for doctor in (alone, shared, moving):
        assert Listing.objects.get(doctor=doctor).next_free_at == free_slots(doctor, days=14)[0].starts_at


def test_three_places_are_three(hospital, crowd):
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, places=3))
    slot = free_slots(doctor)[0]
    won, refused = sort_out(at_once([lambda p=p: book(p, doctor, slot=slot) for p in crowd(20)]))
    assert (len(won), len(refused)) == (3, 17)
    assert sorted(visit.place for visit in won) == [0, 1, 2]
    all_is_well(places=3)


def test_leave_and_bookings_at_once_never_meet(doctor, crowd):
    people, slots = crowd(9), free_slots(doctor)
    for day in range(5):
        today = [s for s in slots if s.starts_at.date() == clock.now().date() + timedelta(day)][:9]
        begins, ends = today[0].starts_at, today[-1].ends_at

        def take_leave(begins=begins, ends=ends):
            return workflow.take_leave(doctor=doctor, starts_at=begins, ends_at=ends, by=doctor.user)

        calls = [lambda p=p, s=s: book(p, doctor, slot=s) for p, s in zip(people, today, strict=True)]
        done, refused = sort_out(at_once([*calls[:5], take_leave, *calls[5:]]))
        leave = [row for row in done if isinstance(row, Leave)]
        assert len(done) == (1 if leave else 9)
        assert len(refused) == (9 if leave else 1)
        all_is_well()


def test_one_patient_two_doctors_the_same_time(doctor, other_doctor, patient):
    here, there = free_slots(doctor), free_slots(other_doctor)
    for n in range(6):
        calls = [
            lambda n=n: book(patient, doctor, slot=here[n]),
            lambda n=n: book(patient, other_doctor, slot=there[n]),
        ]
        won, refused = sort_out(at_once(calls))
        assert (len(won), len(refused)) == (1, 1)
        assert ELSEWHERE in refused[0].sentence
    all_is_well()


def test_the_same_form_sent_twenty_times_is_one_visit(doctor, patient):
    slot, key = free_slots(doctor)[0], str(uuid4())
    won, refused = sort_out(at_once([lambda: book(patient, doctor, slot=slot, request_key=key)] * 20))
    assert len(won) == 20
    assert not refused
    assert len({visit.pk for visit in won}) == 1
    assert trail(won[0]) == ["appointments.booked"]
    all_is_well()


def test_the_same_form_sent_to_two_doctors_is_one_visit(doctor, other_doctor, patient):
    key, slots = str(uuid4()), {d: free_slots(d)[0] for d in (doctor, other_doctor)}
    won, refused = sort_out(
        at_once([lambda d=d, s=s: book(patient, d, slot=s, request_key=key) for d, s in slots.items()] * 5)
    )
    assert (len(won), refused) == (10, [])
    assert len({visit.pk for visit in won}) == 1
    assert Appointment.objects.count() == 1
    all_is_well()


def race(visits, doctor, patient, first, second):
    """Both verbs at once on each of the visits, all at the same moment. -> [(how the first ended, how the second)]"""

    def call(verb, visit):
        facts = {"reason": "no"} if verb == "decline" else {}
        by = patient.user if verb == "cancel" else doctor.user
        return getattr(workflow, verb)(appointment=visit, by=by, **facts)

    results = at_once([lambda v=v, verb=verb: call(verb, v) for v in visits for verb in (first, second)])
    sort_out(results)
    return list(zip(results[::2], results[1::2], strict=True))


@pytest.fixture
def requests(doctor, patient):
    """Ten requests of one patient."""
    return [book(patient, doctor, slot=slot) for slot in free_slots(doctor)[:10]]


def test_approve_and_cancel_at_once(requests, doctor, patient):
    for visit, (approved, cancelled) in zip(
        requests, race(requests, doctor, patient, "approve", "cancel"), strict=True
    ):
        assert isinstance(cancelled, Appointment), "cancelling goes before and after"
        visit.refresh_from_db()
        assert visit.state == "cancelled"
        assert (visit.grant is not None) == isinstance(approved, Appointment)
    assert not AccessGrant.objects.live().exists()
    all_is_well()


def test_approve_and_decline_at_once(requests, doctor, patient):
    for visit, answers in zip(requests, race(requests, doctor, patient, "approve", "decline"), strict=True):
        won = [answer for answer in answers if isinstance(answer, Appointment)]
        assert len(won) == 1
        visit.refresh_from_db()
        assert visit.state == won[0].state
        assert AccessGrant.objects.live().filter(pk=visit.grant_id).exists() == (visit.state == "confirmed")
    all_is_well()


@pytest.mark.parametrize("verb", ["approve", "cancel", "decline"])
def test_the_same_verb_twice_at_once_is_done_once(requests, doctor, patient, verb):
    for answers in race(requests, doctor, patient, verb, verb):
        assert sorted(type(answer).__name__ for answer in answers) == ["Appointment", "RuleBroken"]
    assert AccessGrant.objects.count() == (10 if verb == "approve" else 0)
    all_is_well()


def test_two_patients_are_not_called_in_at_once(requests, doctor):
    for visit in requests:
        workflow.approve(appointment=visit, by=doctor.user)
        workflow.check_in(appointment=visit, by=doctor.user)
    won, refused = sort_out(at_once([lambda v=v: workflow.start(appointment=v, by=doctor.user) for v in requests]))
    assert (len(won), len(refused)) == (1, 9)
    assert Appointment.objects.filter(state="in_consultation").count() == 1
