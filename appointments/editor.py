"""The schedule page: hours as rows of a form, by day of the week, with what can be done to them before they are sent."""

import re
from datetime import timedelta

from django.utils import timezone
from django.utils.dates import WEEKDAYS

from appointments import openings, slots
from appointments.forms import HoursFormSet, LeaveForm, said_once
from appointments.models import Hours, Leave
from appointments.workflow import fingerprint
from healthstack.lib import clock
from healthstack.lib.zones import zone_words
from hospitals.models import Closure, Hospital, VisitType

MOST = 60
USUAL = 20  # minutes between two starts, where there is nothing to go by


class Schedule:
    """A doctor's hours, each row a form: those of the week, extra hours on one day, and the leave to come.

    hours: what was posted. Its buttons: `add` a row to a day (or "once"), `copy` a day to the days ticked, `preview`.
    """

    def __init__(self, doctor, *, hours=None, leave=None):
        self.doctor, self.warned = doctor, False
        here = doctor.affiliations.current().values("hospital")
        self.hospitals = list(Hospital.objects.findable().filter(pk__in=here))
        self.zone = next((hospital.zone for hospital in self.hospitals), timezone.get_default_timezone_name())
        self.today = openings.local_day(clock.now(), self.zone)
        rows = list(Hours.objects.filter(doctor=doctor).select_related("hospital"))
        self.version = fingerprint(rows)
        self.existing = {row.pk: row for row in rows if row.hospital in self.hospitals and not self._over(row)}
        self.by_video = any(offer.visit_type == VisitType.VIDEO for offer in doctor.offers.all())
        self.by_video = self.by_video or any(row.video for row in rows)
        facts = {"doctor": doctor, "hospitals": self.hospitals, "by_video": self.by_video, "today": self.today}
        facts["minutes"] = {row.visit for row in self.existing.values()}
        facts = {"form_kwargs": facts, "prefix": "hours"}
        self.posted = hours
        if hours is None:
            self.hours = HoursFormSet(initial=self._rows(), **facts)
            self.hours.extra = 0
        else:
            self.hours = HoursFormSet(_edited(hours), **facts)
        self.leave = LeaveForm(leave, zone=self.zone)

    def _over(self, row):
        """Its last day has passed: it offers nothing any more."""
        last = row.valid_from if row.once else row.valid_until
        return last is not None and last < self.today

    @property
    def shown_version(self):
        """Of the hours that the person saw first, however often the page was drawn since; told of others, of those."""
        if self.warned:
            return self.version
        return self.posted.get("version", "")[:64] if self.hours.is_bound else self.version

    @property
    def only_looks(self):
        """Is a row added, a day copied, or the result looked at, so that nothing is published yet?"""
        return any(button in self.posted for button in ("add", "copy", "preview"))

    def _rows(self):
        """The rows of the table, and an empty one for each day that has none."""
        rows = []
        for weekday in range(7):
            mine = [row for row in self.existing.values() if row.weekday == weekday and not row.once]
            rows += [self._initial(row) for row in sorted(mine, key=lambda row: (row.from_minute, row.pk))]
            if not mine:
                rows.append({"weekday": weekday, "visit": rows[-1].get("visit", USUAL) if rows else USUAL})
        extra = [row for row in self.existing.values() if row.once]
        return rows + [self._initial(row) for row in sorted(extra, key=lambda row: (row.valid_from, row.from_minute))]

    def _initial(self, row):
        return {
            "id": row.pk,
            "weekday": row.weekday,
            "once": row.once,
            "on": row.valid_from if row.once else None,
            "begins": _clock(row.from_minute),
            "ends": _clock(row.to_minute),
            "visit": row.visit,
            "hospital": f"{row.hospital_id}-video" if row.video else row.hospital_id,
            "buffer": row.buffer,
            "places": row.places,
            "valid_from": row.valid_from if row.valid_from > self.today and not row.once else None,
            "valid_until": row.valid_until if not row.once else None,
        }

    def rows(self):
        """The Hours that were typed. The forms must be valid."""
        rows = [form.row(self.existing) for form in self.hours.forms]
        return [row for row in rows if row is not None]

    @property
    def week(self):
        """[(weekday number, its name, its forms)]"""
        days = [(n, WEEKDAYS[n], []) for n in range(7)]
        for form in self.hours.forms:
            weekday = str(form["weekday"].value())
            if not form.is_once and weekday in map(str, range(7)):
                days[int(weekday)][2].append(form)
        return days

    @property
    def extra(self):
        """The forms of extra hours."""
        return [form for form in self.hours.forms if form.is_once]

    def starts_per_week(self):
        """How many visits the hours offer in the seven days from now: the typed ones, else the published ones."""
        rows = self.existing.values()
        if self.hours.is_bound:
            rows = self.rows() if self.hours.is_valid() else []
        soon = self.today + timedelta(6)
        rows = [openings.as_hours(row) for row in rows]
        return slots.starts_per_week([h for h in rows if h.valid_from <= soon and h.valid_until >= self.today])

    def closures(self):
        """The holidays of the hospitals in the year to come."""
        rows = Closure.objects.filter(hospital__in=self.hospitals).between(self.today, self.today + timedelta(366))
        return rows.select_related("hospital").order_by("on", "pk")[:30]

    def context(self, *, refusal=None, stranded=(), in_the_way=()):
        self.warned = refusal is not None and refusal.field == "version"
        return {
            "desk": self,
            "doctor": self.doctor,
            "hours": self.hours,
            "form": self.leave,
            "leaves": Leave.objects.to_come().filter(doctor=self.doctor),
            "refusal": refusal,
            "preview": self.hours.is_bound and self.hours.is_valid() and "preview" in self.posted,
            "stranded": stranded,
            "in_the_way": in_the_way,
            "zone": self.zone,
            "zone_words": zone_words(self.zone, clock.now()),
        }


def _clock(minute):
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _edited(posted):
    """The posted rows, after the button that adds a row, or copies a day over other days."""
    total = posted.get("hours-TOTAL_FORMS", "")
    if not ("add" in posted or "copy" in posted) or not re.fullmatch(r"[0-9]{1,2}", total) or int(total) > MOST:
        return posted
    rows = [_fields(posted, n) for n in range(int(total))]
    day, days = posted.get("copy", ""), {str(n) for n in range(7)}
    if day in days:
        rows = _copied(rows, day, set(posted.getlist(f"copy-{day}")) & days - {day})
    day = posted.get("add", "")
    if day == "once":
        rows.append({"once": "1", "visit": str(USUAL)})
    elif day in days:
        rows.append({"weekday": day, "visit": str(USUAL)})
    data = posted.copy()
    for name in [name for name in data if re.match(r"hours-\d+-", name)]:
        del data[name]
    for n, row in enumerate(rows[:MOST]):
        data.update({f"hours-{n}-{name}": value for name, value in row.items()})
    data["hours-TOTAL_FORMS"] = str(min(len(rows), MOST))
    return data


def _copied(rows, day, others):
    """The rows of that day stand on the other days as well, in place of what stood there."""
    of_day = [row for row in rows if not said_once(row.get("once")) and row.get("weekday") == day and row.get("begins")]
    kept = [row for row in rows if said_once(row.get("once")) or row.get("weekday") not in others]
    new = [{**row, "weekday": other, "id": ""} for other in sorted(others) for row in of_day]
    return kept + new


def _fields(posted, n):
    prefix = f"hours-{n}-"
    return {name[len(prefix) :]: posted[name] for name in posted if name.startswith(prefix)}
