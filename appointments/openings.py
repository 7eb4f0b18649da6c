"""What is free, from the tables: `slots.free_times` fed with hours, leave, closures and claims.

Three queries for any number of doctors.
"""

from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Value
from django.db.models.functions import Cast

from appointments import slots
from appointments.models import Claim, Hours, Leave
from healthstack.lib import clock
from hospitals.models import Closure, Hospital, VisitType

# How many days the listing knows of.
LISTED_DAYS = 14


def minutes_of(doctor, visit_type):
    """How many minutes this doctor takes for that kind of visit, or None when it is not offered.

    Reads the prefetched offers where there are some.
    """
    return next((offer.minutes for offer in doctor.offers.all() if offer.visit_type == visit_type), None)


def offered(**which):
    """The hours that count, with their hospital: of these doctors, in these hospitals, as a filter says it."""
    return Hours.objects.offered().filter(**which).select_related("hospital")


def weekly(rows):
    """{doctor id: [slots.Hours]} of rows of hours."""
    found = defaultdict(list)
    for row in rows:
        found[row.doctor_id].append(as_hours(row))
    return found


COLUMNS = (
    "doctor_id",
    "pk",
    "hospital_id",
    "hospital__zone",
    "weekday",
    "from_minute",
    "to_minute",
    "visit",
    "buffer",
    "places",
    "valid_from",
    "valid_until",
    "video",
    "once",
    "hospital__state",
)


def hours_of(doctors, *, hospitals=None):
    """{doctor id: [slots.Hours]} of the hours that count, by ids; hospitals: only in these. As `weekly(offered(…))`, but
    without rows of models, which for a page of ten doctors cost more than all else.
    """
    found = defaultdict(list)
    # The hospitals are looked at here: asked about them too, SQLite begins with all that are approved.
    for doctor, *columns, once, state in Hours.objects.worked().filter(doctor__in=doctors).values_list(*COLUMNS):
        row = slots.Hours(*columns)
        if state == Hospital.State.APPROVED and (hospitals is None or row.room in hospitals):
            weekday = -1 if once else row.weekday
            found[doctor].append(row._replace(weekday=weekday, valid_until=row.valid_until or slots.FOREVER))
    return found


def zones_in(hours):
    """{hospital id: time zone} of what `weekly` found."""
    return {row.room: row.zone for rows in hours.values() for row in rows}


def free_for(
    doctors,
    *,
    start_on,
    days,
    visit_type=VisitType.CHECK_UP,
    hospitals=None,
    lengths=None,
    hours=None,
    busy=None,
    notice=True,
):
    """{doctor id: [Slot]} on the local days from start_on on.

    doctors: rows, with `offers` prefetched unless lengths ({doctor id: minutes or None}) are given. hospitals: ids to
    look at, or None for all. hours, busy: what `weekly` and `busy_in` found, where the caller has asked already. notice:
    whether the minimum notice counts, which is for patients. How far ahead, leave, holidays of the hospital, other
    visits, places and validity are all heeded; a doctor who does not offer the visit has no slots.
    """
    doctors = {doctor.pk: doctor for doctor in doctors}
    if hours is None:
        hours = hours_of(doctors, hospitals=hospitals)
    first, last = edges(start_on, days)
    if busy is None:
        busy = busy_in(doctors, first, last)
    limits = Limits(doctors, hours, first, last, notice=notice)
    found = {}
    for key, doctor in doctors.items():
        length = lengths[key] if lengths else minutes_of(doctor, visit_type)
        found[key] = length and slots.free_times(
            hours.get(key, ()),
            busy=busy.get(key, {}),
            length=length,
            start_on=start_on,
            days=days,
            video=visit_type == VisitType.VIDEO,
            **limits.of(doctor),
        )
        found[key] = found[key] or []
    return found


