"""What is measured of a patient, the pure parts: units, what can be true, what is asked about, and the body mass index.

The bounds tell slips of the pen from values, and nothing about health: what is usual for whom was read in no source,
so no page says "normal" or "high" of a vital sign.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Measure:
    """One number of a form. can: what a living person can have; asked: outside of it the form asks once."""

    name: object
    unit: str
    can: tuple
    asked: tuple
    places: int = 0


MEASURES = {
    "systolic": Measure(_("Blood pressure, upper"), "mmHg", (40, 300), (80, 200)),
    "diastolic": Measure(_("Blood pressure, lower"), "mmHg", (20, 200), (40, 120)),
    "pulse": Measure(_("Pulse"), "/min", (20, 300), (40, 180)),
    "temperature": Measure(_("Temperature"), "°C", (25, 45), (35, 40), 1),
    "breaths": Measure(_("Breaths"), "/min", (3, 120), (8, 60)),
    "oxygen": Measure(_("Oxygen in the blood"), "%", (30, 100), (90, 100)),
    "weight": Measure(_("Weight"), "kg", (Decimal("0.3"), 400), (2, 200), 2),
    "height": Measure(_("Height"), "cm", (20, 250), (45, 210), 1),
}
PAIR = ("systolic", "diastolic")


@dataclass(frozen=True)
class Kind:
    """What is kept as one line (FHIR Observation). loinc: its code there; parts: the codes of a pair."""

    name: object
    unit: str
    loinc: str
    parts: tuple = ()


KINDS = {
    "blood_pressure": Kind(_("Blood pressure"), "mmHg", "85354-9", ("8480-6", "8462-4")),
    "pulse": Kind(_("Pulse"), "/min", "8867-4"),
    "temperature": Kind(_("Temperature"), "°C", "8310-5"),
    "breaths": Kind(_("Breaths"), "/min", "9279-1"),
    "oxygen": Kind(_("Oxygen in the blood"), "%", "2708-6"),
    "weight": Kind(_("Weight"), "kg", "29463-7"),
    "height": Kind(_("Height"), "cm", "8302-2"),
}
BMI = Kind(_("Body mass index"), "kg/m²", "39156-5")


def refusal(name, value):
    """Why nobody can have this value, as a sentence, or ''."""
    measure = MEASURES[name]
    low, high = measure.can
    if low <= value <= high:
        return ""
    if name == "temperature" and 77 < value < 113:
        celsius = ((value - 32) / Decimal("1.8")).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return gettext("Enter it in °C: %(f)s °F are %(c)s °C") % {"f": plain(value), "c": celsius}
    words = gettext("Enter a number from %(low)s to %(high)s, in %(unit)s")
    return words % {"low": low, "high": high, "unit": measure.unit}


def unusual(values):
    """[name] of the values that may be true and are asked about once."""
    return [name for name, value in values.items() if not MEASURES[name].asked[0] <= value <= MEASURES[name].asked[1]]


def lines(values):
    """{measure: value} -> [(kind, value, second)]: the two of a blood pressure are one line."""
    found = [("blood_pressure", values["systolic"], values["diastolic"])] if PAIR[0] in values else []
    return found + [(name, value, None) for name, value in values.items() if name not in PAIR]


def bmi(weight, height):
    """Kilograms by square metres, one place."""
    return (weight / (height / 100) ** 2).quantize(Decimal("0.1"), ROUND_HALF_UP)


def plain(value):
    """'72', '36.8': without the zeros that the column adds."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(value, second=None):
    """'72', or '138/86'."""
    return plain(value) if second is None else f"{plain(value)}/{plain(second)}"
