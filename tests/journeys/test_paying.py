"""Money from the first click to the receipt: a patient pays online, cancels and gets it back; a desk takes cash."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from appointments import workflow as appointments
from billing import ledger, providers, workflow
from billing.models import Attempt, Invoice, Refund
from tests.factories import book, free_slots
from tests.journeys.conftest import fill, press, says, send, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(patient, neurologist):
    """One of tomorrow, confirmed and to be paid."""
    slots = free_slots(neurologist)
    tomorrow = next(slot for slot in slots if slot.starts_at > slots[0].starts_at + timedelta(hours=20))
    return appointments.approve(appointment=book(patient, neurologist, slot=tomorrow), by=neurologist.user)


@pytest.fixture(autouse=True)
def _books_agree(db):
    yield
    assert list(ledger.faults()) == []


def to_the_bank(page):
    """From the dashboard's line to the page of the bank."""
    page.goto("/dashboard/")
    page.get_by_role("main").get_by_role("link", name="Pay ₹").click()
    page.get_by_role("main").get_by_role("link", name="Pay ₹").click()
    says(page, "Sahara Hospital")
    send(page, "Go on")
    page.get_by_role("main").get_by_role("link", name="Pay ₹").click()
    title(page, "A bank for trying out")


def test_a_patient_pays_online_sees_the_receipt_and_gets_it_back_after_cancelling(screen, browse, patient, visit):
    page, invoice = browse(screen, patient), visit.invoice
    to_the_bank(page)
    send(page, "Say that it is declined")
    says(page, "No money has moved.")
    page.get_by_role("link", name="Try again").click()
    send(page, "Go on")
    page.get_by_role("main").get_by_role("link", name="Pay ₹").click()
    send(page, "Say that it is paid")
    says(page, "Your payment has arrived.")
    with page.expect_download() as receipt:
        page.get_by_role("link", name="Receipt as PDF").click()
    assert receipt.value.suggested_filename == "RCP-2026-000001.pdf"

    page.goto(visit.get_absolute_url())
    expect(page.get_by_role("main").get_by_text("Paid", exact=True)).to_be_visible()
    page.locator("summary", has_text="Cancel the visit").click()
    send(page, "Yes, cancel")
    page.goto(invoice.get_absolute_url())
    says(page, "Given back")
    back = Refund.objects.get()
    assert (back.state, back.amount, Invoice.objects.get().state) == ("done", invoice.total, "void")


def test_who_comes_back_early_waits_and_then_sees_it(either, browse, patient, visit):
    page = browse(either, patient)
    to_the_bank(page)
    page.get_by_role("link", name="Leave without saying anything").click()
    title(page, "Waiting for the payment service")
    said = providers.provider("sandbox").say(Attempt.objects.get(), paid=True)
    workflow.hear(provider="sandbox", said=said)
    if not either.js:
        page.get_by_role("link", name="Refresh").click()
    says(page, "Your payment has arrived.")


def test_the_reception_takes_cash_and_says_the_change(either, browse, receptionist, visit):
    page = browse(either, receptionist)
    page.goto(f"/reception/?day={visit.starts_at:%Y-%m-%d}")
    page.get_by_role("link", name="due").first.click()
    fill(page, tendered="2000")
    press(page, "Take the payment")
    says(page, f"Give ₹{2000 - visit.fee:,.2f} back.")
    expect(page.get_by_role("main").get_by_text("Paid", exact=True)).to_be_visible()
    page.goto("/billing/desk/")
    says(page, "Nothing is to be paid.")
