"""What a visitor asks of the doctor search, how many doctors each choice would leave, and what an empty page offers."""

import hashlib
import json
from collections import Counter
from functools import cached_property

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from appointments import symptoms
from appointments.models import HospitalWord, Listing, ListingPlace, Word
from appointments.search import closest, words
from doctors.models import Doctor, Language, Specialty
from healthstack.lib import clock
from hospitals.models import Hospital

WHEN = {"today": (0, 1), "tomorrow": (1, 1), "week": (0, 7)}
SORTS = {"soonest": "next_free_at", "rating": "rating", "fee": "fee"}
FEES = (500, 800, 1200)
LONGEST = 80
MOST = 300  # doctors that are counted; one more is "over 300"
LOOKED_AT = 500  # doctors whose facts are counted beside the filters
MOST_SPELLINGS = 60  # of cities that one typed city stands for
KEPT = 300  # seconds


class Search:
    """What a visitor asks for, read from the address. Nothing in it can fail: what makes no sense is left out."""

    def __init__(self, query):
        self.text = query.get("q", "").replace("\x00", "")[:LONGEST].strip()
        self.city = query.get("city", "").replace("\x00", "")[:LONGEST].strip()
        self.when = query.get("when", "") if query.get("when") in WHEN else ""
        choices = facets()
        self.specialty = next((s for s in choices["specialties"] if s[1] == query.get("specialty")), None)
        self.language = next((x for x in choices["languages"] if x[1] == query.get("language")), None)
        self.gender = query.get("gender", "") if query.get("gender") in Doctor.Gender.values else ""
        fee = query.get("fee", "")
        self.fee = int(fee) if fee.isascii() and fee.isdecimal() and len(fee) <= 6 else None
        self.video = query.get("video") == "yes"
        self.sort = query.get("sort") if query.get("sort") in SORTS else "soonest"
        self.choices = choices

    @property
    def keys(self):
        return (SORTS[self.sort], "pk")

    @property
    def descending(self):
        return self.sort == "rating"

    @cached_property
    def complaint(self):
        """The complaint that the text speaks of, where this site has its field of medicine: (Meant, specialty)."""
        meant = symptoms.meant(self.text) if self.text else None
        field = meant and next((s for s in self.choices["specialties"] if s[1] == meant.symptom.specialty), None)
        return (meant, field) if field else None

    @property
    def emergency(self):
        """Whether the complaint, or its sudden form, is one: said even where the field of medicine is not here."""
        meant = symptoms.meant(self.text) if self.text else None
        return bool(meant and meant.symptom.emergency)

    @cached_property
    def words(self):
        return Word.objects.understand(self.text)

    @cached_property
    def pointed(self):
        """Whether the words of the complaint are searched as its field of medicine, since no doctor has them."""
        if not self.complaint or self.specialty:
            return False
        typed = self.complaint[0].typed
        return any(not word.words or word.slipped for word in self.words if word.typed in typed)

    @cached_property
    def understood(self):
        """The words that a doctor must have."""
        typed = self.complaint[0].typed if self.pointed else ()
        return [word for word in self.words if word.typed not in typed]

    @property
    def corrected(self):
        return corrected(self.understood)

    @property
    def mistaken(self):
        return mistaken(self.understood)

    def asked(self):
        """{parameter: how `Listing.objects.find` is asked for it}, of what is set."""
        field = self.specialty or (self.complaint[1] if self.pointed else None)
        asked = {
            "q": {"understood": self.understood} if self.text else None,
            "city": {"city": self.city_asked} if self.city else None,
            "when": {"days": WHEN[self.when], "today": clock.today()} if self.when else None,
            "specialty": {"specialty": field[0]} if field else None,
            "language": {"language": self.language[0]} if self.language else None,
            "gender": {"gender": self.gender} if self.gender else None,
            "fee": {"fee_up_to": self.fee} if self.fee is not None else None,
            "video": {"video": True} if self.video else None,
        }
        return {name: how for name, how in asked.items() if how}

    def found(self, *, without=()):
        """The doctors that are asked for; without: parameters that do not count."""
        if "q" in without and self.pointed:
            without = [*without, "specialty"]
        how = {}
        for name, condition in self.asked().items():
            if name not in without:
                how |= condition
        return Listing.objects.find(**how)

    @cached_property
    def city_name(self):
        """The city as it is written where what was typed begins one, or is one slip of the pen away; else as typed."""
        known = {" ".join(words(name)): name for name in self.choices["cities"]}
        return next(iter(closest(" ".join(words(self.city)), known)), self.city)

    @property
    def city_asked(self):
        """What is looked for: what was typed, unless only the slip of it is a city."""
        typed, named = " ".join(words(self.city)), " ".join(words(self.city_name))
        return self.city if named.startswith(typed) else self.city_name

    @property
    def conditions(self):
        """[(parameter, what it is)] of everything that is set: what an empty result offers to loosen."""
        labels = {
            "q": self.text,
            "city": self.city,
            "when": self.when and dict(self.choices["when"])[self.when],
            "specialty": self.specialty and self.specialty[2],
            "language": self.language and self.language[2],
            "gender": self.gender and dict(self.choices["genders"]).get(self.gender, ""),
            "fee": self.fee is not None and self.fee,
            "video": self.video and _("By video"),
        }
        return [(name, label) for name, label in labels.items() if label not in ("", None, False)]

    @property
    def key(self):
        """The same for the same conditions, however they were spelled in the address."""
        facts = [self.text, self.city, self.when, self.gender, self.fee, self.video, clock.today().isoformat()]
        facts += [self.specialty and self.specialty[0], self.language and self.language[0]]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


