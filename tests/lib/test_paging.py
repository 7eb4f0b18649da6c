"""Pages by key: nothing twice, nothing left out, and nonsense in the address is the first page."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AuditEntry, Notification
from healthstack.lib.paging import page_by_key
from hospitals.models import Hospital

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS = ("created_at", "id")


# The same in every process: xdist compares the names of the tests.
SOME_KEY = "6a9706cf-fd5a-4ca9-9f6f-d284c17c3573"


@pytest.fixture
def rows(patient):
    """23 rows, several in the same moment."""
    Notification.objects.bulk_create(
        Notification(recipient=patient.user, kind="test", text=str(n), created_at=START + timedelta(minutes=n // 4))
        for n in range(23)
    )
    return Notification.objects.all()


def walk(rows, keys=KEYS, **how):
    seen, after, pages = [], "", 0
    while True:
        page = page_by_key(rows, keys, after=after, **how)
        seen += page.rows
        pages += 1
        after = page.next
        if not after:
            return seen, pages


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 4, 5, 10, 22, 23, 24])
def test_all_rows_come_once_and_in_order(rows, size, descending):
    sign = "-" if descending else ""
    seen, pages = walk(rows, size=size, descending=descending)
    assert seen == list(rows.order_by(sign + "created_at", sign + "id"))
    assert pages == -(-23 // size)


def test_a_row_that_comes_meanwhile_shifts_nothing(rows, patient):
    first = page_by_key(rows, KEYS, size=10)
    Notification.objects.create(recipient=patient.user, kind="test", text="early", created_at=START - timedelta(1))
    second = page_by_key(rows, KEYS, size=10, after=first.next)
    assert not set(first.rows) & set(second.rows)
    assert len(second.rows) == 10


def test_the_last_page_has_no_next(rows):
    assert page_by_key(rows, KEYS, size=23).next == ""


def test_an_empty_list_is_one_empty_page(patient):
    assert page_by_key(Notification.objects.all(), KEYS) == ([], "")


@pytest.mark.parametrize("size", [1, 3, 10])
def test_rows_in_order_of_their_names_come_once(db, size):
    names = ["Apollo", "Ahalya", "apollo", "Zulekha", "Élan", "अपोलो", "Apollo", "Max", "Max 2", "max"]
    Hospital.objects.bulk_create(Hospital(name=n, slug=f"h{i}", city="Pune") for i, n in enumerate(names))
    seen, _pages = walk(Hospital.objects.all(), ("name", "pk"), size=size)
    assert seen == list(Hospital.objects.order_by("name", "pk"))


@pytest.mark.parametrize("name", ["\x00", "x" * 300, "\ud800", 17, None, ["Max"], {"Max": 1}])
def test_nonsense_for_a_name_is_the_first_page(db, name):
    Hospital.objects.create(name="Max", slug="max", city="Pune")
    rows = Hospital.objects.all()
    assert page_by_key(rows, ("name", "pk"), after=code(name, "1")) == page_by_key(rows, ("name", "pk"))


def code(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


HOSTILE = {
    "a letter": "x",
    "a zero byte": "\x00",
    "an escaped zero byte": "%00",
    "Hindi": "हिन्दी",
    "a number": "10",
    "a huge number": "9" * 5000,
    "no base64": "!!!!",
    "no json": base64.urlsafe_b64encode(b"{").decode(),
    "another shape": code("2026-03-02T09:00:00+00:00"),
    "three values": code("2026-03-02T09:00:00+00:00", "1", "1"),
    "numbers": code(1, 2),
    "nothing": code(None, None),
    "no moment": code("banana", "1"),
    "a moment without zone": code("2026-03-02T09:00:00", "1"),
    "long ago": code("0001-01-01T00:00:00+00:00", "6a9706cf-fd5a-4ca9-9f6f-d284c17c3573"),
    "far away": code("9999-12-31T23:59:59+00:00", "6a9706cf-fd5a-4ca9-9f6f-d284c17c3573"),
    "no key": code("2026-03-02T09:00:00+00:00", ""),
    "a key of another table": code("2026-03-02T09:00:00+00:00", "17"),
    "a key with a zero byte": code("2026-03-02T09:00:00+00:00", "\x00"),
    "an endless key": code("2026-03-02T09:00:00+00:00", "1" * 5000),
    "a list for a key": code("2026-03-02T09:00:00+00:00", [1]),
    "brackets without end": base64.urlsafe_b64encode(b"[" * 3000).decode(),
    "a dict": base64.urlsafe_b64encode(b'{"a": 1, "b": 2}').decode(),
}


@pytest.mark.parametrize("after", HOSTILE.values(), ids=HOSTILE)
def test_nonsense_is_the_first_page(rows, after):
    assert page_by_key(rows, KEYS, after=after) == page_by_key(rows, KEYS)


@pytest.mark.parametrize(
    "key", ["6a9706cf-fd5a-4ca9-9f6f-d284c17c3573", "-1", str(2**63), str(10**30), "1.5", "NaN", "x"]
)
def test_a_wrong_number_for_a_key_is_the_first_page(patient, key):
    trail = AuditEntry.objects.all()
    after = code("2026-03-02T09:00:00+00:00", key)
    assert page_by_key(trail, ("at", "id"), after=after) == page_by_key(trail, ("at", "id"))
