"""What patients say: by those who were seen, once for each visit, answered once, hidden with a reason."""

import pytest
from django.urls import reverse

from appointments import workflow
from appointments.models import Listing, Review
from doctors import workflow as doctors
from doctors.models import Doctor
from healthstack.lib.rules import RuleBroken
from tests.factories import DoctorFactory, PatientFactory, book, free_slots, inbox, trail


def text(answer):
    return " ".join(answer.content.decode().split())


def see(patient, doctor, at):
    """A visit of the patient that is over."""
    visit = workflow.approve(appointment=book(patient, doctor), by=doctor.user)
    at(visit.starts_at)
    for verb in ("check_in", "start", "complete"):
        visit = getattr(workflow, verb)(appointment=visit, by=doctor.user)
    return visit


@pytest.fixture
def seen(patient, doctor, at):
    return see(patient, doctor, at)


@pytest.fixture
def review(seen, patient):
    return workflow.write_review(appointment=seen, stars=4, text="She listened.", by=patient.user)


def rating(doctor):
    row, card = Doctor.objects.get(pk=doctor.pk), Listing.objects.get(doctor=doctor)
    assert (row.rating, row.rating_count) == (card.rating, card.rating_count)
    return row.rating and float(row.rating), row.rating_count


class TestWriteReview:
    def test_a_patient_who_was_seen_says_how_it_was(self, review, doctor):
        assert (review.stars, review.text, review.doctor) == (4, "She listened.", doctor)
        assert rating(doctor) == (4.0, 1)
        assert "appointments.review_written" in inbox(doctor)
        assert trail(review) == ["appointments.review_written"]

    def test_the_rating_is_the_mean_of_all(self, review, doctor, at):
        for n, stars in enumerate((5, 5)):
            other = PatientFactory(email=f"seen{n}@example.org")
            workflow.write_review(appointment=see(other, doctor, at), stars=stars, by=other.user)
        assert rating(doctor) == (4.67, 3)

    def test_once_for_each_visit(self, review, seen, patient, doctor):
        with pytest.raises(RuleBroken, match="already"):
            workflow.write_review(appointment=seen, stars=1, by=patient.user)
        assert rating(doctor) == (4.0, 1)

    @pytest.mark.parametrize("state", ["requested", "confirmed", "cancelled"])
    def test_only_of_a_visit_that_is_over(self, appointment, patient, doctor, state):
        if state != "requested":
            workflow.approve(appointment=appointment, by=doctor.user)
        if state == "cancelled":
            workflow.cancel(appointment=appointment, by=patient.user)
        with pytest.raises(RuleBroken, match="once it is over"):
            workflow.write_review(appointment=appointment, stars=5, by=patient.user)

    @pytest.mark.parametrize("stars", [0, 6, -1])
    def test_one_to_five_stars(self, seen, patient, stars):
        with pytest.raises(RuleBroken, match="one to five"):
            workflow.write_review(appointment=seen, stars=stars, by=patient.user)

    def test_a_change_of_the_doctors_page_leaves_the_rating(self, doctor, review):
        """`doctors.set_rating` alone writes it: this row was read before the review."""
        assert doctor.rating is None
        doctors.change_doctor(doctor=doctor, by=None)
        assert rating(doctor) == (4.0, 1)

    def test_on_the_page(self, sign_in, seen, patient, doctor):
        browser, url = sign_in(patient), reverse("appointments:write_review", args=[seen.pk])
        assert url in text(browser.get(seen.get_absolute_url()))
        for stars in ("", "6", "NaN", "5" * 30):
            answer = browser.post(url, {"stars": stars, "text": "Good"})
            assert answer.status_code == 422
            assert "Choose one to five stars" in text(answer)
            assert "Good" in text(answer)
        assert browser.post(url, {"stars": "5", "text": "x" * 1001}).status_code == 422
        answer = browser.post(url, {"stars": "5", "text": "<b>Kind</b>"}, follow=True)
        assert "&lt;b&gt;Kind&lt;/b&gt;" in text(answer)
        assert browser.post(url, {"stars": "1"}).status_code == 409
        assert Review.objects.get().stars == 5

    def test_a_visit_that_is_not_over_has_no_such_page(self, sign_in, appointment, patient):
        url = reverse("appointments:write_review", args=[appointment.pk])
        assert sign_in(patient).get(url).status_code == 404


