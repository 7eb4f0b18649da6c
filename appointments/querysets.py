"""Questions about visits, hours and the listing."""

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.core.cache import cache
from django.db import models
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from appointments.search import SHORTEST_SLIP, one_slip, slips, words
from doctors.models import Doctor
from healthstack.lib import clock
from hospitals.models import Department, Hospital, Staff
from patients.models import Patient

KEPT = 300  # seconds that counts stay in the cache
SHORT = 0.02  # share of all doctors below which a list is gathered and sorted
WIDEST = 20  # words that one beginning may stand for
OFTEN = 10  # times as many have a word that a rare one may be a slip of
NEAREST = 400  # words whose slips are looked at
OPEN = ("requested", "confirmed", "checked_in", "in_consultation")
OF_ROW = (
    "state",
    "visit_type",
    "starts_at",
    "ends_at",
    "join_url",
    "patient__name",
    "patient__user",
    "doctor__user__name",
    "hospital__name",
    "hospital__zone",
)
OF_QUEUE = (
    "doctor",
    "state",
    "visit_type",
    "starts_at",
    "ends_at",
    "busy_until",
    "message",
    "overbooked_reason",
    "requested_at",
    "started_at",
    "patient__name",
    "patient__user",
    "patient__guardian",
    "patient__born_on",
    "patient__gender",
    "patient__blood_group",
    "patient__allergy_status",
    "hospital__name",
    "hospital__zone",
)
OF_CARD = (
    "name",
    "title",
    "tongues",
    "where",
    "minutes",
    "fee",
    "video",
    "rating",
    "rating_count",
    "next_free_at",
    "doctor__user__photo",
    "doctor__slug",
    "doctor__degrees",
    "doctor__practising_since",
    "doctor__notice_minutes",
    "doctor__days_ahead",
)


class AppointmentQuerySet(models.QuerySet):
    def as_patient(self, user):
        """Visits of the patients for whom this person speaks."""
        return self.filter(patient__in=Patient.objects.as_patient(user).values("pk"))

    def as_doctor(self, user):
        """Visits that this person is the doctor of."""
        if not user.is_authenticated:
            return self.none()
        # The key of one row, so that the indexes of a doctor are walked: by a join, SQLite begins with all of a state.
        return self.filter(doctor=Subquery(Doctor.objects.of(user).values("pk")[:1]))

    def as_staff(self, user):
        """Visits in the hospitals where this person works today."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(hospital__in=Staff.objects.of(user).values("hospital"))

    def at_desk(self, user):
        """Visits in the hospitals at whose reception this person works today: what a receptionist may act on."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(hospital__in=Staff.objects.of(user).filter(role="receptionist").values("hospital"))

    def with_note(self):
        """noted: is there a note of it; note_signed_at: when it was signed."""
        from appointments.models import Note

        note = Note.objects.filter(appointment=OuterRef("pk"))
        return self.annotate(noted=Exists(note), note_signed_at=Subquery(note.values("signed_at")[:1]))

    def visible_to(self, user):
        """Visits whose page this person may open, each by a relationship and the permission that goes with it."""
        if not user.is_authenticated or not user.has_perm("appointments.view_appointment"):
            return self.none()
        mine = Q(patient__in=Patient.objects.as_patient(user).values("pk"))
        if user.has_perm("appointments.approve_appointment"):
            mine |= Q(doctor__user=user)
        return self.filter(mine | Q(hospital__in=Staff.objects.of(user).values("hospital")))

    def with_people(self):
        """With all that a row on a list shows."""
        return self.select_related("doctor__user", "patient", "hospital").prefetch_related("doctor__specialties")

    def for_rows(self):
        """With all that a row on a patient's list shows, and no more: whole rows of people cost more than the query."""
        return self.select_related("doctor__user", "patient", "hospital").only(*OF_ROW)

    def for_doctor(self):
        """With all that a row on a doctor's list shows, and no more."""
        return self.select_related("patient", "hospital").only(*OF_QUEUE)

    def with_photos(self, user):
        """visit.photo: the picture of the patient, where this person may open the record; else none."""
        seen = Patient.objects.visible_to(user).filter(pk=OuterRef("patient"))
        return self.annotate(photo=Subquery(seen.values("user__photo"), output_field=models.UUIDField()))

    def open(self):
        return self.filter(state__in=OPEN)

    def requested(self):
        return self.filter(state="requested")

    def upcoming(self):
        """Open, and not over yet."""
        return self.open().filter(ends_at__gt=clock.now())

    def of(self, patients):
        """Visits of the patients with these ids. Of one, the index has them in order: a list reads as many as it shows."""
        return self.filter(patient=patients[0]) if len(patients) == 1 else self.filter(patient__in=patients)

    def to_come(self):
        """As `upcoming`, where few rows were chosen by another index: SQLite would begin with all that are open."""
        is_open = Case(When(state__in=OPEN, then=Value(True)), default=Value(False))
        return self.filter(is_open, ends_at__gt=clock.now())

    def past(self):
        """Over, or closed."""
        return self.filter(~Q(state__in=OPEN) | Q(ends_at__lte=clock.now()))

    def between(self, start, end):
        return self.filter(starts_at__gte=start, starts_at__lt=end)


