"""Conditions: who may note them, whose word it is, and that none is ever deleted."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import Stale
from patients import workflow
from patients.diagnoses import Row
from patients.models import Condition, Diagnosis
from patients.workflow.entries import condition_stamp
from tests.factories import trail


@pytest.fixture
def asthma(db):
    workflow.load_diagnoses(rows=[Row("J45", "Asthma", True), Row("I10", "Essential hypertension", True)], by=None)
    return Diagnosis.objects.get(code="J45")


@pytest.fixture
def said(patient):
    return workflow.list_condition(patient=patient, text=" Hay  fever ", by=patient.user)


@pytest.fixture
def noted(patient, doctor, in_care, asthma):
    return workflow.list_condition(patient=patient, diagnosis=asthma, onset_on=date(2015, 1, 1), by=doctor.user)


class TestListCondition:
    def test_a_doctor_in_care_notes_a_code(self, noted, patient, doctor):
        assert (noted.text, noted.status, noted.is_confirmed) == ("Asthma", "active", True)
        assert (noted.recorded_by, trail(patient)[0]) == (doctor.user, "patients.condition_listed")

    def test_what_the_patient_says_is_marked_as_such(self, said):
        assert (said.text, said.is_confirmed, said.diagnosis) == ("Hay fever", False, None)

    def test_a_guardian_says_it_of_the_child_and_of_nobody_else(self, guardian, dependant, patient):
        assert not workflow.list_condition(patient=dependant, text="Eczema", by=guardian.user).is_confirmed
        with pytest.raises(RuleBroken, match="may not write"):
            workflow.list_condition(patient=patient, text="Eczema", by=guardian.user)

    def test_without_a_grant_a_doctor_writes_nothing(self, patient, other_doctor, administrator, receptionist):
        for person in (other_doctor.user, administrator, receptionist):
            with pytest.raises(RuleBroken, match="may not write"):
                workflow.list_condition(patient=patient, text="Asthma", by=person)
        assert not Condition.objects.exists()

    def test_once_the_patient_has_ended_it_neither(self, patient, doctor, in_care):
        workflow.end_access(grant=in_care, by=patient.user)
        with pytest.raises(RuleBroken, match="may not write"):
            workflow.list_condition(patient=patient, text="Asthma", by=doctor.user)

    def test_what_is_active_is_there_once(self, noted, said, patient, doctor, asthma):
        with pytest.raises(RuleBroken, match="on the list already"):
            workflow.list_condition(patient=patient, diagnosis=asthma, by=doctor.user)
        with pytest.raises(RuleBroken, match="on the list already"):
            workflow.list_condition(patient=patient, text="HAY FEVER", by=patient.user)

    def test_what_is_over_can_come_back(self, noted, patient, doctor, asthma):
        workflow.update_condition(condition=noted, status="resolved", by=doctor.user)
        assert workflow.list_condition(patient=patient, diagnosis=asthma, by=doctor.user)

    @pytest.mark.parametrize(
        ("facts", "sentence"),
        [
            ({"onset_on": date(2100, 1, 1)}, "cannot begin in the future"),
            ({"onset_on": date(1900, 1, 1)}, "before the birth"),
            ({"resolved_on": date(2020, 1, 1)}, "not over yet"),
            ({"status": "resolved", "resolved_on": date(2100, 1, 1)}, "over in the future"),
            (
                {"status": "resolved", "onset_on": date(2020, 1, 1), "resolved_on": date(2019, 1, 1)},
                "over before it began",
            ),
            ({"text": "  "}, "Say what it is"),
        ],
    )
    def test_days_that_cannot_be_are_refused(self, patient, facts, sentence):
        with pytest.raises(RuleBroken, match=sentence):
            workflow.list_condition(**{"patient": patient, "text": "Asthma", "by": patient.user, **facts})


class TestUpdateCondition:
    def test_a_doctor_confirms_what_the_patient_said(self, said, doctor, in_care):
        row = workflow.update_condition(condition=said, status="active", is_confirmed=True, by=doctor.user)
        assert row.is_confirmed

    def test_patients_do_not_confirm_themselves(self, said, patient):
        row = workflow.update_condition(condition=said, status="resolved", is_confirmed=True, by=patient.user)
        assert (row.is_confirmed, row.status) == (False, "resolved")

    def test_what_a_doctor_wrote_the_patient_does_not_change(self, noted, patient):
        with pytest.raises(RuleBroken, match="Ask the doctor"):
            workflow.update_condition(condition=noted, status="resolved", by=patient.user)

    def test_the_second_of_two_is_told_and_loses_nothing(self, noted, doctor):
        seen = condition_stamp(noted)
        workflow.update_condition(condition=noted, status="active", note="Mild", by=doctor.user, seen=seen)
        with pytest.raises(Stale):
            workflow.update_condition(condition=noted, status="resolved", by=doctor.user, seen=seen)
        noted.refresh_from_db()
        assert (noted.status, noted.note) == ("active", "Mild")


class TestMarkWrong:
    def test_it_stays_readable_with_its_reason(self, noted, patient, doctor):
        workflow.mark_wrong(entry=noted, reason=" Another patient ", by=doctor.user)
        noted.refresh_from_db()
        assert (noted.wrong_reason, noted.wrong_by) == ("Another patient", doctor.user)
        assert not Condition.objects.current().exists()
        assert trail(patient)[0] == "patients.marked_wrong"

    def test_twice_and_without_a_reason_are_refused(self, noted, doctor):
        with pytest.raises(RuleBroken, match="Say why"):
            workflow.mark_wrong(entry=noted, reason=" ", by=doctor.user)
        workflow.mark_wrong(entry=noted, reason="Another patient", by=doctor.user)
        with pytest.raises(RuleBroken, match="wrong already"):
            workflow.mark_wrong(entry=noted, reason="Once more", by=doctor.user)
        with pytest.raises(RuleBroken, match="marked as wrong"):
            workflow.update_condition(condition=noted, status="active", by=doctor.user)

    def test_a_patient_marks_what_they_said_themselves(self, said, noted, patient):
        workflow.mark_wrong(entry=said, reason="It was a cold", by=patient.user)
        with pytest.raises(RuleBroken, match="Ask the doctor"):
            workflow.mark_wrong(entry=noted, reason="I do not think so", by=patient.user)


class TestPages:
    def test_a_doctor_searches_chooses_and_adds(self, sign_in, patient, doctor, in_care, asthma):
        browser = sign_in(doctor)
        address = reverse("patients:list_condition", args=[patient.pk])
        assert "?code=J45" in browser.get(address, {"q": "asth"}).content.decode()
        chosen = browser.get(address, {"code": "J45"}).content.decode()
        assert 'value="J45"' in chosen
        answer = browser.post(address, {"code": "J45", "status": "active", "onset_on": "2015"})
        assert answer.url == reverse("patient", args=[patient.pk])
        page = browser.get(answer.url).content.decode()
        assert "Asthma" in page
        assert "since 2015" in page
        assert "Said by the patient" not in page

    def test_without_a_catalogue_own_words_do(self, sign_in, patient):
        browser = sign_in(patient)
        address = reverse("patients:list_condition", args=[patient.pk])
        assert "No code has these words" in browser.get(address, {"q": "asthma"}).content.decode()
        answer = browser.post(address, {"text": "Asthma", "status": "active"})
        assert answer.url == reverse("record")
        assert "Said by the patient" in browser.get(answer.url).content.decode()

    @pytest.mark.parametrize("data", [{}, {"status": "active"}, {"code": "Z99.99", "status": "active"}])
    def test_nothing_to_note_is_said(self, sign_in, patient, data):
        answer = sign_in(patient).post(reverse("patients:list_condition", args=[patient.pk]), data)
        assert answer.status_code == 422

    def test_two_windows(self, sign_in, noted, doctor):
        browser = sign_in(doctor)
        address = reverse("patients:update_condition", args=[noted.pk])
        seen = browser.get(address).context["form"].initial["stamp"]
        typed = {"status": "active", "onset_on": "2015", "note": "First", "stamp": seen}
        assert browser.post(address, typed).status_code == 302
        answer = browser.post(address, {**typed, "note": "Second"})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "stored now" in page.lower()
        assert "First" in page
        assert "Second" in page
        again = {**typed, "note": "Second", "stamp": answer.context["form"].data["stamp"]}
        assert browser.post(address, again).status_code == 302

    def test_lines_of_others_are_not_there(self, sign_in, noted, said, other_patient, other_doctor, guardian, doctor):
        for person in (other_patient, other_doctor, guardian):
            browser = sign_in(person)
            for address in (
                reverse("patients:list_condition", args=[noted.patient_id]),
                reverse("patients:update_condition", args=[noted.pk]),
                reverse("patients:mark_wrong", args=["condition", said.pk]),
            ):
                assert browser.get(address).status_code == 404
                assert browser.post(address, {"reason": "No"}).status_code == 404
        assert sign_in(doctor).get(reverse("patients:mark_wrong", args=["allergy", said.pk])).status_code == 404

    def test_a_wrong_line_is_shown_struck_through(self, sign_in, noted, doctor):
        browser = sign_in(doctor)
        answer = browser.post(reverse("patients:mark_wrong", args=["condition", noted.pk]), {"reason": "Not hers"})
        page = browser.get(answer.url).content.decode()
        assert "<s>Asthma</s>" in page
        assert "Not hers" in page


def test_a_grant_that_runs_out_closes_the_form(sign_in, patient, doctor, in_care, at):
    at(clock.now() + timedelta(days=31))
    assert sign_in(doctor).get(reverse("patients:list_condition", args=[patient.pk])).status_code == 404
