"""Search or jump to: the person's own pages, doctors, hospitals, and for doctors the patients whose record they may open."""

from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from appointments.models import HospitalWord, Listing, Word
from healthstack.frame import Frame
from healthstack.pages.searching import LONGEST
from patients.models import Patient

EACH = 5  # of every kind
SHORTEST = 2  # letters


class Entry(NamedTuple):
    label: str
    about: str
    icon: str
    url: str


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def search(request):
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST].strip()
    context = {"text": text, "groups": [(name, some) for name, some in _groups(request, text) if some]}
    return render(request, "pages/_palette.html" if request.htmx else "pages/search.html", context)


def _groups(request, text):
    yield _("Pages"), _pages(request, text)
    if len(text) >= SHORTEST:
        yield _("My patients"), _patients(request.user, text)
        yield _("Doctors"), _doctors(text)
        yield _("Hospitals"), _hospitals(text)


def _pages(request, text):
    """What the person may open anyway, by its name; all of it when nothing is typed."""
    frame = Frame(request)
    links = [(link.label, link.icon, link.url) for group in frame.groups for link in group.links]
    if frame.signed_in:
        links.append((_("Profile"), "user", reverse("accounts:profile")))
    else:
        links = [
            (_("Search doctors"), "doctor", reverse("find")),
            (_("Hospitals"), "hospital", reverse("hospitals")),
            (_("Log in"), "user", reverse("account_login")),
            (_("Sign up"), "plus", reverse("account_signup")),
        ]
    typed = text.casefold().split()
    return [Entry(label, "", icon, url) for label, icon, url in links if all(t in label.casefold() for t in typed)]


def _patients(user, text):
    """Patients in the care of a doctor, and nobody else's: by every word of the name."""
    if not user.has_perm("patients.open_record"):
        return []
    rows = Patient.objects.as_carer(user)
    for word in text.split()[:6]:
        rows = rows.filter(name__icontains=word)
    found = rows.order_by("name", "id").values_list("pk", "name")[:EACH]
    return [Entry(name, "", "user", reverse("patient", args=[pk])) for pk, name in found]


def _doctors(text):
    rows = Listing.objects.find(text).order_by("next_free_at", "pk").select_related("doctor")[:EACH]
    return [Entry(f"Dr {row.name}", f"{row.title}, {row.where}", "doctor", row.get_absolute_url()) for row in rows]


def _hospitals(text):
    # Without the slips of the pen, which the doctors' search has looked for: the page of hospitals forgives them.
    understood = Word.objects.understand(text, of="hospitals", forgiving=False)
    rows = HospitalWord.objects.find(understood).order_by("name", "pk")[:EACH]
    return [Entry(row.name, row.city, "hospital", row.get_absolute_url()) for row in rows]
