"""Time zones by their IANA name."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# The names that say a place; the others are abbreviations, and ways of writing the same twice.
PARTS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zone_choices():
    """[(name, words)] of the zones to choose from: ("Asia/Kolkata", "Asia, Kolkata")."""
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in PARTS)
    return [(name, spelled(name)) for name in names]


def spelled(name):
    """'America, New York'."""
    return name.replace("/", ", ").replace("_", " ")


def check_zone(name):
    """Raise ValidationError unless the name is a time zone of the IANA database, such as Asia/Kolkata."""
    if name not in available_timezones():
        raise ValidationError(_("Choose a time zone such as Asia/Kolkata."))


def zone_words(name, moment):
    """How people call the zone at that moment: 'India time', else its abbreviation, else its place."""
    if name == "Asia/Kolkata":
        return _("India time")
    abbreviation = moment.astimezone(ZoneInfo(name)).tzname() or ""
    return abbreviation if abbreviation.isalpha() else name.split("/")[-1].replace("_", " ")
