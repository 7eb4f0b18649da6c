"""What a patient must not get: not asked, none known, or a list. A mistake is marked, never deleted."""

import pytest

from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.models import Allergy
from tests.factories import trail


def status(patient):
    patient.refresh_from_db()
    return patient.allergy_status


@pytest.fixture
def penicillin(patient):
    return workflow.list_allergy(
        patient=patient, substance=" Penicillin ", reaction="Rash", severity="severe", by=patient.user
    )


class TestListAllergy:
    def test_it_is_on_the_list(self, penicillin, patient):
        assert list(patient.allergies.current()) == [penicillin]
        assert (penicillin.substance, penicillin.reaction, penicillin.severity) == ("Penicillin", "Rash", "severe")
        assert penicillin.recorded_by == patient.user
        assert status(patient) == "listed"
        assert trail(patient)[0] == "patients.allergy_listed"

    @pytest.mark.parametrize("again", ["Penicillin", "penicillin", " PENICILLIN "])
    def test_it_is_there_once(self, penicillin, patient, again):
        with pytest.raises(RuleBroken, match="on the list already") as refusal:
            workflow.list_allergy(patient=patient, substance=again, by=patient.user)
        assert refusal.value.field == "substance"
        assert patient.allergies.count() == 1

    def test_two_people_may_have_the_same(self, penicillin, other_patient):
        assert workflow.list_allergy(patient=other_patient, substance="Penicillin", by=other_patient.user)

    def test_none_known_becomes_a_list(self, patient):
        workflow.deny_allergies(patient=patient, by=patient.user)
        workflow.list_allergy(patient=patient, substance="Latex", by=patient.user)
        assert status(patient) == "listed"


class TestDenyAllergies:
    def test_none_known_is_more_than_silence(self, patient):
        assert status(patient) == "not_asked"
        workflow.deny_allergies(patient=patient, by=patient.user)
        assert status(patient) == "none_known"
        assert trail(patient)[0] == "patients.allergies_denied"

    def test_it_is_refused_while_there_is_a_list(self, penicillin, patient):
        with pytest.raises(RuleBroken, match="Mark those that are wrong first"):
            workflow.deny_allergies(patient=patient, by=patient.user)
        assert status(patient) == "listed"


class TestCorrectAllergy:
    def correct(self, allergy):
        workflow.correct_allergy(allergy=allergy, reason=" It was the flu ", by=allergy.patient.user)
        allergy.refresh_from_db()

    def test_it_no_longer_warns_and_stays_readable(self, penicillin, patient):
        self.correct(penicillin)
        assert not patient.allergies.current().exists()
        assert Allergy.objects.get().wrong_reason == "It was the flu"
        assert (penicillin.wrong_by, penicillin.wrong_at is not None) == (patient.user, True)
        assert trail(patient)[0] == "patients.allergy_corrected"

    def test_with_the_last_one_gone_nobody_has_said_none(self, penicillin, patient):
        self.correct(penicillin)
        assert status(patient) == "not_asked"

    def test_with_others_left_there_is_a_list(self, penicillin, patient):
        workflow.list_allergy(patient=patient, substance="Latex", by=patient.user)
        self.correct(penicillin)
        assert status(patient) == "listed"

    def test_twice_is_refused_and_the_first_reason_stays(self, penicillin):
        self.correct(penicillin)
        with pytest.raises(RuleBroken, match="marked as wrong already"):
            workflow.correct_allergy(allergy=penicillin, reason="Other", by=penicillin.patient.user)
        penicillin.refresh_from_db()
        assert penicillin.wrong_reason == "It was the flu"

    def test_it_can_be_listed_anew(self, penicillin, patient):
        self.correct(penicillin)
        assert workflow.list_allergy(patient=patient, substance="Penicillin", by=patient.user)
        assert patient.allergies.count() == 2

    def test_then_it_can_be_denied(self, penicillin, patient):
        self.correct(penicillin)
        workflow.deny_allergies(patient=patient, by=patient.user)
        assert status(patient) == "none_known"


def test_an_entry_has_its_moment(patient, at):
    moment = at("2026-03-02 09:00")
    allergy = workflow.list_allergy(patient=patient, substance="Latex", by=patient.user)
    assert allergy.recorded_at == moment == clock.now()
