"""The way to a visit by keyboard alone: every stop can be seen, and nothing lies over it."""

import re

import pytest
from playwright.sync_api import expect

from appointments.models import Appointment
from tests.journeys.conftest import DESK, PHONE, PLAIN_DESK, says, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# What has the focus: its name, how it is outlined, and what covers it. A radio fills its card, which is outlined instead.
FOCUS = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const drawn = node.type === "radio" ? node.nextElementSibling : node;
  const box = drawn.getBoundingClientRect();
  const style = getComputedStyle(drawn);
  const [x, y] = [box.left + Math.min(box.width / 2, 60), (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2];
  const above = document.elementFromPoint(x, y);
  return {
    name: (node.labels?.[0] || node).innerText.trim().replace(/\\s+/g, " ") || node.getAttribute("aria-label") || node.name,
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    hidden: !(above && (drawn.contains(above) || above.contains(drawn) || above === node)),
    where: `${node.tagName.toLowerCase()} ${node.className} ${Math.round(x)},${Math.round(y)}`,
  };
}"""


@pytest.mark.parametrize("screen", [DESK, PHONE, PLAIN_DESK], ids=str)
def test_a_visit_is_found_and_booked_by_keyboard_alone(screen, browse, neurologist, patient):
    page = browse(screen, patient)
    page.goto("/")
    tab_to(page, "Skip to main content")
    page.keyboard.press("Enter")
    tab_to(page, "Doctor, speciality, symptom or hospital")
    page.keyboard.type("neuro")
    page.keyboard.press("Enter")

    title(page, "Search doctors")
    page.keyboard.press("Tab")
    tab_to(page, re.compile(r"^Book Today, ?10:20"))
    page.keyboard.press("Enter")

    title(page, "Book with Dr Neha Sharma")
    tab_to(page, re.compile("^Check-up"))
    tab_to(page, re.compile("^Mon 2"))
    page.keyboard.press("ArrowRight")
    if screen.js:
        expect(page.locator("#slots legend")).to_contain_text("Tue 3 Mar")
        expect(page.locator("#live")).to_contain_text("free times on Tue 3 Mar")
    assert looked_at(page)["name"].startswith("Tue 3"), "the focus left the chosen day"
    if not screen.js:
        tab_to(page, "Show the free times")
        page.keyboard.press("Enter")
        expect(page.locator("#slots legend")).to_contain_text("Tue 3 Mar")
    tab_to(page, re.compile("^08:00"))
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert looked_at(page)["name"] == "08:10"
    tab_to(page, "What should the doctor know?")
    page.keyboard.type("A tingling in both feet.")
    tab_to(page, re.compile("^Request"))
    page.keyboard.press("Enter")

    says(page, "Requested, not yet confirmed")
    visit = Appointment.objects.get()
    assert (f"{visit.starts_at:%d %H:%M}", visit.message) == ("03 02:40", "A tingling in both feet.")


def test_escape_closes_the_menu_and_gives_the_focus_back(browse, patient):
    page = browse(PHONE, patient)
    page.goto("/dashboard/")
    tab_to(page, re.compile("your account$"))
    page.keyboard.press("Enter")
    expect(page.locator(".menu-box")).to_be_visible()
    tab_to(page, "Prescriptions")
    page.keyboard.press("Escape")
    expect(page.locator(".menu-box")).to_be_hidden()
    assert looked_at(page)["name"].endswith("your account")


def looked_at(page):
    """What has the focus, once it has been checked that everybody can see that. A style may take a frame to follow."""
    for _ in range(20):
        focus = page.evaluate(FOCUS)
        if not focus or (focus["outline"] >= 2 and not focus["hidden"]):
            return focus
        page.wait_for_timeout(50)
    assert focus["outline"] >= 2, f"the focus cannot be seen on {focus}"
    raise AssertionError(f"something lies over the focus on {focus}")


def tab_to(page, name, most=80):
    """Press Tab until what has this name has the focus."""
    for _ in range(most):
        focus = looked_at(page)
        if focus and (name.search(focus["name"]) if isinstance(name, re.Pattern) else focus["name"] == name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by the Tab key")
