"""The control: with what keeps visits apart switched off, the same race double-books. Or the race would prove nothing."""

import time

import pytest
from django.db import connection

from appointments import openings
from appointments.workflow import booking
from doctors.models import Doctor
from tests.concurrency.race import all_is_well, at_once, doubly_booked, holding, sort_out
from tests.factories import book, free_slots

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slot(doctor):
    return free_slots(doctor)[3]


@pytest.fixture
def switch_off(monkeypatch, slot):
    """switch_off("lock", "check", "claims"): without that piece from now on."""

    def no_check(*question, **facts):
        time.sleep(0.05)  # where the others overtake
        return slot

    pieces = {
        "lock": lambda: monkeypatch.setattr(booking, "lock", lambda pk: Doctor.objects.get(pk=pk)),
        "check": lambda: monkeypatch.setattr(openings, "find_slot", no_check),
        "claims": lambda: monkeypatch.setattr(booking, "claims_of", lambda appointment: []),
    }

    def off(*names):
        for name in names:
            pieces[name]()

    return off


def everybody_books(people, doctor, slot):
    return at_once([lambda p=p: book(p, doctor, slot=slot) for p in people])


def test_without_lock_check_and_claims_it_double_books(doctor, slot, crowd, switch_off):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time (BEGIN IMMEDIATE), which hides what the control wants to show.")
    switch_off("lock", "check", "claims")
    sort_out(everybody_books(crowd(50), doctor, slot))
    live = holding()
    assert len(live) > 1
    assert doubly_booked(live)


@pytest.mark.parametrize("pieces", [("check",), ("lock", "check")], ids=" and ".join)
def test_the_keys_alone_keep_visits_apart(doctor, slot, crowd, switch_off, pieces):
    switch_off(*pieces)
    results = everybody_books(crowd(20), doctor, slot)
    assert len([result for result in results if not isinstance(result, Exception)]) == 1
    assert len(holding()) == 1
    all_is_well()
