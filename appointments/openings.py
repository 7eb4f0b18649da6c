"""What is free, from the tables: `slots.free_times` fed with hours, leave and claims. Three queries for any number of doctors."""

from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from appointments import slots
from appointments.models import Claim, Hours, Leave
from healthstack.lib import clock
from hospitals.models import VisitType

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


def zones_in(hours):
    """{hospital id: time zone} of what `weekly` found."""
    return {row.room: row.zone for rows in hours.values() for row in rows}


def free_for(
    doctors, *, start_on, days, visit_type=VisitType.CHECK_UP, hospitals=None, lengths=None, hours=None, busy=None
):
    """{doctor id: [Slot]} on the local days from start_on on.

    doctors: rows, with `offers` prefetched unless lengths ({doctor id: minutes or None}) are given. hospitals: ids to
    look at, or None for all. hours, busy: what `weekly` and `busy_in` found, where the caller has asked already. Minimum
    notice, how far ahead, leave, other visits, places and validity are all heeded; a doctor who does not offer the
    visit has no slots.
    """
    doctors = {doctor.pk: doctor for doctor in doctors}
    now = clock.now()
    if hours is None:
        which = {} if hospitals is None else {"hospital__in": hospitals}
        hours = weekly(offered(doctor__in=doctors, **which))
    first, last = edges(start_on, days)
    if busy is None:
        busy = busy_in(doctors, first, last)
    away = defaultdict(list)
    leave = Leave.objects.filter(doctor__in=doctors, ends_at__gt=slots.moment(first), starts_at__lt=slots.moment(last))
    for row in leave:
        away[row.doctor_id].append((slots.quantum(row.starts_at), -(-int(row.ends_at.timestamp()) // slots.QUANTUM)))
    found = {}
    for key, doctor in doctors.items():
        length = lengths[key] if lengths else minutes_of(doctor, visit_type)
        found[key] = length and slots.free_times(
            hours.get(key, ()),
            busy=busy.get(key, {}),
            away=away[key],
            length=length,
            start_on=start_on,
            days=days,
            earliest=earliest(doctor, now),
            latest=slots.quantum(now + timedelta(days=doctor.days_ahead)),
        )
        found[key] = found[key] or []
    return found


def earliest(doctor, now):
    """The first quantum that still leaves the doctor the minimum notice."""
    return -(-int((now + timedelta(minutes=doctor.notice_minutes)).timestamp()) // slots.QUANTUM)


def edges(start_on, days):
    """The quanta between which something may touch these local days.

    A local day may begin half a day before the UTC day, and a night shift ends on the next one.
    """
    return _edge(start_on, -1), _edge(start_on, days + 2)


def busy_in(doctors, first, last):
    """{doctor: {quantum: (hospital, mask of places)}} of what is taken. Plain integers: dates would cost more than rows."""
    claims = Claim.objects.between(first, last).filter(doctor__in=doctors)
    return _taken(claims.values_list("doctor_id", "quantum", "place", "appointment__hospital_id"))


def busy_and_booked(doctor, first, last):
    """What is taken of one doctor, as `busy_in` has it, and the first quantum of each visit that takes it."""
    claims = Claim.objects.between(first, last).filter(doctor=doctor)
    columns = ("doctor_id", "quantum", "place", "appointment__hospital_id", "appointment_id")
    rows = list(claims.order_by("-quantum").values_list(*columns))
    return _taken(row[:4] for row in rows), {row[4]: row[1] for row in rows}


def _taken(rows):
    busy = defaultdict(dict)
    for doctor, quantum, place, room in rows:
        before = busy[doctor].get(quantum)
        busy[doctor][quantum] = (room, (before[1] if before else 0) | 1 << place)
    return busy


def as_hours(row):
    """The row as the pure function wants it. The hospital must be loaded."""
    return slots.Hours(
        row.pk,
        row.hospital_id,
        row.hospital.zone,
        row.weekday,
        row.from_minute,
        row.to_minute,
        row.visit,
        row.buffer,
        row.places,
        row.valid_from,
        row.valid_until or slots.FOREVER,
    )


def find_slot(doctor, hospital, visit_type, start):
    """The free slot that starts at this quantum, or None: hours, leave, notice and claims asked as they are now."""
    on = local_day(slots.moment(start), hospital.zone)
    # A night shift's slot belongs to the hours of the evening before.
    found = free_for([doctor], start_on=on - timedelta(1), days=2, visit_type=visit_type, hospitals=[hospital.pk])
    return next((slot for slot in found[doctor.pk] if slot.start == start), None)


def nearest(doctor, hospital, visit_type, start, *, patient, most=4):
    """The free slots nearest to that quantum, soonest first: what a patient who lost a time is offered.

    Never one in which the patient is somewhere else.
    """
    on = local_day(slots.moment(start), hospital.zone)
    found = free_for([doctor], start_on=on - timedelta(1), days=8, visit_type=visit_type, hospitals=[hospital.pk])
    free = found[doctor.pk]
    if free:
        theirs = Claim.objects.between(free[0].start, free[-1].end).filter(patient=patient)
        theirs = set(theirs.values_list("quantum", flat=True))
        free = [slot for slot in free if theirs.isdisjoint(range(slot.start, slot.end))]
    return sorted(sorted(free, key=lambda slot: abs(slot.start - start))[:most])


def local_day(moment, zone):
    """The date that a calendar on the wall shows there at that moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def by_day(found, zones):
    """{local date: [Slot]} of free slots; zones: {hospital id: time zone}."""
    days = defaultdict(list)
    for slot in found:
        days[local_day(slot.starts_at, zones[slot.room])].append(slot)
    return days


def _edge(on, days):
    """The quantum at which a UTC day near that date begins, kept inside what the columns hold."""
    return max(0, (on - slots.EPOCH).days + days) * (86400 // slots.QUANTUM)
