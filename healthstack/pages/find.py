"""The doctor search and the doctor's own page."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from appointments import openings, slots
from appointments.models import Listing, Review
from chat.models import Conversation
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.paging import page_by_key
from healthstack.pages.cards import cards_for
from healthstack.pages.searching import Search, capped, counts, without_each
from hospitals.models import VisitType


@login_not_required
@require_safe
def find(request):
    search = Search(request.GET)
    found = search.found()
    after = request.GET.get("after", "")
    page = page_by_key(found.for_cards(), search.keys, after=after, descending=search.descending)
    context = {
        "search": search,
        "cards": cards_for(page.rows, sort=search.sort == "soonest"),
        "next": page.next,
        "total": capped(found) if not page.rows or page.next else len(page.rows),
        "loosened": without_each(search) if not page.rows else [],
    }
    return render(request, "pages/find.html", context)


@login_not_required
@require_safe
def find_counts(request):
    """How many doctors each choice of the filters would leave; asked for once the page is there."""
    search = Search(request.GET)
    return render(request, "pages/_filters.html", {"search": search, "counts": counts(search)})


@login_not_required
@require_safe
def doctor(request, slug):
    doctor, listing = _found(slug, request.user)
    places = doctor.affiliations.current().filter(hospital__state="approved").select_related("hospital").order_by("pk")
    hours = openings.hours_of([doctor.pk])
    fees = doctor.fees_at([place.hospital_id for place in places])
    reviews = Review.objects.shown().filter(doctor=doctor).with_writers()
    reviews = reviews if doctor.rating_count else reviews.none()
    after = request.GET.get("reviews", "")
    context = {
        "doctor": doctor,
        "chat": getattr(listing, "chat", None),
        "reviews": page_by_key(reviews, ("written_at", "id"), after=after, size=5, descending=True),
        "card": cards_for([listing], hours=hours)[0] if listing else None,
        "places": [
            (place, _prices(doctor, fees[place.hospital_id]), _week(hours[doctor.pk], place.hospital_id))
            for place in places
        ],
    }
    return render(request, "pages/doctor.html", context)


def _found(slug, user):
    """-> (doctor, their listing or None): one who works nowhere at the moment has a page all the same.

    listing.chat: the key of the conversation that this person, as a patient, has with the doctor.
    """
    doctors = Doctor.objects.findable().filter(slug=slug)
    rows = Listing.objects.filter(doctor__in=doctors).select_related("doctor__user")
    if user.has_perm("chat.read_conversation"):
        chats = Conversation.objects.as_patient(user).filter(doctor=OuterRef("doctor")).order_by("-last_at", "-pk")
        rows = rows.annotate(chat=Subquery(chats.values("pk")[:1]))
    listing = rows.prefetch_related("doctor__languages", "doctor__offers").first()
    return (listing.doctor, listing) if listing else (get_object_or_404(doctors.with_people()), None)


def _prices(doctor, fees):
    words = dict(VisitType.choices)
    return [(words[o.visit_type], o.minutes, fees[o.visit_type]) for o in doctor.offers.all()]


def _week(hours, room):
    """[(weekday, [(hours, their first day if it is to come, their last day if there is one)])] in this hospital.

    From Monday, 0, to Sunday; then -1 with the extra hours to come. Hours that are over are left out.
    """
    today = clock.today()
    here = [
        (h, h.valid_from if h.valid_from > today else None, h.valid_until if h.valid_until < slots.FOREVER else None)
        for h in hours
        if h.room == room and h.valid_until >= today
    ]
    extra = sorted((row for row in here if row[0].weekday < 0), key=lambda row: (row[0].valid_from, row[0].from_minute))
    return [*((n, [row for row in here if row[0].weekday == n]) for n in range(7)), (-1, extra)]
