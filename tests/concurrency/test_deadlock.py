"""Two verbs that lock the same rows in opposite order: the server stops one, and it is done all the same."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from doctors.models import Doctor
from healthstack.lib.transactions import one_transaction
from tests.concurrency.race import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cross(doctor, other_doctor):
    """cross(verb) runs it twice at once: on both doctors, and on both in the other order. -> (results, tries)"""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nobody can wait for anybody in a circle.")
    both_hold_one, tries = threading.Barrier(2), []

    def lock_both(first, second):
        tries.append(first)
        Doctor.objects.filter(pk=first).update(about="first")
        if len(tries) <= 2:
            both_hold_one.wait(10)
        Doctor.objects.filter(pk=second).update(degrees="second")
        return "done"

    def run(verb):
        a, b = doctor.pk, other_doctor.pk
        return at_once([lambda: verb(lock_both)(a, b), lambda: verb(lock_both)(b, a)]), tries

    return run


def test_a_deadlock_is_mended_and_nobody_sees_it(cross):
    results, tries = cross(one_transaction)
    assert results == ["done", "done"]
    assert len(tries) > 2
    assert set(Doctor.objects.values_list("about", "degrees")) == {("first", "second")}


def test_inside_a_transaction_it_goes_through_and_nothing_is_half_done(cross):
    def within(verb):
        def run(*doctors):
            with transaction.atomic():
                return one_transaction(verb)(*doctors)

        return run

    results, tries = cross(within)
    broken = [result for result in results if isinstance(result, OperationalError)]
    assert [error.args[0] for error in broken] == [1213]
    assert len(tries) == 2
    assert sorted(Doctor.objects.values_list("about", "degrees")) == [("", "second"), ("first", "")]
