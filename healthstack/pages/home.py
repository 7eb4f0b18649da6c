"""The front door: the search itself, and three doctors who are free soonest."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from appointments.models import NEVER, Listing
from healthstack.frame import THEMES
from healthstack.pages.cards import cards_for
from healthstack.pages.searching import Search
from hospitals.models import Hospital


@login_not_required
@require_safe
def home(request):
    soonest = Listing.objects.filter(next_free_at__lt=NEVER).order_by("next_free_at", "pk").for_cards()
    context = {
        "search": Search(request.GET),
        "cards": cards_for(list(soonest[:3])),
        **_figures(),
    }
    return render(request, "pages/home.html", context)


def _figures():
    """How many doctors and hospitals there are, kept for five minutes; the first ones are seen at once."""
    figures = cache.get("home-figures")
    if figures is None:
        figures = {
            "doctors": Listing.objects.order_by()[:1001].count(),
            "hospitals": Hospital.objects.findable().order_by()[:1001].count(),
        }
        if all(figures.values()):
            cache.set("home-figures", figures, 300)
    return figures


@login_not_required
@require_POST
def theme(request):
    """Pin light or dark, or follow the system again; a cookie, so that the page is drawn right from the first byte."""
    back = request.POST.get("next", "")
    response = redirect(back if url_has_allowed_host_and_scheme(back, None) and back.startswith("/") else "home")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=365 * 86400, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme")
    return response
