"""The patient did not come."""

from datetime import timedelta

import pytest

from appointments import workflow
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from tests.factories import inbox, trail


def test_it_works_once_its_time_has_come(confirmed, doctor, patient, at):
    at(confirmed.starts_at)
    visit = workflow.no_show(appointment=confirmed, by=doctor.user)
    assert (visit.state, visit.closed_at, visit.closed_by) == ("no_show", clock.now(), doctor.user)
    assert "appointments.no_show" in inbox(patient)
    assert trail(visit)[0] == "appointments.no_show"


def test_nobody_is_missed_before_the_visit(confirmed, doctor, at):
    at(confirmed.starts_at - timedelta(seconds=1))
    with pytest.raises(RuleBroken, match="not begun yet"):
        workflow.no_show(appointment=confirmed, by=doctor.user)


def test_who_checked_in_and_left_can_be_missed(confirmed, doctor, at):
    workflow.check_in(appointment=confirmed, by=doctor.user)
    at(confirmed.starts_at)
    assert workflow.no_show(appointment=confirmed, by=doctor.user).state == "no_show"


def test_the_time_is_given_up(confirmed, doctor, at):
    at(confirmed.starts_at)
    workflow.no_show(appointment=confirmed, by=doctor.user)
    assert not confirmed.claims.exists()


def test_a_request_is_not_missed(appointment, doctor, at):
    at(appointment.starts_at)
    with pytest.raises(RuleBroken, match="Requested"):
        workflow.no_show(appointment=appointment, by=doctor.user)
