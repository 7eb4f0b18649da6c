"""Two who answer the same thing at once: one answer counts, the other is told, and nothing is half one and half the other."""

import time

import pytest
from django.db import connection
from django.db.models.query import QuerySet

from accounts.models import AuditEntry
from appointments import workflow
from appointments.models import Listing, Review
from doctors import workflow as doctors
from doctors.models import Application, Doctor, Document
from healthstack.lib import clock
from tests.concurrency.race import at_once, sort_out
from tests.factories import DoctorFactory, UserFactory, book, inbox, send_document, trail

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def other_administrator(administrator):
    return UserFactory(email="other.admin@example.org", name="Bela Roy", groups=["Administrators"])


@pytest.fixture
def without_locks(monkeypatch):
    """For a control: nobody waits for anybody, and everybody looks before anybody has written."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time (BEGIN IMMEDIATE), which hides what the control wants to show.")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **how: rows)
    now = clock.now

    def slowly():
        time.sleep(0.05)
        return now()

    monkeypatch.setattr(clock, "now", slowly)


class TestReviews:
    @pytest.fixture
    def seen(self, patient, doctor, at):
        visit = workflow.approve(appointment=book(patient, doctor), by=doctor.user)
        at(visit.starts_at)
        for verb in ("check_in", "start", "complete"):
            visit = getattr(workflow, verb)(appointment=visit, by=doctor.user)
        return visit

    @pytest.fixture
    def review(self, seen, patient):
        return workflow.write_review(appointment=seen, stars=4, by=patient.user)

    def answers(self, review, doctor):
        words = [f"Thank you, {n}" for n in range(10)]
        calls = [lambda w=w: workflow.answer_review(review=review, text=w, by=doctor.user) for w in words]
        return sort_out(at_once(calls))

    def test_one_of_ten_reviews_of_a_visit_counts(self, seen, patient, doctor):
        stars = [1, 2, 3, 4, 5] * 2
        calls = [lambda s=s: workflow.write_review(appointment=seen, stars=s, by=patient.user) for s in stars]
        won, refused = sort_out(at_once(calls))
        assert (len(won), len(refused)) == (1, 9)
        assert {str(refusal) for refusal in refused} == {"You have reviewed this visit already."}
        review = Review.objects.get()
        assert review.stars == won[0].stars
        for shown in (Doctor.objects.get(pk=doctor.pk), Listing.objects.get(doctor=doctor)):
            assert (shown.rating, shown.rating_count) == (review.stars, 1)
        assert trail(review) == ["appointments.review_written"]

    def test_one_of_ten_answers_stands(self, review, doctor, patient):
        won, refused = self.answers(review, doctor)
        assert (len(won), len(refused)) == (1, 9)
        assert {str(refusal) for refusal in refused} == {"You have answered this review already."}
        review.refresh_from_db()
        assert review.answer == won[0].answer
        assert trail(review).count("appointments.review_answered") == 1
        assert inbox(patient).count("appointments.review_answered") == 1

    def test_without_locks_several_answers_are_taken(self, review, doctor, without_locks):
        won, _refused = self.answers(review, doctor)
        assert len(won) > 1

    def test_hidden_and_answered_at_once_is_one_after_the_other(self, review, doctor, administrator):
        calls = [
            lambda: workflow.hide_review(review=review, reason="Insults", by=administrator),
            lambda: workflow.answer_review(review=review, text="Thank you", by=doctor.user),
        ]
        _hidden, answered = at_once(calls)
        review.refresh_from_db()
        assert review.hidden_at
        assert bool(review.answer) == isinstance(answered, Review)
        assert Doctor.objects.get(pk=doctor.pk).rating_count == 0

    def test_hidden_ten_times_is_hidden_once(self, review, administrator):
        hide = [lambda n=n: workflow.hide_review(review=review, reason=f"{n}", by=administrator) for n in range(10)]
        won, refused = sort_out(at_once(hide))
        assert (len(won), len(refused)) == (1, 9)
        review.refresh_from_db()
        assert review.hidden_reason == won[0].hidden_reason


class TestVerdicts:
    def test_a_paper_has_the_verdict_of_one_of_them_and_never_the_reason_of_the_other(
        self, pending_doctor, administrator, other_administrator
    ):
        """An administrator may change a verdict: the later one stands, whole, and the trail has both."""
        for n in range(5):
            paper = send_document(pending_doctor, kind="degree")
            calls = [
                lambda p=paper: doctors.judge_document(document=p, verdict="accepted", by=administrator),
                lambda p=paper, n=n: doctors.judge_document(
                    document=p, verdict="refused", reason=f"Blurred {n}", by=other_administrator
                ),
            ]
            won, _none = sort_out(at_once(calls))
            assert len(won) == 2
            paper.refresh_from_db()
            facts = (paper.verdict, paper.verdict_reason, paper.verdict_by)
            assert facts in [("accepted", "", administrator), ("refused", f"Blurred {n}", other_administrator)]
            last = AuditEntry.objects.filter(code__startswith="doctors.document_", facts__document=str(paper.pk))
            assert last.order_by("-id")[0].code == f"doctors.document_{paper.verdict}"

    def test_a_paper_is_judged_or_taken_back(self, pending_doctor, administrator):
        for _ in range(5):
            paper = send_document(pending_doctor, kind="degree")
            calls = [
                lambda p=paper: doctors.judge_document(document=p, verdict="accepted", by=administrator),
                lambda p=paper: doctors.withdraw_document(document=p, by=pending_doctor.user),
            ]
            judged, taken_back = at_once(calls)
            assert taken_back is None
            row = Document.objects.filter(pk=paper.pk).first()
            assert (row is not None) == isinstance(judged, Document), "what was judged stays for the history"
            assert row is None or row.withdrawn_at

    def verdicts(self, doctor, one, other):
        return [
            lambda: doctors.approve_doctor(doctor=doctor, by=one),
            lambda: doctors.reject_doctor(doctor=doctor, reason="No such number", by=other),
        ]

    def test_a_doctor_is_approved_or_rejected(self, hospital, administrator, other_administrator):
        for n in range(5):
            doctor = DoctorFactory(email=f"new{n}@example.org", hospitals=[hospital], approved=False)
            won, refused = sort_out(at_once(self.verdicts(doctor, administrator, other_administrator)))
            assert (len(won), len(refused)) == (1, 1)
            doctor.refresh_from_db()
            approved = doctor.state == "approved"
            assert won[0].state == doctor.state
            assert doctor.state_reason == ("" if approved else "No such number")
            assert doctor.user.groups.get().name == ("Doctors" if approved else "Pending doctors")
            assert Listing.objects.filter(doctor=doctor).exists() == approved
            assert len([kind for kind in inbox(doctor) if kind in ("doctors.approved", "doctors.rejected")]) == 1

    @pytest.mark.parametrize("verb", ["approve_doctor", "suspend_doctor", "reinstate_doctor"])
    def test_the_same_verdict_of_ten_is_one(self, doctor, pending_doctor, administrator, verb):
        about = pending_doctor if verb == "approve_doctor" else doctor
        if verb == "reinstate_doctor":
            workflow.suspend_doctor(doctor=doctor, reason="Under review", by=administrator)
        module = doctors if verb == "approve_doctor" else workflow
        facts = {"reason": "Under review"} if verb == "suspend_doctor" else {}
        before = len(trail(about))
        won, refused = sort_out(at_once([lambda: getattr(module, verb)(doctor=about, by=administrator, **facts)] * 10))
        assert (len(won), len(refused)) == (1, 9)
        assert len(trail(about)) == before + 1


class TestApplications:
    @pytest.fixture
    def newcomer(self, db):
        return DoctorFactory(email="newcomer@example.org", name="Asha Verma")

    @pytest.fixture
    def asked(self, newcomer, hospital):
        return doctors.apply(doctor=newcomer, hospital=hospital, by=newcomer.user)

    def answers(self, asked, newcomer, hospital_admin):
        return [
            lambda: doctors.accept(application=asked, by=hospital_admin),
            lambda: doctors.decline(application=asked, reason="No room", by=hospital_admin),
            lambda: doctors.withdraw(application=asked, by=newcomer.user),
        ]

    def test_it_is_accepted_declined_or_withdrawn(self, asked, newcomer, hospital_admin):
        """Five rounds, with as many of each as of the others."""
        for _ in range(5):
            won, refused = sort_out(at_once(self.answers(asked, newcomer, hospital_admin) * 3))
            assert (len(won), len(refused)) == (1, 8)
            asked.refresh_from_db()
            working = newcomer.affiliations.current().exists()
            assert (asked.waits, working) == (None, asked.state == "accepted")
            assert bool(asked.reason) == (asked.state == "declined")
            if working:
                doctors.end_work(affiliation=newcomer.affiliations.get(), by=hospital_admin)
            asked = doctors.apply(doctor=newcomer, hospital=asked.hospital, by=newcomer.user)

    def test_without_locks_it_is_handled_more_than_once(self, asked, newcomer, hospital_admin, without_locks):
        results = at_once(self.answers(asked, newcomer, hospital_admin) * 3)
        assert len([result for result in results if not isinstance(result, Exception)]) > 1

    def test_ten_applications_to_one_hospital_are_one(self, newcomer, hospital, hospital_admin):
        won, refused = sort_out(
            at_once([lambda: doctors.apply(doctor=newcomer, hospital=hospital, by=newcomer.user)] * 10)
        )
        assert (len(won), len(refused)) == (1, 9)
        assert Application.objects.count() == 1
        assert inbox(hospital_admin) == ["doctors.applied"]
