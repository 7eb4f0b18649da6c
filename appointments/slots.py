"""Free times of one doctor: pure, no Django, no tables.

Instants are quanta (UTC epoch seconds // 300); hours are minutes of the local day, asked of the zone only when a day
is laid out, so that the clocks' changes fall out right: a start in the gap begins when the gap ends, the repeated hour
is offered twice, and a night shift has one hour less or more.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

QUANTUM = 300
EVERYWHERE = -1  # as a mask of places: all of them
EXTRA = 2  # so many visits may be booked over what is free, at the same time
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
    video: bool = False  # then only video visits, else only the others

    @property
    def seat(self):
        """What `busy` calls being here: the hospital, and its negative for a video visit that it bills."""
        return -self.room if self.video else self.room


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


@lru_cache(20_000)
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


def free_times(hours, *, busy, length, start_on, days, earliest, latest, away=(), closed=(), video=False):
    """The free starts of one doctor, sorted, without doubles. -> [Slot]

    hours: [Hours]. busy: {quantum: (where: the hospital, negative by video; mask of taken places)}. away: [(from, to))
    in quanta; closed: [(hospital, from, to)). length: minutes of the visit. start_on, days: the local days to lay out.
    earliest, latest: quanta between which a visit may start, from the minimum notice and from how far ahead the doctor
    takes bookings. video: whether it is a video visit, which only hours by video take.
    """
    found = {}
    for row in hours:
        if row.video != video:
            continue
        shut = [*away, *((a, b) for room, a, b in closed if room == row.room)]
        for begin, until in spans(row, start_on, days):
            for start in range(begin, until - length // 5 + 1, _step(row)):
                if earliest <= start <= latest and not (
                    shut and any(a < start + length // 5 and start < b for a, b in shut)
                ):
                    free = _seats(row, busy, start, start + (length + row.buffer) // 5)
                    if free and (start, row.room) not in found:
                        place = (free & -free).bit_length() - 1
                        end = start + length // 5
                        found[start, row.room] = Slot(
                            start, end, end + row.buffer // 5, row.id, row.room, free.bit_count(), place
                        )
    return sorted(found.values())


def spans(row, start_on, days):
    """When the row counts on these local days: [from, to) in quanta, one for each day."""
    zone = _zone(row.zone)
    on, last = max(start_on, row.valid_from), min(start_on + timedelta(days - 1), row.valid_until)
    if row.weekday >= 0:
        on += timedelta((row.weekday - on.weekday()) % 7)
    elif on > row.valid_from:
        return
    else:
        last = min(last, row.valid_from)
    while on <= last:
        yield quantum_of(on, row.from_minute, zone), quantum_of(on, row.to_minute, zone, last=True)
        on += timedelta(7)


def _step(row):
    return (row.visit + row.buffer) // 5


def _seats(row, busy, start, until):
    """The mask of the row's places that are free on all of these quanta.

    Who was booked over what is free sits beside the places, and still takes one: the doctor sees as many as before.
    """
    taken = most = 0
    for q in range(start, until):
        if q in busy:
            where, mask = busy[q]
            taken |= mask if where == row.seat else EVERYWHERE
            if mask >> row.places:
                most = max(most, mask.bit_count())
    free = ((1 << row.places) - 1) & ~taken
    while free and free.bit_count() > row.places - most:
        free &= ~(1 << (free.bit_length() - 1))
    return free


def squeeze(hours, *, start, busy, length, away=(), closed=(), video=False):
    """The seat beside the places in which one more visit of that length is possible at that quantum. -> Slot, or None

    Such a visit keeps to the hours, leave and holidays, not to the grid of starts, pauses, notice or what is booked.
    -> None as well when as many as `EXTRA` are booked over then. The arguments are those of `free_times`.
    """
    row = there(hours, start=start, length=length, away=away, closed=closed, video=video)
    if row is None:
        return None
    end = start + length // 5
    taken = 0
    for q in range(start, end):
        where, mask = busy.get(q, (row.seat, 0))
        taken |= mask if where == row.seat else EVERYWHERE
    extra = ((1 << EXTRA) - 1 << row.places) & ~taken
    if not extra:
        return None
    return Slot(start, end, end, row.id, row.room, 0, (extra & -extra).bit_length() - 1)


def there(hours, *, start, length, away=(), closed=(), video=False):
    """The row of hours in which the doctor is there for such a visit from its start to its end, or None."""
    end = start + length // 5
    if any(a < end and start < b for a, b in away):
        return None
    around = moment(start).date() - timedelta(3)
    for row in hours:
        shut = any(room == row.room and a < end and start < b for room, a, b in closed)
        if row.video == video and not shut and any(a <= start and end <= b for a, b in spans(row, around, 6)):
            return row
    return None


class Reason(NamedTuple):
    """Why a time is not free. `at`: a quantum that goes with the word, or None; `row`: the id of the hours, or None."""

    word: str
    at: int | None = None
    row: int | None = None


def why_not(hours, *, start, busy, length, earliest, latest, away=(), closed=(), video=False):
    """Why a visit of that length cannot be booked at that quantum: [Reason], empty exactly when it can.

    The words: past_notice (at: the earliest start), too_far (at: the latest), leave (at: its end), no_hours,
    other_kind (only hours for the other kind, video or not), not_valid, closed (at: the end), too_long (at: where the
    hours end), off_grid (at: the next start of the grid), taken (at: the first taken quantum of the visit), pause (at:
    the first taken quantum in the pause after it). The arguments are those of `free_times`.
    """
    end = start + length // 5
    reasons = []
    if start < earliest:
        reasons.append(Reason("past_notice", earliest))
    if start > latest:
        reasons.append(Reason("too_far", latest))
    reasons += [Reason("leave", until) for begin, until in away if begin < end and start < until]
    around = moment(start).date() - timedelta(3)
    own, other = [], []
    for row in hours:
        free_of_dates = row._replace(valid_from=date.min, valid_until=FOREVER) if row.weekday >= 0 else row
        for begin, until in spans(free_of_dates, around, 6):
            if begin <= start < until:
                (own if row.video == video else other).append((row, begin, until))
    if not own:
        return [*reasons, Reason("other_kind", row=other[0][0].id) if other else Reason("no_hours")]
    found = [_against(row, begin, until, start, end, busy, closed) for row, begin, until in own]
    if any(not some for some in found):
        return reasons
    return list(dict.fromkeys([*reasons, *(reason for some in found for reason in some)]))


def _against(row, begin, until, start, end, busy, closed):
    """What speaks against that start in this row of hours on this day."""
    reasons = []
    zone = _zone(row.zone)
    days = (moment(begin).astimezone(zone).date() + timedelta(n) for n in (-1, 0, 1))
    if not any((begin, until) in spans(row, day, 1) for day in days):
        reasons.append(Reason("not_valid", row=row.id))
    reasons += [Reason("closed", b, row.id) for room, a, b in closed if room == row.room and a < end and start < b]
    late = (start - begin) % _step(row)
    if late:
        reasons.append(Reason("off_grid", start - late + _step(row), row.id))
    if end > until:
        reasons.append(Reason("too_long", until, row.id))
    if not _seats(row, busy, start, end + row.buffer // 5):
        within = next((q for q in range(start, end) if not _seats(row, busy, start, q + 1)), None)
        if within is not None:
            reasons.append(Reason("taken", within, row.id))
        else:
            after = next(q for q in range(end, end + row.buffer // 5) if not _seats(row, busy, start, q + 1))
            reasons.append(Reason("pause", after, row.id))
    return reasons


def starts_per_week(hours):
    """How many visits of the grid's own length these weekly hours offer in a week; extra hours do not count."""
    return sum(
        (row.to_minute - row.from_minute + row.buffer) // (row.visit + row.buffer) * row.places
        for row in hours
        if row.weekday >= 0
    )


def overlapping(hours):
    """The first two rows of hours that would put the doctor in two places at once, or None.

    Each pair is laid out over the first fifteen days on which both may count: after that a week is like the next,
    except that zones with different changes of clocks may drift apart.
    """
    for n, one in enumerate(hours):
        for other in hours[n + 1 :]:
            if _meet(one, other):
                return one, other
    return None


def _meet(one, other):
    first = max(one.valid_from, other.valid_from) - timedelta(2)
    spent = list(spans(other, first, 17))
    return any(a < d and c < b for a, b in spans(one, first, 17) for c, d in spent)


@cache
def _zone(name):
    return ZoneInfo(name)
