"""How a medicine is taken: in words for the patient, in short for the pharmacist, and how much of it that needs.

Pure functions over a `Dosage`. Terms follow FHIR R4 Dosage: dose quantity, timing (times of day, or an interval),
as-needed with its reason, route.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.utils.translation import ngettext

FRACTIONS = {Decimal("0.25"): "¼", Decimal("0.5"): "½", Decimal("0.75"): "¾"}
MOST_DAYS = 365


class Unit(TextChoices):
    """What a dose is counted in."""

    TABLET = "tablet", _later("tablet")
    CAPSULE = "capsule", _later("capsule")
    ML = "ml", _later("ml")
    DROP = "drop", _later("drop")
    PUFF = "puff", _later("puff")
    SACHET = "sachet", _later("sachet")
    UNIT = "unit", _later("unit")
    INJECTION = "injection", _later("injection")
    SUPPOSITORY = "suppository", _later("suppository")
    PATCH = "patch", _later("patch")
    APPLICATION = "application", _later("application (a thin layer)")


# Nobody counts out these: the pharmacist gives the pack.
BY_THE_PACK = {Unit.DROP, Unit.PUFF, Unit.APPLICATION}
# Those of which a part can be given; of the others only whole ones leave the shop.
DIVISIBLE = {Unit.ML, Unit.UNIT}


class Pattern(TextChoices):
    """Times of the day as Indian prescriptions write them: morning, midday, evening, and night where there are four."""

    MORNING = "1-0-0", _later("in the morning")
    MIDDAY = "0-1-0", _later("at midday")
    EVENING = "0-0-1", _later("in the evening")
    TWICE = "1-0-1", _later("in the morning and in the evening")
    MORNING_MIDDAY = "1-1-0", _later("in the morning and at midday")
    MIDDAY_EVENING = "0-1-1", _later("at midday and in the evening")
    THRICE = "1-1-1", _later("in the morning, at midday and in the evening")
    FOUR = "1-1-1-1", _later("in the morning, at midday, in the evening and at night")
    NIGHT = "0-0-0-1", _later("at night, before sleep")


class Period(TextChoices):
    HOURS = "hours", _later("hours")
    DAYS = "days", _later("days")
    WEEKS = "weeks", _later("weeks")


HOURS_OF = {Period.HOURS: 1, Period.DAYS: 24, Period.WEEKS: 24 * 7}


class Route(TextChoices):
    ORAL = "oral", _later("by mouth")
    SUBLINGUAL = "sublingual", _later("under the tongue")
    SKIN = "skin", _later("on the skin")
    EYE = "eye", _later("into the eye")
    EAR = "ear", _later("into the ear")
    NOSE = "nose", _later("into the nose")
    INHALED = "inhaled", _later("breathed in")
    SUBCUTANEOUS = "subcutaneous", _later("injected under the skin")
    INTRAMUSCULAR = "intramuscular", _later("injected into a muscle")
    INTRAVENOUS = "intravenous", _later("injected into a vein")
    RECTAL = "rectal", _later("into the rectum")
    VAGINAL = "vaginal", _later("into the vagina")


class Food(TextChoices):
    ANY = "", _later("with or without food")
    BEFORE = "before", _later("before food")
    WITH = "with", _later("with food")
    AFTER = "after", _later("after food")


@dataclass(frozen=True)
class Dosage:
    """quantity of `unit` at each time. Either `pattern` (times of the day), or once in `every` `period`s; with
    `as_needed` the interval is the shortest, and may be left out. days: how long, None for "until further notice".
    """

    quantity: Decimal
    unit: str
    pattern: str = ""
    every: int | None = None
    period: str = ""
    as_needed: bool = False
    reason: str = ""
    route: str = Route.ORAL  # empty: not said
    food: str = Food.ANY
    days: int | None = None


def number(quantity):
    """'½', '1½', '2', '2.4': as people write how many."""
    quantity = Decimal(quantity)
    whole, part = divmod(quantity, 1)
    if part in FRACTIONS:
        return f"{int(whole) or ''}{FRACTIONS[part]}"
    return f"{quantity.normalize():f}"


def dose(dosage):
    """'1 tablet', '½ tablet', '2 puffs', '5 ml'."""
    return counted(dosage.quantity, dosage.unit)


def counted(quantity, unit):
    n = 1 if quantity <= 1 else 2
    words = {
        Unit.TABLET: ngettext("%(n)s tablet", "%(n)s tablets", n),
        Unit.CAPSULE: ngettext("%(n)s capsule", "%(n)s capsules", n),
        Unit.ML: ngettext("%(n)s ml", "%(n)s ml", n),
        Unit.DROP: ngettext("%(n)s drop", "%(n)s drops", n),
        Unit.PUFF: ngettext("%(n)s puff", "%(n)s puffs", n),
        Unit.SACHET: ngettext("%(n)s sachet", "%(n)s sachets", n),
        Unit.UNIT: ngettext("%(n)s unit", "%(n)s units", n),
        Unit.INJECTION: ngettext("%(n)s injection", "%(n)s injections", n),
        Unit.SUPPOSITORY: ngettext("%(n)s suppository", "%(n)s suppositories", n),
        Unit.PATCH: ngettext("%(n)s patch", "%(n)s patches", n),
        Unit.APPLICATION: ngettext("a thin layer", "%(n)s thin layers", n),
    }[unit]
    return words % {"n": number(quantity)}


def when(dosage):
    """'in the morning and in the evening', 'every 8 hours', 'when needed for pain, at most every 6 hours'."""
    if dosage.as_needed:
        words = _("when needed for %(reason)s") % {"reason": dosage.reason} if dosage.reason else _("when needed")
        if dosage.pattern:
            return f"{words}, {Pattern(dosage.pattern).label}"
        return f"{words}, {_('at most %(often)s') % {'often': _every(dosage)}}" if dosage.every else words
    return str(Pattern(dosage.pattern).label) if dosage.pattern else _every(dosage)


def _every(dosage):
    return interval(dosage.every, dosage.period)


def interval(n, period):
    """'every 8 hours', 'once a week'."""
    words = {
        Period.HOURS: ngettext("every hour", "every %(n)d hours", n),
        Period.DAYS: ngettext("once a day", "every %(n)d days", n),
        Period.WEEKS: ngettext("once a week", "every %(n)d weeks", n),
    }[period]
    return words % {"n": n} if n > 1 else words


def words(dosage):
    """What the patient reads: '1 tablet in the morning and in the evening, after food, for 5 days'."""
    parts = [f"{dose(dosage)} {when(dosage)}"]
    if dosage.route not in ("", Route.ORAL):
        parts[0] = f"{dose(dosage)} {Route(dosage.route).label} {when(dosage)}"
    elif dosage.food:
        parts.append(str(Food(dosage.food).label))
    if dosage.days:
        parts.append(ngettext("for %(n)d day", "for %(n)d days", dosage.days) % {"n": dosage.days})
    return ", ".join(parts)


def short(dosage):
    """What the pharmacist reads: '1-0-1', '½-0-½', 'every 8 hours', 'when needed'."""
    if dosage.pattern and not dosage.as_needed:
        one = number(dosage.quantity)
        return "-".join(one if part == "1" else "0" for part in dosage.pattern.split("-"))
    return _("when needed") if dosage.as_needed and not dosage.every else when(dosage)


def times(dosage):
    """How often it is taken in all, at most; None where that cannot be said."""
    if not dosage.days:
        return None
    if dosage.pattern:
        return dosage.pattern.count("1") * dosage.days
    if not dosage.every:
        return None
    return -(-24 * dosage.days // (dosage.every * HOURS_OF[dosage.period]))


def amount(dosage):
    """How much is needed for all of it, in units: whole ones, except of ml and units. None: not counted, or not said."""
    n = times(dosage)
    if n is None or dosage.unit in BY_THE_PACK:
        return None
    needed = dosage.quantity * n
    return needed if dosage.unit in DIVISIBLE else needed.to_integral_value(ROUND_CEILING)


def amount_in_words(dosage, given=None):
    """'10 tablets'; given: how many the doctor wrote where it cannot be counted. Packs, of what is given by the pack."""
    needed = amount(dosage)
    if needed is None and given and dosage.unit in BY_THE_PACK:
        return ngettext("%(n)s pack", "%(n)s packs", 1 if given == 1 else 2) % {"n": number(given)}
    needed = given if needed is None else needed
    return counted(needed, dosage.unit) if needed else ""


# The release before wrote a dose in free words, and how often as one of these.
BEFORE = {"weekly": _later("once a week"), "as_needed": _later("only when needed")}


def read_before(dose, frequency):
    """The columns of a dose of the release before, or {} where its words are more than a number and a unit."""
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,2})?|½) ?([a-z]+?)s?", dose.strip().casefold())
    if not found or found[2] not in Unit.values:
        return {}
    quantity = Decimal("0.5") if found[1] == "½" else Decimal(found[1])
    if not quantity:
        return {}
    columns = {"dose_quantity": quantity, "dose_unit": found[2]}
    if frequency in Pattern.values:
        return {**columns, "pattern": frequency}
    if frequency == "weekly":
        return {**columns, "every": 1, "period": Period.WEEKS.value}
    return {**columns, "as_needed": True} if frequency == "as_needed" else {}


def written_before(dosage):
    """(dose, frequency) as the release before can show them."""
    if dosage.as_needed:
        often = "as_needed"
    elif dosage.pattern:
        often = dosage.pattern
    else:
        often = "weekly" if (dosage.every, dosage.period) == (1, Period.WEEKS) else f"{dosage.every} {dosage.period}"
    return dose(dosage)[:40], often[:10]


def words_of_before(dose, frequency, food):
    words = f"{dose} {_often_before(frequency)}".strip()
    return f"{words}, {Food(food).label}" if food else words


def short_of_before(frequency):
    return frequency if frequency[:1].isdigit() else str(_often_before(frequency))


def _often_before(frequency):
    return BEFORE.get(frequency) or (Pattern(frequency).label if frequency in Pattern.values else frequency)
