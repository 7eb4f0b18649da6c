"""Pages by key: the next page starts behind the last row of this one, so page 1,000 costs what page 1 costs."""

import base64
import json
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, Q


class Page(NamedTuple):
    rows: list
    next: str  # what to put into ?after=, empty on the last page


def page_by_key(rows, keys, *, after="", size=10, descending=False):
    """One page of a QuerySet, ordered by two columns, the last of them unique: keys = ("starts_at", "pk").

    The first holds moments or short texts.
    after: the `next` of the page before; anything else (typed by hand, cut, foreign) counts as the first page.
    """
    first, second = keys
    sign, past = ("-", "lt") if descending else ("", "gt")
    start = _read(after, rows.model._meta.get_field(first), rows.model._meta.pk)
    if start:
        beyond = Q(**{f"{first}__{past}": start[0]}) | Q(**{first: start[0], f"{second}__{past}": start[1]})
        rows = rows.filter(beyond)
    found = list(rows.order_by(sign + first, sign + second)[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, _write(getattr(found[-1], first), getattr(found[-1], second)) if more else "")


def _write(first, second):
    text = json.dumps([first.isoformat() if isinstance(first, datetime) else first, str(second)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(after, column, key):
    try:
        first, second = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        first = _moment(first) if isinstance(column, DateTimeField) else _text(first)
        if first is None or len(second) > 36:
            return None
        second = key.to_python(second)
        return None if isinstance(second, int) and not 0 <= second < 2**63 else (first, second)
    except (ValueError, TypeError, AttributeError, RecursionError, ValidationError):  # brackets without end recurse
        return None


def _moment(text):
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None and 1900 < moment.year < 2200 else None


def _text(text):
    text.encode()  # half a surrogate pair is no text for a database
    return text if len(text) <= 240 and "\x00" not in text else None