class ReviewQuerySet(models.QuerySet):
    def shown(self):
        return self.filter(hidden_at=None)

    def with_writers(self):
        """With all that a list shows of who wrote them."""
        return self.select_related("appointment__patient__guardian")

    def as_doctor(self, user):
        """Reviews of this person's work."""
        return self.filter(doctor__user=user) if user.is_authenticated else self.none()


class NoteQuerySet(models.QuerySet):
    def signed(self):
        return self.exclude(signed_at=None)

    def visible_to(self, user):
        """The own ones, also when the record is closed by now; else signed ones of records that this person may open."""
        if not user.is_authenticated:
            return self.none()
        open_to = Q(patient__in=Patient.objects.visible_to(user).values("pk"), signed_at__isnull=False)
        return self.filter(Q(written_by=user) | open_to)


class HoursQuerySet(models.QuerySet):
    def offered(self):
        """Hours that count: the hospital is open to bookings and the doctor still works there."""
        return self.worked().filter(hospital__state="approved")

    def worked(self):
        """Hours in hospitals where the doctor still works."""
        return self.filter(doctor__affiliations__hospital=models.F("hospital"), doctor__affiliations__ended_on=None)


class LeaveQuerySet(models.QuerySet):
    def to_come(self):
        return self.filter(ends_at__gt=clock.now())


class ClaimQuerySet(models.QuerySet):
    def between(self, start, end):
        """Claims on the quanta from start up to, not including, end."""
        return self.filter(quantum__gte=start, quantum__lt=end)


class Understood(NamedTuple):
    """What a typed word was taken for. No words: it is not known. slipped: they are one slip of the pen away."""

    typed: str
    words: list
    slipped: bool


