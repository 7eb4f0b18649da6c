"""Reading a result, finding the range it belongs to, and saying where in it the result lies. Pure functions.

Without a matching range there is no flag: silence about a value that nobody compared would look like "normal".
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.utils.translation import ngettext


class Flag(TextChoices):
    """Where a result lies (FHIR ObservationInterpretation: LL, L, N, H, HH)."""

    CRITICAL_LOW = "LL", _later("Critical, too low")
    LOW = "L", _later("Low")
    NORMAL = "N", _later("In range")
    HIGH = "H", _later("High")
    CRITICAL_HIGH = "HH", _later("Critical, too high")
    NONE = "", _later("Not compared")


@dataclass(frozen=True)
class Value:
    """A measured number; comparator "<" or ">" where the instrument could say no more."""

    number: Decimal
    comparator: str = ""


@dataclass(frozen=True)
class Span:
    """A range: for a sex (FHIR gender code, empty for any) and an age in days, from_days included, to_days not.

    low and high belong to it; None is open. critical_low and critical_high: at or beyond them somebody is called.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    sex: str = ""
    from_days: int = 0
    to_days: int | None = None
    critical_low: Decimal | None = None
    critical_high: Decimal | None = None

    @property
    def days(self):
        """For how many days of life; without an end, for more than anybody lives."""
        return (50_000 if self.to_days is None else self.to_days) - self.from_days

    def fits(self, sex, age_days):
        return (
            self.sex in ("", sex) and self.from_days <= age_days and (self.to_days is None or age_days < self.to_days)
        )


def read(text):
    """'7.2', '<0.41', '> 1000' -> Value. Raises ValueError for anything else; 1,000 and 7,2 are not guessed at."""
    match = re.fullmatch(r"\s*([<>])?\s*(-?[0-9]{1,9}(?:\.[0-9]{1,4})?)\s*", text, re.ASCII)
    if not match:
        raise ValueError(text)
    return Value(Decimal(match[2]), match[1] or "")


def pick(spans, sex, age_days):
    """The span for somebody of that sex and age in days when the specimen was taken, or None.

    One for the sex goes before one for everybody; of several the one for the fewest days of life.
    """
    found = [span for span in spans if span.fits(sex, age_days)]
    return min(found, key=lambda span: (not span.sex, span.days), default=None)


def flag(value, span):
    """Where the value lies in the span; NONE without one, and where a "<" or ">" leaves it open."""
    if span is None or (span.low is None and span.high is None):
        return Flag.NONE
    if value.comparator == "<":
        return _below(value.number, span)
    if value.comparator == ">":
        return _above(value.number, span)
    n = value.number
    if span.critical_low is not None and n <= span.critical_low:
        return Flag.CRITICAL_LOW
    if span.critical_high is not None and n >= span.critical_high:
        return Flag.CRITICAL_HIGH
    if span.low is not None and n < span.low:
        return Flag.LOW
    if span.high is not None and n > span.high:
        return Flag.HIGH
    return Flag.NORMAL


def _below(n, span):
    """Of a value of which only is known that it is below n. Nothing measured is below nought, so that 0 is no lower end."""
    if span.critical_low is not None and n <= span.critical_low:
        return Flag.CRITICAL_LOW
    open_below = (span.low is None or span.low <= 0) and span.critical_low is None
    if span.low is not None and n <= span.low and span.critical_low is None:
        return Flag.LOW
    if open_below and (span.high is None or n <= span.high):
        return Flag.NORMAL
    return Flag.NONE


def _above(n, span):
    """Of a value of which only is known that it is above n."""
    if span.critical_high is not None and n >= span.critical_high:
        return Flag.CRITICAL_HIGH
    if span.high is not None and n >= span.high and span.critical_high is None:
        return Flag.HIGH
    if span.high is None and span.critical_high is None and (span.low is None or n >= span.low):
        return Flag.NORMAL
    return Flag.NONE


def words(span, unit=""):
    """'4 to 11 cells', 'up to 0.5 mg', 'from 60'; empty without a span."""
    if span is None or (span.low is None and span.high is None):
        return ""
    low, high = (None if end is None else f"{end.normalize():f}" for end in (span.low, span.high))
    if low is None:
        text = _("up to %(high)s") % {"high": high}
    elif high is None:
        text = _("from %(low)s") % {"low": low}
    else:
        text = _("%(low)s to %(high)s") % {"low": low, "high": high}
    return f"{text}\u00a0{unit}" if unit else text


def age_words(days):
    """'30 days', '6 months', '18 years': in the largest unit that says it well enough."""
    if days < 62:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    months = round(days / 30.44)
    if months < 24 and months % 12:
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
    years = round(days / 365.25)
    return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}
