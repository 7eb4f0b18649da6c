"""Who finds a visit: everybody by their own relationship to it, and nobody else."""

import pytest
from django.contrib.auth.models import AnonymousUser

from appointments import workflow
from appointments.models import Appointment
from doctors.models import Doctor
from hospitals import workflow as hospitals
from hospitals.models import Staff
from patients.models import Patient
from tests.factories import book

NOBODY = AnonymousUser()


def found(user, word="visible_to"):
    return list(getattr(Appointment.objects, word)(user))


def test_patient_doctor_and_staff_find_it(appointment, patient, doctor, hospital_admin):
    for person in (patient.user, doctor.user, hospital_admin):
        assert found(person) == [appointment]


def test_strangers_do_not(
    appointment, other_patient, other_doctor, other_hospital_admin, pending_doctor, administrator
):
    strangers = (
        other_patient.user,
        other_doctor.user,
        other_hospital_admin,
        pending_doctor.user,
        administrator,
        NOBODY,
    )
    for person in strangers:
        assert found(person) == []


@pytest.mark.parametrize("word", ["as_patient", "as_doctor", "as_staff", "visible_to"])
def test_a_visitor_finds_nothing(appointment, word):
    assert found(NOBODY, word) == []


def test_each_word_finds_by_one_relationship(appointment, patient, doctor, hospital_admin):
    people = {"as_patient": patient.user, "as_doctor": doctor.user, "as_staff": hospital_admin}
    for word in people:
        assert [name for name, user in people.items() if found(user, word)] == [word]


def test_a_doctor_who_is_the_patient_does_not_find_it_as_doctor(many_hats, doctor, hospital):
    visit = book(Patient.objects.get(user=many_hats), doctor)
    assert found(many_hats) == [visit]
    assert found(many_hats, "as_patient") == [visit]
    assert found(many_hats, "as_doctor") == []


def test_several_relationships_find_it_once(many_hats, other_patient, hospital):
    visit = book(other_patient, Doctor.objects.get(user=many_hats))
    assert found(many_hats) == [visit]


def test_staff_find_it_until_their_work_ends(appointment, hospital_admin):
    hospitals.end_staff(staff=Staff.objects.get(user=hospital_admin), by=None)
    assert found(hospital_admin, "as_staff") == []
    assert found(type(hospital_admin).objects.get(pk=hospital_admin.pk)) == []


def test_a_suspended_doctor_no_longer_finds_it(appointment, doctor):
    workflow.suspend_doctor(doctor=doctor, reason="Licence under review", by=None)
    assert found(type(doctor.user).objects.get(pk=doctor.user.pk)) == []


def test_upcoming_and_past_are_all_and_share_nothing(appointment, patient, doctor, at):
    closed = workflow.cancel(appointment=book(patient, doctor), by=patient.user)
    rows = Appointment.objects.all()
    assert list(rows.upcoming()) == [appointment]
    assert list(rows.past()) == [closed]
    at(appointment.ends_at)
    assert not rows.upcoming().exists()
    assert set(rows.past()) == {appointment, closed}
