"""The doctor is there after all."""

from datetime import timedelta

import pytest

from appointments import workflow
from appointments.models import Leave, Listing
from healthstack.lib import clock
from tests.factories import free_slots, trail


@pytest.fixture
def leave(doctor):
    return workflow.take_leave(doctor=doctor, starts_at=clock.now(), ends_at=clock.now() + timedelta(2), by=doctor.user)


def test_its_times_can_be_booked_again(leave, doctor, at):
    assert free_slots(doctor)[0].starts_at == at("2026-03-04 09:00")
    at("2026-03-02 08:00")
    workflow.end_leave(leave=leave, by=doctor.user)
    assert free_slots(doctor)[0].starts_at == at("2026-03-02 09:00")
    assert not Leave.objects.exists()


def test_the_search_follows_and_the_trail_knows(leave, doctor, at):
    workflow.end_leave(leave=leave, by=doctor.user)
    assert Listing.objects.get(doctor=doctor).next_free_at == at("2026-03-02 09:00")
    assert trail(doctor)[0] == "appointments.leave_ended"


def test_another_leave_stays(leave, doctor):
    second = workflow.take_leave(
        doctor=doctor, starts_at=leave.starts_at, ends_at=leave.ends_at + timedelta(1), by=doctor.user
    )
    workflow.end_leave(leave=leave, by=doctor.user)
    assert list(Leave.objects.all()) == [second]


def test_leave_to_come_is_what_is_not_over(leave, at):
    assert list(Leave.objects.to_come()) == [leave]
    at(leave.ends_at)
    assert not Leave.objects.to_come().exists()
