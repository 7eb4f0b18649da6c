"""Doctor cards: a listing, its true free times and the pulse of its next seven days. Three queries for a page of cards."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from appointments import openings
from appointments.models import NEVER
from healthstack.lib import clock

SHOWN = 4
DAYS = 7


@dataclass
class Day:
    on: object
    free: int
    level: int  # of the pulse, 0 to 4
    first: bool


@dataclass
class Card:
    listing: object
    slots: list  # the first day with a free time, the soonest four
    more: int  # free times of that day that are not shown
    pulse: list
    zones: dict = field(default_factory=dict)
    on: object = None
    today: object = None

    @property
    def doctor(self):
        return self.listing.doctor

    @property
    def soonest(self):
        return self.slots[0].starts_at if self.slots else None

    @property
    def zone(self):
        return self.zones.get(self.slots[0].room) if self.slots else None

    @property
    def free_today(self):
        return self.on == self.today

    @property
    def later(self):
        """When nothing is free this week but the listing knows of a later time."""
        return self.listing.next_free_at if not self.slots and self.listing.next_free_at < NEVER else None


def cards_for(listings, *, hospitals=None, sort=True):
    """[Card] for listings with their doctor loaded, soonest true time first.

    hospitals: only times in these. A stale listing costs a place in the list, never a wrong time.
    """
    today = timezone.localtime(clock.now()).date()
    lengths = {row.pk: row.minutes for row in listings}
    found = openings.free_for(
        [row.doctor for row in listings], start_on=today, days=DAYS, hospitals=hospitals, lengths=lengths
    )
    zones = openings.zones_of(slot.room for free in found.values() for slot in free)
    cards = [_card(row, found[row.pk], zones, today) for row in listings]
    if sort:
        cards.sort(key=lambda card: card.soonest or NEVER)
    return cards


def _card(listing, found, zones, today):
    days = openings.by_day(found, zones)
    on = min(days, default=None)
    first = days[on] if on else []
    shown = first if len(first) <= SHOWN + 1 else first[:SHOWN]
    week = [today + timedelta(n) for n in range(DAYS)]
    most = max((len(days[d]) for d in week if d in days), default=1)
    pulse = [Day(d, n := len(days.get(d, ())), -(-4 * n // max(most, 4)) if n else 0, d == on) for d in week]
    return Card(listing, shown, len(first) - len(shown), pulse, zones, on, today)
