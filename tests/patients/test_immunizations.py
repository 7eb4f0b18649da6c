"""Vaccinations: once for each day, between the birth and today, and whose word they are."""

from datetime import date

import pytest
from django.urls import reverse

from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.models import Immunization
from tests.factories import trail

DAY = date(2020, 5, 4)


def add(patient, by, **facts):
    return workflow.list_immunization(**{"patient": patient, "vaccine": " MMR ", "given_on": DAY, "by": by, **facts})


class TestListImmunization:
    def test_a_doctor_in_care_adds_it(self, patient, doctor, in_care):
        row = add(patient, doctor.user, dose=2, lot="A17", place="Sahara Hospital")
        assert (row.vaccine, row.dose, row.lot, row.is_confirmed) == ("MMR", 2, "A17", True)
        assert trail(patient)[0] == "patients.immunization_listed"

    def test_what_a_guardian_says_of_the_child_is_marked(self, dependant, guardian):
        assert not add(dependant, guardian.user).is_confirmed

    def test_nobody_else_adds_one(self, patient, other_doctor, guardian):
        for person in (other_doctor.user, guardian.user):
            with pytest.raises(RuleBroken, match="may not write"):
                add(patient, person)

    def test_once_for_each_day(self, patient):
        first = add(patient, patient.user)
        with pytest.raises(RuleBroken, match="for that day already"):
            add(patient, patient.user, vaccine="mmr")
        workflow.mark_wrong(entry=first, reason="My sister's", by=patient.user)
        assert add(patient, patient.user)

    @pytest.mark.parametrize("day", [date(1990, 4, 11), date(2100, 1, 1)])
    def test_between_the_birth_and_today(self, patient, day):
        with pytest.raises(RuleBroken, match="between the birth and today"):
            add(patient, patient.user, given_on=day)


class TestPages:
    def test_it_is_on_both_pages_of_the_record(self, sign_in, patient, doctor, in_care):
        browser = sign_in(doctor)
        answer = browser.post(
            reverse("patients:list_immunization", args=[patient.pk]),
            {"vaccine": "MMR", "dose": "2", "given_on": "4 5 2020", "lot": "A17", "place": "Sahara"},
        )
        page = browser.get(reverse("patient-timeline", args=[patient.pk])).content.decode()
        assert answer.status_code == 302
        assert "MMR</b>" in page
        assert "dose 2" in page
        assert "MMR</b>" in sign_in(patient).get(reverse("record")).content.decode()

    @pytest.mark.parametrize("typed", [{}, {"vaccine": ""}, {"given_on": "yesterday"}, {"dose": "0"}, {"dose": "x"}])
    def test_what_is_missing_is_said(self, sign_in, patient, typed):
        data = {"vaccine": "MMR", "given_on": "4 5 2020", **typed} if typed else {}
        answer = sign_in(patient).post(reverse("patients:list_immunization", args=[patient.pk]), data)
        assert answer.status_code == 422
        assert not Immunization.objects.exists()

    def test_others_find_nothing(self, sign_in, patient, other_patient, other_doctor):
        row = add(patient, patient.user)
        for person in (other_patient, other_doctor):
            browser = sign_in(person)
            assert browser.get(reverse("patients:list_immunization", args=[patient.pk])).status_code == 404
            assert browser.get(reverse("patients:mark_wrong", args=["immunization", row.pk])).status_code == 404
