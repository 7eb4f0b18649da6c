"""Two server processes over one database, killed and started again while people book, move and cancel over HTTP.

Every act that was acknowledged is there afterwards, no place has two live visits, and nobody saw a server error. Six
seconds in the suite; CHURN_SECONDS=60 for as long as you like.
"""

import importlib.util
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from appointments.models import Appointment, Claim
from healthstack.lib import clock
from tests.concurrency.race import all_is_well
from tests.factories import DoctorFactory, free_slots, hours_in

SECONDS = float(os.environ.get("CHURN_SECONDS", "6"))
PEOPLE, TIMES = (50, 20) if SECONDS >= 30 else (16, 20)
ROOT = Path(__file__).parent.parent.parent
pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(importlib.util.find_spec("gunicorn") is None or os.name == "nt", reason="needs gunicorn"),
]


@pytest.fixture
def _on_monday():
    """The servers are processes of their own: there the clock goes."""


def database_url():
    """Of the database of this test, for another process."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    password = f":{facts['PASSWORD']}" if facts["PASSWORD"] else ""
    return f"mysql://{facts['USER']}{password}@{facts['HOST'] or '127.0.0.1'}:{facts['PORT'] or 3306}/{facts['NAME']}"


class Server:
    """One process of the site; killed without warning, and started again on the same port."""

    def __init__(self, log):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log, self.process = log, None

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", "1"]
        command += ["--worker-class", "gthread", "--threads", "8", "--log-level", "error", "healthstack.wsgi"]
        environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
        with self.log.open("ab") as log:
            # A group of its own, so that the kill takes master and worker together.
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def is_up(self):
        with suppress(OSError, HTTPException):
            there = HTTPConnection("127.0.0.1", self.port, timeout=2)
            there.request("GET", "/health/live")
            return there.getresponse().status == 200
        return False

    def wait(self, seconds=60):
        end = time.monotonic() + seconds
        while not self.is_up():
            assert time.monotonic() < end, f"no server after {seconds} s: {self.log.read_text()[-2000:]}"
            time.sleep(0.1)

    def kill(self):
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def servers(tmp_path):
    both = [Server(tmp_path / f"server{n}.log") for n in range(2)]
    for server in both:
        server.start()
    try:
        for server in both:
            server.wait()
        yield both
    finally:
        for server in both:
            server.kill()


class Log:
    """What was acknowledged: {visit: (state, start or None)}, and what may or may not have happened."""

    def __init__(self):
        self.lock, self.known, self.unsure = Lock(), {}, set()
        self.counts = {"booked": 0, "moved": 0, "cancelled": 0, "refused": 0, "cut off": 0, "unknown bookings": 0}
        self.broken = []

    def count(self, what):
        with self.lock:
            self.counts[what] += 1


class Person:
    """Somebody with a browser, who goes to the other server when one does not answer."""

    def __init__(self, client, servers, log, seed):
        self.cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
        self.servers, self.log, self.pick, self.mine = servers, log, random.Random(seed), []
        self.token = ""

    def ask(self, method, address, data=None):
        """-> (status, where to, page), or None when the connection was cut."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if data is not None:
            data = urlencode({**data, "csrfmiddlewaretoken": self.token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        there = HTTPConnection("127.0.0.1", self.pick.choice(self.servers).port, timeout=30)
        try:
            there.request(method, address, data, headers)
            answer = there.getresponse()
            page = answer.read().decode()
        except (OSError, HTTPException):
            self.log.count("cut off")
            time.sleep(0.05)
            return None
        finally:
            there.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status >= 500:
            self.log.broken.append((answer.status, method, address, page[-300:]))
        return answer.status, answer.headers.get("Location", ""), page

    def load(self, address):
        for _ in range(200):
            answer = self.ask("GET", address)
            if answer and answer[0] == 200:
                found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer[2])
                self.token = found[1]
                return
        raise AssertionError(f"{address} never opened: {answer}")

    def run(self, until, times, doctors):
        self.load(f"/doctors/{doctors[0].slug}/book/")
        while time.monotonic() < until and not self.log.broken:
            act = self.pick.random()
            if self.mine and act < 0.25:
                self.cancel(self.mine.pop())
            elif self.mine and act < 0.55:
                self.move(self.pick.choice(self.mine), times)
            else:
                doctor = self.pick.choice(doctors)
                self.book(doctor, self.pick.choice(times[doctor]))

    def book(self, doctor, slot):
        fields = {"visit_type": "follow_up", "slot": f"{slot.room}-{slot.start}"}
        answer = self.ask("POST", f"/doctors/{doctor.slug}/book/", fields)
        if answer is None:
            return self.log.count("unknown bookings")
        status, location, _page = answer
        if status == 302 and location.startswith("/appointments/"):
            key = location.split("/")[2]
            with self.log.lock:
                self.log.known[key] = ("requested", slot.starts_at)
            self.mine.append((key, doctor))
            return self.log.count("booked")
        return self.log.count("refused")

    def move(self, visit, times):
        key, doctor = visit
        slot = self.pick.choice(times[doctor])
        answer = self.ask("POST", f"/appointments/{key}/reschedule/", {"slot": f"{slot.room}-{slot.start}"})
        if answer is None:
            return self._forget(visit)
        if answer[0] == 302:
            with self.log.lock:
                self.log.known[key] = ("requested", slot.starts_at)
            return self.log.count("moved")
        return self.log.count("refused")

    def cancel(self, visit):
        key, _doctor = visit
        answer = self.ask("POST", f"/appointments/{key}/cancel/", {"reason": "Not needed"})
        if answer is None:
            return self._forget(visit)
        if answer[0] == 302:
            with self.log.lock:
                self.log.known[key] = ("cancelled", None)
            return self.log.count("cancelled")
        return self.log.count("refused")

    def _forget(self, visit):
        """Cut off before the answer: it may have happened or not, and nobody acts on this visit any more."""
        with self.log.lock:
            self.log.unsure.add(visit[0])
        if visit in self.mine:
            self.mine.remove(visit)


def test_what_was_acknowledged_is_there_after_kills_and_restarts(
    servers, sign_in, hospital, other_hospital, crowd, record_property
):
    doctors = [
        DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, visit=20)),
        DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, visit=20, places=2)),
    ]
    tomorrow = clock.today().toordinal() + 2
    times = {}
    for doctor in doctors:
        found = [s for s in free_slots(doctor, days=5, visit_type="follow_up") if s.starts_at.toordinal() >= tomorrow]
        times[doctor] = found[:TIMES]
    log = Log()
    people = [Person(sign_in(patient), servers, log, n) for n, patient in enumerate(crowd(PEOPLE))]
    until = time.monotonic() + SECONDS
    threads = [Thread(target=person.run, args=(until, times, doctors)) for person in people]
    for thread in threads:
        thread.start()
    kills, turn = 0, 0
    while time.monotonic() < until - 1:
        time.sleep(1.2)
        server = servers[turn % 2]
        server.kill()
        kills, turn = kills + 1, turn + 1
        server.start()
        server.wait()
    for thread in threads:
        thread.join(90)
    for name, n in {**log.counts, "kills": kills}.items():
        record_property(name, n)

    assert not log.broken, log.broken[:3]
    assert kills >= 2
    assert log.counts["booked"] > 3
    assert log.counts["moved"] + log.counts["cancelled"] > 0
    for server in servers:
        server.wait()
    all_is_well(places={doctors[1].pk: 2})
    rows = {str(row.pk): row for row in Appointment.objects.all()}
    for key, (state, starts_at) in log.known.items():
        assert key in rows, "an acknowledged booking is gone"
        if key not in log.unsure:
            assert rows[key].state == state
            assert starts_at is None or rows[key].starts_at == starts_at
    strangers = len(set(rows) - set(log.known))
    assert strangers <= log.counts["unknown bookings"], "there are visits that nobody asked for"
    assert not Claim.objects.filter(appointment__state="cancelled").exists()
    record_property("visits", len(rows))
