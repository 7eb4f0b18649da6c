"""A visit goes to another doctor: the claims, the access and the people go along, or nothing does."""

from datetime import timedelta

import pytest

from appointments import workflow
from appointments.models import Claim, Listing
from doctors import workflow as doctors
from doctors.models import Doctor
from healthstack.lib.rules import RuleBroken
from patients.models import AccessGrant, Patient
from tests.factories import DoctorFactory, book, free_slots, inbox, trail


def rehome(visit, doctor, slot, by, **facts):
    facts = {"reason": "Dr Sharma is ill", **facts}
    return workflow.rehome(appointment=visit, doctor=doctor, start=slot.start, by=by, **facts)


@pytest.fixture
def there(other_doctor):
    return free_slots(other_doctor)


def test_the_time_is_held_with_the_other_doctor_and_free_with_the_first(
    confirmed, doctor, other_doctor, there, administrator
):
    before = confirmed.starts_at
    moved = rehome(confirmed, other_doctor, there[6], administrator)
    assert (moved.pk, moved.doctor, moved.starts_at, moved.state) == (
        confirmed.pk,
        other_doctor,
        there[6].starts_at,
        "confirmed",
    )
    assert set(Claim.objects.values_list("doctor", flat=True)) == {other_doctor.pk}
    assert Listing.objects.get(doctor=doctor).next_free_at == before
    assert trail(moved)[0] == "appointments.rehomed"
    row = moved.moves.get()
    assert (row.from_doctor, row.to_doctor, row.reason) == (doctor, other_doctor, "Dr Sharma is ill")


def test_the_same_time_with_the_other_doctor_is_fine(confirmed, other_doctor, there, administrator):
    same = next(slot for slot in there if slot.starts_at == confirmed.starts_at)
    assert rehome(confirmed, other_doctor, same, administrator).starts_at == confirmed.starts_at


def test_the_access_goes_over_to_the_other_doctor(confirmed, patient, doctor, other_doctor, there, administrator):
    moved = rehome(confirmed, other_doctor, there[6], administrator)
    grant = AccessGrant.objects.live().get()
    assert (grant.carer, grant.ends_at) == (other_doctor.user, moved.ends_at + timedelta(days=30))
    assert not Patient.objects.as_carer(doctor.user).exists()


def test_a_request_is_answered_by_the_other_doctor(appointment, other_doctor, there, administrator):
    moved = rehome(appointment, other_doctor, there[6], administrator)
    assert (moved.state, moved.grant) == ("requested", None)
    assert workflow.approve(appointment=moved, by=other_doctor.user).grant.carer == other_doctor.user


def test_all_three_are_told(confirmed, patient, doctor, other_doctor, there, administrator):
    rehome(confirmed, other_doctor, there[6], administrator)
    assert all("appointments.rehomed" in inbox(person) for person in (patient, doctor, other_doctor))


@pytest.mark.parametrize(("theirs", "paid"), [(900, 500), (300, 300)])
def test_the_patient_never_pays_more_than_was_agreed(confirmed, other_doctor, there, administrator, theirs, paid):
    other_doctor.fee = theirs
    doctors.change_doctor(doctor=other_doctor, by=None)
    assert rehome(confirmed, other_doctor, there[6], administrator).fee == paid


def test_the_visit_takes_as_long_as_the_other_doctor_needs(confirmed, other_doctor, administrator):
    doctors.change_doctor(doctor=other_doctor, offers={"check_up": 40}, by=None)
    assert rehome(confirmed, other_doctor, free_slots(other_doctor)[6], administrator).minutes == 40


def test_to_another_hospital(confirmed, other_hospital, administrator):
    elsewhere = DoctorFactory(hospitals=[other_hospital])
    moved = rehome(confirmed, elsewhere, free_slots(elsewhere)[2], administrator, hospital=other_hospital)
    assert moved.hospital == other_hospital


class TestRefusals:
    def test_without_a_reason(self, confirmed, other_doctor, there, administrator):
        with pytest.raises(RuleBroken, match="Say why"):
            rehome(confirmed, other_doctor, there[6], administrator, reason=" ")

    def test_a_doctor_who_is_not_free_then(self, confirmed, other_patient, other_doctor, there, administrator):
        book(other_patient, other_doctor, slot=there[6])
        with pytest.raises(RuleBroken, match="just been taken"):
            rehome(confirmed, other_doctor, there[6], administrator)
        confirmed.refresh_from_db()
        assert confirmed.doctor != other_doctor
        assert confirmed.claims.exists()

    def test_a_doctor_who_is_not_approved(self, confirmed, pending_doctor, there, administrator):
        with pytest.raises(RuleBroken, match="cannot be booked here"):
            rehome(confirmed, pending_doctor, there[6], administrator)

    def test_a_doctor_who_does_not_offer_such_a_visit(self, confirmed, other_doctor, there, administrator):
        doctors.change_doctor(doctor=other_doctor, offers={"follow_up": 10}, by=None)
        with pytest.raises(RuleBroken, match="does not offer this kind of visit: Check-up"):
            rehome(confirmed, other_doctor, there[6], administrator)

    def test_a_doctor_who_does_not_work_there(self, confirmed, other_hospital, there, administrator):
        elsewhere = DoctorFactory(hospitals=[other_hospital])
        with pytest.raises(RuleBroken, match="cannot be booked here"):
            rehome(confirmed, elsewhere, there[6], administrator)

    def test_the_doctor_who_has_it(self, confirmed, doctor, there, administrator):
        with pytest.raises(RuleBroken, match="with this doctor already"):
            rehome(confirmed, doctor, there[6], administrator)

    def test_a_doctor_who_is_the_patient(self, many_hats, doctor, administrator):
        me = Patient.objects.get(user=many_hats)
        visit = book(me, doctor)
        self_doctor = Doctor.objects.get(user=many_hats)
        with pytest.raises(RuleBroken, match="their own patient"):
            rehome(visit, self_doctor, free_slots(self_doctor)[3], administrator)

    def test_a_visit_that_has_begun(self, confirmed, doctor, other_doctor, there, administrator):
        workflow.check_in(appointment=confirmed, by=doctor.user)
        with pytest.raises(RuleBroken, match="cannot be moved"):
            rehome(confirmed, other_doctor, there[6], administrator)