class TestAnswerReview:
    def test_the_doctor_answers_and_the_patient_is_told(self, review, doctor, patient):
        answered = workflow.answer_review(review=review, text="Thank you.", by=doctor.user)
        assert answered.answer == "Thank you."
        assert "appointments.review_answered" in inbox(patient)

    def test_once(self, review, doctor):
        workflow.answer_review(review=review, text="Thank you.", by=doctor.user)
        with pytest.raises(RuleBroken, match="already"):
            workflow.answer_review(review=review, text="Besides …", by=doctor.user)

    def test_with_words(self, review, doctor):
        with pytest.raises(RuleBroken, match="Write your answer"):
            workflow.answer_review(review=review, text="  ", by=doctor.user)

    def test_not_a_hidden_one(self, review, doctor, administrator):
        workflow.hide_review(review=review, reason="Names a nurse", by=administrator)
        with pytest.raises(RuleBroken, match="hidden"):
            workflow.answer_review(review=review, text="Thank you.", by=doctor.user)

    def test_on_the_page(self, sign_in, review, doctor, other_doctor):
        url = reverse("appointments:answer_review", args=[review.pk])
        assert "She listened." in text(sign_in(doctor).get("/reviews/"))
        assert "She listened." not in text(sign_in(other_doctor).get("/reviews/"))
        assert sign_in(other_doctor).post(url, {"answer": "No"}).status_code == 404
        assert sign_in(doctor).post(url, {"answer": ""}).status_code == 422
        answer = sign_in(doctor).post(url, {"answer": "y" * 1001})
        assert answer.status_code == 422
        assert "yyy" in text(answer), "what was typed is kept"
        assert sign_in(doctor).post(url, {"answer": "Thank you."}).status_code == 302
        assert sign_in(doctor).post(url, {"answer": "Again"}).status_code == 409


class TestHideReview:
    def test_it_is_gone_and_does_not_count(self, client, review, doctor, administrator):
        workflow.hide_review(review=review, reason="Names a nurse", by=administrator)
        assert rating(doctor) == (None, 0)
        assert "She listened." not in text(client.get(doctor.get_absolute_url()))
        assert trail(review)[0] == "appointments.review_hidden"

    def test_it_comes_back(self, client, review, doctor, administrator):
        workflow.hide_review(review=review, reason="Names a nurse", by=administrator)
        workflow.unhide_review(review=review, by=administrator)
        assert rating(doctor) == (4.0, 1)
        assert "She listened." in text(client.get(doctor.get_absolute_url()))

    def test_with_a_reason_that_the_writer_reads(self, sign_in, review, seen, patient, administrator):
        with pytest.raises(RuleBroken, match="Say why"):
            workflow.hide_review(review=review, reason=" ", by=administrator)
        workflow.hide_review(review=review, reason="Names a nurse", by=administrator)
        assert "Names a nurse" in text(sign_in(patient).get(seen.get_absolute_url()))

    def test_neither_twice(self, review, administrator):
        with pytest.raises(RuleBroken, match="shown already"):
            workflow.unhide_review(review=review, by=administrator)
        workflow.hide_review(review=review, reason="Names a nurse", by=administrator)
        with pytest.raises(RuleBroken, match="hidden already"):
            workflow.hide_review(review=review, reason="Again", by=administrator)

    def test_a_hidden_one_is_not_written_again(self, review, seen, patient, administrator):
        workflow.hide_review(review=review, reason="Names a nurse", by=administrator)
        with pytest.raises(RuleBroken, match="already"):
            workflow.write_review(appointment=seen, stars=1, by=patient.user)


class TestOnTheDoctorsPage:
    def test_stars_in_words_and_only_a_first_name_and_an_initial(self, client, review, doctor):
        workflow.answer_review(review=review, text="Thank you.", by=doctor.user)
        page = text(client.get(doctor.get_absolute_url())).split('id="reviews"')[1]
        assert "4.0 of 5, 1 review<" in page
        assert "Priyanka M." in page
        assert "Maurya" not in page
        assert "Dr Neha Sharma answered" in page
        assert "Thank you." in page

    def test_without_reviews_it_says_so(self, client, doctor):
        assert "No reviews yet" in text(client.get(doctor.get_absolute_url()))

    def test_older_ones_are_on_the_next_page(self, client, hospital, at):
        doctor = DoctorFactory(hospitals=[hospital], days_ahead=60)
        for n in range(7):
            person = PatientFactory(email=f"seen{n}@example.org", name=f"Asha{n} Verma")
            assert free_slots(doctor)
            workflow.write_review(appointment=see(person, doctor, at), stars=5, text=f"word{n}", by=person.user)
        first = client.get(doctor.get_absolute_url())
        assert [f"word{n}" in text(first) for n in range(7)] == [False, False, True, True, True, True, True]
        second = client.get(doctor.get_absolute_url(), {"reviews": first.context["reviews"].next})
        assert [f"word{n}" in text(second) for n in range(7)] == [True, True, False, False, False, False, False]
