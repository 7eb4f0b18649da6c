"""Production refuses to start on an unsafe value, and the databases run as they must."""

import os
import random
import runpy
import sqlite3
import string
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).parent.parent.parent
# The same in every process: xdist compares the names of the tests.
STRONG = "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=80))
GOOD = {
    "DEBUG": "False",
    "SECRET_KEY": STRONG,
    "ALLOWED_HOSTS": "healthstack.example",
    "DATABASE_URL": "sqlite://:memory:",
    # Said in full, so that no file .env of the machine speaks here.
    "CACHE_URL": "dbcache://cache",
    "SECURE_COOKIES": "True",
    "SECURE_SSL_REDIRECT": "True",
    "SECURE_HSTS_SECONDS": "31536000",
    "TRUSTED_PROXY_COUNT": "0",
    "STRIPE_SECRET_KEY": "",
    "STRIPE_WEBHOOK_SECRET": "",
}


def manage(*arguments, **changes):
    """A process of its own, with nothing but these values around it."""
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "healthstack.settings", **GOOD, **changes}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.fixture
def settings_with(monkeypatch):
    """settings_with(NAME="value") runs the settings anew. -> {name: value}"""

    def run(**changes):
        for name, value in {**GOOD, **changes}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "healthstack/settings.py"))

    return run


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("SECRET_KEY", "short", "SECRET_KEY is too weak"),
        ("SECRET_KEY", "ab" * 40, "SECRET_KEY is too weak"),
        ("SECRET_KEY", "django-insecure-" + STRONG, "SECRET_KEY is too weak"),
        ("SECRET_KEY", "development-only-" + STRONG, "SECRET_KEY is too weak"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS is not set"),
        ("ALLOWED_HOSTS", " , ", "ALLOWED_HOSTS is not set"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts"),
        ("ALLOWED_HOSTS", "healthstack.example, *", "ALLOWED_HOSTS must name the hosts"),
        ("SECURE_COOKIES", "False", "SECURE_COOKIES must be on"),
        ("SECURE_SSL_REDIRECT", "False", "SECURE_SSL_REDIRECT must be on"),
        ("STRIPE_SECRET_KEY", "sk_live_x", "set both, or neither"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_x", "set both, or neither"),
        ("SECURE_HSTS_SECONDS", "3600", "SECURE_HSTS_SECONDS at least a year"),
    ],
    ids=lambda value: value[:25],
)
def test_an_unsafe_value_stops_the_start_with_a_sentence(settings_with, name, value, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        settings_with(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("SECRET_KEY", ""), ("ALLOWED_HOSTS", "*")], ids=["no secret", "every host"]
)
def test_the_process_ends_with_that_sentence(name, value):
    done = manage("check", **{name: value})
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode != 0 and name in last and last.startswith("django.core.exceptions.ImproperlyConfigured: ")


def test_good_values_start_without_a_warning():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout and not done.stderr


def test_a_cache_of_one_process_is_refused():
    done = manage("check", "--deploy", "--fail-level", "WARNING", CACHE_URL="locmemcache://")
    assert done.returncode != 0 and "CACHE_URL must name a cache that all processes share" in done.stderr


def test_no_money_of_a_sandbox_outside_of_development(settings_with):
    assert settings_with()["PAYMENT_VARIANTS"] == {}
    assert list(settings_with(DEBUG="True")["PAYMENT_VARIANTS"]) == ["sandbox"]
    by_keys = settings_with(STRIPE_SECRET_KEY="sk_live_x", STRIPE_WEBHOOK_SECRET="whsec_x")["PAYMENT_VARIANTS"]
    assert list(by_keys) == ["stripe"]


@pytest.mark.parametrize("word", ["False", "false", "0", "off", "no", ""])
def test_a_debug_that_says_no_is_off(settings_with, word):
    assert settings_with(DEBUG=word)["DEBUG"] is False


def test_cookies_travel_over_tls_alone_and_no_script_reads_them(settings_with):
    found = settings_with()
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-session", "__Host-csrf")
    for cookie in ("SESSION", "CSRF"):
        assert found[f"{cookie}_COOKIE_SECURE"] is True and found[f"{cookie}_COOKIE_HTTPONLY"] is True
        assert found[f"{cookie}_COOKIE_SAMESITE"] == "Lax"


def test_a_forwarded_protocol_counts_only_behind_our_own_proxy(settings_with):
    assert "SECURE_PROXY_SSL_HEADER" not in settings_with()
    behind = settings_with(TRUSTED_PROXY_COUNT="1")
    assert behind["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_requests_are_small(settings_with):
    found = settings_with()
    assert (found["DATA_UPLOAD_MAX_MEMORY_SIZE"], found["DATA_UPLOAD_MAX_NUMBER_FIELDS"]) == (2 * 1024 * 1024, 1000)


def test_a_database_that_does_not_answer_is_not_waited_for(settings_with):
    found = settings_with(DATABASE_URL="mysql://someone:secret@127.0.0.1:3306/name")
    assert found["DATABASES"]["default"]["OPTIONS"]["connect_timeout"] <= 3


def value(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[-1]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
def test_sqlite_waits_writes_ahead_and_loses_nothing():
    assert value("PRAGMA journal_mode") == "wal"
    assert value("PRAGMA synchronous") == 2  # FULL
    assert value("PRAGMA busy_timeout") == 20_000
    assert value("PRAGMA foreign_keys") == 1


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
def test_sqlite_takes_the_write_lock_when_a_transaction_begins():
    assert connection.in_atomic_block  # that of the test, which has written nothing yet
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "mysql", reason="about MariaDB")
def test_mariadb_reads_what_is_committed_is_strict_and_waits_five_seconds():
    assert (
        value("SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')")
        == "READ-COMMITTED"
    )
    assert "STRICT_TRANS_TABLES" in value("SELECT @@SESSION.sql_mode")
    assert value("SELECT @@SESSION.innodb_lock_wait_timeout") == 5
    assert value("SELECT @@SESSION.lock_wait_timeout") == 5
    assert value("SELECT @@SESSION.character_set_connection") == "utf8mb4"
    assert (
        connection.settings_dict["CONN_HEALTH_CHECKS"] is True and connection.settings_dict["ATOMIC_REQUESTS"] is False
    )


@pytest.mark.django_db
def test_the_models_stand_as_the_migrations_say():
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)  # ends the run when one is missing
    assert "No changes" in out.getvalue()


# Libraries that ask for a condition on a unique key, which MariaDB leaves out, and why that does no harm here.
LOOKED_AT = {
    ("mfa.Authenticator", "models.W036"): "one app and one set of codes per person: made under a lock on the person",
    ("account.EmailAddress", "models.W036"): "one primary address per person: the house gives each person one, once",
    ("django_tasks_database.DBTaskResult", "models.W037"): "an index of ready tasks becomes one of all tasks",
    (
        "django_tasks_database.DBTaskResult",
        "models.W043",
    ): "an index is not in descending order; MariaDB walks it backward",
}


@pytest.mark.django_db
def test_the_database_keeps_every_rule_of_ours():
    warned = run_checks(databases=["default"])
    found = {(getattr(getattr(w.obj, "_meta", w.obj), "label", str(w.obj)), w.id) for w in warned}
    assert found <= set(LOOKED_AT), found - set(LOOKED_AT)
