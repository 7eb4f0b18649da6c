"""Short cuts that let six weeks pass in some seconds. None of them leaves out a rule."""

from contextlib import contextmanager
from functools import cache

from django.contrib.auth import base_user
from django.db import connection

from appointments import workflow as appointments
from appointments.workflow import listing
from healthstack.lib import clock


@contextmanager
def hashed_once():
    """The same password gives the same hash: a hundred people would otherwise take half a minute."""
    kept = base_user.make_password
    base_user.make_password = cache(kept)
    try:
        yield
    finally:
        base_user.make_password = kept


@contextmanager
def listed_at_the_end(now):
    """When a doctor is next free is asked of the present alone: found out once, not after every act of six weeks."""
    kept = listing.refresh
    listing.refresh = lambda doctor: None
    try:
        yield
    finally:
        listing.refresh = kept
    with clock.at(now):
        appointments.roll_listings()


@contextmanager
def all_or_nothing():
    """Every verb marks a place to go back to; here nobody goes back, the first error ends the whole."""
    connection._savepoint_allowed = lambda: False
    try:
        yield
    finally:
        del connection._savepoint_allowed


@contextmanager
def without_query_log():
    """In DEBUG Django notes every statement down; nobody reads that here."""
    connection.make_debug_cursor = connection.make_cursor
    try:
        yield
    finally:
        del connection.make_debug_cursor
