"""The doctor calls the patient in, one at a time."""

import pytest

from appointments import workflow
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from tests.factories import book, free_slots, trail


def come(visit):
    workflow.approve(appointment=visit, by=visit.doctor.user)
    return workflow.check_in(appointment=visit, by=visit.doctor.user)


def test_it_works(appointment, doctor):
    visit = workflow.start(appointment=come(appointment), by=doctor.user)
    assert (visit.state, visit.started_at) == ("in_consultation", clock.now())
    assert trail(visit)[0] == "appointments.started"


def test_who_has_not_checked_in_cannot_be_called(confirmed, doctor):
    with pytest.raises(RuleBroken, match="Confirmed"):
        workflow.start(appointment=confirmed, by=doctor.user)


def test_the_visit_before_must_be_finished(appointment, other_patient, doctor):
    first, second = come(appointment), come(book(other_patient, doctor, slot=free_slots(doctor)[0]))
    workflow.start(appointment=first, by=doctor.user)
    with pytest.raises(RuleBroken, match="Finish the visit with Priyanka Maurya first"):
        workflow.start(appointment=second, by=doctor.user)
    workflow.complete(appointment=first, by=doctor.user)
    assert workflow.start(appointment=second, by=doctor.user).state == "in_consultation"


def test_the_same_visit_twice_is_told_so(appointment, doctor):
    visit = workflow.start(appointment=come(appointment), by=doctor.user)
    with pytest.raises(RuleBroken, match="In the room"):
        workflow.start(appointment=visit, by=doctor.user)


def test_doctors_do_not_wait_for_each_other(appointment, other_patient, doctor, other_doctor):
    workflow.start(appointment=come(appointment), by=doctor.user)
    neighbour = come(book(other_patient, other_doctor))
    assert workflow.start(appointment=neighbour, by=other_doctor.user).state == "in_consultation"
