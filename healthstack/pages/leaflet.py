"""The pages of text that the owner of the site keeps: privacy, terms, help."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.urls.converters import StringConverter
from django.views.decorators.http import require_safe

from accounts.models import Leaflet
from healthstack.lib.markdown import render as read


class Word(StringConverter):
    """One word of small letters: what every scanner asks for has a dot or a dash in it, and is nobody's page."""

    regex = "[a-z]{2,40}"


@login_not_required
@require_safe
def leaflet(request, slug):
    page = get_object_or_404(Leaflet, slug=slug)
    return render(request, "pages/leaflet.html", {"leaflet": page, "text": read(page.text)})
