"""Test Information: what can be found out, where, and for how much; and a hospital's own price list."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.db.models import Count, Min
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from healthstack.lib.forms import attempt, posted
from healthstack.lib.paging import page_by_key
from hospitals.models import Hospital
from laboratory import workflow
from laboratory.forms import PricesForm
from laboratory.models import Price, Test

MOST_PLACES = 50


@login_not_required
@require_safe
def tests(request):
    words = request.GET.get("q", "").replace("\x00", "")[:80].strip()
    group = request.GET.get("group", "").replace("\x00", "")[:60]
    rows = Test.objects.active().named(words)
    if group:
        rows = rows.filter(group=group)
    page = page_by_key(rows, ("name", "id"), after=request.GET.get("after", ""), size=20)
    asked = Price.objects.findable().filter(test__in=page.rows).values_list("test")
    cheapest = {key: (low, n) for key, low, n in asked.annotate(low=Min("amount"), n=Count("pk"))}
    context = {
        "rows": [(row, *cheapest.get(row.pk, (None, 0))) for row in page.rows],
        "next": page.next,
        "words": words,
        "group": group,
        "groups": Test.objects.groups(),
    }
    return render(request, "laboratory/tests.html", context)


@login_not_required
@require_safe
def test(request, slug):
    test = get_object_or_404(Test.objects.active().prefetch_related("ranges"), slug=slug)
    prices = Price.objects.findable().filter(test=test).select_related("hospital").order_by("amount", "pk")
    context = {"test": test, "prices": prices[:MOST_PLACES], "ranges": test.ranges.all()}
    return render(request, "laboratory/test.html", context)


@permission_required("hospitals.run_hospital", raise_exception=True)
def prices(request, slug):
    """One group of tests at a time, so that the list is never longer than a page."""
    hospital = get_object_or_404(Hospital.objects.run_by(request.user), slug=slug)
    groups = Test.objects.groups()
    group = next((name for name in groups if name == request.GET.get("group", "")), groups[0] if groups else "")
    form = PricesForm(posted(request), hospital=hospital, tests=list(Test.objects.active().filter(group=group)))
    status = attempt(
        form,
        lambda data: workflow.change_prices(hospital=hospital, prices=form.prices, seen=data["stamp"], by=request.user),
    )
    if status is None:
        messages.success(request, _("The prices are saved. What is ordered already keeps its price."))
        return redirect(request.get_full_path())
    context = {"hospital": hospital, "form": form, "groups": groups, "group": group, "tab": "tests"}
    return render(request, "laboratory/prices.html", context, status=status)
