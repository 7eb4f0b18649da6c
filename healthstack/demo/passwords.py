"""One password for everybody in the demo, hashed once."""

from contextlib import contextmanager
from functools import cache

from django.contrib.auth import base_user

PASSWORD = "demo-HealthStack-2026"  # noqa: S105 - public on purpose; the demo refuses to load where DEBUG is off


@contextmanager
def hashed_once():
    """Inside the block the same password gives the same hash: a hundred people would otherwise take half a minute."""
    kept = base_user.make_password
    base_user.make_password = cache(kept)
    try:
        yield
    finally:
        base_user.make_password = kept
