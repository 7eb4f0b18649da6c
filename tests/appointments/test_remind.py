"""Reminders: a day before and two hours before, once, and never of a visit that does not take place."""

from datetime import timedelta

import pytest

from accounts import workflow as accounts
from accounts.models import Mail
from appointments import workflow
from appointments.models import Reminder
from appointments.reminders import is_due
from tests.conftest import MONDAY
from tests.factories import book, free_slots, inbox

HOUR = timedelta(hours=1)
KIND = "appointments.reminded"


@pytest.fixture
def far(patient, doctor):
    """A confirmed visit, days ahead."""
    visit = book(patient, doctor, slot=next(s for s in free_slots(doctor) if s.starts_at > MONDAY + timedelta(days=3)))
    return workflow.approve(appointment=visit, by=doctor.user)


def reminded(patient):
    return inbox(patient).count(KIND)


def test_a_day_and_two_hours_before_and_never_twice(far, patient, at):
    for before, so_far in ((25, 0), (24, 1), (23, 1), (3, 1), (2, 2), (1, 2)):
        at(far.starts_at - before * HOUR)
        workflow.remind_due()
        workflow.remind_due()
        assert reminded(patient) == so_far, before


def test_who_booked_late_gets_the_second_one_alone(confirmed, patient, at):
    for hours in (5, 1.5, 1, 0.2):
        at(confirmed.starts_at - hours * HOUR)
        workflow.remind_due()
    assert reminded(patient) <= 1


@pytest.mark.parametrize(
    ("kind", "arranged", "now", "due"),
    [
        ("day", 48, 24, True),
        ("day", 48, 24.1, False),
        ("day", 23, 22, False),  # booked within the day
        ("day", 48, 2, False),  # the tick was away: the other one is due
        ("soon", 48, 2, True),
        ("soon", 48, 2.1, False),
        ("soon", 1, 0.9, False),  # just told
        ("soon", 1, 0.5, True),
        ("soon", 48, 0, False),
        ("soon", 0.1, 0.05, False),
    ],
)
def test_what_is_due_when(kind, arranged, now, due):
    facts = {"starts_at": MONDAY, "arranged_at": MONDAY - arranged * HOUR, "now": MONDAY - now * HOUR}
    assert is_due(kind, **facts) == due


def test_a_visit_that_was_moved_is_recalled_at_its_new_time(far, patient, doctor, hospital, at):
    at(far.starts_at - 24 * HOUR)
    workflow.remind_due()
    slot = next(s for s in free_slots(doctor) if s.starts_at > far.starts_at + timedelta(days=2))
    moved = workflow.reschedule(appointment=far, hospital=hospital, start=slot.start, by=doctor.user)
    at(moved.starts_at - 25 * HOUR)
    workflow.remind_due()
    assert reminded(patient) == 1
    at(moved.starts_at - 24 * HOUR)
    workflow.remind_due()
    assert reminded(patient) == 2


def test_nothing_is_recalled_that_was_called_off(far, patient, doctor, at):
    workflow.cancel(appointment=far, by=doctor.user, reason="Ill")
    at(far.starts_at - 24 * HOUR)
    workflow.remind_due()
    assert workflow.remind(appointment=far, kind="day") is False
    assert not Reminder.objects.exists()


def test_a_request_is_not_recalled(appointment, patient, at):
    at(appointment.starts_at - HOUR)
    workflow.remind_due()
    assert reminded(patient) == 0


def test_the_letter_can_be_switched_off_the_line_cannot(far, patient, at):
    accounts.choose_letters(user=patient.user, wanted={"messages"}, by=patient.user)
    Mail.objects.all().delete()
    at(far.starts_at - 24 * HOUR)
    workflow.remind_due()
    assert reminded(patient) == 1
    assert not Mail.objects.exists()
