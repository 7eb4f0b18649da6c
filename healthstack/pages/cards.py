"""Doctor cards: a listing, its true free times and the pulse of its next seven days. Three queries for a page of cards."""

from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import openings, slots
from appointments.models import NEVER, ListingPlace
from healthstack.lib import clock
from healthstack.lib.people import initials
from healthstack.templatetags import hs
from hospitals.models import Department, Hospital

SHOWN = 4
# What a hospital's card asks of its doctors.
OF_LISTING = (
    "listing__next_free_at",
    "listing__minutes",
    "listing__doctor__notice_minutes",
    "listing__doctor__days_ahead",
)


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


class Card(NamedTuple):
    """All that a doctor's card shows: it is drawn from this alone, and drawn again only when one of these differs."""

    key: int
    name: str
    title: str
    degrees: str
    where: str
    department: str  # in the hospital on whose page the card stands
    tongues: str
    video: bool
    rating: object
    rating_count: int
    fee: object
    minutes: int
    years: int
    slug: str
    tint: int
    photo: object  # the key of a picture, public as long as the doctor can be found
    slots: tuple  # of the first day with a free time, the soonest four: (hospital id, quantum, time zone)
    more: int  # free times of that day that are not shown
    week: tuple  # how many are free on each of the seven days from today on
    on: object  # that first day
    today: object
    later: object  # when nothing is free this week: the next free time that the listing knows of, or None

    @property
    def initials(self):
        return initials(self.name)

    @property
    def portrait(self):
        return reverse("portrait", args=[self.photo]) if self.photo else ""

    @property
    def url(self):
        return reverse("doctor", args=[self.slug])

    @property
    def book_url(self):
        return reverse("appointments:book", args=[self.slug])

    @property
    def practice(self):
        years = self.years
        return ngettext("%(n)d year’s practice", "%(n)d years’ practice", years) % {"n": years} if years else ""

    @property
    def stars(self):
        """'4.7 (35 reviews)', where anybody has written one."""
        if self.rating is None:
            return ""
        facts = {"n": self.rating_count, "stars": f"{self.rating:.1f}"}
        return ngettext("%(stars)s (%(n)d review)", "%(stars)s (%(n)d reviews)", self.rating_count) % facts

    @property
    def soonest(self):
        return slots.moment(self.slots[0][1]) if self.slots else None

    @property
    def free_today(self):
        return self.on == self.today

    @property
    def words(self):
        return hs.when(self.soonest, self.slots[0][2])

    @property
    def label(self):
        return _("Free times, %(day)s") % {"day": hs.day(self.on)}

    @property
    def links(self):
        book, spoken = self.book_url, _("Book %(day)s, ") % {"day": hs.day(self.on)}
        return [
            Link(f"{book}?slot={room}-{start}", hs.clock_time(slots.moment(start), zone), spoken)
            for room, start, zone in self.slots
        ]

    @property
    def more_url(self):
        return f"{self.book_url}?day={self.on.isoformat()}"

    @property
    def later_words(self):
        return hs.day(clock.local(self.later).date())

    @property
    def later_url(self):
        return f"{self.book_url}?day={clock.local(self.later).date().isoformat()}"

    @property
    def days(self):
        book, most = self.book_url, max(4, *self.week)
        days = ((self.today + timedelta(n), free) for n, free in enumerate(self.week))
        return [
            Day(
                _(hs.DAYS[on.weekday()]),
                free,
                -(-4 * free // most),
                on == self.on,
                f"{book}?day={on.isoformat()}" if free else "",
            )
            for on, free in days
        ]


def cards_for(listings, *, hospitals=None, hours=None, sort=True):
    """[Card] for listings with their doctor loaded, soonest true time first.

    hospitals: only times in these. hours: of these doctors, as `openings.weekly` gives them, where they are known. A
    stale listing costs a place in the list, never a wrong time.
    """
    today = clock.today()
    doctors, lengths = [row.doctor for row in listings], {row.pk: row.minutes for row in listings}
    if hours is None:
        hours = openings.hours_of(lengths, hospitals=hospitals)
    found = openings.free_for(doctors, start_on=today, days=7, hours=hours, lengths=lengths)
    zones = openings.zones_in(hours)
    cards = [_card(row, found[row.pk], zones, today) for row in listings]
    if sort:
        cards.sort(key=lambda card: card.soonest or NEVER)
    return cards


def _card(row, found, zones, today):
    doctor, days = row.doctor, openings.by_day(found, zones)
    on = min(days, default=None)
    first = days[on] if on else []
    shown = first if len(first) <= SHOWN + 1 else first[:SHOWN]
    return Card(
        key=row.pk,
        name=row.name,
        title=row.title,
        degrees=doctor.degrees,
        where=row.where,
        department=getattr(row, "department", None) or "",
        tongues=row.tongues,
        video=row.video,
        rating=row.rating,
        rating_count=row.rating_count,
        fee=row.fee,
        minutes=row.minutes,
        years=doctor.years_of_practice(),
        slug=doctor.slug,
        tint=doctor.tint,
        photo=doctor.user.photo_id,
        slots=tuple((slot.room, slot.start, zones[slot.room]) for slot in shown),
        more=len(first) - len(shown),
        week=tuple(len(days.get(today + timedelta(n), ())) for n in range(7)),
        on=on,
        today=today,
        later=row.next_free_at if not shown and row.next_free_at < NEVER else None,
    )


class PlaceCard(NamedTuple):
    """All that a hospital's card on a list shows: what it has, how many doctors can be found there, and when one of
    them is free.
    """

    key: int
    name: str
    slug: str
    kind: str
    address: str
    tint: int
    photo: bool  # public, since only hospitals that were checked are listed
    emergency: bool
    beds: int
    departments: tuple
    doctors: int
    soonest: object
    zone: str

    @property
    def initials(self):
        return initials(self.name)

    @property
    def portrait(self):
        return reverse("hospitals:photo", args=[self.slug]) if self.photo else ""

    @property
    def kind_words(self):
        return Hospital.Kind(self.kind).label

    @property
    def url(self):
        return reverse("hospital", args=[self.slug])

    @property
    def words(self):
        return hs.when(self.soonest, self.zone)


def places_for(hospitals):
    """[PlaceCard] in the order of the hospitals. Five queries for a page of them.

    The soonest time is a true one of the two doctors who are free soonest, in this hospital.
    """
    keys = [row.pk for row in hospitals]
    departments, doctors, soonest = {key: [] for key in keys}, dict.fromkeys(keys, 0), dict.fromkeys(keys)
    for key, name in Department.objects.open().filter(hospital__in=keys).values_list("hospital_id", "name"):
        departments[key].append(name)
    by_hospital = {"partition_by": [F("hospital")]}
    order = [F("listing__next_free_at").asc(), F("listing").asc()]
    found = ListingPlace.objects.filter(hospital__in=keys).annotate(
        doctors=Window(Count("pk"), **by_hospital), place=Window(RowNumber(), order_by=order, **by_hospital)
    )
    found = found.filter(place__lte=2).select_related("listing__doctor").only("hospital_id", *OF_LISTING)
    rows = list(found) if keys else []
    for row in rows:
        doctors[row.hospital_id] = row.doctors
    listings = {row.listing_id: row.listing for row in rows if row.listing.next_free_at < NEVER}
    pairs = {(row.listing_id, row.hospital_id) for row in rows}
    for listing, slot in _free_in(listings, keys):
        if (listing, slot.room) in pairs:
            soonest[slot.room] = min(soonest[slot.room] or NEVER, slot.starts_at)
    return [_place(row, departments[row.pk], doctors[row.pk], soonest[row.pk]) for row in hospitals]


def _place(row, departments, doctors, soonest):
    return PlaceCard(
        key=row.pk,
        name=row.name,
        slug=row.slug,
        kind=row.kind,
        address=row.address,
        tint=row.tint,
        photo=row.photo_id is not None,
        emergency=row.emergency,
        beds=row.beds,
        departments=tuple(departments),
        doctors=doctors,
        soonest=soonest,
        zone=row.zone,
    )


def _free_in(listings, hospitals):
    """[(listing id, slot)] of the next week."""
    if not listings:
        return []
    hours = openings.hours_of(listings, hospitals=hospitals)
    doctors, lengths = [row.doctor for row in listings.values()], {key: row.minutes for key, row in listings.items()}
    found = openings.free_for(doctors, start_on=clock.today(), days=7, hours=hours, lengths=lengths)
    return [(key, slot) for key, free in found.items() for slot in free]
