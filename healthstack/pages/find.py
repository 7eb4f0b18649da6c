"""The doctor search and the doctor's own page."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments import openings
from appointments.models import Listing, ListingPlace
from doctors.models import Doctor, Language, Specialty
from healthstack.lib import clock
from healthstack.lib.paging import page_by_key
from healthstack.pages.cards import cards_for
from hospitals.models import VisitType

WHEN = {"today": (0, 1), "tomorrow": (1, 1), "week": (0, 7)}
LONGEST = 80


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
        self.choices = choices

    def found(self):
        return Listing.objects.find(
            self.text,
            city=self.city,
            specialty=self.specialty and self.specialty[0],
            language=self.language and self.language[0],
            gender=self.gender,
            fee_up_to=self.fee,
            days=WHEN.get(self.when),
            today=clock.today(),
        ).select_related("doctor")

    @property
    def city_name(self):
        """The city as it is written where the typed beginning names one; else what was typed."""
        begin = self.city.casefold()
        return next((name for name in self.choices["cities"] if name.casefold().startswith(begin)), self.city)

    @property
    def conditions(self):
        """[(parameter, what it is)] of everything that is set: what an empty result offers to loosen."""
        labels = {
            "q": self.text,
            "city": self.city,
            "when": self.when and dict(self.choices["when"])[self.when],
            "specialty": self.specialty and self.specialty[2],
            "language": self.language and self.language[2],
            "gender": self.gender and dict(self.choices["genders"])[self.gender],
            "fee": self.fee is not None and self.fee,
        }
        return [(name, label) for name, label in labels.items() if label not in ("", None, False)]


def facets():
    """What can be chosen in the search: kept for five minutes, the same for everybody."""
    tables = cache.get("search-facets")
    if tables is None:
        tables = {
            "specialties": list(Specialty.objects.values_list("pk", "slug", "name")),
            "languages": list(Language.objects.values_list("pk", "code", "own_name")),
            "cities": ListingPlace.objects.cities(),
        }
        cache.set("search-facets", tables, 300)
    return {
        **tables,
        "when": [("today", _("Free today")), ("tomorrow", _("Free tomorrow")), ("week", _("Free this week"))],
        "genders": [("female", _("Woman doctor")), ("male", _("Man doctor"))],
        "fees": [500, 800, 1200],
    }


@login_not_required
@require_safe
def find(request):
    search = Search(request.GET)
    found = search.found()
    page = page_by_key(found, ("next_free_at", "pk"), after=request.GET.get("after", ""))
    context = {
        "search": search,
        "cards": cards_for(page.rows),
        "next": page.next,
        "total": capped(found) if not page.rows or page.next else len(page.rows),
    }
    return render(request, "pages/find.html", context)


def capped(rows, most=300):
    """How many rows, up to `most`; one more means "more than that". Nobody needs the exact number of thousands."""
    return rows.order_by()[: most + 1].count()


@login_not_required
@require_safe
def doctor(request, slug):
    doctor, listing = _found(slug)
    places = doctor.affiliations.current().filter(hospital__state="approved").select_related("hospital").order_by("pk")
    hours = openings.weekly(openings.offered(doctor=doctor))
    fees = doctor.fees_at([place.hospital_id for place in places])
    context = {
        "doctor": doctor,
        "card": cards_for([listing], hours=hours)[0] if listing else None,
        "places": [
            (place, _prices(doctor, fees[place.hospital_id]), _week(hours[doctor.pk], place.hospital_id))
            for place in places
        ],
    }
    return render(request, "pages/doctor.html", context)


def _found(slug):
    """-> (doctor, their listing or None): one who works nowhere at the moment has a page all the same."""
    doctors = Doctor.objects.findable().filter(slug=slug)
    rows = Listing.objects.filter(doctor__in=doctors).select_related("doctor__user")
    listing = rows.prefetch_related("doctor__languages", "doctor__offers").first()
    return (listing.doctor, listing) if listing else (get_object_or_404(doctors.with_people()), None)


def _prices(doctor, fees):
    words = dict(VisitType.choices)
    return [(words[o.visit_type], o.minutes, fees[o.visit_type]) for o in doctor.offers.all()]


def _week(hours, room):
    """[(weekday, hours of it)] that count today in this hospital."""
    today = clock.today()
    here = [h for h in hours if h.room == room and h.valid_from <= today <= h.valid_until]
    return [(n, [h for h in here if h.weekday == n]) for n in range(7)]
