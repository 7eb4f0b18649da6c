"""Choosing type, day and time on the booking page, where each choice changes what can be chosen next."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, says, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

IN_SIGHT = """() => {
  const box = document.querySelector(".days :checked").parentElement.getBoundingClientRect();
  return box.left >= 0 && box.right <= innerWidth;
}"""


@pytest.fixture
def page(browse, neurologist, patient):
    page = browse(PHONE, patient)
    page.goto("/doctors/dr-neha-sharma/book/")
    title(page, "Book with Dr Neha Sharma")
    return page


def choose(page, name):
    """Take a radio button as a finger does: by its card."""
    page.get_by_role("radio", name=name).locator("xpath=..").click()


def test_the_summary_follows_the_time(page):
    bar = page.locator("#paybar")
    expect(bar).to_contain_text("Choose a time")
    choose(page, "10:30")
    expect(bar).to_contain_text("Today, 10:30")
    choose(page, re.compile("^Tue 3"))
    expect(page.locator("#slots legend")).to_contain_text("Tue 3 Mar")
    choose(page, "08:00")
    expect(bar).to_contain_text("Tomorrow, 08:00")


def test_the_type_of_visit_changes_minutes_fee_and_times(page):
    choose(page, re.compile("^Follow-up"))
    expect(page.locator("#paybar")).to_contain_text("Follow-up, ₹500.00")
    expect(page.locator("#summary")).to_contain_text("Follow-up in person, 10 min")
    expect(page.get_by_role("radio", name=re.compile("^Follow-up"))).to_be_checked()
    says(page, "10:20")


def test_the_message_outlives_another_day(page):
    page.get_by_label("What should the doctor know?").fill("A tingling in both feet.")
    choose(page, re.compile("^Wed 4"))
    expect(page.locator("#slots legend")).to_contain_text("Wed 4 Mar")
    expect(page.get_by_label("What should the doctor know?")).to_have_value("A tingling in both feet.")


def test_the_chosen_day_stays_in_sight_on_a_phone(page):
    choose(page, re.compile("^Sun 8"))
    expect(page.locator("#slots legend")).to_contain_text("Sun 8 Mar")
    assert page.evaluate(IN_SIGHT)
    page.goto("/doctors/dr-neha-sharma/book/?day=2026-03-08")
    expect(page.locator("#slots legend")).to_contain_text("Sun 8 Mar")
    assert page.evaluate(IN_SIGHT)


def test_the_week_after_can_be_reached_and_the_focus_stays_in_the_form(browse, neurologist, patient):
    page = browse(DESK, patient)
    page.goto("/doctors/dr-neha-sharma/book/")
    page.get_by_role("link", name="Next 7 days").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#slots legend")).to_contain_text("Mon 9 Mar")
    expect(page.locator("#live")).to_contain_text("free times on Mon 9 Mar")
    assert page.evaluate("document.querySelector('#book').contains(document.activeElement)")
