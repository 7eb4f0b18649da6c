"""Pages by key: the next page starts behind the last row of this one, so page 1,000 costs what page 1 costs."""

import base64
import json
import re
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, DecimalField, Q, UUIDField


class Page(NamedTuple):
    rows: list
    next: str  # what to put into ?after=, empty on the last page


def page_by_key(rows, keys, *, after="", size=10, descending=False):
    """One page of a QuerySet, ordered by two columns, the last of them unique: keys = ("starts_at", "pk").

    The first holds moments, amounts or short texts. Where it may be empty, the empty ones come last: page such a column
    descending, for then SQLite and MySQL put them there by themselves, and walk the index.
    after: the `next` of the page before; anything else (typed by hand, cut, foreign) counts as the first page.
    """
    first, second = keys
    sign, past = ("-", "lt") if descending else ("", "gt")
    start = _read(after, rows.model._meta.get_field(first), rows.model._meta.pk)
    if start:
        rows = rows.filter(_beyond(start, keys, past, empty=descending and rows.model._meta.get_field(first).null))
    found = list(rows.order_by(sign + first, sign + second)[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, _write(getattr(found[-1], first), getattr(found[-1], second)) if more else "")


def page_of_many(many, *, after="", size=20):
    """One page of the union of several QuerySets, the newest first: each gives the same columns by `values`, among them
    `moment`, a moment, and `id`, a UUID. One statement, however many there are.
    """
    start = _read(after, DateTimeField(), UUIDField())
    if start:
        moment, key = start
        beyond = Q(moment__lt=moment) | Q(moment=moment, id__lt=key)
        many = [rows.filter(beyond) for rows in many]
    first, *others = [rows.order_by() for rows in many]
    rows = first.union(*others, all=True) if others else first
    found = list(rows.order_by("-moment", "-id")[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, _write(found[-1]["moment"], found[-1]["id"]) if more else "")


def _beyond(start, keys, past, *, empty):
    """What comes behind a row. empty: rows without a first key come behind all that have one."""
    (first, second), (value, key) = keys, start
    if value is None:
        return Q(**{f"{first}__isnull": True, f"{second}__{past}": key})
    beyond = Q(**{f"{first}__{past}": value}) | Q(**{first: value, f"{second}__{past}": key})
    return beyond | Q(**{f"{first}__isnull": True}) if empty else beyond


def _write(first, second):
    first = first.isoformat() if isinstance(first, datetime) else str(first) if isinstance(first, Decimal) else first
    text = json.dumps([first, str(second)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(after, column, key):
    try:
        first, second = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if first is not None or not column.null:
            first = _value(column)(first)
            if first is None:
                return None
        if len(second) > 36:
            return None
        second = key.to_python(second)
        return None if isinstance(second, int) and not 0 <= second < 2**63 else (first, second)
    except (ValueError, TypeError, AttributeError, RecursionError, ValidationError):  # brackets without end recurse
        return None


def _value(column):
    return _moment if isinstance(column, DateTimeField) else _amount if isinstance(column, DecimalField) else _text


def _amount(text):
    return Decimal(text) if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,4})?", text) else None


def _moment(text):
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None and 1900 < moment.year < 2200 else None


def _text(text):
    text.encode()  # half a surrogate pair is no text for a database
    return text if len(text) <= 240 and "\x00" not in text else None
