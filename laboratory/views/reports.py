"""Reports and trends, for the patient and for the doctors in whose care they are."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from healthstack.lib import pdf
from healthstack.lib.paging import page_by_key
from laboratory.models import Order, Test
from laboratory.sheet import Sheet, Trend, look_at
from patients.models import Patient


@permission_required("patients.open_own_record", raise_exception=True)
@require_safe
def index(request):
    rows = Order.objects.as_patient(request.user).for_report()
    page = page_by_key(rows, ("ordered_at", "id"), after=request.GET.get("after", ""), descending=True)
    return render(request, "laboratory/index.html", {"page": page})


def _own(request, pk):
    return get_object_or_404(Order.objects.visible_to(request.user).for_report(), pk=pk)


def report_page(request, order, *, form=None, status=200):
    sheet = Sheet(order, request.user, form=form)
    return render(request, "laboratory/report.html", sheet.context(), status=status)


@permission_required("laboratory.view_order", raise_exception=True)
@require_safe
def report(request, pk):
    return report_page(request, _own(request, pk))


@permission_required("laboratory.view_order", raise_exception=True)
@require_safe
def report_pdf(request, pk):
    order = _own(request, pk)
    paper = Sheet(order, request.user).paper()
    name, page = f"report-{order.number}", order.get_absolute_url()
    return pdf.answer(request, "laboratory/report.typ", paper, name=name, print_page=page)


@permission_required("laboratory.view_order", raise_exception=True)
@require_safe
def trend(request, pk, slug):
    """The released values of one test, for who speaks for the patient and for a carer."""
    patient = Patient.objects.as_patient(request.user).filter(pk=pk).first()
    if patient is None:
        patient = get_object_or_404(Patient.objects.as_carer(request.user), pk=pk)
    trend = Trend(patient, get_object_or_404(Test, slug=slug), request.user)
    if not trend.rows:
        get_object_or_404(Test.objects.none())
    look_at(patient, request.user)
    return render(request, "laboratory/trend.html", {"trend": trend, "patient": patient, "test": trend.test})
