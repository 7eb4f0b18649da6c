"""The list of hospitals and a hospital's own page."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, DateField, F, OuterRef, Q, Subquery, Value
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from appointments.models import Listing
from doctors.models import Affiliation
from healthstack.lib import clock
from healthstack.lib.paging import page_by_key
from healthstack.pages.cards import cards_for, places_for
from healthstack.pages.searching import HospitalSearch, capped, without_each
from hospitals.forms import DAY_NAMES
from hospitals.models import Hospital

OF_PLACE = ("name", "slug", "kind", "street", "city", "postcode", "emergency", "beds", "zone", "photo")
CLOSURES = 6  # holidays that the page names


@login_not_required
@require_safe
def hospitals(request):
    search = HospitalSearch(request.GET)
    found = search.found()
    page = page_by_key(found.only(*OF_PLACE), ("name", "pk"), after=request.GET.get("after", ""))
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
    hospital = get_object_or_404(Hospital.objects.findable().select_related("photo"), slug=slug)
    parts = parts_of(hospital)
    department = next((one for one in parts["departments"] if str(one.key) == request.GET.get("department", "")), None)
    rows = Listing.objects.filter(places__hospital=hospital)
    here = Affiliation.objects.current().filter(hospital=hospital, department__closed_at=None)
    if department:
        rows = rows.filter(doctor__in=here.filter(department=department.key).values("doctor"))
    named = rows.annotate(department=Subquery(here.filter(doctor=OuterRef("doctor")).values("department__name")))
    page = page_by_key(named.for_cards(), ("next_free_at", "pk"), after=request.GET.get("after", ""))
    context = {
        "hospital": hospital,
        "department": department,
        "cards": cards_for(page.rows, hospitals=[hospital.pk]),
        "next": page.next,
        "doctors": rows.order_by().aggregate(n=Count("pk", filter=Q()))["n"],
        **parts,
        **opening(hospital),
    }
    return render(request, "pages/hospital.html", context)


class Part(NamedTuple):
    key: int
    name: str
    on: object  # of a closure


def parts_of(hospital):
    """{"departments", "services", "closures": [Part]} of a hospital, in one query. Closures are those to come."""
    none = Value(None, DateField())
    closures = hospital.closures.filter(on__gte=clock.today()).annotate(what=Value("closures"), day=F("on"))
    departments = hospital.departments.open().annotate(what=Value("departments"), day=none)
    services = hospital.services.annotate(what=Value("services"), day=none)
    columns = ("what", "pk", "name", "day")
    first, *others = (rows.order_by().values_list(*columns) for rows in (closures, departments, services))
    found = {"departments": [], "services": [], "closures": []}
    for what, *part in first.union(*others, all=True):
        found[what].append(Part(*part))
    for what in ("departments", "services"):
        found[what].sort(key=lambda part: part.name.casefold())
    found["closures"] = sorted(found["closures"], key=lambda part: part.on)[:CLOSURES]
    return found


def opening(hospital):
    """The week on the door: {"week": [(day, [(from, to)])], "is_open", "day_and_night"}. Empty where nobody entered it."""
    rows = list(hospital.opening_hours.all())
    week = [(name, [(r.from_minute, r.to_minute) for r in rows if r.weekday == n]) for n, name in enumerate(DAY_NAMES)]
    there = clock.now().astimezone(ZoneInfo(hospital.zone))
    minute = there.hour * 60 + there.minute
    yesterday = (there.weekday() - 1) % 7
    return {
        "week": week if rows else [],
        "day_and_night": bool(rows) and all(spans == [(0, 1440)] for _name, spans in week),
        "is_open": any(begins <= minute < ends for begins, ends in week[there.weekday()][1])
        or any(minute + 1440 < ends for _begins, ends in week[yesterday][1]),
    }
