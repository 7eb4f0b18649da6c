"""A hospital is no longer found, nobody is booked there, and it comes back."""

import pytest

from appointments import workflow
from appointments.models import Listing
from healthstack.lib.rules import RuleBroken
from hospitals.models import Hospital
from tests.factories import DoctorFactory, book, free_slots, hours_in, trail


def suspend(hospital, reason="Fire safety"):
    return workflow.suspend_hospital(hospital=hospital, reason=reason, by=None)


def test_hospital_and_doctors_are_not_found_any_more(hospital, doctor, other_doctor):
    suspend(hospital)
    assert not Hospital.objects.findable().exists()
    assert not Listing.objects.exists()
    assert trail(hospital)[0] == "hospitals.suspended"


def test_its_times_are_not_offered(hospital, doctor):
    suspend(hospital)
    assert free_slots(doctor) == []


def test_visits_are_kept_and_listed(hospital, doctor, other_doctor, patient, other_patient):
    visits = [book(patient, doctor), book(other_patient, other_doctor)]
    assert set(suspend(hospital)) == set(visits)
    for visit in visits:
        visit.refresh_from_db()
        assert visit.state == "requested"


def test_a_doctor_with_a_second_hospital_is_found_there(hospital, other_hospital):
    doctor = DoctorFactory(hospitals=[hospital, other_hospital], hours=())
    mornings, evenings = hours_in(hospital, begins=9, ends=12), hours_in(other_hospital, begins=17, ends=19)
    workflow.publish(doctor=doctor, rows=mornings + evenings, by=doctor.user)
    suspend(hospital)
    listing = Listing.objects.get()
    assert [place.hospital for place in listing.places.all()] == [other_hospital]
    assert listing.where == "Jehangir Clinic, Pune"
    assert {slot.room for slot in free_slots(doctor)} == {other_hospital.pk}
    assert listing.next_free_at == free_slots(doctor)[0].starts_at


def test_a_reason_must_be_given(hospital):
    with pytest.raises(RuleBroken, match="Say why"):
        suspend(hospital, " ")


def test_twice_is_refused(hospital):
    suspend(hospital)
    with pytest.raises(RuleBroken, match="already suspended"):
        suspend(hospital)


def test_reinstated_it_is_found_with_its_doctors(hospital, doctor, other_doctor, patient):
    suspend(hospital)
    workflow.reinstate_hospital(hospital=hospital, by=None)
    assert Hospital.objects.findable().get() == hospital
    assert {row.doctor for row in Listing.objects.all()} == {doctor, other_doctor}
    assert trail(hospital)[0] == "hospitals.reinstated"
    assert book(patient, doctor)


def test_a_suspended_doctor_does_not_come_back_with_the_hospital(hospital, doctor, other_doctor):
    workflow.suspend_doctor(doctor=doctor, reason="Licence", by=None)
    suspend(hospital)
    workflow.reinstate_hospital(hospital=hospital, by=None)
    assert [row.doctor for row in Listing.objects.all()] == [other_doctor]
