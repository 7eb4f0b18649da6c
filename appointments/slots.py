"""Free times of one doctor: pure, no Django, no tables.

Instants are quanta (UTC epoch seconds // 300); hours are minutes of the local day, asked of the zone only when a day
is laid out, so that the clocks' changes fall out right: a start in the gap begins when the gap ends, the repeated hour
is offered twice, and a night shift has one hour less or more.
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

QUANTUM = 300
EVERYWHERE = -1  # as a mask of places: all of them
FOREVER = date(9000, 1, 1)
EPOCH = date(1970, 1, 1)
LAST = (FOREVER - EPOCH).days * 86400 // QUANTUM


class Hours(NamedTuple):
    """One row of weekly hours. `visit`, `buffer`: minutes; `places`: how many at once; `to_minute` may pass 1440."""

    id: int
    room: int  # the hospital: one doctor is in one of them at a time
    zone: str
    weekday: int  # Monday is 0; -1 counts only on valid_from
    from_minute: int
    to_minute: int
    visit: int  # the step of the grid of starts; a visit may be shorter or longer
    buffer: int
    places: int
    valid_from: date
    valid_until: date  # inclusive


class Slot(NamedTuple):
    """A start that is still free. `start`, `end`, `busy_until`: quanta, half open; `place` the lowest free seat."""

    start: int
    end: int
    busy_until: int
    hours: int
    room: int
    left: int
    place: int

    @property
    def starts_at(self):
        return moment(self.start)

    @property
    def ends_at(self):
        return moment(self.end)


def moment(quantum):
    """The instant of a quantum, aware, in UTC. Numbers typed by hand may lie beyond the calendar: then its end."""
    return datetime.fromtimestamp(min(quantum, LAST) * QUANTUM, UTC)


def quantum(instant):
    """The quantum in which an aware instant lies."""
    return int(instant.timestamp()) // QUANTUM


def quantum_of(on, minute, zone, *, last=False):
    """The instant at which the wall clock of that day first (or, for an end, last) shows that minute.

    A minute that the clocks jump over is the moment after the jump.
    """
    wall = datetime(on.year, on.month, on.day) + timedelta(minutes=minute)
    early, late = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) // QUANTUM for fold in (0, 1))
    if late < early:  # the minute does not exist
        early = next(
            q for q in range(late, early + 1) if datetime.fromtimestamp(q * QUANTUM, zone).replace(tzinfo=None) >= wall
        )
    return max(early, late) if last else early


def free_times(hours, *, busy, length, start_on, days, earliest, latest, away=()):
    """The free starts of one doctor, sorted, without doubles. -> [Slot]

    hours: [Hours]. busy: {quantum: (room, mask of taken places)}. away: [(from, to)) in quanta. length: minutes of the
    visit. start_on, days: the local days to lay out. earliest, latest: quanta between which a visit may start, from
    the minimum notice and from how far ahead the doctor takes bookings.
    """
    found, zones = {}, {}
    for row in hours:
        zone = zones.get(row.zone) or zones.setdefault(row.zone, ZoneInfo(row.zone))
        step, need, visit = (row.visit + row.buffer) // 5, (length + row.buffer) // 5, length // 5
        everything = (1 << row.places) - 1
        on, last = max(start_on, row.valid_from), min(start_on + timedelta(days - 1), row.valid_until)
        if row.weekday >= 0:
            on += timedelta((row.weekday - on.weekday()) % 7)
        elif on > row.valid_from:
            continue
        else:
            last = min(last, row.valid_from)
        while on <= last:
            start = quantum_of(on, row.from_minute, zone)
            until = quantum_of(on, row.to_minute, zone, last=True)
            while start + visit <= until:
                if earliest <= start <= latest and not any(a < start + visit and start < b for a, b in away):
                    taken = 0
                    for q in range(start, start + need):
                        if q in busy:
                            room, mask = busy[q]
                            taken |= mask if room == row.room else EVERYWHERE
                    free = everything & ~taken
                    if free and (start, row.room) not in found:
                        place = (free & -free).bit_length() - 1
                        found[start, row.room] = Slot(
                            start, start + visit, start + need, row.id, row.room, free.bit_count(), place
                        )
                start += step
            on += timedelta(7)
    return sorted(found.values())


def overlapping(hours):
    """The first two rows of weekly hours that would put the doctor in two places at once, or None.

    Compared over a week of minutes; rows that are never valid on the same day do not meet. Zones are taken at their
    offset of the later valid_from, which is exact where all hospitals share one zone.
    """
    week = 7 * 1440
    for n, one in enumerate(hours):
        for other in hours[n + 1 :]:
            if one.valid_from > other.valid_until or other.valid_from > one.valid_until:
                continue
            on = max(one.valid_from, other.valid_from)
            (a, b), (c, d) = _week_minutes(one, on), _week_minutes(other, on)
            if any(a < d + turn and c + turn < b for turn in (-week, 0, week)):
                return one, other
    return None


def _week_minutes(row, on):
    """[from, to) of the row in minutes of a UTC week, at the offset that its zone has on that day."""
    shift = int(datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(row.zone)).utcoffset().total_seconds()) // 60
    day = row.weekday if row.weekday >= 0 else row.valid_from.weekday()
    start = (day * 1440 + row.from_minute - shift) % (7 * 1440)
    return start, start + row.to_minute - row.from_minute
