"""The technicians' desk: what waits, and one order with its samples and results."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from healthstack.lib.forms import attempt, posted
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken
from laboratory import workflow
from laboratory.bench import QUEUES, Bench, code_of, waiting
from laboratory.forms import AmendForm, CollectForm, RejectForm
from laboratory.models import Item, Order, Specimen


@permission_required("laboratory.enter_result", raise_exception=True)
@require_safe
def orders(request):
    mine = Order.objects.at_lab(request.user)
    show = next((name for name in QUEUES if name == request.GET.get("show", "")), "collect")
    rows = mine.in_queue(show).with_people().prefetch_related("items__test", "specimens")
    page = page_by_key(
        rows, ("ordered_at", "id"), after=request.GET.get("after", ""), size=20, descending=show == "done"
    )
    context = {"page": page, "show": show, "queues": waiting(request.user)}
    return render(request, "laboratory/orders.html", context)


def _own(request, pk):
    return get_object_or_404(Order.objects.at_lab(request.user).with_people(), pk=pk)


def _page(request, order, *, status=200, **forms):
    return render(request, "laboratory/order.html", Bench(order, request.user, **forms).context(), status=status)


@permission_required("laboratory.enter_result", raise_exception=True)
@require_safe
def order(request, pk):
    return _page(request, _own(request, pk))


@permission_required("laboratory.collect_specimen", raise_exception=True)
@require_POST
def collect(request, pk):
    order, form, done = _own(request, pk), CollectForm(request.POST), []
    status = attempt(form, lambda data: done.append(workflow.collect(order=order, by=request.user, **data)))
    if status:
        return _page(request, order, status=status, collect=form)
    messages.success(request, _("Sample taken: %(number)s. Put the label on it now.") % {"number": done[0].accession})
    return redirect("laboratory:order", order.pk)


@permission_required("laboratory.reject_specimen", raise_exception=True)
@require_POST
def reject(request, pk):
    specimen = get_object_or_404(Specimen.objects.at_lab(request.user).select_related("order"), pk=pk)
    form = RejectForm(request.POST, auto_id=f"reject_{pk}_%s")
    status = attempt(form, lambda data: workflow.reject(specimen=specimen, by=request.user, **data))
    if status:
        return _page(request, _own(request, specimen.order_id), status=status, reject=(specimen.pk, form))
    messages.success(request, _("Sample rejected. Its tests wait for another one, and the patient is told."))
    return redirect("laboratory:order", specimen.order_id)


@permission_required("laboratory.enter_result", raise_exception=True)
@require_POST
def enter(request, pk):
    order = _own(request, pk)
    bench = Bench(order, request.user, results=request.POST)
    form = bench.results
    status = attempt(form, lambda data: form.enter(order=order, by=request.user))
    if status:
        return render(request, "laboratory/order.html", bench.context(), status=status)
    n = len(form.typed)
    words = ngettext("%(n)d result saved.", "%(n)d results saved.", n) % {"n": n}
    messages.success(request, words if n else _("Nothing was typed in."))
    return redirect("laboratory:order", order.pk)


@permission_required("laboratory.verify_result", raise_exception=True)
@require_POST
def verify(request, pk):
    """The ticked results, one by one: what is refused is said, the others are verified."""
    order = _own(request, pk)
    keys = [key for key in request.POST.getlist("items")[:100] if len(key) <= 36]
    rows = [item for item in order.items.select_related("order", "test") if str(item.pk) in keys]
    done = 0
    for item in rows:
        try:
            workflow.verify(item=item, by=request.user)
            done += 1
        except RuleBroken as refusal:
            messages.error(request, f"{item.test.name}: {refusal.sentence}")
    if done:
        messages.success(request, ngettext("%(n)d result verified.", "%(n)d results verified.", done) % {"n": done})
    elif not rows:
        messages.error(request, _("Tick the results that you have looked at."))
    return redirect("laboratory:order", order.pk)


@permission_required("laboratory.release_result", raise_exception=True)
@require_POST
def release(request, pk):
    order = workflow.release(order=_own(request, pk), by=request.user)
    messages.success(request, _("Released. Patient and doctor can read the report now."))
    return redirect("laboratory:order", order.pk)


@permission_required("laboratory.enter_result", raise_exception=True)
@require_safe
def label(request, pk):
    rows = Specimen.objects.at_lab(request.user).select_related("order__patient", "order__hospital", "collected_by")
    specimen = get_object_or_404(rows.prefetch_related("items__test"), pk=pk)
    return render(request, "laboratory/label.html", {"specimen": specimen, "code": code_of(specimen)})


@permission_required("laboratory.amend_result", raise_exception=True)
def amend(request, pk):
    rows = Item.objects.at_lab(request.user).filter(state=Item.State.RELEASED)
    rows = rows.select_related("order__patient", "test", "specimen").prefetch_related("results")
    item = get_object_or_404(rows, pk=pk)
    form = AmendForm(posted(request), item=item)
    status = attempt(form, lambda data: workflow.amend(item=item, by=request.user, **data))
    if status is None:
        messages.success(request, _("The new result waits to be verified. Until it is released, the old one stays."))
        return redirect("laboratory:order", item.order_id)
    context = {"item": item, "form": form, "last": list(item.results.all())[-1]}
    return render(request, "laboratory/amend.html", context, status=status)
