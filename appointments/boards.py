"""What the pages of days and requests show: a doctor's day, a hospital's day, what waits for an answer."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from appointments import openings
from appointments.forms import typed_day
from appointments.models import Appointment, Hours
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.paging import page_by_key
from hospitals.models import Hospital, Staff, VisitType

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
    rows = rows.for_doctor().with_photos(user).order_by("starts_at", "id")
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
        rows = Appointment.objects.as_doctor(user).requested().for_doctor().with_photos(user)
        page = page_by_key(rows, ("requested_at", "id"), after=query.get("after", ""))
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
