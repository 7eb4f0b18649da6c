"""A request that nobody answered; and claims of times that are over."""

from datetime import timedelta

import pytest

from appointments import slots, tasks, workflow
from appointments.models import Appointment, Claim
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from tests.factories import book, free_slots, inbox, trail


def test_it_is_over_when_its_time_comes(appointment, patient, at):
    at(appointment.starts_at)
    visit = workflow.expire(appointment=appointment)
    assert (visit.state, visit.closed_at, visit.closed_by) == ("expired", clock.now(), None)
    assert inbox(patient) == ["appointments.expired"]
    assert trail(visit)[0] == "appointments.expired"
    assert not visit.claims.exists()


def test_before_its_time_there_is_time_to_answer(appointment):
    with pytest.raises(RuleBroken, match="still time to answer"):
        workflow.expire(appointment=appointment)


def test_the_tick_ends_what_is_due_and_nothing_else(appointment, patient, other_patient, doctor, other_doctor, at):
    answered = workflow.approve(appointment=book(other_patient, doctor), by=doctor.user)
    later = book(other_patient, other_doctor, slot=free_slots(other_doctor)[5])
    at(answered.starts_at)
    tasks.expire_requests.enqueue()
    states = dict(Appointment.objects.values_list("pk", "state"))
    assert states == {appointment.pk: "expired", answered.pk: "confirmed", later.pk: "requested"}


def test_run_twice_it_tells_once(appointment, patient, at):
    at(appointment.starts_at)
    workflow.expire_due()
    workflow.expire_due()
    assert inbox(patient) == ["appointments.expired"]


def test_one_that_was_answered_in_between_stops_nothing(appointment, other_patient, doctor, at, monkeypatch):
    second = book(other_patient, doctor)
    at(second.starts_at)
    real = workflow.visits.expire

    def someone_is_faster(*, appointment, by=None):
        Appointment.objects.filter(pk=appointment.pk, state="requested", starts_at__lt=second.starts_at).update(
            state="confirmed"
        )
        return real(appointment=appointment, by=by)

    monkeypatch.setattr(workflow.visits, "expire", someone_is_faster)
    workflow.expire_due()
    states = dict(Appointment.objects.values_list("pk", "state"))
    assert states == {appointment.pk: "confirmed", second.pk: "expired"}


def test_claims_of_past_times_are_forgotten_and_their_visits_kept(appointment, patient, doctor, at):
    later = book(patient, doctor, slot=free_slots(doctor)[-1])
    at(appointment.starts_at + timedelta(days=1, minutes=10))
    tasks.purge_claims.enqueue()
    tasks.purge_claims.enqueue()
    edge = slots.quantum(clock.now() - timedelta(days=1))
    assert not Claim.objects.filter(quantum__lt=edge).exists()
    assert appointment.claims.count() == 2
    assert later.claims.count() == 4
    assert Appointment.objects.count() == 2
