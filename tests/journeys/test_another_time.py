"""A visit gets another time, and once it is over a review and an answer."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from appointments import workflow
from appointments.models import Appointment, Review
from healthstack.lib import clock
from tests.factories import book, free_slots
from tests.journeys.conftest import press, says, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_patient_moves_a_visit_and_the_doctor_answers_again(either, browse, neurologist, patient):
    tomorrow = clock.today() + timedelta(1)
    slot = next(s for s in free_slots(neurologist) if s.starts_at.date() == tomorrow)
    visit = workflow.approve(appointment=book(patient, neurologist, slot=slot), by=neurologist.user)
    page = browse(either, patient)
    page.goto(visit.get_absolute_url())
    says(page, "You can cancel or move it here until")
    page.get_by_role("link", name="Another time").click()
    title(page, "Move the visit")
    says(page, "The time that you have now is kept until the new one is yours.")
    page.get_by_role("radio", name="11:00").check(force=True)
    page.get_by_role("button", name=re.compile("^Ask")).locator("visible=true").click()
    says(page, "The visit has another time.")
    says(page, "Requested, not yet confirmed")
    says(page, "Moved from")
    visit.refresh_from_db()
    assert (visit.state, visit.sequence) == ("requested", 1)

    page = browse(either, neurologist)
    page.goto("/appointments/requests/")
    says(page, "Priyanka Maurya")
    page.get_by_role("checkbox", name=re.compile("^Tick Priyanka Maurya")).check()
    press(page, "Approve the ticked")
    says(page, "1 request approved.")
    visit.refresh_from_db()
    assert visit.state == "confirmed"


def test_a_patient_who_was_seen_writes_a_review_and_reads_the_answer(either, browse, neurologist, patient, forenoon):
    visit = workflow.approve(appointment=book(patient, neurologist), by=neurologist.user)
    for verb in ("check_in", "start", "complete"):
        visit = getattr(workflow, verb)(appointment=visit, by=neurologist.user)
    page = browse(either, patient)
    page.goto(visit.get_absolute_url())
    page.get_by_role("link", name="Write a review").click()
    title(page, "Your visit with Dr Neha Sharma")
    press(page, "Publish the review")
    expect(page.get_by_role("alert")).to_contain_text("Choose one to five stars")
    page.get_by_label("4 stars: good").check()
    page.get_by_label("In your words").fill("She listened.")
    press(page, "Publish the review")
    says(page, "Thank you. Your review is on the doctor’s page.")

    page = browse(either, neurologist)
    page.goto("/reviews/")
    says(page, "She listened.")
    page.locator("summary", has_text="Answer").click()
    page.get_by_label("Your answer.").fill("Thank you for coming.")
    press(page, "Publish the answer")
    says(page, "Your answer is on your page.")

    page.goto(neurologist.get_absolute_url())
    says(page, "4.0 of 5, 1 review")
    says(page, "Priyanka M.")
    says(page, "Thank you for coming.")
    assert Review.objects.get().answered_at
    assert Appointment.objects.get().state == "completed"