class WordQuerySet(models.QuerySet):
    def understand(self, text, *, of="n", forgiving=True):
        """[Understood] for each word of the text: the word itself, else words that begin with it, else words one slip
        away. At most three queries, however many words.

        A word that few have stands for the one as well that it is a slip of, if ten times as many have that: a
        directory with thirty thousand names has its own slips in it, and nobody looks for those.
        of: the column that counts who has the word, "n" for doctors or "hospitals". forgiving: whether slips count.
        """
        typed = words(text)
        known = self.filter(**{f"{of}__gt": 0})
        found = {word.text: [word] for word in known.filter(text__in=typed)} if typed else {}
        unknown = [t for t in typed if t not in found and len(t) > 1]
        begun = known._beginning(unknown, of) if unknown else {}
        long = [t for t in typed if t not in begun and len(t) >= SHORTEST_SLIP]
        slipped = known._slipped(long, of) if long and forgiving else {}
        for t, some in found.items():
            some += [word for word in slipped.get(t, ()) if getattr(word, of) >= OFTEN * getattr(some[0], of)]
        return [
            Understood(t, found.get(t) or begun.get(t) or slipped.get(t) or [], t not in found and t in slipped)
            for t in typed
        ]

    def _beginning(self, typed, of):
        """{typed: [Word]}, the twenty that most have, of each. A word counts for the longest of its beginnings."""
        # A range, since `startswith` reads the whole table on both databases. Each beginning is ranked by itself: the
        # many that begin like one would leave no room for the few that begin like another.
        ranges = {t: Q(text__gte=t, text__lt=t + "\uffff") for t in typed}
        longest = sorted(typed, key=len, reverse=True)
        begin = Case(*(When(ranges[t], then=Value(n)) for n, t in enumerate(longest)), output_field=IntegerField())
        rank = Window(RowNumber(), partition_by=[begin], order_by=[F(of).desc(), F("text").asc()])
        rows = self.filter(reduce(or_, ranges.values())).annotate(rank=rank).filter(rank__lte=WIDEST)
        rows = sorted(rows, key=lambda word: (-getattr(word, of), word.text))
        found = {t: [word for word in rows if word.text.startswith(t)][:WIDEST] for t in typed}
        return {t: some for t, some in found.items() if some}

    def _slipped(self, typed, of):
        """{typed: [Word]}, the three that most have, of each."""
        variants = {variant for t in typed for variant in slips(t)}
        near = self.model.near.rel.related_model.objects.filter(variant__in=variants)
        rows = self.filter(pk__in=near.values("word")).order_by(f"-{of}", "text")[:NEAREST]
        found = {}
        for word in rows:
            for t in typed:
                if one_slip(t, word.text) and len(found.setdefault(t, [])) < 3:
                    found[t].append(word)
        return {t: some for t, some in found.items() if some}


class ListingPlaceQuerySet(models.QuerySet):
    def cities(self):
        """The cities in which a doctor can be found, as people write them. Kept for five minutes."""
        names = self.order_by("hospital__city").values_list("hospital__city", flat=True).distinct()[:500]
        return _kept("listing-cities", lambda: list(names))


def _having(rows, links, link, understood, of, every):
    """The rows that have all the words, or None where one is known of nobody.

    links: rows that link words to them, by `link`. The shortest list is gathered and sorted when it is short, compared
    to `every`, which is how many there are; else the sorted rows are walked, and each is asked for the words.
    """
    if not all(word.words for word in understood):
        return None
    lists = sorted((sum(getattr(w, of) for w in word.words), [w.pk for w in word.words]) for word in understood)
    for position, (n, keys) in enumerate(lists):
        having = links.filter(word__in=keys)
        if position == 0 and n < every * SHORT:
            rows = rows.filter(pk__in=having.values(link))
        else:
            rows = rows.filter(Exists(having.filter(**{link: OuterRef("pk")})))
    return rows


