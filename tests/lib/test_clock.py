"""What time it is, and keys that carry it."""

import threading
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from accounts.models import Notification
from healthstack.lib import clock
from healthstack.lib.keys import uuid7

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_clock_goes():
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)


def test_the_clock_can_be_stopped_and_goes_on_afterwards():
    with clock.at(NOON):
        assert clock.now() == NOON
        with clock.at(NOON + timedelta(1)):
            assert clock.now() == NOON + timedelta(1)
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_a_stopped_clock_stands_in_one_thread_only():
    seen = []
    with clock.at(NOON):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0] > NOON


def test_new_rows_carry_the_time_of_the_stopped_clock():
    with clock.at(NOON):
        assert Notification().created_at == NOON


def test_a_moment_on_an_indian_wall(at):
    at("2026-03-02 09:00")
    assert clock.now() == datetime(2026, 3, 2, 3, 30, tzinfo=UTC)


def test_later_keys_sort_behind_earlier_ones():
    keys = []
    for minutes in range(50):
        with clock.at(NOON + timedelta(milliseconds=minutes)):
            keys.append(uuid7())
    assert keys == sorted(keys)
    assert [str(key) for key in keys] == sorted(str(key) for key in keys)


def test_a_key_says_its_version_and_its_moment():
    with clock.at(NOON):
        key = uuid7()
    assert (key.version, key.variant) == (7, "specified in RFC 4122")
    assert key.int >> 80 == NOON.timestamp() * 1000


def test_keys_of_one_moment_differ():
    with clock.at(NOON):
        assert len({uuid7() for _ in range(1000)}) == 1000
