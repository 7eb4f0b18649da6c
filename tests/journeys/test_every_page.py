"""Every page, of every person, empty and full, in both themes and at three widths: nothing is broken, nothing sticks out.

Each page is loaded once. axe reads it light at the desk and dark on the phone, so that each layout and each theme is
read; the width is measured there, and with `dev.py test --all` on the narrowest phone as well.
HEALTHSTACK_PICTURES=<folder> keeps pictures of everything that was looked at.
"""

import os
import re
import sqlite3
from copy import deepcopy
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, connection
from django.urls import URLPattern, URLResolver, get_resolver

from healthstack.pages import find, hospital
from tests.journeys import town as stage
from tests.journeys.conftest import DESK, PHONE, fill, send, standing_still
from tests.journeys.pages import WHO, Page

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PICTURES = os.environ.get("HEALTHSTACK_PICTURES", "")
EVERYTHING = PICTURES or os.environ.get("HEALTHSTACK_ALL") == "1"
LEAST = {"width": 320, "height": 700}
AXE = """axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}).then((found) => found.violations.flatMap((rule) => rule.nodes.map((node) =>
  `axe ${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\\s+/g, " ")}: ${node.html.slice(0, 200)}`)))"""
# What sticks out: the page out of the window, a text out of what it stands in. What can be scrolled, what hovers over the
# page, and what only a screen reader reads, may.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth, faults = [];
  if (document.documentElement.scrollWidth > width)
    faults.push(`the page is ${document.documentElement.scrollWidth} px wide at ${width}`);
  const named = (node) => `${node.tagName.toLowerCase()}.${(node.getAttribute("class") || "").replaceAll(" ", ".")}`;
  const styles = new Map();
  const style = (node) => styles.get(node) || styles.set(node, getComputedStyle(node)).get(node);
  const out_of = (node, text) => {
    let found = null;
    for (let up = node; up !== document.body; up = up.parentElement) {
      const { overflowX, position, display } = style(up);
      if (up.offsetWidth <= 1 || (["auto", "scroll"].includes(overflowX) && up.scrollWidth > up.clientWidth)) return null;
      const box = up.getBoundingClientRect();
      const inline = display === "contents" || display === "inline";
      if (!inline && !found && (text.right > box.right + 1.5 || text.left < box.left - 1.5)) found = up;
      if (position === "absolute" || position === "fixed") break;
    }
    return found;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, node = text.parentElement;
    // The blanks at the ends of lines that are kept as typed hang over, and nobody sees it.
    if (!text.data.trim() || node.closest("noscript, script, select, datalist, textarea, pre")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    const left = box.width && node.checkVisibility({ visibilityProperty: true }) && out_of(node, box);
    if (left) faults.push(`at ${width} “${text.data.trim().slice(0, 40).replace(/\\s+/g, " ")}” sticks out of ${named(left)}`);
  }
  return faults;
}"""
# What points at a part of the page that is not there, and parts that share a name.
DANGLING = """() => {
  const faults = [], ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of new Set(ids.filter((id, n) => ids.indexOf(id) !== n))) faults.push(`two parts are called #${id}`);
  for (const name of ["aria-describedby", "aria-labelledby", "aria-controls", "for", "list", "form"])
    for (const node of document.querySelectorAll(`[${name}]`))
      for (const id of node.getAttribute(name).split(/\\s+/).filter(Boolean))
        if (!ids.includes(id)) faults.push(`${name} of ${node.tagName.toLowerCase()} points at #${id}, which is not there`);
  for (const link of document.querySelectorAll("a[href^='#']"))
    if (!ids.includes(link.hash.slice(1))) faults.push(`a link leads to ${link.hash}, which is not there`);
  return faults;
}"""
# The colours of a theme arrive by transitions, those of the children after those of their parents: no need to watch.
SETTLED = """async () => {
  for (let n = 0; n < 100; n++) {
    const moving = document.getAnimations();
    if (!moving.length) break;
    for (const one of moving) one.finish();
  }
  await new Promise(requestAnimationFrame);
}"""


class Look:
    """One browser that goes from page to page and notes what is wrong."""

    def __init__(self, page, watch, who, town):
        self.page, self.watch, self.who, self.town = page, watch, who, town
        self.faults, self.status = {}, None
        page.on("response", self._response)

    def _response(self, response):
        request = response.request
        if request.resource_type == "document" and not 300 <= response.status < 400:
            self.status = response.status

    def at(self, page):
        """Open this page of the table, and look at it."""
        self._size(DESK.context["viewport"], "light")
        self.page.goto(page.url(self.town), wait_until="load")
        if page.then:
            page.then(self.page, self.town)
        if self.status != page.status:
            self._note(page, [f"answered {self.status}, not {page.status}"])
        self._note(page, self.watch.look())
        self._note(page, self.page.evaluate(DANGLING), self._axe(), self._wide())
        self._picture(page, 1280, "light")
        if EVERYTHING:
            self._size(PHONE.context["viewport"], "light")
            self._note(page, self._wide())
            self._picture(page, 390, "light")
            self._size(LEAST, "light")
            self._note(page, self._wide())
        self._size(PHONE.context["viewport"], "dark")
        self._note(page, self._axe(), self._wide())
        self._picture(page, 390, "dark")
        if PICTURES:
            self._size(DESK.context["viewport"], "dark")
            self._picture(page, 1280, "dark")

    def _size(self, viewport, theme):
        self.page.set_viewport_size(viewport)
        self.page.emulate_media(color_scheme=theme)
        self.page.evaluate(SETTLED)

    def _axe(self):
        if not self.page.evaluate("!!window.axe"):
            self.page.evaluate(AXE_SCRIPT)
        return self.page.evaluate(AXE)

    def _wide(self):
        return self.page.evaluate(TOO_WIDE)

    def _note(self, page, *faults):
        for fault in (line for lines in faults for line in lines):
            self.faults.setdefault(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", fault), {})[page.name] = None

    def _picture(self, page, width, theme):
        if PICTURES:
            file = Path(PICTURES, f"{self.who}-{page.name}-{width}-{theme}.png")
            self.page.screenshot(path=file, full_page=True, animations="disabled")


BUILT = {}


def built(make_town):
    """The town, as it was built for the first of those who look at its pages: hundreds of acts, so that its tables are kept.

    What SQLite copies is what the other connections see from then on.
    """
    if connection.vendor != "sqlite":
        return make_town()
    connection.ensure_connection()
    if make_town not in BUILT:
        town, kept = make_town(), sqlite3.connect(":memory:")
        connection.connection.backup(kept)
        BUILT[make_town] = town, kept
    else:
        BUILT[make_town][1].backup(connection.connection)
        ContentType.objects.clear_cache()
    return deepcopy(BUILT[make_town][0])


@pytest.fixture
def looks(browse, watch, monkeypatch, settings, tmp_path):
    """looks(who, town, person, pages) opens all pages and fails with everything that is wrong with any of them."""
    settings.EMAIL_FILE_PATH = tmp_path / "mails"

    def look(who, make_town, person, pages):
        with standing_still(monkeypatch):
            town = built(make_town)
            if make_town is stage.full:
                stage.letters(settings.EMAIL_FILE_PATH)
            look = Look(browse(DESK, person and getattr(town, person)), watch, who, town)
            for page in pages:
                look.at(page)
        lines = [f"{who} ({', '.join(pages)}): {fault}" for fault, pages in look.faults.items()]
        assert not lines, "\n".join(["", *lines])

    return look


@pytest.mark.parametrize("who", WHO)
def test_every_page_can_be_read_by_everyone_and_fits_every_screen(who, looks):
    looks(who, *WHO[who])


def test_the_pages_for_what_breaks_can_be_read_too(looks, watch, monkeypatch, settings):
    def broken(*args, **kwargs):
        raise RuntimeError("this is meant to break")

    def away(*args, **kwargs):
        raise OperationalError("the database is meant to be away")

    monkeypatch.setattr(hospital, "cards_for", broken)
    monkeypatch.setattr(find, "cards_for", away)
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/h/ip"}
    watch.broken_on_purpose = {500, 503}
    twice = [
        Page("500", "hospital", ("hospital.slug",), status=500),
        Page("503", "find", status=503),
        Page("429", "account_reset_password", then=again, status=429),
    ]
    looks("broken", stage.empty, None, twice)


def again(page, town):
    for _ in range(2):
        page.goto("/accounts/password/reset/")
        fill(page, email="a@example.org")
        send(page, "Send the link")


# Addresses that show no page of their own: acts that are posted, and what machines ask.
ACTS = {
    "laboratory:cancel",
    "laboratory:collect",
    "laboratory:enter",
    "laboratory:verify",
    "laboratory:release",
    "laboratory:reject",
    "laboratory:report_pdf",
    "appointments:calendar",  # a file
    "appointments:sign_note",
    "patients:document",  # a file
    *(f"billing:{verb}" for verb in ("pay_at_desk", "credit", "void", "refund", "callback")),
    *(f"billing:{file}" for file in ("invoice_pdf", "receipt_pdf", "takings_csv")),
    *(f"chat:{verb}" for verb in ("begin", "send", "read")),
    "chat:file",  # a file
    "theme",
    "switch",
    "health-live",
    "health-ready",
    "admin:login",
    "accounts:read",
    "accounts:read_all",
    *(f"accounts:{verb}" for verb in ("set_photo", "remove_photo", "end_sessions", "end_session")),
    "photo",  # a file
    "portrait",  # a file
    "stay",
    "appointments:publish",
    "appointments:take_leave",
    "appointments:end_leave",
    "appointments:answer",
    "appointments:answer_review",
    "appointments:share_link",
    "patients:deny_allergies",
    "patients:deny_allergies-of",
    "patients:end_guardianship",
    "patients:end_access",
    "prescriptions:sign",
    "prescriptions:replace",
    "prescriptions:withdraw",
    "prescriptions:pdf",  # a file
    "prescriptions:suggest",  # a part of a page
    "find-counts",  # a part of a page
    "doctors:document",  # a file
    "hospitals:photo",  # a file
    "hospitals:mine",  # leads on, where one runs one hospital
    *(f"doctors:{verb}" for verb in ("send_for_checking", "withdraw_document", "withdraw")),
    *(
        f"hospitals:{verb}"
        for verb in (
            "send_for_checking",
            "remove_photo",
            "add_department",
            "close_department",
            "add_service",
            "remove_service",
            "publish_opening",
            "add_closure",
            "remove_closure",
            "invite",
            "dismiss",
            "withdraw_invitation",
            "accept_invitation",
        )
    ),
    *(f"appointments:{verb}" for verb in ("approve", "decline", "cancel", "check_in", "start", "complete", "no_show")),
}
# Of the panel: acts that answer with a redirect, lists that scripts ask, and what nobody may open.
PANEL_ACTS = (
    "_judge_document",
    "_start",
    "_approve",
    "_reinstate",
    "_unhide",
    "_enable",
    "_retry",
    "_kept",
    "_names",
    "_appoint",
    "_end_staff",
)
CLOSED = {
    "admin:appointments_review_add",
    "admin:accounts_auditentry_add",
    "admin:accounts_mail_add",
    "admin:accounts_user_add",
}


def test_no_page_is_missing_from_the_table():
    seen = {page.address for _town, _person, pages in WHO.values() for page in pages}
    missing = [name for name in names_of(get_resolver()) if name not in seen | ACTS | CLOSED]
    assert not [name for name in missing if not (name.startswith("admin:") and name.endswith(PANEL_ACTS))]


def names_of(resolver, space=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names_of(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and entry.name:
            yield space + entry.name
