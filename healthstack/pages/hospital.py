"""The list of hospitals and a hospital's own page."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from appointments.models import Listing, ListingPlace
from healthstack.lib.paging import page_by_key
from healthstack.pages.cards import cards_for
from hospitals.models import Hospital


@login_not_required
@require_safe
def hospitals(request):
    city = request.GET.get("city", "").replace("\x00", "")[:80].strip()
    rows = Hospital.objects.findable()
    if city:
        rows = rows.filter(city__iexact=city)
    page = page_by_key(rows, ("name", "pk"), after=request.GET.get("after", ""))
    doctors = dict(
        ListingPlace.objects.filter(hospital__in=page.rows)
        .values_list("hospital")
        .annotate(n=Count("listing"))
        .values_list("hospital", "n")
    )
    context = {
        "hospitals": [(hospital, doctors.get(hospital.pk, 0)) for hospital in page.rows],
        "next": page.next,
        "city": city,
        "cities": _cities(),
    }
    return render(request, "pages/hospitals.html", context)


def _cities():
    """The cities that have a hospital, as people write them, each once. Kept for five minutes."""
    names = cache.get("hospital-cities")
    if names is None:
        rows = Hospital.objects.findable().order_by("city").values_list("city", flat=True).distinct()
        names = list({name.casefold(): name for name in rows[:500]}.values())
        cache.set("hospital-cities", names, 300)
    return names


@login_not_required
@require_safe
def hospital(request, slug):
    hospital = get_object_or_404(Hospital.objects.findable(), slug=slug)
    rows = Listing.objects.filter(places__hospital=hospital).select_related("doctor")
    page = page_by_key(rows, ("next_free_at", "pk"), after=request.GET.get("after", ""))
    context = {
        "hospital": hospital,
        "cards": cards_for(page.rows, hospitals=[hospital.pk]),
        "next": page.next,
        "doctors": rows.order_by().aggregate(n=Count("pk", filter=Q()))["n"],
    }
    return render(request, "pages/hospital.html", context)
