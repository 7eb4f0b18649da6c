"""What time it is. All code asks here, so that demo data can live through its weeks by the same workflows."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_now = ContextVar("clock", default=None)


def now():
    """The present moment, aware, in UTC."""
    return _now.get() or timezone.now()


def local(moment):
    """That moment on the site's own wall, whatever zone the person who asks has chosen for their pages."""
    return timezone.localtime(moment, timezone.get_default_timezone())


def today():
    """The date on the site's own wall: in India a new day has begun while it is still the old one in UTC."""
    return local(now()).date()


@contextmanager
def at(moment):
    """Let `now()` answer that moment inside the block."""
    token = _now.set(moment)
    try:
        yield
    finally:
        _now.reset(token)
