"""The catalogue of tests is imported, and a hospital says which of them it does and for how much."""

from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.audit import record
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import check_stamp, stamp
from healthstack.lib.transactions import one_transaction
from hospitals.models import Hospital
from laboratory.models import Price, Range, Test

COLUMNS = ("name", "group", "specimen", "kind", "unit", "choices", "preparation", "hours")
ENDS = ("low", "high", "critical_low", "critical_high")
MOST_ROWS = 5000


class Faulty(RuleBroken):
    """A catalogue that was not imported. faults: [(number of the row, name, sentence)]"""

    def __init__(self, faults):
        super().__init__(_("Nothing was imported: %(n)d faults.") % {"n": len(faults)})
        self.faults = faults


@one_transaction
def import_tests(*, rows, source, by):
    """Take over a catalogue: a test of the same name is the same test, ever again. -> {"added", "changed", "same": n}

    rows: dictionaries with COLUMNS and "ranges". source: stands beside every range. Tests that are not in it stay.
    Raises Faulty with every fault that was found, and imports nothing then.
    """
    read, faults = [], []
    for n, row in enumerate(rows[:MOST_ROWS], 1):
        name = row.get("name", "") if isinstance(row, dict) else ""
        try:
            test, ranges = _read(row, source)
            if any(test.slug == other.slug for other, _ranges in read):
                raise ValueError(_("It is in the list twice."))
            read.append((test, ranges))
        except ValidationError as error:
            faults.append((n, name, " ".join(error.messages)))
        except (ValueError, TypeError, AttributeError, InvalidOperation) as error:
            faults.append((n, name, str(error) if type(error) is ValueError else _("This cannot be read.")))
    if len(rows) > MOST_ROWS:
        faults.append((MOST_ROWS + 1, "", _("At most %(n)d tests at once.") % {"n": MOST_ROWS}))
    if faults:
        raise Faulty(faults)
    counts = {"added": 0, "changed": 0, "same": 0}
    there = {test.slug: test for test in Test.objects.select_for_update().order_by("pk").prefetch_related("ranges")}
    for test, ranges in read:
        counts[_keep(test, ranges, there.get(test.slug))] += 1
    record("laboratory.tests_imported", by=by, source=source, **counts)
    return counts


def _read(row, source):
    """(Test, [Range]) of a row, not saved yet."""
    unknown = set(row) - {*COLUMNS, "ranges", "raw"}
    if unknown:
        raise ValueError(_("Unknown: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    values = {name: row[name] for name in COLUMNS if name in row}
    test = Test(slug=slugify(row.get("name", ""))[:120], **values)
    test.full_clean(validate_unique=False)
    if (test.kind == Test.Kind.CHOICE) != bool(test.choices):
        raise ValueError(_("What the result may be belongs to a choice, and to nothing else."))
    if row.get("ranges") and test.kind != Test.Kind.NUMBER:
        raise ValueError(_("Only a number has a range."))
    return test, [_range(part, source) for part in row.get("ranges", ())]


def _range(part, source):
    unknown = set(part) - {*ENDS, "sex", "from_days", "to_days"}
    if unknown:
        raise ValueError(_("Unknown: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    ends = {name: Decimal(str(part[name])) for name in ENDS if part.get(name) is not None}
    row = Range(sex=part.get("sex", ""), from_days=part.get("from_days", 0), to_days=part.get("to_days"), source=source)
    for name, value in ends.items():
        setattr(row, name, value)
    row.full_clean(exclude=["test"])
    if row.low is None and row.high is None:
        raise ValueError(_("A range has at least one end."))
    return row


def _keep(test, ranges, had):
    """Write what differs. -> what was done: added, changed, same"""
    if had is None:
        test.save(force_insert=True)
        _write(test, ranges)
        return "added"
    differs = [name for name in COLUMNS if getattr(had, name) != getattr(test, name)]
    if differs:
        for name in differs:
            setattr(had, name, getattr(test, name))
        had.save(update_fields=differs)
    if sorted(map(_facts, ranges), key=str) != sorted(map(_facts, had.ranges.all()), key=str):
        had.ranges.all().delete()
        _write(had, ranges)
        return "changed"
    return "changed" if differs else "same"


def _facts(row):
    return (row.span, row.source)


def _write(test, ranges):
    for row in ranges:
        row.test = test
    Range.objects.bulk_create(ranges)


def prices_stamp(hospital, tests):
    """The price list of these tests as a page shows it, in short."""
    rows = Price.objects.filter(hospital=hospital, test__in=tests, ended_at=None).order_by("test")
    return stamp(hospital, (), [(test, f"{amount:.2f}") for test, amount in rows.values_list("test", "amount")])


@one_transaction
def change_prices(*, hospital, prices, by, seen=""):
    """What tests cost here. prices: {test: amount, or None where it is not done here}. An order keeps its prices."""
    hospital = Hospital.objects.select_for_update().get(pk=hospital.pk)
    check_stamp(seen, prices_stamp(hospital, list(prices)))
    for test, amount in sorted(prices.items(), key=lambda pair: pair[0].pk):
        if amount is not None:
            Price.objects.update_or_create(hospital=hospital, test=test, defaults={"amount": amount, "ended_at": None})
        else:
            Price.objects.filter(hospital=hospital, test=test, ended_at=None).update(ended_at=clock.now())
    record("laboratory.prices_changed", by=by, about=hospital)
    return hospital
