"""Who is asking, as far as the wire knows: the request's id and address, for logs and for the audit trail."""

from contextvars import ContextVar
from typing import NamedTuple


class Request(NamedTuple):
    id: str = "-"
    address: str = ""


NOBODY = Request()
_current = ContextVar("request", default=NOBODY)


def current():
    """The request being answered, or an empty one outside of requests."""
    return _current.get()


def enter(request_id, address):
    """Remember the request; returns the token for `leave`."""
    return _current.set(Request(request_id, address))


def leave(token):
    """Forget it again."""
    _current.reset(token)
