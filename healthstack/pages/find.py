"""The doctor search and the doctor's own page."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.models import Hours, Listing, ListingPlace
from appointments.openings import as_hours
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
            today=timezone.localtime(clock.now()).date(),
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
    page = page_by_key(search.found(), ("next_free_at", "pk"), after=request.GET.get("after", ""))
    context = {
        "search": search,
        "cards": cards_for(page.rows),
        "next": page.next,
        "total": capped(search.found()) if not page.rows or page.next else len(page.rows),
    }
    return render(request, "pages/find.html", context)


def capped(rows, most=300):
    """How many rows, up to `most`; one more means "more than that". Nobody needs the exact number of thousands."""
    return rows.order_by()[: most + 1].count()


@login_not_required
@require_safe
def doctor(request, slug):
    rows = Doctor.objects.findable().with_people().prefetch_related("offers", "affiliations__hospital")
    doctor = get_object_or_404(rows, slug=slug)
    listing = Listing.objects.filter(pk=doctor.pk).first()
    places = [a for a in doctor.affiliations.all() if a.ended_on is None and a.hospital.state == "approved"]
    if listing:
        listing.doctor = doctor
    context = {
        "doctor": doctor,
        "card": cards_for([listing])[0] if listing else None,
        "places": [(place, *_fees_and_hours(doctor, place.hospital)) for place in places],
    }
    return render(request, "pages/doctor.html", context)


def _fees_and_hours(doctor, hospital):
    fees = doctor.fees_in(hospital)
    words = dict(VisitType.choices)
    prices = [(words[o.visit_type], o.minutes, fees[o.visit_type]) for o in doctor.offers.all()]
    hours = [as_hours(row) for row in Hours.objects.filter(doctor=doctor, hospital=hospital).select_related("hospital")]
    today = clock.now().date()
    week = [(n, [h for h in hours if h.weekday == n and h.valid_from <= today <= h.valid_until]) for n in range(7)]
    return prices, week
