"""The probes of a load balancer: quick, talking of nothing, whatever host they name."""

import time
from contextlib import contextmanager

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.test import Client, override_settings

from healthstack.pages import health
from tests.security.test_database_away import away

PROBES = ("/health/live", "/health/ready")
WORDS = {b'{"status": "ok"}', b'{"status": "database"}', b'{"status": "migrations"}'}


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch):
    """The answer about migrations is remembered; here it is asked in each test."""
    monkeypatch.setattr(health, "_migrated", False)


@pytest.fixture
def _on_the_connection_of_the_test(monkeypatch):
    """The probe has a connection of its own to a server; what is done to that of the test must reach it."""

    @contextmanager
    def ours():
        yield here

    here = connections["default"]
    here.inc_thread_sharing()
    monkeypatch.setattr(health, "_own_connection", ours)
    yield
    here.dec_thread_sharing()


def probe(address, **how):
    began = time.monotonic()
    answer = Client().get(address, **how)
    assert time.monotonic() - began < 1 or answer.status_code == 200, "too slow to be of use"
    assert answer.content in WORDS and "Set-Cookie" not in answer.headers
    assert "no-store" in answer["Cache-Control"]
    return answer


def test_all_is_well(db):
    assert [probe(address).status_code for address in PROBES] == [200, 200]


@pytest.mark.parametrize("address", PROBES)
@pytest.mark.parametrize("host", ["10.1.2.3", "10.1.2.3:8000", "evil.example"])
def test_whatever_host_a_probe_names(db, address, host):
    assert probe(address, headers={"host": host}).status_code == 200


@override_settings(SECURE_SSL_REDIRECT=True)
@pytest.mark.parametrize("address", PROBES)
def test_probes_speak_plain_http(db, address):
    assert probe(address, headers={"host": "10.1.2.3"}).status_code == 200


@pytest.mark.usefixtures("_on_the_connection_of_the_test")
@pytest.mark.parametrize(
    "error",
    [OperationalError(2002, "secret host"), InterfaceError(0, "secret"), ProgrammingError(1146, "secret table")],
)
def test_without_a_database_we_live_and_are_not_ready(db, error):
    with away(error=error):
        assert probe("/health/live").status_code == 200
        answer = probe("/health/ready")
    assert answer.status_code == 503 and answer.json() == {"status": "database"}
    assert probe("/health/ready").status_code == 200


@pytest.mark.usefixtures("_on_the_connection_of_the_test")
def test_without_a_cursor_we_are_not_ready(db, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError(2003, "cannot connect")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        assert probe("/health/ready").status_code == 503
        assert probe("/health/live").status_code == 200


@pytest.mark.usefixtures("_on_the_connection_of_the_test")
def test_a_database_that_takes_no_write_is_not_ready(db):
    with away(only="UPDATE"):
        assert probe("/health/ready").status_code == 503


def test_with_a_migration_to_come_we_are_not_ready(db, monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [("accounts.0099_later", False)])
    answer = probe("/health/ready")
    assert answer.status_code == 503 and answer.json() == {"status": "migrations"}
    monkeypatch.undo()
    assert probe("/health/ready").status_code == 200


@pytest.mark.parametrize("address", PROBES)
def test_probes_only_ask(db, address):
    assert Client().post(address).status_code == 405
    head = Client().head(address)
    assert head.status_code == 200 and not head.content


def test_a_database_that_says_nothing_is_not_waited_for(db, monkeypatch):
    """As a server that hangs in the middle of its work, not only when it is called."""

    def hang(database):
        time.sleep(2)

    monkeypatch.setattr(health, "_problem", hang)
    monkeypatch.setattr(connections["default"], "vendor", "mysql")
    for _ in range(2):
        answer = probe("/health/ready")
        assert answer.status_code == 503 and answer.json() == {"status": "database"}