class HospitalSearch:
    """What a visitor asks for of hospitals, read from the address. What makes no sense is left out."""

    def __init__(self, query):
        self.text = query.get("q", "").replace("\x00", "")[:LONGEST].strip()
        self.city = query.get("city", "").replace("\x00", "")[:LONGEST].strip()
        self.choices = {
            "cities": HospitalWord.objects.cities(),
            "departments": HospitalWord.objects.departments(),
        }
        named = query.get("department", "").casefold()
        self.department = next((name for name in self.choices["departments"] if name.casefold() == named), "")
        self.open_now = query.get("open") == "now"
        self.emergency = query.get("emergency") == "yes"

    @property
    def common_cities(self):
        """Names for the list of suggestions: those that most hospitals spell so come first by the alphabet anyway."""
        return [spelled[0] for spelled in self.choices["cities"].values()][:500]

    @cached_property
    def understood(self):
        return Word.objects.understand(self.text, of="hospitals")

    @property
    def corrected(self):
        return corrected(self.understood)

    @property
    def mistaken(self):
        return mistaken(self.understood)

    @cached_property
    def cities(self):
        """[as hospitals write it] of the city that was typed, its beginning, or one slip of the pen away."""
        found = closest(" ".join(words(self.city)), self.choices["cities"])
        return [name for names in found for name in names][:MOST_SPELLINGS]

    @cached_property
    def department_words(self):
        return Word.objects.understand(self.department, of="hospitals")

    @cached_property
    def when_open(self):
        return Hospital.objects.when_open(clock.now()) if self.open_now else None

    @property
    def city_name(self):
        return self.cities[0] if self.cities else self.city

    def found(self, *, without=()):
        """The hospitals that are asked for; without: parameters that do not count."""

        def counts(name):
            return name not in without

        return HospitalWord.objects.find(
            self.understood if counts("q") else (),
            cities=self.cities if self.city and counts("city") else None,
            when_open=self.when_open if counts("open") else None,
            department=self.department if counts("department") else "",
            words_of_it=self.department_words if counts("department") else (),
            emergency=self.emergency and counts("emergency"),
        )

    @property
    def conditions(self):
        """[(parameter, what it is)] of everything that is set."""
        labels = {
            "q": self.text,
            "city": self.city,
            "department": self.department,
            "open": self.open_now and _("Open now"),
            "emergency": self.emergency and _("24×7 emergency"),
        }
        return [(name, label) for name, label in labels.items() if label]


def corrected(understood):
    """The words as they were understood, where one was taken for a slip of the pen; else nothing."""
    if not any(word.slipped for word in understood):
        return ""
    texts = [[w.text for w in word.words] if word.slipped else [word.typed] for word in understood]
    return " ".join(_(" or ").join(some) for some in texts)


def mistaken(understood):
    """The typed words that were taken for slips of the pen."""
    return " ".join(word.typed for word in understood if word.slipped)


def facets():
    """What can be chosen in the search: kept for five minutes, the same for everybody."""
    tables = cache.get("search-facets")
    if tables is None:
        tables = {
            "specialties": list(Specialty.objects.values_list("pk", "slug", "name")),
            "languages": list(Language.objects.values_list("pk", "code", "own_name")),
            "cities": ListingPlace.objects.cities(),
        }
        cache.set("search-facets", tables, KEPT)
    return {
        **tables,
        "when": [("today", _("Free today")), ("tomorrow", _("Free tomorrow")), ("week", _("Free this week"))],
        "genders": [("female", _("Woman doctor")), ("male", _("Man doctor"))],
        "fees": FEES,
        "sorts": [("soonest", _("Soonest")), ("rating", _("Best rated")), ("fee", _("Lowest fee"))],
    }


