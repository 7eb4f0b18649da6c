"""The list of hospitals and a hospital's own page."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from appointments.models import Listing
from healthstack.lib.paging import page_by_key
from healthstack.pages.cards import cards_for, places_for
from healthstack.pages.searching import HospitalSearch, capped, without_each
from hospitals.models import Hospital


@login_not_required
@require_safe
def hospitals(request):
    search = HospitalSearch(request.GET)
    found = search.found()
    page = page_by_key(found, ("name", "pk"), after=request.GET.get("after", ""))
    context = {
        "search": search,
        "cards": places_for(page.rows),
        "next": page.next,
        "total": capped(found) if not page.rows or page.next else len(page.rows),
        "loosened": without_each(search, Hospital.objects) if not page.rows else [],
    }
    return render(request, "pages/hospitals.html", context)


@login_not_required
@require_safe
def hospital(request, slug):
    hospital = get_object_or_404(Hospital.objects.findable(), slug=slug)
    rows = Listing.objects.filter(places__hospital=hospital).select_related("doctor__user")
    page = page_by_key(rows, ("next_free_at", "pk"), after=request.GET.get("after", ""))
    context = {
        "hospital": hospital,
        "cards": cards_for(page.rows, hospitals=[hospital.pk]),
        "next": page.next,
        "doctors": rows.order_by().aggregate(n=Count("pk", filter=Q()))["n"],
    }
    return render(request, "pages/hospital.html", context)
