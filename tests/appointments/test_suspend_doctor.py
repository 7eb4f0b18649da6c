"""A doctor is no longer found or booked, and is found again."""

import pytest

from appointments import workflow
from appointments.models import Listing
from doctors.models import Doctor
from healthstack.lib.rules import RuleBroken
from tests.factories import book, free_slots, inbox, trail


def suspend(doctor, reason="Licence under review"):
    return workflow.suspend_doctor(doctor=doctor, reason=reason, by=None)


def groups(doctor):
    return set(doctor.user.groups.values_list("name", flat=True))


def test_the_doctor_is_not_found_any_more(doctor):
    suspend(doctor)
    doctor.refresh_from_db()
    assert (doctor.state, doctor.state_reason) == ("suspended", "Licence under review")
    assert not Listing.objects.exists()
    assert trail(doctor)[0] == "doctors.suspended"
    assert "doctors.suspended" in inbox(doctor)


def test_the_role_is_that_of_a_doctor_who_is_being_checked(doctor):
    suspend(doctor)
    assert groups(doctor) == {"Pending doctors"}


def test_visits_are_kept_and_listed(doctor, patient, other_patient, at):
    first, second = book(patient, doctor), book(other_patient, doctor)
    closed = workflow.cancel(appointment=book(patient, doctor), by=patient.user)
    assert suspend(doctor) == [first, second]
    for visit in (first, second):
        visit.refresh_from_db()
        assert visit.state == "requested"
    assert closed.state == "cancelled"


def test_a_patient_can_still_cancel(doctor, appointment, patient):
    suspend(doctor)
    assert workflow.cancel(appointment=appointment, by=patient.user).state == "cancelled"
    assert not Listing.objects.exists()


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_must_be_given(doctor, reason):
    with pytest.raises(RuleBroken, match="Say why") as refusal:
        suspend(doctor, reason)
    assert refusal.value.field == "reason"


def test_twice_is_refused(doctor):
    suspend(doctor)
    with pytest.raises(RuleBroken, match="already: Suspended"):
        suspend(doctor)


def test_who_is_being_checked_cannot_be_suspended(pending_doctor):
    with pytest.raises(RuleBroken, match="Being checked"):
        suspend(pending_doctor)


def test_reinstated_the_doctor_is_found_and_booked_again(doctor, patient):
    suspend(doctor)
    workflow.reinstate_doctor(doctor=doctor, by=None)
    assert Listing.objects.get().doctor == doctor
    assert groups(doctor) == {"Doctors"}
    assert trail(doctor)[0] == "doctors.reinstated"
    assert book(patient, doctor, slot=free_slots(doctor)[0]).state == "requested"


def test_a_doctor_who_was_being_checked_is_approved(pending_doctor):
    assert groups(pending_doctor) == {"Pending doctors"}
    workflow.reinstate_doctor(doctor=pending_doctor, by=None)
    assert groups(pending_doctor) == {"Doctors"}
    assert Listing.objects.get().doctor == pending_doctor
    assert trail(pending_doctor)[0] == "doctors.approved"
    assert inbox(pending_doctor) == ["doctors.approved"]


def test_an_approved_doctor_is_not_approved_again(doctor):
    with pytest.raises(RuleBroken, match="already: Approved"):
        workflow.reinstate_doctor(doctor=doctor, by=None)


def test_other_roles_stay(many_hats):
    suspend(Doctor.objects.get(user=many_hats))
    names = set(many_hats.groups.values_list("name", flat=True))
    assert names == {"Patients", "Hospital administrators", "Pending doctors"}