class Limits:
    """What else keeps a time from being offered: leave, holidays, the minimum notice, how far ahead. One query.

    hours: as `weekly` has them; their hospitals' holidays count.
    """

    def __init__(self, doctors, hours, first, last, *, notice=True):
        self.now, self.notice = clock.now(), notice
        self.away, self.closed = defaultdict(list), []
        begin, end, zones = slots.moment(first), slots.moment(last), zones_in(hours)
        leave = Leave.objects.filter(doctor__in=doctors, ends_at__gt=begin, starts_at__lt=end)
        leave = leave.annotate(what=Value("leave")).order_by().values_list("what", "doctor_id", "starts_at", "ends_at")
        closures = Closure.objects.filter(hospital__in=zones).between(begin.date(), end.date())
        closures = closures.annotate(what=Value("closure"), day=Cast("on", DateTimeField())).order_by()
        # An empty half of a union vanishes by itself; the types of the columns are those of the first.
        for what, key, start, until in leave.union(closures.values_list("what", "hospital_id", "day", "day"), all=True):
            if what == "leave":
                self.away[key].append((slots.quantum(start), up(until)))
            else:
                self.closed.append((key, *day_of(start.date(), zones[key])))

    def of(self, doctor):
        """What `slots.free_times` and `slots.why_not` want to know of the doctor."""
        return {
            "away": self.away[doctor.pk],
            "closed": self.closed,
            "earliest": earliest(doctor, self.now) if self.notice else up(self.now),
            "latest": slots.quantum(self.now + timedelta(days=doctor.days_ahead)),
        }


def day_of(on, zone):
    """[from, to) of a local day, in quanta."""
    zone = ZoneInfo(zone)
    return slots.quantum_of(on, 0, zone), slots.quantum_of(on, 1440, zone)


