"""Who may open a record: whoever was given a grant, from its first moment to its last. The patient ends it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import AuditEntry
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.models import AccessGrant, Patient
from tests.factories import inbox, trail


@pytest.fixture
def grant(patient, doctor, at):
    at("2026-03-02 09:00")
    return workflow.grant_access(
        patient=patient, carer=doctor.user, reason="Visit", by=None, ends_at=clock.now() + timedelta(days=30)
    )


def may_open(person, patient):
    return Patient.objects.as_carer(getattr(person, "user", person)).filter(pk=patient.pk).exists()


class TestGrant:
    def test_the_carer_may_open_the_record(self, grant, patient, doctor):
        assert may_open(doctor, patient)
        assert Patient.objects.visible_to(doctor.user).get() == patient
        assert trail(patient)[0] == "patients.access_granted"

    def test_nobody_else_may(self, grant, patient, other_doctor, other_patient, hospital_admin, administrator):
        for person in (other_doctor, other_patient, hospital_admin, administrator, AnonymousUser()):
            assert not may_open(person, patient)
            assert not Patient.objects.visible_to(getattr(person, "user", person)).filter(pk=patient.pk).exists()

    def test_no_other_record_opens(self, grant, doctor, other_patient):
        assert not may_open(doctor, other_patient)

    def test_it_lasts_to_its_last_moment(self, grant, patient, doctor, at):
        at(grant.ends_at - timedelta(seconds=1))
        assert may_open(doctor, patient)
        at(grant.ends_at)
        assert not may_open(doctor, patient)

    def test_it_counts_from_its_first_moment(self, grant, patient, doctor, at):
        at(grant.starts_at - timedelta(seconds=1))
        assert not may_open(doctor, patient)

    def test_without_an_end_it_lasts(self, patient, doctor, at):
        workflow.grant_access(patient=patient, carer=doctor.user, reason="Family doctor", by=patient.user)
        at(clock.now() + timedelta(days=3650))
        assert may_open(doctor, patient)

    def test_patients_see_themselves_without_a_grant(self, patient, other_patient):
        assert list(Patient.objects.visible_to(patient.user)) == [patient]
        assert list(Patient.objects.as_patient(patient.user)) == [patient]
        assert not may_open(patient, patient)


class TestEndAccess:
    def test_the_doctor_is_refused_at_once(self, grant, patient, doctor):
        workflow.end_access(grant=grant, by=patient.user)
        assert not may_open(doctor, patient)
        grant.refresh_from_db()
        assert (grant.ends_at, grant.ended_by) == (clock.now(), patient.user)
        assert trail(patient)[0] == "patients.access_ended"
        assert "patients.access_ended" in inbox(doctor)

    def test_all_grants_of_that_carer_end(self, grant, patient, doctor):
        workflow.grant_access(patient=patient, carer=doctor.user, reason="Second visit", by=None)
        workflow.end_access(grant=grant, by=patient.user)
        assert not may_open(doctor, patient)
        assert not AccessGrant.objects.live().exists()

    def test_grants_of_others_stay(self, grant, patient, doctor, other_doctor, other_patient):
        workflow.grant_access(patient=patient, carer=other_doctor.user, reason="Visit", by=None)
        workflow.grant_access(patient=other_patient, carer=doctor.user, reason="Visit", by=None)
        workflow.end_access(grant=grant, by=patient.user)
        assert may_open(other_doctor, patient)
        assert may_open(doctor, other_patient)

    def test_twice_is_refused(self, grant, patient):
        workflow.end_access(grant=grant, by=patient.user)
        with pytest.raises(RuleBroken, match="ended already"):
            workflow.end_access(grant=grant, by=patient.user)

    def test_a_grant_that_is_over_cannot_be_ended(self, grant, patient, at):
        at(grant.ends_at)
        with pytest.raises(RuleBroken, match="ended already"):
            workflow.end_access(grant=grant, by=patient.user)

    def test_a_patient_finds_their_own_grants_only(self, grant, patient, other_patient):
        assert list(AccessGrant.objects.as_patient(patient.user)) == [grant]
        assert not AccessGrant.objects.as_patient(other_patient.user).exists()
        assert not AccessGrant.objects.as_patient(AnonymousUser()).exists()


class TestLimitAccess:
    def limit(self, grant, days):
        workflow.limit_access(grant=grant, ends_at=clock.now() + timedelta(days=days), by=None)
        grant.refresh_from_db()

    def test_it_can_end_earlier(self, grant):
        self.limit(grant, 5)
        assert grant.ends_at == clock.now() + timedelta(days=5)

    def test_it_never_ends_later(self, grant):
        self.limit(grant, 90)
        assert grant.ends_at == clock.now() + timedelta(days=30)

    def test_one_without_an_end_gets_one(self, patient, doctor):
        grant = workflow.grant_access(patient=patient, carer=doctor.user, reason="Family doctor", by=None)
        self.limit(grant, 90)
        assert grant.ends_at

    def test_what_the_patient_has_ended_is_not_touched(self, grant, patient):
        workflow.end_access(grant=grant, by=patient.user)
        ended = clock.now()
        self.limit(grant, 5)
        assert grant.ends_at == ended


class TestRenewAccess:
    def renew(self, grant, days):
        workflow.renew_access(grant=grant, ends_at=clock.now() + timedelta(days=days), by=None)
        grant.refresh_from_db()

    @pytest.mark.parametrize("days", [5, 90])
    def test_it_ends_then_be_it_earlier_or_later(self, grant, patient, days):
        self.renew(grant, days)
        assert grant.ends_at == clock.now() + timedelta(days=days)
        assert trail(patient)[0] == "patients.access_renewed"

    def test_one_that_has_run_out_goes_on(self, grant, patient, doctor, at):
        at(grant.ends_at + timedelta(days=1))
        self.renew(grant, 30)
        assert may_open(doctor, patient)

    def test_what_the_patient_has_ended_stays_ended(self, grant, patient, doctor):
        workflow.end_access(grant=grant, by=patient.user)
        ended = clock.now()
        self.renew(grant, 30)
        assert (grant.ends_at, may_open(doctor, patient)) == (ended, False)
        assert trail(patient)[0] == "patients.access_ended"


class TestOpenRecord:
    def test_the_patient_can_read_who_opened_it(self, grant, patient, doctor):
        workflow.open_record(patient=patient, by=doctor.user, why="visit")
        entry = AuditEntry.objects.about(patient).latest("id")
        assert (entry.code, entry.by, entry.reason) == ("patients.record_opened", doctor.user, "visit")

    def test_without_a_grant_it_stays_closed(self, patient, other_doctor):
        with pytest.raises(RuleBroken, match="may not open"):
            workflow.open_record(patient=patient, by=other_doctor.user, why="visit")
        assert trail(patient) == ["patients.signed_up"]

    def test_once_ended_it_stays_closed(self, grant, patient, doctor):
        workflow.end_access(grant=grant, by=patient.user)
        with pytest.raises(RuleBroken, match="may not open"):
            workflow.open_record(patient=patient, by=doctor.user, why="visit")
