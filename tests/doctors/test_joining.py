"""Joining as a doctor: signing up, papers, and what an administrator says."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Mail, StoredFile, User
from doctors import workflow
from doctors.models import Doctor, Document
from healthstack.lib.rules import RuleBroken
from tests.factories import PASSWORD, DoctorFactory, inbox, language, pdf, picture, send_document, specialty, trail

K, V = Document.Kind, Document.Verdict


def sign_up(**changed):
    columns = {
        "registration_number": "DMC 4711",
        "council": "Delhi Medical Council",
        "gender": "female",
        "fee": Decimal(600),
    }
    columns.update(changed.pop("columns", {}))
    facts = {
        "email": "ila@example.org",
        "password": PASSWORD,
        "name": "Dr. Ila Roy",
        "doctor": Doctor(**columns),
        "specialties": [specialty("Neurology")],
        "languages": [language("Hindi")],
    }
    return workflow.sign_up(**{**facts, **changed})


def send(doctor, *kinds):
    return [send_document(doctor, kind) for kind in kinds]


@pytest.fixture
def sent(pending_doctor):
    """Her certificate and her identity card are here."""
    return send(pending_doctor, K.REGISTRATION, K.IDENTITY)


def groups(doctor):
    return set(User.objects.get(pk=doctor.user_id).groups.values_list("name", flat=True))


class TestSignUp:
    def test_a_doctor_signs_up_and_waits_to_be_checked(self, db):
        doctor = sign_up()
        assert (doctor.state, doctor.slug, doctor.user.name) == ("pending", "dr-ila-roy", "Ila Roy")
        assert groups(doctor) == {"Pending doctors"}
        assert doctor.offers.count() == 3
        assert not Doctor.objects.findable().exists()
        assert trail(doctor) == ["doctors.signed_up"]

    def test_nobody_signs_up_approved(self, db):
        assert sign_up(columns={"state": "approved", "state_reason": "x"}).state == "pending"

    def test_a_registration_is_one_doctors_whatever_its_letters(self, db):
        sign_up()
        with pytest.raises(RuleBroken, match="is here already") as refusal:
            sign_up(
                email="other@example.org",
                columns={"registration_number": "dmc 4711", "council": "DELHI MEDICAL COUNCIL"},
            )
        assert refusal.value.field == "registration_number"
        assert not User.objects.filter(email="other@example.org").exists()

    def test_an_address_that_is_taken_makes_no_doctor(self, patient):
        with pytest.raises(RuleBroken, match="already has this e-mail"):
            sign_up(email=patient.user.email)
        assert not Doctor.objects.exists()


class TestDocuments:
    def test_a_paper_is_kept(self, pending_doctor):
        paper = workflow.send_document(doctor=pending_doctor, kind=K.IDENTITY, upload=picture(), by=pending_doctor.user)
        assert (paper.verdict, paper.file.owner, paper.file.kind) == ("waiting", pending_doctor.user, "image/webp")
        assert trail(pending_doctor)[0] == "doctors.document_sent"

    def test_something_else_than_a_paper_is_refused(self, pending_doctor):
        page = SimpleUploadedFile("card.png", b"<html>", "image/png")
        with pytest.raises(RuleBroken, match="not what its name says"):
            workflow.send_document(doctor=pending_doctor, kind=K.IDENTITY, upload=page, by=pending_doctor.user)
        assert not Document.objects.exists()

    def test_one_whom_nobody_checks_sends_nothing(self, doctor):
        with pytest.raises(RuleBroken, match="Nothing is being checked"):
            send(doctor, K.DEGREE)
        assert not StoredFile.objects.exists()

    def test_there_is_an_end_to_papers(self, pending_doctor):
        send(pending_doctor, *[K.OTHER] * 12)
        with pytest.raises(RuleBroken, match="Remove one first"):
            send(pending_doctor, K.OTHER)
        assert StoredFile.objects.count() == 12

    def test_one_that_nobody_looked_at_goes_with_its_content(self, pending_doctor, sent):
        workflow.withdraw_document(document=sent[0], by=pending_doctor.user)
        assert list(pending_doctor.documents.all()) == [sent[1]]
        assert StoredFile.objects.count() == 1

    def test_one_that_was_judged_stays_for_the_history(self, pending_doctor, administrator, sent):
        workflow.judge_document(document=sent[0], verdict=V.REFUSED, reason="Blurred", by=administrator)
        workflow.withdraw_document(document=sent[0], by=pending_doctor.user)
        assert list(pending_doctor.documents.current()) == [sent[1]]
        assert pending_doctor.documents.count() == 2
        with pytest.raises(RuleBroken, match="removed already"):
            workflow.withdraw_document(document=sent[0], by=pending_doctor.user)

    def test_another_file_takes_the_place_of_an_earlier_one(self, pending_doctor, sent):
        new = workflow.send_document(
            doctor=pending_doctor, kind=K.REGISTRATION, upload=picture(), by=pending_doctor.user, instead=sent[0]
        )
        assert set(pending_doctor.documents.current()) == {new, sent[1]}

    def test_once_approved_nothing_is_taken_back(self, pending_doctor, administrator, sent):
        workflow.approve_doctor(doctor=pending_doctor, by=administrator)
        with pytest.raises(RuleBroken, match="Nothing is being checked"):
            workflow.withdraw_document(document=sent[0], by=pending_doctor.user)


class TestJudge:
    def test_a_paper_is_accepted(self, administrator, sent):
        paper = workflow.judge_document(document=sent[0], verdict=V.ACCEPTED, by=administrator)
        assert (paper.verdict, paper.verdict_by) == ("accepted", administrator)
        assert trail(paper.doctor)[0] == "doctors.document_accepted"

    def test_a_paper_is_refused_only_with_a_reason(self, administrator, sent):
        with pytest.raises(RuleBroken, match="Say why"):
            workflow.judge_document(document=sent[0], verdict=V.REFUSED, reason="  ", by=administrator)
        paper = workflow.judge_document(document=sent[0], verdict=V.REFUSED, reason="Blurred", by=administrator)
        assert paper.verdict_reason == "Blurred"

    def test_one_that_was_taken_back_is_not_judged(self, pending_doctor, administrator, sent):
        workflow.judge_document(document=sent[0], verdict=V.ACCEPTED, by=administrator)
        workflow.withdraw_document(document=sent[0], by=pending_doctor.user)
        with pytest.raises(RuleBroken, match="taken this document back"):
            workflow.judge_document(document=sent[0], verdict=V.ACCEPTED, by=administrator)


class TestChecking:
    def test_an_approved_doctor_can_be_found_and_is_told(self, pending_doctor, administrator):
        workflow.approve_doctor(doctor=pending_doctor, by=administrator)
        assert Doctor.objects.findable().get() == pending_doctor
        assert groups(pending_doctor) == {"Doctors"}
        assert inbox(pending_doctor) == ["doctors.approved"]
        assert trail(pending_doctor)[0] == "doctors.approved"

    def test_one_who_is_asked_for_more_reads_what_and_sends_it_again(self, pending_doctor, administrator, sent):
        doctor = workflow.ask_more_doctor(doctor=pending_doctor, reason="Your degree is missing", by=administrator)
        assert (doctor.state, doctor.state_reason) == ("more_needed", "Your degree is missing")
        assert groups(doctor) == {"Pending doctors"}
        letter = Mail.objects.get(to=doctor.user.email)
        assert "degree" not in letter.subject + letter.body + letter.html
        doctor = workflow.send_for_checking(doctor=doctor, by=doctor.user)
        assert (doctor.state, doctor.state_reason) == ("pending", "")
        assert trail(doctor)[0] == "doctors.sent"

    def test_one_who_is_rejected_may_try_again(self, pending_doctor, administrator, sent):
        doctor = workflow.reject_doctor(doctor=pending_doctor, reason="No such number", by=administrator)
        assert (doctor.state, inbox(doctor)) == ("rejected", ["doctors.rejected"])
        with pytest.raises(RuleBroken):
            workflow.approve_doctor(doctor=doctor, by=administrator)
        assert workflow.send_for_checking(doctor=doctor, by=doctor.user).state == "pending"

    @pytest.mark.parametrize("verb", [workflow.ask_more_doctor, workflow.reject_doctor])
    def test_without_a_reason_nothing_is_asked_or_refused(self, pending_doctor, administrator, verb):
        with pytest.raises(RuleBroken) as refusal:
            verb(doctor=pending_doctor, reason=" ", by=administrator)
        assert refusal.value.field == "reason"
        assert Doctor.objects.get().state == "pending"

    def test_what_is_missing_is_named(self, pending_doctor, administrator):
        send(pending_doctor, K.REGISTRATION)
        doctor = workflow.ask_more_doctor(doctor=pending_doctor, reason="Who are you?", by=administrator)
        with pytest.raises(RuleBroken, match="Add these first: Proof of identity"):
            workflow.send_for_checking(doctor=doctor, by=doctor.user)

    def test_a_refused_paper_does_not_count(self, pending_doctor, administrator, sent):
        workflow.judge_document(document=sent[0], verdict=V.REFUSED, reason="Blurred", by=administrator)
        assert workflow.missing_documents(doctor=pending_doctor) == [K.REGISTRATION]

    def test_one_who_waits_already_does_not_send_again(self, pending_doctor, sent):
        with pytest.raises(RuleBroken, match="already: Being checked"):
            workflow.send_for_checking(doctor=pending_doctor, by=pending_doctor.user)

    def test_a_suspended_doctor_is_not_approved_by_the_back_door(self, doctor, administrator):
        doctor = workflow.set_state(doctor=doctor, state="suspended", reason="Licence", by=administrator)
        with pytest.raises(RuleBroken, match="Reinstate"):
            workflow.approve_doctor(doctor=doctor, by=administrator)
        with pytest.raises(RuleBroken):
            workflow.send_for_checking(doctor=doctor, by=doctor.user)

    def test_those_who_sent_papers_are_looked_at_first_oldest_first(self, pending_doctor):
        later, empty = DoctorFactory(approved=False), DoctorFactory(approved=False)
        send(later, K.IDENTITY)
        send(pending_doctor, K.IDENTITY)
        assert list(Doctor.objects.to_check()) == [pending_doctor, later, empty]


class TestPages:
    def test_sent_checking_approved(self, pending_doctor, administrator, sign_in):
        browser = sign_in(pending_doctor)
        page = browser.get("/doctor/verification/").content.decode()
        assert (
            "Add your documents, then we can begin." in page and "Registration certificate, Proof of identity" in page
        )
        for kind in (K.REGISTRATION, K.IDENTITY):
            answer = browser.post("/doctor/documents/send-document/", {"kind": kind, "file": pdf()})
            assert (answer.status_code, answer.url) == (302, "/doctor/verification/")
        assert "We are looking at your documents." in browser.get("/doctor/verification/").content.decode()
        workflow.ask_more_doctor(doctor=pending_doctor, reason="Your degree <b>too</b>", by=administrator)
        page = browser.get("/doctor/verification/").content.decode()
        assert "Your degree &lt;b&gt;too&lt;/b&gt;" in page and "Send for checking" in page
        assert browser.post("/doctor/verification/send-for-checking/").status_code == 302
        workflow.approve_doctor(doctor=pending_doctor, by=administrator)
        page = browser.get("/doctor/verification/").content.decode()
        assert "Your registration is checked." in page and "Add a document" not in page

    def test_a_form_without_a_file_says_so(self, pending_doctor, sign_in):
        answer = sign_in(pending_doctor).post("/doctor/documents/send-document/", {"kind": "degree"})
        assert answer.status_code == 422
        assert "Choose a PDF or a picture" in answer.content.decode()

    def test_a_refusal_is_a_sentence_on_the_form(self, doctor, sign_in):
        answer = sign_in(doctor).post("/doctor/documents/send-document/", {"kind": "degree", "file": pdf()})
        assert answer.status_code == 409
        assert "Nothing is being checked at the moment: Approved." in answer.content.decode()

    def test_a_paper_is_replaced_and_removed(self, pending_doctor, sent, sign_in):
        browser = sign_in(pending_doctor)
        answer = browser.post(f"/doctor/documents/{sent[0].pk}/replace/", {"file": picture("card.png")})
        assert answer.url == "/doctor/verification/"
        new = pending_doctor.documents.get(kind=K.REGISTRATION)
        assert new.file.name == "card.png"
        browser.post(f"/doctor/documents/{new.pk}/withdraw-document/")
        assert not pending_doctor.documents.filter(kind=K.REGISTRATION).exists()

    def test_a_paper_opens_for_its_doctor_and_for_those_who_check(
        self, pending_doctor, other_doctor, patient, hospital_admin, administrator, sent, sign_in
    ):
        url = f"/doctor/documents/{sent[0].pk}/"
        for person in (pending_doctor, administrator):
            answer = sign_in(person).get(url)
            assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
            assert b"".join(answer.streaming_content).startswith(b"%PDF-")
        for person in (other_doctor, patient, hospital_admin):
            assert sign_in(person).get(url).status_code == 404
