"""Documents of a record: through the gate, for the patient and the doctors in care, and gone from sight when they were wrong."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry, StoredFile
from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.models import Document
from tests.factories import pdf, picture, trail


def keep(patient, by, upload=None, **facts):
    facts = {"kind": "image", "title": " MRI  of the head ", "dated_on": date(2026, 2, 1), **facts}
    return workflow.keep_document(patient=patient, upload=upload or pdf(), by=by, **facts)


@pytest.fixture
def paper(patient):
    return keep(patient, patient.user)


def address(row):
    return reverse("patients:document", args=[row.pk])


class TestKeepDocument:
    def test_patient_guardian_and_doctor_bring_papers(self, patient, doctor, in_care, dependant, guardian):
        rows = [keep(patient, patient.user), keep(patient, doctor.user), keep(dependant, guardian.user)]
        assert [(row.title, row.is_confirmed) for row in rows] == [("MRI of the head", n == 1) for n in range(3)]
        assert trail(patient)[0] == "patients.document_kept"

    def test_nobody_else_does_and_no_file_stays(self, patient, other_doctor, guardian, receptionist):
        for person in (other_doctor.user, guardian.user, receptionist):
            with pytest.raises(RuleBroken, match="may not write"):
                keep(patient, person)
        assert not StoredFile.objects.exists()

    def test_what_is_no_paper_is_refused(self, patient):
        script = SimpleUploadedFile("scan.pdf", b"<script>alert(1)</script>")
        with pytest.raises(RuleBroken, match="not what its name says"):
            keep(patient, patient.user, upload=script)

    @pytest.mark.parametrize("day", [date(1989, 1, 1), date(2100, 1, 1)])
    def test_its_date_is_within_the_life(self, patient, day):
        with pytest.raises(RuleBroken, match="between the birth and today"):
            keep(patient, patient.user, dated_on=day)


class TestDocument:
    def test_it_is_handed_out_so_that_nothing_in_it_can_act(self, sign_in, paper, patient):
        answer = sign_in(patient).get(address(paper))
        assert answer["Content-Disposition"].startswith("attachment")
        assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store, private")
        assert "sandbox" in answer["Content-Security-Policy"]

    def test_the_patient_reads_that_the_doctor_opened_it(self, sign_in, paper, patient, doctor, in_care):
        sign_in(doctor).get(address(paper))
        entry = AuditEntry.objects.about(patient).latest("id")
        assert (entry.code, entry.by, entry.reason) == (workflow.OPENED, doctor.user, "document")
        assert "Opened a document" in sign_in(patient).get(reverse("record-access")).content.decode()

    def test_strangers_find_nothing(self, sign_in, paper, other_patient, other_doctor, guardian, doctor):
        for person in (other_patient, other_doctor, guardian, doctor):
            assert sign_in(person).get(address(paper)).status_code == 404

    def test_a_childs_paper_is_its_guardians(self, sign_in, dependant, guardian, patient):
        row = keep(dependant, guardian.user, upload=picture())
        assert sign_in(guardian).get(address(row), {"look": ""})["Content-Disposition"].startswith("inline")
        assert sign_in(patient).get(address(row)).status_code == 404

    def test_once_the_grant_has_ended_it_is_gone(self, sign_in, paper, patient, doctor, in_care):
        browser = sign_in(doctor)
        assert browser.get(address(paper)).status_code == 200
        workflow.end_access(grant=in_care, by=patient.user)
        assert browser.get(address(paper)).status_code == 404

    def test_what_was_marked_wrong_is_handed_out_to_nobody(self, sign_in, paper, patient):
        browser = sign_in(patient)
        page = reverse("patients:mark_wrong", args=["document", paper.pk])
        assert browser.post(page, {"reason": "Of my brother"}).status_code == 302
        assert browser.get(address(paper)).status_code == 404
        assert "<s>MRI of the head</s>" in browser.get(reverse("record")).content.decode()
        assert StoredFile.objects.count() == 1


class TestPages:
    def typed(self, **more):
        return {"kind": "image", "title": "MRI of the head", "dated_on": "1 2 2026", "upload": pdf(), **more}

    def test_a_patient_adds_one_and_the_doctor_sees_it(self, sign_in, patient, doctor, in_care):
        browser = sign_in(patient)
        answer = browser.post(reverse("patients:keep_document", args=[patient.pk]), self.typed())
        assert answer.url == reverse("record")
        row = Document.objects.get()
        for person, page in ((patient, reverse("record")), (doctor, reverse("patient-timeline", args=[patient.pk]))):
            assert address(row) in sign_in(person).get(page).content.decode()

    @pytest.mark.parametrize("name", ["kind", "title", "dated_on", "upload"])
    def test_what_is_missing_is_said_and_the_file_is_asked_for_again(self, sign_in, patient, name):
        answer = sign_in(patient).post(reverse("patients:keep_document", args=[patient.pk]), self.typed(**{name: ""}))
        assert answer.status_code == 422
        if name != "upload":
            assert "Choose the file again" in answer.content.decode()
        assert not StoredFile.objects.exists()
