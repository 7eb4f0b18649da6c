"""A role in a hospital brings its group, and its group goes with the last row of that role."""

import pytest

from hospitals import workflow
from hospitals.models import Staff
from tests.factories import UserFactory

RECEPTIONIST, ADMINISTRATOR = Staff.Role.RECEPTIONIST, Staff.Role.ADMINISTRATOR


@pytest.fixture
def person(db):
    return UserFactory()


def groups(person):
    return set(person.groups.values_list("name", flat=True))


def test_a_receptionist_is_in_the_group_of_receptionists_and_in_no_other(hospital, person):
    workflow.appoint(hospital=hospital, user=person, role=RECEPTIONIST, by=None)
    assert groups(person) == {"Receptionists"}


def test_each_role_that_ends_takes_its_own_group_along(hospital, person):
    desk = workflow.appoint(hospital=hospital, user=person, role=RECEPTIONIST, by=None)
    office = workflow.appoint(hospital=hospital, user=person, role=ADMINISTRATOR, by=None)
    assert groups(person) == {"Receptionists", "Hospital administrators"}
    workflow.end_staff(staff=office, by=None)
    assert groups(person) == {"Receptionists"}
    workflow.end_staff(staff=desk, by=None)
    assert groups(person) == set()


def test_the_group_stays_while_the_role_is_held_elsewhere(hospital, other_hospital, person):
    here = workflow.appoint(hospital=hospital, user=person, role=RECEPTIONIST, by=None)
    workflow.appoint(hospital=other_hospital, user=person, role=RECEPTIONIST, by=None)
    workflow.end_staff(staff=here, by=None)
    assert groups(person) == {"Receptionists"}


def test_who_comes_back_is_in_the_group_again(hospital, person):
    desk = workflow.appoint(hospital=hospital, user=person, role=RECEPTIONIST, by=None)
    workflow.end_staff(staff=desk, by=None)
    again = workflow.appoint(hospital=hospital, user=person, role=RECEPTIONIST, by=None)
    assert again == desk and groups(person) == {"Receptionists"}
