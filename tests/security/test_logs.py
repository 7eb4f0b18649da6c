"""The log tells what happened, to which request, and nothing about anybody."""

import logging
import re
from io import StringIO

import pytest
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from healthstack.lib.logs import LineFormatter, RequestIdFilter
from healthstack.pages import find
from tests.security.test_database_away import away

SECRET = "Needlesworth"
LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (WARNING|ERROR|INFO|CRITICAL) (?P<id>[0-9a-f]{12}|-) [\w.]+ .*"
)


@pytest.fixture
def log():
    """What is written while the test runs."""
    written, root = StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(LineFormatter())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def asker():
    return Client(raise_request_exception=False)


def lines(log):
    return log.getvalue().splitlines()


def test_an_address_is_logged_without_what_it_asks(db, log, asker):
    answer = asker.get(f"/nowhere/?q={SECRET}&token=abc")
    (line,) = lines(log)
    assert LINE.fullmatch(line)["id"] == answer["X-Request-ID"]
    assert "/nowhere/" in line and SECRET not in line and "token" not in line


def test_no_line_can_be_forged(db, log, asker):
    asker.get("/nowhere/%0d%0a2026-01-01 00:00:00,000 ERROR forged%1b[31m%00%e2%80%a8forged/")
    asker.get("/", headers={"host": "evil.example\r\n2026-01-01 ERROR forged"})
    logging.getLogger("healthstack").warning("one\ntwo\r\nthree\x1b[31m")
    events = [line for line in lines(log) if not re.match(r"[0-9a-f]{12} \| ", line)]
    assert len(events) == 3 and all(LINE.fullmatch(line) for line in events)


def test_neither_passwords_nor_names_are_logged(patient, log, asker):
    strict = Client(enforce_csrf_checks=True)
    answers = [
        asker.post("/accounts/login/", {"login": f"{SECRET}@example.org", "password": SECRET}),
        asker.post("/accounts/signup/patient/", {"name": SECRET, "email": "bad", "password1": SECRET}),
        strict.post("/accounts/login/", {"login": SECRET, "password": SECRET}),
        asker.post(f"/health/live?{SECRET}", {"name": SECRET}),
        asker.get("/accounts/login/", {"next": SECRET}),
        asker.get(f"/doctors/?q={SECRET}"),
        asker.generic("POST", f"/accounts/login/?{SECRET}", SECRET, "multipart/form-data"),
    ]
    asker.force_login(patient.user)
    answers.append(asker.get("/patients/", {"q": SECRET}))
    assert {answer.status_code for answer in answers} >= {403, 405, 422, 400, 200}
    assert lines(log) and SECRET not in log.getvalue() and "patient@" not in log.getvalue()
    ids = {answer["X-Request-ID"] for answer in answers}
    assert {line.split()[3 if LINE.fullmatch(line) else 0] for line in lines(log)} <= ids


def test_an_error_is_told_with_its_place_and_without_what_was_typed(db, log, asker, monkeypatch):
    def fail(query):
        try:
            raise IntegrityError(1062, f"Duplicate entry '{SECRET}@example.org' for key 'email'")
        except IntegrityError as error:
            raise ValueError(f"'{SECRET}' is wrong\n2026-01-01 ERROR forged") from error

    monkeypatch.setattr(find, "Search", fail)
    answer = asker.get("/doctors/", {"q": SECRET})
    first, *rest = lines(log)
    assert answer.status_code == 500 and LINE.fullmatch(first) and "/doctors/" in first
    assert all(line.startswith(f"{answer['X-Request-ID']} | ") for line in rest)
    told = log.getvalue()
    assert "find.py" in told and "ValueError" in told and "IntegrityError: (1062, …)" in told
    assert SECRET not in told and not any(line.startswith("2026-01-01") for line in lines(log))


def test_the_key_of_a_reset_link_is_not_logged(patient, log, asker):
    key = default_token_generator.make_token(patient.user)
    with away():
        answer = asker.get(reverse("account_reset_password_from_key", args=[user_pk_to_url_str(patient.user), key]))
    assert answer.status_code == 503
    assert "/accounts/password/reset/key/" in log.getvalue() and key not in log.getvalue()
