"""While the database does not answer, pages say so; when it is back, everything goes on."""

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from appointments.models import Appointment
from tests.factories import free_slots

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def away(*, only="", error=None):
    """Inside the block every statement fails, or those that name a table."""

    def fail(execute, sql, params, many, context):
        if only in sql:
            raise error or OperationalError(2013, "Lost connection to server during query")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield


def says_so(response):
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    html = response.content.decode()
    assert "Our database does not answer just now" in html and response["X-Request-ID"] in html
    assert "Lost connection" not in html and "Traceback" not in html
    assert response["Content-Security-Policy"] and response["X-Content-Type-Options"] == "nosniff"
    return True


@pytest.fixture
def asker(patient):
    client = Client(raise_request_exception=False)
    client.force_login(patient.user)
    return client


@pytest.mark.parametrize("error", [None, InterfaceError(0, ""), OperationalError(2006, "Server has gone away")])
def test_a_page_whose_tables_fail_says_so(asker, error):
    with away(only="appointments_", error=error):
        assert says_so(asker.get("/appointments/"))
        assert says_so(asker.get("/"))
    assert asker.get("/appointments/").status_code == 200


def test_a_page_whose_session_cannot_be_read_says_so_and_is_kept_by_no_cache(asker):
    with away():
        for address in ("/dashboard/", "/record/", "/appointments/", "/nowhere/"):
            answer = asker.get(address)
            assert says_so(answer) and answer["Cache-Control"] == "no-store, private", address
    assert asker.get("/dashboard/").status_code == 200


def test_a_visitor_is_told_as_well(db):
    browser = Client(raise_request_exception=False)
    with away():
        assert says_so(browser.get("/doctors/"))
        assert says_so(browser.post("/accounts/login/", {"login": "a@example.org", "password": "x"}))
        # What needs no table is answered as always.
        assert browser.get("/health/live").status_code == 200
        assert browser.get("/accounts/login/").status_code == 200
    assert browser.get("/doctors/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_booking_that_breaks_off_leaves_nothing_behind_and_can_be_sent_again(patient, doctor):
    browser = Client(raise_request_exception=False)
    browser.force_login(patient.user)
    slot = free_slots(doctor)[0]
    form = {"visit_type": "check_up", "slot": f"{slot.room}-{slot.start}"}
    address = f"/doctors/{doctor.slug}/book/"
    with away(only="appointments_claim"):
        assert says_so(browser.post(address, form))
    assert not Appointment.objects.exists()
    assert browser.post(address, form).status_code == 302
    assert Appointment.objects.get().state == "requested"


SCRIPT = """
import json, sys, time
import django
django.setup()
from django.conf import settings
from django.db import connection
from django.test import Client
settings.ALLOWED_HOSTS.append("testserver")
found = {}
for port in sys.argv[1:]:
    connection.close()
    connection.settings_dict["PORT"] = port
    for address in ("/health/live", "/health/ready", "/health/ready", "/doctors/", "/dashboard/"):
        browser = Client(raise_request_exception=False)
        if address == "/dashboard/":
            browser.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
        began = time.monotonic()
        answer = browser.get(address)
        told = (answer.status_code, time.monotonic() - began, answer.content.decode())
        found[f"{port} {address}"] = max(found.get(f"{port} {address}", (0, 0)), told)
print(json.dumps(found))
"""


def test_a_server_that_is_really_away_is_noticed_at_once():
    pytest.importorskip("MySQLdb")
    with socket.socket() as closed, socket.socket() as mute:
        closed.bind(("127.0.0.1", 0))  # nobody listens there
        mute.bind(("127.0.0.1", 0))
        mute.listen()  # takes the call and never says a word
        ports = [str(one.getsockname()[1]) for one in (closed, mute)]
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": "mysql://someone:nobody@127.0.0.1:1/healthstack",
        }
        command = [sys.executable, "-c", SCRIPT, *ports]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for port, patience in zip(ports, (1, 5), strict=True):
        for address, status in {
            "/health/live": 200,
            "/health/ready": 503,
            "/doctors/": 503,
            "/dashboard/": 503,
        }.items():
            answered, seconds, text = found[f"{port} {address}"]
            most = 1 if address.startswith("/health/") else patience
            assert answered == status and seconds < most, (port, address, answered, seconds)
            assert "someone" not in text and "127.0.0.1" not in text and "2002" not in text
