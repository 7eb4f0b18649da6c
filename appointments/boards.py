"""What the day and schedule pages show: a doctor's day, a hospital's day, a week of hours."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from appointments import openings
from appointments.forms import HoursFormSet, LeaveForm, typed_day
from appointments.models import Appointment, Hours, Leave
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.paging import page_by_key
from hospitals.models import Hospital, Staff, VisitType

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DEAD = ("declined", "cancelled", "expired")


def day_bounds(on, zone):
    """[from, to) of a local day, aware."""
    start = datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(zone))
    after = on + timedelta(1)
    return start, datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone))


@dataclass
class Day:
    """One local day of visits, with its neighbours."""

    on: object
    today: object
    visits: list = field(default_factory=list)
    requests: int = 0
    hospitals: list = field(default_factory=list)
    next: str = ""

    @property
    def before(self):
        return self.on - timedelta(1)

    @property
    def after(self):
        return self.on + timedelta(1)

    @property
    def is_today(self):
        return self.on == self.today


def doctor_day(user, asked=None, *, zone=None):
    """A doctor's visits on a day (today unless a day is asked for), without what was declined or cancelled.

    zone: of the hospital, where it is known already.
    """
    zone = zone or Hours.objects.filter(doctor__user=user).values_list("hospital__zone", flat=True).first()
    zone = zone or timezone.get_default_timezone_name()
    today = openings.local_day(clock.now(), zone)
    on = typed_day(asked, default=today)
    rows = Appointment.objects.as_doctor(user).between(*day_bounds(on, zone)).exclude(state__in=DEAD)
    rows = rows.select_related("patient", "hospital").order_by("starts_at", "id")
    return Day(on, today, list(rows[:200]))


def hospital_day(user, query):
    """The visits on a day in the hospitals where this person works, a page at a time."""
    hospitals = list(Hospital.objects.filter(pk__in=Staff.objects.of(user).values("hospital")))
    zone = hospitals[0].zone if hospitals else timezone.get_default_timezone_name()
    today = openings.local_day(clock.now(), zone)
    on = typed_day(query.get("day"), default=today)
    rows = Appointment.objects.as_staff(user).between(*day_bounds(on, zone))
    rows = rows.select_related("patient", "hospital", "doctor__user")
    page = page_by_key(rows, ("starts_at", "id"), after=query.get("after", ""), size=25)
    return Day(on, today, page.rows, hospitals=hospitals, next=page.next)


# A request fits a gap when no more than this is left of it.
SPARE = timedelta(minutes=20)


class Requests:
    """The requests that wait for a doctor, oldest first, each with the gap that it fills and times to offer instead."""

    def __init__(self, user, query):
        rows = Appointment.objects.as_doctor(user).requested()
        page = page_by_key(
            rows.select_related("patient", "hospital"), ("requested_at", "id"), after=query.get("after", "")
        )
        self.rows, self.next = page.rows, page.next
        self._gaps()
        self._instead()

    def _gaps(self):
        """visit.gap: where the doctor's time between two visits begins, when the request fits just that."""
        around = Q()
        for visit in self.rows:
            around |= Q(starts_at__range=(visit.starts_at - timedelta(hours=12), visit.ends_at + timedelta(hours=12)))
        facts = {"doctor": self.rows[0].doctor_id, "state__in": Appointment.HOLDING} if self.rows else {"pk": None}
        others = Appointment.objects.filter(around, **facts).values_list("pk", "hospital", "starts_at", "busy_until")
        others = list(others)
        for visit in self.rows:
            here = [(a, b) for pk, room, a, b in others if pk != visit.pk and room == visit.hospital_id]
            before = max((b for _a, b in here if b <= visit.starts_at), default=None)
            after = min((a for a, _b in here if a >= visit.busy_until), default=None)
            fits = before and after and after - before <= visit.busy_until - visit.starts_at + SPARE
            visit.gap = before if fits else None

    def _instead(self):
        """visit.instead: the free times of the doctor nearest to the one asked for. Not by video: those have a page."""
        for visit in self.rows:
            visit.instead = []
        rows = [visit for visit in self.rows if visit.visit_type != VisitType.VIDEO]
        if rows:
            doctor = Doctor.objects.get(pk=rows[0].doctor_id)
            first = min(openings.local_day(visit.starts_at, visit.hospital.zone) for visit in rows)
            lengths = {doctor.pk: max(visit.minutes for visit in rows)}
            found = openings.free_for([doctor], start_on=first - timedelta(1), days=FAR, lengths=lengths)[doctor.pk]
            for visit in rows:
                visit.instead = nearest_of(found, visit)


