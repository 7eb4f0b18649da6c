"""Doctor cards: a listing, its true free times and the pulse of its next seven days. Three queries for a page of cards."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import openings
from appointments.models import NEVER, ListingPlace
from healthstack.lib import clock
from healthstack.templatetags import hs
from hospitals.models import Department

SHOWN = 4


class Day(NamedTuple):
    name: str
    free: int
    level: int  # of the pulse, 0 to 4
    first: bool
    url: str


class Link(NamedTuple):
    url: str
    time: str
    spoken: str


@dataclass
class Card:
    """One card, ready to be drawn: a page has ten of them, so their templates only print."""

    listing: object
    slots: list  # of the first day with a free time, the soonest four
    more: int  # free times of that day that are not shown
    week: list  # [(date, how many free)]
    zones: dict
    on: object
    today: object

    @property
    def doctor(self):
        return self.listing.doctor

    @property
    def url(self):
        return self.doctor.get_absolute_url()

    @property
    def book_url(self):
        return reverse("appointments:book", args=[self.doctor.slug])

    @property
    def years(self):
        years = self.doctor.years_of_practice()
        return ngettext("%(n)d year’s practice", "%(n)d years’ practice", years) % {"n": years} if years else ""

    @property
    def rating(self):
        """'4.7 (35 reviews)', where anybody has written one."""
        row = self.listing
        if row.rating is None:
            return ""
        facts = {"n": row.rating_count, "stars": f"{row.rating:.1f}"}
        return ngettext("%(stars)s (%(n)d review)", "%(stars)s (%(n)d reviews)", row.rating_count) % facts

    @property
    def soonest(self):
        return self.slots[0].starts_at if self.slots else None

    @property
    def zone(self):
        return self.zones[self.slots[0].room]

    @property
    def free_today(self):
        return self.on == self.today

    @property
    def words(self):
        return hs.when(self.soonest, self.zone)

    @property
    def label(self):
        return _("Free times, %(day)s") % {"day": hs.day(self.on)}

    @property
    def links(self):
        book, spoken = self.book_url, _("Book %(day)s, ") % {"day": hs.day(self.on)}
        return [
            Link(f"{book}?slot={s.room}-{s.start}", hs.clock_time(s.starts_at, self.zones[s.room]), spoken)
            for s in self.slots
        ]

    @property
    def more_url(self):
        return f"{self.book_url}?day={self.on.isoformat()}"

    @property
    def later(self):
        """When nothing is free this week but the listing knows of a later time."""
        return not self.slots and self.listing.next_free_at < NEVER

    @property
    def later_words(self):
        return hs.day(clock.local(self.listing.next_free_at).date())

    @property
    def later_url(self):
        return f"{self.book_url}?day={clock.local(self.listing.next_free_at).date().isoformat()}"

    @property
    def days(self):
        book, most = self.book_url, max(4, *(n for _on, n in self.week))
        return [
            Day(
                _(hs.DAYS[on.weekday()]),
                free,
                -(-4 * free // most),
                on == self.on,
                f"{book}?day={on.isoformat()}" if free else "",
            )
            for on, free in self.week
        ]


def cards_for(listings, *, hospitals=None, hours=None, sort=True):
    """[Card] for listings with their doctor loaded, soonest true time first.

    hospitals: only times in these. hours: of these doctors, as `openings.weekly` gives them, where they are known. A
    stale listing costs a place in the list, never a wrong time.
    """
    today = clock.today()
    doctors, lengths = [row.doctor for row in listings], {row.pk: row.minutes for row in listings}
    if hours is None:
        which = {} if hospitals is None else {"hospital__in": hospitals}
        hours = openings.weekly(openings.offered(doctor__in=lengths, **which))
    found = openings.free_for(doctors, start_on=today, days=7, hours=hours, lengths=lengths)
    zones = openings.zones_in(hours)
    cards = [_card(row, found[row.pk], zones, today) for row in listings]
    if sort:
        cards.sort(key=lambda card: card.soonest or NEVER)
    return cards


def _card(row, found, zones, today):
    days = openings.by_day(found, zones)
    on = min(days, default=None)
    first = days[on] if on else []
    shown = first if len(first) <= SHOWN + 1 else first[:SHOWN]
    week = [(d, len(days.get(d, ()))) for d in (today + timedelta(n) for n in range(7))]
    return Card(row, shown, len(first) - len(shown), week, zones, on, today)


@dataclass
class PlaceCard:
    """A hospital on a list: what it has, how many doctors can be found there, and when one of them is free."""

    hospital: object
    departments: list
    doctors: int = 0
    soonest: object = None

    @property
    def words(self):
        return hs.when(self.soonest, self.hospital.zone)


def places_for(hospitals):
    """[PlaceCard] in the order of the hospitals. Five queries for a page of them.

    The soonest time is a true one of the two doctors who are free soonest, in this hospital.
    """
    cards = {row.pk: PlaceCard(row, []) for row in hospitals}
    for key, name in Department.objects.open().filter(hospital__in=cards).values_list("hospital_id", "name"):
        cards[key].departments.append(name)
    by_hospital = {"partition_by": [F("hospital")]}
    order = [F("listing__next_free_at").asc(), F("listing").asc()]
    soonest = ListingPlace.objects.filter(hospital__in=cards).annotate(
        doctors=Window(Count("pk"), **by_hospital), place=Window(RowNumber(), order_by=order, **by_hospital)
    )
    rows = list(soonest.filter(place__lte=2).select_related("listing__doctor")) if cards else []
    for row in rows:
        cards[row.hospital_id].doctors = row.doctors
    listings = {row.listing_id: row.listing for row in rows if row.listing.next_free_at < NEVER}
    for listing, slot in _free_in(listings, list(cards)):
        card = cards[slot.room]
        if any(row.listing_id == listing and row.hospital_id == slot.room for row in rows):
            card.soonest = min(card.soonest or NEVER, slot.starts_at)
    return list(cards.values())


def _free_in(listings, hospitals):
    """[(listing id, slot)] of the next week."""
    if not listings:
        return []
    hours = openings.weekly(openings.offered(doctor__in=listings, hospital__in=hospitals))
    doctors, lengths = [row.doctor for row in listings.values()], {key: row.minutes for key, row in listings.items()}
    found = openings.free_for(doctors, start_on=clock.today(), days=7, hours=hours, lengths=lengths)
    return [(key, slot) for key, slots in found.items() for slot in slots]
