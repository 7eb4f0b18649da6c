"""The doctor refuses a request and says why."""

import pytest

from appointments import workflow
from appointments.models import Listing
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from tests.factories import book, free_slots, inbox, trail


def decline(appointment, reason="I am away that day."):
    return workflow.decline(appointment=appointment, reason=reason, by=appointment.doctor.user)


def test_it_is_declined_and_the_patient_told(appointment, doctor, patient):
    visit = decline(appointment)
    assert (visit.state, visit.reason) == ("declined", "I am away that day.")
    assert (visit.closed_at, visit.closed_by) == (clock.now(), doctor.user)
    assert inbox(patient) == ["appointments.declined"]
    assert trail(visit)[0] == "appointments.declined"


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_reason_must_be_given(appointment, reason):
    with pytest.raises(RuleBroken, match="Say why") as refusal:
        decline(appointment, reason)
    assert refusal.value.field == "reason"
    appointment.refresh_from_db()
    assert appointment.state == "requested"


def test_a_long_reason_is_cut_and_not_refused(appointment):
    assert decline(appointment, "x" * 500).reason == "x" * 240


def test_the_time_is_free_again(appointment, doctor, other_patient):
    decline(appointment)
    assert free_slots(doctor)[0].starts_at == appointment.starts_at
    assert Listing.objects.get(doctor=doctor).next_free_at == appointment.starts_at
    assert book(other_patient, doctor).starts_at == appointment.starts_at


def test_what_is_confirmed_cannot_be_declined(confirmed):
    with pytest.raises(RuleBroken, match="Confirmed"):
        decline(confirmed)
