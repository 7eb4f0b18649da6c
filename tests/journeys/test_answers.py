"""A patient cancels, a doctor declines: what both see of it."""

import pytest
from playwright.sync_api import expect

from appointments import workflow as appointments
from tests.factories import book, free_slots
from tests.journeys.conftest import DESK, PHONE, PLAIN_PHONE, press, says, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_patient_cancels_from_the_dashboard_and_the_time_is_free_again(screen, browse, neurologist, patient):
    visit = book(patient, neurologist)
    page = browse(screen, patient)
    page.goto("/dashboard/")
    says(page, "Your next visit")
    page.locator("section.now").get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Why? (optional)")).to_be_hidden()
    page.locator("summary", has_text="Cancel the visit").click()
    page.get_by_label("Why? (optional)").fill("I feel better.")
    press(page, "Yes, cancel Today, 10:10")
    says(page, "Visit cancelled.")
    says(page, "I feel better.")
    expect(page.locator(".head .badge")).to_have_text("Cancelled")
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    page.goto("/doctors/?q=neuro")
    expect(page.get_by_role("link", name="Book Today, 10:10")).to_be_visible()


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=str)
def test_a_doctor_declines_with_a_reason_and_stays_on_the_page(screen, browse, neurologist, patient, other_patient):
    first, second = (book(p, neurologist, slot=free_slots(neurologist)[0]) for p in (patient, other_patient))
    page = browse(screen, neurologist)
    page.goto("/appointments/requests/")
    row = page.locator(f"#request-{first.pk}")
    row.locator("summary", has_text="Decline").click()
    reason = row.get_by_label("Why? The patient reads it.")
    reason.select_option("This needs another specialist")
    row.get_by_role("button", name="Decline the request").click()

    expect(row.locator(".badge")).to_have_text("Declined")
    expect(row.get_by_role("button")).to_have_count(0)
    expect(row.get_by_role("heading", name=patient.name)).to_be_focused()
    expect(page.locator("#live")).to_have_text("Request declined.")
    title(page, "Requests")
    expect(page.locator(f"#request-{second.pk}").get_by_role("button", name="Approve Kabir Anand")).to_be_visible()

    theirs = browse(screen, patient)
    theirs.goto(first.get_absolute_url())
    says(theirs, "This needs another specialist")
    expect(theirs.get_by_role("link", name="Choose another time")).to_be_visible()


def test_without_javascript_the_doctor_declines_as_well(browse, neurologist, patient):
    visit = book(patient, neurologist)
    page = browse(PLAIN_PHONE, neurologist)
    page.goto("/dashboard/")
    page.locator("summary", has_text="Decline").click()
    page.get_by_label("Why? The patient reads it.").select_option("I am not available at that time")
    press(page, "Decline the request")
    title(page, "Hello, Dr Sharma")
    says(page, "Request declined.")
    says(page, "No request waits for you.")
    visit.refresh_from_db()
    assert (visit.state, visit.reason) == ("declined", "I am not available at that time")


def test_a_request_that_was_called_off_meanwhile_says_so_and_leaves_the_page_whole(browse, neurologist, patient):
    visit = book(patient, neurologist)
    page = browse(DESK, neurologist)
    page.goto("/appointments/requests/")
    appointments.cancel(appointment=visit, by=patient.user)
    press(page, "Approve Priyanka Maurya")
    says(page, "This visit is closed already: Cancelled.")
    title(page, "Requests")
    expect(page.locator("header.bar")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