FAR = 16


def instead_of(visit, *, days=FAR):
    """[Slot]: the free times in which the doctor could see the patient of this request instead, soonest first."""
    on = openings.local_day(max(visit.starts_at, clock.now()), visit.hospital.zone)
    found = openings.free_for(
        [visit.doctor],
        start_on=on - timedelta(1),
        days=days,
        visit_type=visit.visit_type,
        hospitals=[visit.hospital_id],
        lengths={visit.doctor_id: visit.minutes},
    )
    return found[visit.doctor_id]


def nearest_of(found, visit, most=6):
    """The few of these slots that are nearest to the time of the visit, soonest first."""
    here = [slot for slot in found if slot.room == visit.hospital_id]
    return sorted(sorted(here, key=lambda slot: abs(slot.starts_at - visit.starts_at))[:most])


class Schedule:
    """The schedule page: a week of hours, each row a form, and the leave to come."""

    def __init__(self, doctor, *, hours=None, leave=None):
        self.doctor = doctor
        here = doctor.affiliations.current().values("hospital")
        self.hospitals = list(Hospital.objects.findable().filter(pk__in=here))
        self.existing = {row.pk: row for row in Hours.objects.filter(doctor=doctor)}
        facts = {"form_kwargs": {"doctor": doctor, "hospitals": self.hospitals}, "prefix": "hours"}
        if hours is None:
            self.hours = HoursFormSet(initial=self._rows(), **facts)
            self.hours.extra = 0
        else:
            self.hours = HoursFormSet(self._with_one_more(hours), **facts)
        zone = next((hospital.zone for hospital in self.hospitals), timezone.get_default_timezone_name())
        self.zone = zone
        self.leave = LeaveForm(leave, zone=zone)

    def _rows(self):
        """The rows of the table, and an empty one for each day that has none."""
        rows = []
        for weekday in range(7):
            mine = [row for row in self.existing.values() if row.weekday == weekday]
            for row in sorted(mine, key=lambda row: row.from_minute):
                rows.append(
                    {
                        "id": row.pk,
                        "weekday": weekday,
                        "begins": _clock(row.from_minute),
                        "ends": _clock(row.to_minute),
                        "visit": row.visit,
                        "hospital": row.hospital_id,
                    }
                )
            if not mine:
                rows.append({"weekday": weekday, "visit": rows[-1].get("visit", 20) if rows else 20})
        return rows

    def _with_one_more(self, posted):
        """The posted rows; the button "add" of a day appends an empty one to it."""
        data = posted.copy()
        day, total = posted.get("add", ""), posted.get("hours-TOTAL_FORMS", "")
        if day in map(str, range(7)) and re.fullmatch(r"[0-9]{1,2}", total) and int(total) < 60:
            data["hours-TOTAL_FORMS"] = str(int(total) + 1)
            data[f"hours-{total}-weekday"] = day
            data[f"hours-{total}-visit"] = "20"
        return data

    def rows(self):
        rows = [form.row(self.existing) for form in self.hours.forms]
        return [row for row in rows if row is not None]

    @property
    def week(self):
        """[(weekday number, its name, its forms)]"""
        days = [(n, name, []) for n, name in enumerate(WEEKDAYS)]
        for form in self.hours.forms:
            weekday = str(form["weekday"].value())
            if weekday in map(str, range(7)):
                days[int(weekday)][2].append(form)
        return days

    def starts_per_week(self):
        """How many visits the published hours offer in a full week."""
        return sum(
            max(0, (row.to_minute - row.from_minute + row.buffer) // (row.visit + row.buffer)) * row.places
            for row in self.existing.values()
        )

    def context(self, *, refusal=None, stranded=(), in_the_way=()):
        return {
            "desk": self,
            "doctor": self.doctor,
            "hours": self.hours,
            "form": self.leave,
            "leaves": Leave.objects.to_come().filter(doctor=self.doctor),
            "refusal": refusal,
            "stranded": stranded,
            "in_the_way": in_the_way,
            "zone": self.zone,
        }


def _clock(minute):
    return f"{minute // 60 % 24:02}:{minute % 60:02}"
