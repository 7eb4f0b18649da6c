"""A visit as a file for calendars (iCalendar, RFC 5545). Whoever else reads the calendar learns that there is a visit, and no more."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vUri

from appointments.models import Appointment
from healthstack.lib import clock

S = Appointment.State
OFF = {S.DECLINED, S.CANCELLED, S.NO_SHOW, S.EXPIRED}


def file_of(row):
    """-> the text of the file. The same visit has the same UID for ever, and a number that rises with every change.

    A visit that does not take place is taken out of the calendar again (METHOD:CANCEL).
    """
    off = row.state in OFF
    event = Event()
    event.add("uid", f"{row.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", row.sequence + off)
    event.add("dtstamp", clock.now())
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("summary", _("Appointment, %(site)s") % {"site": settings.SITE_NAME})
    event.add("status", "CANCELLED" if off else "TENTATIVE" if row.state == S.REQUESTED else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"))
    event.add("url", vUri(settings.SITE_URL + row.get_absolute_url()))
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if off else "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical().decode()
