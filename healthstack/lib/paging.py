"""Pages by key: the next page starts behind the last row of this one, so page 1,000 costs what page 1 costs."""

import base64
import json
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q


class Page(NamedTuple):
    rows: list
    next: str  # what to put into ?after=, empty on the last page


def page_by_key(rows, keys, *, after="", size=10, descending=False):
    """One page of a QuerySet, ordered by two columns, the last of them unique: keys = ("starts_at", "pk").

    after: the `next` of the page before; anything else (typed by hand, cut, foreign) counts as the first page.
    """
    first, second = keys
    sign, past = ("-", "lt") if descending else ("", "gt")
    start = _read(after, rows.model._meta.pk)
    if start:
        beyond = Q(**{f"{first}__{past}": start[0]}) | Q(**{first: start[0], f"{second}__{past}": start[1]})
        rows = rows.filter(beyond)
    found = list(rows.order_by(sign + first, sign + second)[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, _write(getattr(found[-1], first), getattr(found[-1], second)) if more else "")


def _write(first, second):
    text = json.dumps([first.isoformat(), str(second)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(after, key):
    try:
        first, second = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        moment = datetime.fromisoformat(first)
        if moment.tzinfo is None or not 1900 < moment.year < 2200 or len(second) > 36:
            return None
        second = key.to_python(second)
        return None if isinstance(second, int) and not 0 <= second < 2**63 else (moment, second)
    except (ValueError, TypeError, AttributeError, RecursionError, ValidationError):  # brackets without end recurse
        return None
