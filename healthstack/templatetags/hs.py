"""How the pages write icons, days, times and money: one place for each."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthstack.lib import clock, pieces
from healthstack.lib.money import shown

register = template.Library()

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@register.simple_tag
def piece(template, **facts):
    """A piece of the page that looks the same to everybody, from these facts alone: see healthstack/lib/pieces.py."""
    return pieces.piece(template, **facts)


@register.simple_tag
@cache
def icon(name, kind=""):
    """A drawing of the sprite; words beside it say what it means."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {kind}" if kind else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def avatar(person, kind="", photo=None):
    """A picture, or initials on their tint. person: a User, a Patient, a Doctor, a Listing or a Hospital.

    The picture is shown where the query of the page has loaded the person's account. A doctor's is public while the
    doctor can be found; every other is shown on pages that open only for those who may see it (healthstack/pages/photo).
    photo: the key of a picture that the query of the page found for this viewer (`with_photos`).
    """
    row = person._state.fields_cache.get("doctor", person)
    return face(_picture_of(row, photo), person.tint, person.initials, kind)


@register.simple_tag
def face(url, tint, initials, kind=""):
    """The picture of that address, or initials on a tint."""
    picture, large = "", kind == "lg"
    if url:
        side = 68 if large else 44
        picture = format_html(
            '<img src="{}{}" alt="" width="{}" height="{}" loading="{}">',
            url,
            "" if large else "?small",
            side,
            side,
            "lazy" if large else "eager",
        )
    classes = f" avatar-{kind}" if kind else ""
    return format_html('<span class="avatar{} a{}" aria-hidden="true">{}</span>', classes, tint, picture or initials)


def _picture_of(row, photo):
    """The address of a picture that the viewer of the page may see, or nothing."""
    if hasattr(row, "postcode"):  # a hospital, whose picture is public once it is approved
        return reverse("hospitals:photo", args=[row.slug]) if row.photo_id and row.state == "approved" else ""
    user = row if hasattr(row, "photo_id") else row._state.fields_cache.get("user")
    photo = photo or getattr(user, "photo_id", None)
    return reverse("portrait" if hasattr(row, "slug") else "photo", args=[photo]) if photo else ""


def _there(moment, zone):
    return moment.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(moment)


@register.filter
def day(value, zone=None):
    """'Today', 'Tomorrow', 'Tue 24 Nov', with the year when it is another one. Takes a date, or a moment with its zone."""
    on = _there(value, zone).date() if isinstance(value, datetime) else value
    today = _there(clock.now(), zone).date()
    if on == today:
        return _("Today")
    if on == today + timedelta(1):
        return _("Tomorrow")
    return date_words(on, today)


@register.filter
def local_day(moment, zone):
    """The date there at that moment."""
    return _there(moment, zone).date()


@register.filter
def date_words(on, today=None):
    """'Tue 24 Nov', with the year when it is not this one."""
    if not on:
        return ""
    today = today or clock.today()
    year = f" {on.year}" if on.year != today.year else ""
    return f"{_(DAYS[on.weekday()])} {on.day} {_(MONTHS[on.month - 1])}{year}"


@register.filter
def full_date(on):
    """'24 Nov 2026', for documents."""
    if isinstance(on, datetime):
        on = timezone.localtime(on).date()
    return f"{on.day} {_(MONTHS[on.month - 1])} {on.year}" if on else ""


@register.filter
def day_or_year(on):
    """'24 Nov 2015', and '2015' for the first of January, which is kept where only the year is known."""
    return str(on.year) if (on.day, on.month) == (1, 1) else full_date(on)


@register.filter
def clock_time(moment, zone=None):
    """'10:15'. Where the clock shows it twice that day, the zone's name is added."""
    there = _there(moment, zone)
    twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    return f"{there:%H:%M} {there.tzname()}" if twice else f"{there:%H:%M}"


@register.filter
def when(moment, zone=None):
    """'Tue 24 Nov, 10:15', 'Today, 10:15'."""
    return f"{day(moment, zone)}, {clock_time(moment, zone)}" if moment else ""


@register.filter
def until(moment):
    """'in 2 days', 'in 35 minutes', '5 minutes ago': beside an absolute time, never instead of it."""
    seconds = int((moment - clock.now()).total_seconds())
    n, words = _amount(abs(seconds))
    if not n:
        return _("now")
    return _("in %(time)s") % {"time": words} if seconds > 0 else _("%(time)s ago") % {"time": words}


def _amount(seconds):
    if seconds >= 86400:
        n = (seconds + 43200) // 86400
        return n, ngettext("%(n)d day", "%(n)d days", n) % {"n": n}
    if seconds >= 3600:
        n, minutes = seconds // 3600, seconds % 3600 // 60
        words = ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}
        if n < 6 and minutes:
            words += " " + ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
        return n, words
    n = seconds // 60
    return n, ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n}


@register.filter
def money(amount):
    """'₹1,25,000.00': always two decimals, Indian grouping for rupees."""
    return shown(amount)


@register.filter
def minute_of_day(minute):
    """540 is '09:00'."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


@register.filter
def items_of(mapping, key):
    """mapping[key], or nothing."""
    return mapping.get(key, "")


@register.filter
def in_words(row, name):
    """What `row.get_<name>_display()` says; Django lays all choices of the field out anew for each row of a list."""
    value = getattr(row, name)
    return _choices(row.__class__, name).get(value, value)


@cache
def _choices(model, name):
    return dict(model._meta.get_field(name).flatchoices)


BADGES = {
    "requested": ("warn", "clock"),
    "confirmed": ("ok", "check"),
    "checked_in": ("info", "clock"),
    "in_consultation": ("brand", "doctor"),
    "completed": ("ok", "check"),
    "declined": ("bad", "x"),
    "cancelled": ("", "x"),
    "no_show": ("bad", "alert"),
    "expired": ("", "clock"),
    "draft": ("warn", "file"),
    "signed": ("ok", "check"),
    "replaced": ("", "repeat"),
    "approved": ("ok", "shield"),
    "pending": ("warn", "clock"),
    "suspended": ("bad", "alert"),
    "more_needed": ("warn", "alert"),
    "rejected": ("bad", "x"),
    "asked": ("warn", "clock"),
    "accepted": ("ok", "check"),
    "withdrawn": ("", "x"),
    "ordered": ("info", "clock"),
    "collected": ("info", "flask"),
    "in_lab": ("brand", "flask"),
    "ready": ("ok", "check"),
}


@register.simple_tag
def badge(row):
    """The state of a row, as a word with a drawing."""
    kind, name = BADGES.get(row.state, ("", "info"))
    return format_html(
        '<span class="badge{}">{}{}</span>', f" b-{kind}" if kind else "", icon(name), in_words(row, "state")
    )


@register.simple_tag(takes_context=True)
def with_query(context, **changes):
    """The present address with some parameters changed; empty ones go. A page number behind filters goes as well."""
    query = context["request"].GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None, False):
            query[name] = value
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def without_query(context, name):
    """The present address without that parameter."""
    return with_query(context, **{name: ""})
