"""Browsers for the journeys: Chromium at two sizes, with JavaScript and without, watched for everything that goes wrong.

The site's clock stands on a Monday forenoon in India, so that "today" has free times at whatever hour the suite runs.
"""

import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from playwright.sync_api import expect

from healthstack.lib import clock
from tests.factories import PASSWORD, DoctorFactory, hours_in

MORNING = datetime(2026, 3, 2, 10, 0, 5, tzinfo=ZoneInfo("Asia/Kolkata"))
PLACES = (
    "chromium",
    "/usr/bin/chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
# Every refusal of the content security policy, of each page that is open.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""

expect.set_options(timeout=10_000)


# --- the browser -----------------------------------------------------------------------------------------------------


def find_chromium():
    """The path of a Chromium or Chrome, or None. CHROMIUM has the only word where it is set."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, PLACES)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = find_chromium()
    if not chromium:
        words = "No Chromium or Chrome was found for the journeys: install one, or set CHROMIUM to its path."
        nothing_left_out = os.environ.get("CI") or os.environ.get("HEALTHSTACK_ALL") == "1"
        (pytest.fail if nothing_left_out else pytest.skip)(words)
    return {**browser_type_launch_args, "executable_path": chromium, "args": list(ARGUMENTS)}


@dataclass(frozen=True)
class Screen:
    width: int
    height: int
    js: bool = True

    def __str__(self):
        return f"{self.width}{'' if self.js else '-no-js'}"

    @property
    def context(self):
        """What a browser context is opened with."""
        return {"viewport": {"width": self.width, "height": self.height}, "java_script_enabled": self.js}


DESK, PHONE = Screen(1280, 900), Screen(390, 844)
PLAIN_DESK, PLAIN_PHONE = Screen(1280, 900, js=False), Screen(390, 844, js=False)
SCREENS = (DESK, PHONE, PLAIN_DESK, PLAIN_PHONE)


@pytest.fixture(params=SCREENS, ids=str)
def screen(request):
    """A desk and a phone, with JavaScript and without."""
    return request.param


@pytest.fixture(params=[DESK, PLAIN_PHONE], ids=str)
def either(request):
    """A desk with JavaScript, and a phone without: for what was seen on all four already."""
    return request.param


class Watch:
    """What went wrong in the pages of one test: errors on the console, broken answers, other hosts, refusals of the CSP."""

    def __init__(self, host):
        self.host, self.troubles, self.pages, self.broken_on_purpose = host, [], [], set()

    def follow(self, page):
        self.pages.append(page)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)
        return page

    def _console(self, message):
        # A failed load is judged by its answer, below; the console would also complain of pages that are meant to fail.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text}")

    def _request(self, request):
        where = urlsplit(request.url)
        if where.scheme not in ("data", "blob", "about") and where.netloc != self.host:
            self.troubles.append(f"another host is asked: {request.url}")

    def _response(self, response):
        a_page = response.request.resource_type in ("document", "xhr", "fetch")
        wrong = response.status >= 500 or (response.status >= 400 and not a_page)
        if wrong and response.status not in self.broken_on_purpose:
            self.troubles.append(f"{response.status} for {response.url}")

    def look(self):
        """Everything that went wrong up to now, once."""
        for page in self.pages:
            if not page.is_closed():
                page.wait_for_load_state()
                refused = page.evaluate("(window.violations || []).splice(0)")
                self.troubles += [f"{page.url}: the CSP refused {what}" for what in refused]
        found, self.troubles = self.troubles, []
        return found


@pytest.fixture
def watch(live_server):
    watch = Watch(urlsplit(live_server.url).netloc)
    yield watch
    assert not watch.troubles, "\n".join(watch.troubles)


@pytest.fixture
def browse(new_context, live_server, watch):
    """browse(screen, person) is a page in a browser of its own, in which that person is logged in; None is a visitor.

    person: a User, a Patient or a Doctor.
    """

    def page(screen=DESK, person=None, **more):
        context = new_context(
            base_url=live_server.url, locale="en-IN", reduced_motion="reduce", **{**screen.context, **more}
        )
        context.set_default_timeout(10_000)
        if screen.js:
            context.add_init_script(WATCH)
        if person:
            client = Client()
            client.force_login(getattr(person, "user", person))
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return watch.follow(context.new_page())

    yield page
    watch.troubles += watch.look()


# --- the clock -------------------------------------------------------------------------------------------------------


class Clock:
    """Stands in for the variable of `healthstack.lib.clock`, in the threads of the live server too."""

    def __init__(self, inner, begins, runs):
        self.inner, self.begins, self.runs, self.since = inner, begins, runs, monotonic()

    def get(self):
        gone = monotonic() - self.since if self.runs else 0
        return self.inner.get() or self.begins + timedelta(seconds=gone)

    def set(self, moment):
        return self.inner.set(moment)

    def reset(self, token):
        self.inner.reset(token)


@pytest.fixture(autouse=True)
def forenoon(monkeypatch):
    """It is Monday, 2 March 2026, ten o'clock in India, and time goes on from there."""
    monkeypatch.setattr(clock, "_now", Clock(clock._now, MORNING, runs=True))
    return MORNING


@contextmanager
def standing_still(monkeypatch):
    """The same forenoon, but the clock does not run: every look at a page sees the same page."""
    with monkeypatch.context() as patch:
        patch.setattr(clock, "_now", Clock(clock._now.inner, MORNING, runs=False))
        yield


# --- people and what they do -------------------------------------------------------------------------------------------


@pytest.fixture
def neurologist(hospital):
    """A neurologist in Lucknow, free from eight to eight, every ten minutes, without notice."""
    return DoctorFactory(
        email="neurologist@example.org",
        name="Neha Sharma",
        degrees="MBBS, DM (Neurology)",
        hospitals=[hospital],
        hours=hours_in(hospital, begins=8, ends=20, visit=10),
        notice_minutes=0,
    )


def fill(page, **fields):
    """Type into fields by their name."""
    for name, text in fields.items():
        page.locator(f"[name='{name.replace('__', '-')}']").fill(text)


def press(page, name, **how):
    """Click on the button with these words."""
    page.get_by_role("button", name=name, **how).click()


def send(page, name, **how):
    """Click on the button with these words, and wait for the page that answers."""
    with page.expect_navigation():
        press(page, name, **how)


def log_in(page, email, password=PASSWORD):
    """Log in by the form, wherever the page is."""
    page.goto("/accounts/login/")
    fill(page, login=email, password=password)
    press(page, "Log in", exact=True)


def code_from_mail(to):
    """The code in the newest letter to that address."""
    letter = next(letter for letter in reversed(mail.outbox) if letter.to == [to])
    return re.search(r"^ {4}(\S+)$", letter.body, re.MULTILINE)[1]


def link_from_mail(to):
    """The first address on this site in the newest letter to that address, without the host."""
    letter = next(letter for letter in reversed(mail.outbox) if letter.to == [to])
    return re.search(rf"{re.escape(settings.SITE_URL)}(/\S+)", letter.body)[1]


def title(page, text):
    """The page with this heading is there."""
    expect(page.get_by_role("heading", level=1, name=text)).to_be_visible()


def says(page, text):
    """The page says so, where it can be seen."""
    expect(page.get_by_text(text).locator("visible=true").first).to_be_visible()
