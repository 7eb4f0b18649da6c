"""What the churn's people have in common: a browser that forgives a dead server, and the log that they all write.

What a server has acknowledged is written into the log at once. Where a connection was cut before the answer, nobody
knows whether the act happened; then nobody acts on that row any more, and the test asks less of it.
"""

import random
import re
import time
from collections import Counter
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings

CSRF = "csrfmiddlewaretoken"


class Log:
    """What was acknowledged, and what may or may not have happened."""

    def __init__(self):
        self.lock, self.counts, self.broken = Lock(), Counter(), []
        self.visits = {}  # {key: {column: value}}
        self.unsure = set()  # keys of visits whose last act nobody knows
        self.maybe = []  # visits that may have been booked: [{column: value}]
        self.registered = {}  # {patient: day of birth}
        self.hours = {}  # {doctor: until which minute of each day, None where nobody knows}
        self.states = {}  # {doctor: state, None where nobody knows}

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def note(self, what, visit, **columns):
        with self.lock:
            self.visits.setdefault(visit, {}).update(columns)
            self.counts[what] += 1

    def perhaps(self, **columns):
        with self.lock:
            self.maybe.append(columns)
            self.counts["unknown bookings"] += 1


class Answer(NamedTuple):
    status: int
    location: str
    page: str


class Forms(HTMLParser):
    """The forms of a page, as a browser would send them: [(address, {name: value})]"""

    def __init__(self, page):
        super().__init__()
        self.found, self._fields, self._select, self._text = [], None, None, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        name, kind = facts.get("name"), facts.get("type", "text")
        if tag == "form":
            self._fields = {}
            self.found.append((facts.get("action", ""), self._fields))
        elif self._fields is None:
            return
        elif tag == "option" and self._select:
            if "selected" in facts or self._select not in self._fields:
                self._fields[self._select] = facts.get("value", "")
        elif not name:
            return
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._fields[name] = ""
        elif (
            tag == "input"
            and kind not in ("submit", "image")
            and (kind not in ("checkbox", "radio") or "checked" in facts)
        ):
            self._fields[name] = facts.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._fields = None
        elif tag == "select":
            self._select = None


class Person:
    """Somebody with a browser, who goes to the other server when one is not there.

    wanted: what is acknowledged of such people at least once, however long it takes.
    """

    wanted = ()

    def __init__(self, client, servers, log, seed):
        self.cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
        self.servers, self.log, self.pick = servers, log, random.Random(seed)
        self.token = ""

    def run(self, until):
        try:
            self.begin()
            while self.goes_on(until) and not self.log.broken:
                self.act()
        except Exception as error:  # or it would end the thread and be seen by nobody
            self.log.broken.append(error)
            raise

    def goes_on(self, until):
        more = any(not self.log.counts[what] for what in self.wanted)
        return time.monotonic() < until + (60 if more else 0)

    def begin(self):
        """Before the first act."""

    def ask(self, method, address, data=None):
        """-> Answer, or None when the connection was cut, so that nobody knows."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if data is not None:
            data = urlencode({CSRF: self.token, **data})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        there = self._connection()
        try:
            there.request(method, address, data, headers)
            answer = there.getresponse()
            page = answer.read().decode()
        except (OSError, HTTPException):
            self.log.count("cut off")
            return None
        finally:
            there.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status >= 500:
            self.log.broken.append((answer.status, method, address, page[-300:]))
        return Answer(answer.status, answer.headers.get("Location", ""), page)

    def _connection(self):
        """To a server that is there: where nobody listens, nothing can have happened."""
        for _ in range(600):
            there = HTTPConnection("127.0.0.1", self.pick.choice(self.servers).port, timeout=30)
            try:
                there.connect()
                return there
            except OSError:
                there.close()
                time.sleep(0.05)
        raise AssertionError("no server for half a minute")

    def load(self, address):
        """-> the page, however often it takes, with the token of its forms kept"""
        for _ in range(200):
            answer = self.ask("GET", address)
            if answer and answer.status == 200:
                found = re.search(rf'name="{CSRF}" value="([^"]+)"', answer.page)
                self.token = found[1] if found else self.token
                return answer.page
            assert not self.log.broken, self.log.broken[:3]
        raise AssertionError(f"{address} never opened: {answer and answer.status}")

    def form(self, address, action):
        """-> {name: value} of the form on that page which is sent to that address, or None"""
        return next((fields for where, fields in Forms(self.load(address)).found if where.startswith(action)), None)

    def unsure(self, visit):
        with self.log.lock:
            self.log.unsure.add(visit)
