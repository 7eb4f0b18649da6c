"""What the vital signs of a patient say over time: the last of each kind, and one kind as a drawing with its sentence."""

from django.conf import settings

from healthstack.lib import clock
from healthstack.lib.chart import Chart, Point
from healthstack.lib.dates import birthday
from patients import vitals
from patients.models import Observation

MOST_POINTS = 60
NAMES = {**vitals.KINDS, "bmi": vitals.BMI}


def latest(patient):
    """[(kind, its name, what it was, unit, when)]: the last of each kind, and the body mass index of the last weight."""
    rows = Observation.objects.latest_of(patient)
    found = [(row.kind, NAMES[row.kind].name, row.shown, row.unit, row.taken_at) for row in rows]
    last = {row.kind: row for row in rows}
    if "weight" in last and "height" in last:
        weight = last["weight"]
        if height := _height_at(patient, [last["height"]], weight):
            value = vitals.bmi(weight.value, height.value)
            found.append(("bmi", vitals.BMI.name, vitals.plain(value), vitals.BMI.unit, weight.taken_at))
    return found


def trend(patient, kind):
    """-> {"chart", "first", "last", "unit", "many"} of the last values of that kind, or None where there is none.

    first, last: (what it was, when), for the sentence below the drawing.
    """
    own = Observation.objects.of(patient).current()
    of_kind = own.filter(kind="weight" if kind == "bmi" else kind).order_by("-taken_at", "-id")
    rows = list(of_kind[:MOST_POINTS])[::-1]
    if kind == "bmi":
        points = _index_points(patient, rows, list(own.filter(kind="height").order_by("taken_at", "id")))
    else:
        points = [Point(row.taken_at, row.value, vitals.plain(row.value)) for row in rows]
    if not points:
        return None
    second = [Point(row.taken_at, row.second, vitals.plain(row.second)) for row in rows if row.second is not None]
    lows = second or [None] * len(points)
    ends = [(vitals.shown(row.value, low and low.value), row.at) for row, low in zip(points, lows, strict=True)]
    chart = Chart(points, unit=NAMES[kind].unit, second=second)
    return {"chart": chart, "first": ends[0], "last": ends[-1], "unit": chart.unit, "many": len(points) > 1}


def _index_points(patient, weights, heights):
    pairs = [(row, _height_at(patient, heights, row)) for row in weights]
    found = [(row.taken_at, vitals.bmi(row.value, height.value)) for row, height in pairs if height]
    return [Point(at, value, vitals.plain(value)) for at, value in found]


def _height_at(patient, heights, weight):
    """The height that goes with a weight: the last one before it, or of that day. Children grow: for them, of that day alone.

    heights: oldest first.
    """
    day = clock.local(weight.taken_at).date()
    grown = birthday(patient.born_on, settings.AGE_OF_MAJORITY) <= day
    for height in reversed(heights):
        on = clock.local(height.taken_at).date()
        if on == day or (grown and on < day and birthday(patient.born_on, settings.AGE_OF_MAJORITY) <= on):
            return height
    return None
