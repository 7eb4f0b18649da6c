"""A person becomes a patient with a login."""

from datetime import date

import pytest

from accounts.models import AuditEntry, User
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.models import Patient
from tests.factories import PASSWORD, trail


def sign_up(email="new@example.org", **facts):
    return workflow.sign_up(
        **{"email": email, "password": PASSWORD, "name": " Nila Basu ", "born_on": date(1990, 4, 12), **facts}
    )


def test_user_group_and_patient_come_together(db):
    patient = sign_up()
    assert (patient.name, patient.user.name, patient.user.email) == ("Nila Basu", "Nila Basu", "new@example.org")
    assert set(patient.user.groups.values_list("name", flat=True)) == {"Patients"}
    assert trail(patient) == ["patients.signed_up"]


def test_consent_has_its_moment(db, at):
    moment = at("2026-03-02 09:00")
    assert sign_up().consented_at == moment


def test_nobody_was_asked_about_allergies_yet(db):
    patient = sign_up()
    assert (patient.allergy_status, patient.blood_group, patient.gender) == ("not_asked", "", "unknown")


def test_a_taken_address_makes_neither(patient):
    with pytest.raises(RuleBroken, match="already has this e-mail") as refusal:
        sign_up(patient.user.email.upper())
    assert refusal.value.field == "email"
    assert (User.objects.count(), Patient.objects.count()) == (1, 1)


def test_a_failure_half_way_makes_neither(db, monkeypatch):
    def full(*args, **facts):
        raise OSError("disk full")

    before = AuditEntry.objects.count()
    monkeypatch.setattr("patients.workflow.people.record", full)
    with pytest.raises(OSError, match="disk full"):
        sign_up()
    assert not User.objects.exists()
    assert not Patient.objects.exists()
    assert AuditEntry.objects.count() == before


def test_the_address_is_not_checked_by_that(db):
    assert not sign_up().user.emailaddress_set.filter(verified=True).exists()


def test_age_counts_from_the_birthday(db, at):
    at("2026-04-11 12:00")
    patient = sign_up()
    assert patient.age == 35
    at("2026-04-12 12:00")
    assert patient.age == 36
    assert patient.created_at < clock.now()
