"""The map of states is the whole truth: each verb works from exactly the states from which the map leads on."""

import pytest

from appointments import workflow
from appointments.models import Appointment
from healthstack.lib.rules import RuleBroken
from tests.factories import inbox, trail

S = Appointment.State
BEFORE, AFTER = "2026-03-02 08:00", "2026-03-02 09:30"
# verb: the state after it, further facts that it wants, and the time at which nothing but the state is in its way
VERBS = {
    "approve": (S.CONFIRMED, {}, BEFORE),
    "decline": (S.DECLINED, {"reason": "On leave"}, BEFORE),
    "cancel": (S.CANCELLED, {}, BEFORE),
    "check_in": (S.CHECKED_IN, {}, BEFORE),
    "start": (S.IN_CONSULTATION, {}, AFTER),
    "complete": (S.COMPLETED, {}, AFTER),
    "no_show": (S.NO_SHOW, {}, AFTER),
    "expire": (S.EXPIRED, {}, AFTER),
}
WAYS = {
    S.REQUESTED: (),
    S.CONFIRMED: ("approve",),
    S.CHECKED_IN: ("approve", "check_in"),
    S.IN_CONSULTATION: ("approve", "check_in", "start"),
    S.COMPLETED: ("approve", "check_in", "start", "complete"),
    S.DECLINED: ("decline",),
    S.CANCELLED: ("cancel",),
    S.NO_SHOW: ("approve", "no_show"),
    S.EXPIRED: ("expire",),
}


@pytest.fixture
def act(appointment, doctor, at):
    """act(verb) does it to the appointment, at a time when only the state can be in its way."""

    def do(verb):
        _state, facts, moment = VERBS[verb]
        at(moment)
        return getattr(workflow, verb)(appointment=appointment, by=doctor.user, **facts)

    return do


def test_every_state_and_every_step_has_its_verb():
    assert set(WAYS) == set(S) == set(Appointment.NEXT)
    steps = {state for after in Appointment.NEXT.values() for state in after}
    # Back to requested leads only the patient who moves a visit: that is in test_reschedule.
    assert steps - {S.REQUESTED} == {state for state, _facts, _moment in VERBS.values()}
    assert [state for state in S if S.REQUESTED in Appointment.NEXT[state]] == [S.CONFIRMED]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", list(S))
def test_a_verb_works_from_where_the_map_leads_on(act, appointment, doctor, patient, state, verb):
    for step in WAYS[state]:
        act(step)
    appointment.refresh_from_db()
    assert appointment.state == state
    told, written = inbox(doctor) + inbox(patient), trail(appointment)
    after = VERBS[verb][0]
    if after in Appointment.NEXT[state]:
        assert act(verb).state == after
        appointment.refresh_from_db()
        assert appointment.state == after
        assert len(trail(appointment)) == len(written) + 1
    else:
        with pytest.raises(RuleBroken):
            act(verb)
        appointment.refresh_from_db()
        assert appointment.state == state
        assert (inbox(doctor) + inbox(patient), trail(appointment)) == (told, written)


@pytest.mark.parametrize("state", list(S))
def test_time_is_held_in_the_holding_states_only(act, appointment, state):
    for step in WAYS[state]:
        act(step)
    assert appointment.claims.exists() == (state in Appointment.HOLDING)


@pytest.mark.parametrize("state", list(S))
def test_a_refusal_says_how_the_visit_stands(act, appointment, state):
    for step in WAYS[state]:
        act(step)
    verb = "approve" if state != S.REQUESTED else "complete"
    with pytest.raises(RuleBroken, match=str(S(state).label)):
        act(verb)


@pytest.mark.parametrize("verb", [v for v in VERBS if v != "start"])
def test_a_verb_done_twice_is_refused(act, verb):
    for step in WAYS[VERBS[verb][0]]:
        act(step)
    with pytest.raises(RuleBroken):
        act(verb)