class HospitalWordQuerySet(models.QuerySet):
    def find(self, understood=(), *, cities=None, when_open=None, emergency=False, department="", words_of_it=()):
        """The findable hospitals that meet every condition, to be paged by (name, id).

        understood: what `Word.objects.understand(text, of="hospitals")` gave. cities: as they are written in the
        table, or None for all. when_open: what `Hospital.objects.when_open(moment)` gave. department: its name, and
        words_of_it, as understood: they find it by an index, the name is compared then.
        """
        every, rows = self.how_many(), Hospital.objects.findable()
        rows = _having(rows, self, "hospital", [*understood, *words_of_it], "hospitals", every)
        if rows is None:
            return Hospital.objects.none()
        if department:
            has = Department.objects.open().filter(hospital=OuterRef("pk"), name__iexact=department)
            rows = rows.filter(Exists(has))
        if cities is not None:
            rows = rows.filter(city__in=cities)
        if emergency:
            rows = rows.filter(emergency__in=[True])  # a bare column, as Django writes =True, uses no index on SQLite
        return rows.filter(when_open) if when_open else rows

    def how_many(self):
        """How many hospitals can be found; a stale number picks a slower plan, never another answer."""
        return _kept("hospital-count", Hospital.objects.findable().count)

    def cities(self):
        """{normal form: [the city as hospitals write it]}. Kept for five minutes."""

        def read():
            found = {}
            for name in Hospital.objects.findable().order_by("city").values_list("city", flat=True).distinct()[:5000]:
                found.setdefault(" ".join(words(name)), []).append(name)
            return found

        return _kept("hospital-cities", read)

    def departments(self):
        """The names of departments that most hospitals have, by the alphabet. Kept for five minutes."""

        def read():
            rows = Department.objects.open().filter(hospital__state="approved").order_by()
            most = rows.values_list("name").annotate(n=Count("pk")).order_by("-n", "name")[:40]
            return sorted(name for name, _n in most)

        return _kept("hospital-departments", read)


def _kept(name, read):
    found = cache.get(name)
    if found is None:
        found = read()
        cache.set(name, found, KEPT)
    return found


class ListingQuerySet(models.QuerySet):
    def find(
        self,
        text="",
        *,
        understood=None,
        city="",
        specialty=None,
        language=None,
        gender="",
        fee_up_to=None,
        video=False,
        days=None,
        today=None,
    ):
        """The findable doctors that meet every condition, to be paged by (next_free_at, doctor), rating or fee.

        specialty, language: ids. days: (first, how many), local days counted from `today`. Words are whole words,
        their beginnings or their slips, from name, specialty, hospital and city; an unknown one finds nobody. The shortest list of
        doctors is gathered and sorted when it is short; else the index of soonest times is walked.
        understood: what `Word.objects.understand(text)` gave, where it was asked before.
        """
        if understood is None:
            understood = self.model.words.rel.related_model.word.field.related_model.objects.understand(text)
        rows = _having(self, self.model.words.rel.related_model.objects, "listing", understood, "n", self.how_many())
        if rows is None:
            return self.none()
        if city:
            prefix = " ".join(words(city))
            places = self.model.places.rel.related_model.objects.filter(listing=OuterRef("pk"))
            rows = (
                rows.filter(Exists(places.filter(city__gte=prefix, city__lt=prefix + "\uffff")))
                if prefix
                else rows.none()
            )
        if specialty:
            rows = rows.filter(
                Exists(Doctor.specialties.through.objects.filter(doctor=OuterRef("pk"), specialty=specialty))
            )
        if language:
            rows = rows.filter(
                Exists(Doctor.languages.through.objects.filter(doctor=OuterRef("pk"), language=language))
            )
        if gender:
            rows = rows.filter(gender=gender)
        if fee_up_to is not None:
            rows = rows.filter(fee__lte=fee_up_to)
        if video:
            rows = rows.filter(video=True)
        if days:
            rows = rows.free_within(today, first=days[0], days=days[1])
        return rows

    def for_cards(self):
        """With all that a card shows, and no more: whole rows of people cost more than the query."""
        return self.select_related("doctor__user").only(*OF_CARD)

    def how_many(self):
        """How many doctors are listed; a stale number picks a slower plan, never another answer."""
        return _kept("listing-count", self.model.objects.count)

    def free_within(self, today, *, first=0, days=1):
        """Free on one of the local days today + first … today + first + days - 1 (at most 14 days ahead).

        Rows that `tick` has not rolled since yesterday count one bit further.
        """
        mask = ((1 << days) - 1) << first
        # One expression, so that the order is walked: by the day alone, SQLite would gather all, who have the same.
        bits = Case(
            When(free_from=today, then=F("free_days").bitand(mask)),
            When(free_from=today - timedelta(1), then=F("free_days").bitand(mask << 1)),
            default=0,
        )
        return self.alias(bits=bits).filter(bits__gt=0)
