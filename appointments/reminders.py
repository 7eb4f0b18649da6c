"""When a visit is recalled to the patient: a day before, and two hours before. Pure, without tables."""

from datetime import timedelta

DAY, SOON = "day", "soon"
BEFORE = {DAY: timedelta(hours=24), SOON: timedelta(hours=2)}
# Who has just been told of the visit is left alone for so long.
PAUSE = timedelta(minutes=10)


def is_due(kind, *, starts_at, arranged_at, now):
    """Is it time for this reminder of a visit that was confirmed, or moved, at `arranged_at`?

    The one of the day before is for those who knew of the visit by then; whoever booked later gets the other alone.
    """
    if kind == DAY:
        return arranged_at <= starts_at - BEFORE[DAY] <= now < starts_at - BEFORE[SOON]
    return max(starts_at - BEFORE[SOON], min(arranged_at + PAUSE, starts_at)) <= now < starts_at