def capped(rows, most=MOST):
    """How many rows, up to `most`; one more means "more than that". Nobody needs the exact number of thousands."""
    return rows.order_by()[: most + 1].count()


class _Capped(Subquery):
    """How many rows a cut query has, as a column of another."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"


def without_each(search, table=Listing.objects):
    """[(parameter, what it is, how many there are without it)], of those that leave anybody. One query.

    table: where what is searched for lies. The number ends at one more than MOST.
    """
    conditions, numbers = search.conditions, {}
    for name, _label in conditions:
        rows = search.found(without=[name])
        if not rows.query.is_empty():
            numbers[f"without_{name}"] = _Capped(rows.order_by().values("pk")[: MOST + 1])
    if not numbers:
        return []
    found = table.order_by("pk").values(**numbers).first() or {}
    return [(name, label, n) for name, label in conditions if (n := found.get(f"without_{name}"))]


def counts(search):
    """{group: {choice: how many doctors}} beside the filters, and "capped" where only the soonest 500 were looked at.

    A group that is chosen from is counted as if nothing were: else its other choices would all be none.
    """
    if not search.conditions and (stored := cache.get("counts-of-all")):
        return stored
    key = f"facets:{search.key}"
    found = cache.get(key)
    if found is None:
        found = _count(search)
        cache.set(key, found, KEPT)
    return found


def count_all():
    """Count all doctors for the search without conditions, and keep that for an hour. Run by tick, every ten minutes."""
    rows = Listing.objects.order_by()
    at_most = {f"upto{most}": Count("pk", filter=Q(fee__lte=most)) for most in FEES}
    facts = rows.aggregate(video=Count("pk", filter=Q(video=True)), **at_most)
    today = clock.today()
    found = {
        "when": {name: rows.free_within(today, first=a, days=n).count() for name, (a, n) in WHEN.items()},
        "gender": dict(rows.values_list("gender").annotate(n=Count("pk"))),
        "fee": {most: facts[f"upto{most}"] for most in FEES},
        "video": {"yes": facts["video"]},
        "specialty": _of_all(Doctor.specialties.through, "specialty_id"),
        "language": _of_all(Doctor.languages.through, "language_id"),
        "capped": 0,
    }
    cache.set("counts-of-all", found, 3600)


def _of_all(through, column):
    listed = through.objects.filter(Exists(Listing.objects.filter(pk=OuterRef("doctor_id"))))
    return dict(listed.order_by().values_list(column).annotate(n=Count("pk")))


GROUPS = ("when", "gender", "fee", "video", "specialty", "language")


def _count(search):
    asked = search.asked()
    cut = ("pk", "free_from", "free_days", "gender", "fee", "video")
    rows, capped_at = {}, False
    for group in GROUPS:
        without = (group,) if group in asked and not (group == "specialty" and search.pointed) else ()
        if without not in rows:
            found = search.found(without=without).order_by("next_free_at", "pk")
            rows[without] = list(found.values(*cut)[: LOOKED_AT + 1])
            capped_at = capped_at or len(rows[without]) > LOOKED_AT
        rows[group] = rows[without][:LOOKED_AT]
    return {
        "when": _by_day(rows["when"]),
        "gender": Counter(row["gender"] for row in rows["gender"]),
        "fee": {most: sum(row["fee"] <= most for row in rows["fee"]) for most in FEES},
        "video": {"yes": sum(row["video"] for row in rows["video"])},
        "specialty": _linked(Doctor.specialties.through, "specialty_id", rows["specialty"]),
        "language": _linked(Doctor.languages.through, "language_id", rows["language"]),
        "capped": LOOKED_AT if capped_at else 0,
    }


def _by_day(rows):
    today = clock.today()
    found = dict.fromkeys(WHEN, 0)
    for row in rows:
        bits = row["free_days"] >> max((today - row["free_from"]).days, 0)
        for name, (first, days) in WHEN.items():
            found[name] += bool(bits >> first & (1 << days) - 1)
    return found


def _linked(through, column, rows):
    links = through.objects.filter(doctor__in=[row["pk"] for row in rows]).values_list(column, flat=True)
    return Counter(links)
