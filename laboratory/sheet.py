"""The report of an order, on a page and on paper, and the values of one test over time."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.audit import record
from healthstack.lib import clock
from healthstack.lib.chart import Chart, Point
from laboratory.forms import ReasonForm
from laboratory.models import Item, Order, Result, Specimen
from laboratory.ranges import Flag
from laboratory.workflow import MOST_TESTS
from patients.workflow import OPENED

MOST_POINTS = 60
ARROWS = {Flag.LOW: "↓", Flag.HIGH: "↑", Flag.CRITICAL_LOW: "↓↓", Flag.CRITICAL_HIGH: "↑↑"}


def _day(on, hospital):
    """A date, or a moment as the hospital's calendar has it."""
    on = on.astimezone(ZoneInfo(hospital.zone)) if isinstance(on, datetime) else on
    return date_format(on, "j M Y")


def look_at(patient, user):
    """Somebody else than who speaks for the patient reads results: a line in the trail that the patient will read."""
    if not patient.speaks_for_it(user):
        record(OPENED, by=user, about=patient, reason="report")


def last_results(patient, *, most=10):
    """The last released result of each test, the newest first."""
    rows = Result.objects.of(patient).select_related("item__test").order_by("-collected_at", "-id")
    found = {}
    for row in rows[: 6 * most]:
        found.setdefault(row.item.test_id, row)
    return list(found.values())[:most]


@dataclass
class Line:
    """An order as a line of another page."""

    order: Order
    names: list = field(default_factory=list)
    again: str = ""


def lines_of(*, most=5, **facts):
    """The latest orders about which these facts hold, in one query: lines_of(patient=patient). -> [Line]"""
    rejected = Specimen.objects.filter(order=OuterRef("order"), state=Specimen.State.REJECTED).order_by("-rejected_at")
    items = Item.objects.filter(**{f"order__{name}": value for name, value in facts.items()})
    items = items.select_related("order__hospital", "test").annotate(why=Subquery(rejected.values("reason")[:1]))
    found = {}
    for item in items.order_by("-order__ordered_at", "-order_id", "position")[: MOST_TESTS * most]:
        line = found.setdefault(item.order_id, Line(item.order))
        line.names.append(item.test.name)
        if item.state == Item.State.ORDERED:
            line.again = item.why or ""
    return list(found.values())[:most]


class Sheet:
    """What is released of an order. A technician prepares it and reads no record by it."""

    def __init__(self, order, user, *, form=None):
        self.order, self.user, self.form = order, user, form
        self.own = order.patient.speaks_for_it(user)
        self.of_lab = not self.own and user.has_perm("laboratory.enter_result")
        self.rows = [(item, item.released[-1], item.released[:-1]) for item in order.items.all() if item.released]
        self.missing = [item.test for item in order.items.all() if not item.released and item.state != "cancelled"]
        if self.rows and not self.of_lab:
            look_at(order.patient, user)

    @property
    def cancel_form(self):
        """Where the order may still be called off by this doctor."""
        if not self.user.has_perm("laboratory.cancel_order") or self.own or self.order.state != Order.State.ORDERED:
            return None
        untouched = all(item.state == "ordered" for item in self.order.items.all())
        return self.form or (ReasonForm() if untouched else None)

    @property
    def collected_at(self):
        return min((result.collected_at for _item, result, _before in self.rows), default=None)

    @property
    def released_at(self):
        return max((result.released_at for _item, result, _before in self.rows), default=None)

    @property
    def is_amended(self):
        return any(before for _item, _result, before in self.rows)

    def context(self):
        return {
            "sheet": self,
            "order": self.order,
            "patient": self.order.patient,
            "cancel_form": self.cancel_form,
            "problems": self.form.problems if self.form else [],
        }

    def paper(self):
        """The facts of its PDF."""
        order, patient = self.order, self.order.patient
        lines = [order.hospital.address, str(order.hospital.phone or "")]
        facts = [
            [_("Patient"), f"{patient.name}, {patient.in_short}"],
            [_("Born"), _day(patient.born_on, order.hospital)],
        ]
        if order.doctor:
            facts.append([_("Ordered by"), order.doctor.name])
        if self.rows:
            facts.append([_("Sample taken"), _day(self.collected_at, order.hospital)])
            facts.append([_("Released"), _day(self.released_at, order.hospital)])
        return {
            "title": _("Laboratory report, amended") if self.is_amended else _("Laboratory report"),
            "number": order.number,
            "lang": get_language() or "en",
            "hospital": {"name": order.hospital.name, "lines": [line for line in lines if line]},
            "about": facts,
            "printed": _("Printed %(day)s") % {"day": _day(clock.now(), order.hospital)},
            "page_words": [_("Page"), _("of")],
            "head": [_("Test"), _("Result"), _("Range"), _("Flag")],
            "rows": [_row(*row, order.hospital) for row in self.rows],
            "usual": [str(Flag.NORMAL.label), str(Flag.NONE.label)],
            "missing": _("Not ready yet: %(tests)s") % {"tests": ", ".join(test.name for test in self.missing)}
            if self.missing
            else "",
            "notes": [_("Ranges are those of the patient’s sex and age on the day of the sample.")],
        }


def _row(item, result, before, hospital):
    flag = f"{ARROWS.get(result.flag, '')} {result.get_flag_display()}".strip()
    small = [result.comment, *(_amended(one, hospital) for one in before), result.amended_why]
    return [
        [item.test.name, "\n".join(part for part in small if part)],
        f"{result.text} {result.unit}".strip(),
        result.range_words or _("none"),
        flag,
    ]


def _amended(result, hospital):
    facts = {"text": f"{result.text} {result.unit}".strip(), "day": _day(result.released_at, hospital)}
    return _("Amended. Before: %(text)s, released %(day)s.") % facts


class Trend:
    """One test of one patient over time. Values in another unit than the last one are in the table alone."""

    def __init__(self, patient, test, user):
        self.patient, self.test = patient, test
        self.own = patient.speaks_for_it(user)
        rows = Result.objects.of(patient).filter(item__test=test).select_related("item__order__hospital")
        self.rows = list(rows.order_by("-collected_at", "-id")[:MOST_POINTS])
        self.unit = self.rows[0].unit if self.rows else ""
        drawn = [row for row in reversed(self.rows) if row.number is not None and row.unit == self.unit]
        self.left_out = len(self.rows) - len(drawn)
        last = drawn[-1] if drawn else None
        points = [
            Point(row.collected_at, row.number, f"{row.comparator}{row.number.normalize():f}", row.is_out)
            for row in drawn
        ]
        self.range_words = last.range_words if last else ""
        self.chart = Chart(points, last.low, last.high, self.unit) if last else None

    @property
    def sentence(self):
        """What the drawing says, in words."""
        last = self.rows[0]
        facts = {"n": len(self.rows), "value": f"{last.text} {last.unit}".strip(), "flag": last.get_flag_display()}
        return _("%(n)d values, the last %(value)s: %(flag)s.") % facts