def up(moment):
    """The first quantum that begins at that moment or later."""
    return -(-int(moment.timestamp()) // slots.QUANTUM)


def earliest(doctor, now):
    """The first quantum that still leaves the doctor the minimum notice."""
    return up(now + timedelta(minutes=doctor.notice_minutes))


def edges(start_on, days):
    """The quanta between which something may touch these local days.

    A local day may begin half a day before the UTC day, and a night shift ends on the next one.
    """
    return _edge(start_on, -1), _edge(start_on, days + 2)


WHERE = ("doctor_id", "quantum", "place", "appointment__hospital_id", "appointment__visit_type")


def busy_in(doctors, first, last, *, besides=None):
    """{doctor: {quantum: (where, mask of places)}} of what is taken, as `slots.free_times` wants it.

    besides: a visit that does not count, since it is the one to be moved. Plain integers: dates would cost more than
    rows.
    """
    claims = Claim.objects.between(first, last).filter(doctor__in=doctors)
    if besides is not None:
        claims = claims.exclude(appointment=besides)
    return _taken(claims.values_list(*WHERE))


def busy_and_booked(doctor, first, last):
    """What is taken of one doctor, as `busy_in` has it, and the first quantum of each visit that takes it."""
    claims = Claim.objects.between(first, last).filter(doctor=doctor)
    rows = list(claims.order_by("-quantum").values_list(*WHERE, "appointment_id"))
    return _taken(row[:5] for row in rows), {row[5]: row[1] for row in rows}


def _taken(rows):
    busy = defaultdict(dict)
    for doctor, quantum, place, hospital, visit_type in rows:
        where = -hospital if visit_type == VisitType.VIDEO else hospital
        before, mask = busy[doctor].get(quantum, (where, 0))
        # In two places at once, as only an overbooked visit can be: then there is no seat left anywhere.
        busy[doctor][quantum] = (where if before == where else 0, mask | 1 << place)
    return busy


def as_hours(row):
    """The row as the pure function wants it. The hospital must be loaded."""
    return slots.Hours(
        row.pk,
        row.hospital_id,
        row.hospital.zone,
        -1 if row.once else row.weekday,
        row.from_minute,
        row.to_minute,
        row.visit,
        row.buffer,
        row.places,
        row.valid_from,
        row.valid_until or slots.FOREVER,
        row.video,
    )


def find_slot(doctor, hospital, visit_type, start, *, moving=None, notice=True):
    """The free slot that starts at this quantum, or None: hours, leave, holidays, notice and claims asked as they are now.

    moving: a visit that gives up its own time for this one, and keeps its length.
    """
    return next((s for s in _near(doctor, hospital, visit_type, start, 2, moving, notice) if s.start == start), None)


def find_squeeze(doctor, hospital, visit_type, start):
    """-> (the seat beside the places for one more visit at this quantum, or None; whether the doctor is there then)"""
    hours = weekly(offered(doctor=doctor, hospital=hospital))
    first, last = edges(local_day(slots.moment(start), hospital.zone) - timedelta(1), 3)
    limits = Limits([doctor.pk], hours, first, last).of(doctor)
    facts = {
        "start": start,
        "length": minutes_of(doctor, visit_type) or 0,
        "away": limits["away"],
        "closed": limits["closed"],
        "video": visit_type == VisitType.VIDEO,
    }
    here = facts["length"] and slots.there(hours[doctor.pk], **facts)
    busy = busy_in([doctor.pk], first, last)[doctor.pk]
    return (slots.squeeze(hours[doctor.pk], busy=busy, **facts) if here else None), bool(here)


def free_around(doctor, hospital, visit_type, start, *, notice=True):
    """The free slots in this hospital on the day of that quantum, and on the one before."""
    return _near(doctor, hospital, visit_type, start, 2, None, notice)


def nearest(doctor, hospital, visit_type, start, *, patient, most=4, moving=None, notice=True):
    """The free slots nearest to that quantum, soonest first: what a patient who lost a time is offered.

    Never one in which the patient is somewhere else.
    """
    free = _near(doctor, hospital, visit_type, start, 8, moving, notice)
    if moving:
        free = [slot for slot in free if slot.start != slots.quantum(moving.starts_at)]
    if free:
        theirs = Claim.objects.between(free[0].start, free[-1].end).filter(patient=patient)
        theirs = set(theirs.exclude(appointment=moving).values_list("quantum", flat=True))
        free = [slot for slot in free if theirs.isdisjoint(range(slot.start, slot.end))]
    return sorted(sorted(free, key=lambda slot: abs(slot.start - start))[:most])


def _near(doctor, hospital, visit_type, start, days, moving, notice):
    """The free slots around that quantum. From the day before on: a night shift belongs to its evening."""
    start_on = local_day(slots.moment(start), hospital.zone) - timedelta(1)
    facts = {"start_on": start_on, "days": days, "hospitals": [hospital.pk], "visit_type": visit_type}
    if moving:
        busy = busy_in([doctor.pk], *edges(start_on, days), besides=moving)
        # Only with its own doctor; with another it takes as long as that one needs.
        lengths = {doctor.pk: moving.minutes} if doctor.pk == moving.doctor_id else None
        facts |= {"busy": busy, "lengths": lengths}
    return free_for([doctor], notice=notice, **facts)[doctor.pk]


def local_day(moment, zone):
    """The date that a calendar on the wall shows there at that moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def by_day(found, zones):
    """{local date: [Slot]} of free slots; zones: {hospital id: time zone}."""
    days, laid_out = defaultdict(list), {}
    for slot in found:
        on, first, last = laid_out.get(slot.room, (None, 0, 0))
        if not first <= slot.start < last:  # the zone is asked once a day, not for each of some hundred times
            zone = zones[slot.room]
            on = local_day(slot.starts_at, zone)
            laid_out[slot.room] = on, *day_of(on, zone)
        days[on].append(slot)
    return days


def _edge(on, days):
    """The quantum at which a UTC day near that date begins, kept inside what the columns hold."""
    return max(0, (on - slots.EPOCH).days + days) * (86400 // slots.QUANTUM)
