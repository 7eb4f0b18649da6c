"""HTTP of invoices and money."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import F, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing import workflow
from billing.forms import CreditForm, PaymentForm, PeriodForm, RefundForm, VoidForm
from billing.models import Invoice, Payment
from billing.sheet import Sheet
from billing.takings import Takings
from healthstack.lib import clock
from healthstack.lib.forms import attempt
from healthstack.lib.money import ZERO, rounded
from healthstack.lib.money import shown as money
from healthstack.lib.paging import page_by_key
from hospitals.models import Hospital


@permission_required("billing.pay_invoice", raise_exception=True)
@require_safe
def index(request):
    rows = Invoice.objects.as_patient(request.user)
    due = rows.open().aggregate(due=Sum(F("total") - F("credited") - F("paid")))["due"]
    page = page_by_key(rows.with_people(), ("opened_at", "id"), after=request.GET.get("after", ""), descending=True)
    return render(request, "billing/index.html", {"page": page, "due": rounded(due or ZERO)})


@permission_required("billing.view_invoice", raise_exception=True)
@require_safe
def detail(request, pk):
    return _detail(request, get_object_or_404(_rows(Invoice.objects.visible_to(request.user)), pk=pk))


def _rows(rows):
    return rows.with_people().prefetch_related("lines", "payments__refunds", "credit_notes")


def _detail(request, invoice, *, status=200, **forms):
    sheet = Sheet(invoice, request.user, forms)
    return render(request, "billing/detail.html", sheet.context(), status=status)


@permission_required("billing.pay_at_desk_invoice", raise_exception=True)
@require_POST
def pay_at_desk(request, pk):
    invoice = get_object_or_404(_rows(Invoice.objects.at_desk(request.user)), pk=pk)
    form, done = PaymentForm(request.POST), []
    status = attempt(form, lambda data: done.append(workflow.pay_at_desk(invoice=invoice, by=request.user, **data)))
    if status:
        return _detail(request, invoice, status=status, pay=form)
    words = _("%(amount)s taken, receipt %(number)s.") % {"amount": money(done[0].amount), "number": done[0].number}
    if done[0].change:
        words += " " + _("Give %(change)s back.") % {"change": money(done[0].change)}
    messages.success(request, words)
    return redirect(invoice)


@permission_required("billing.credit_invoice", raise_exception=True)
@require_POST
def credit(request, pk):
    invoice = get_object_or_404(_rows(Invoice.objects.run_by(request.user)), pk=pk)
    form = CreditForm(request.POST)
    status = attempt(form, lambda data: workflow.credit(invoice=invoice, by=request.user, **data))
    if status:
        return _detail(request, invoice, status=status, credit=form)
    messages.success(request, _("%(amount)s taken off.") % {"amount": money(form.cleaned_data["amount"])})
    return redirect(invoice)


@permission_required("billing.void_invoice", raise_exception=True)
@require_POST
def void(request, pk):
    invoice = get_object_or_404(_rows(Invoice.objects.run_by(request.user)), pk=pk)
    form = VoidForm(request.POST, auto_id="void_%s")
    status = attempt(form, lambda data: workflow.void(invoice=invoice, by=request.user, **data))
    if status:
        return _detail(request, invoice, status=status, void=form)
    messages.success(request, _("The invoice is void. Nothing is owed on it."))
    return redirect(invoice)


@permission_required("billing.refund_payment", raise_exception=True)
@require_POST
def refund(request, pk):
    hospitals = Hospital.objects.filter(
        Q(pk__in=Hospital.objects.at_desk(request.user)) | Q(pk__in=Hospital.objects.run_by(request.user))
    )
    payment = get_object_or_404(Payment.objects.filter(hospital__in=hospitals, method__in=Payment.AT_DESK), pk=pk)
    form = RefundForm(request.POST, auto_id=f"back_{pk}_%s")
    status = attempt(form, lambda data: workflow.refund(payment=payment, by=request.user, **data))
    if status:
        invoice = get_object_or_404(_rows(Invoice.objects.visible_to(request.user)), pk=payment.invoice_id)
        return _detail(request, invoice, status=status, **{str(pk): form})
    messages.success(request, _("Give %(amount)s back.") % {"amount": money(form.cleaned_data["amount"])})
    return redirect("billing:detail", payment.invoice_id)


@permission_required("billing.view_invoice", raise_exception=True)
@require_safe
def desk(request):
    """The invoices of the hospitals at whose desk the person sits, or which they run."""
    rows = Invoice.objects.at_desk(request.user) | Invoice.objects.run_by(request.user)
    show, words = request.GET.get("show", "open"), request.GET.get("q", "").replace("\x00", "")[:80].strip()
    if words:
        rows = rows.named(words)
    elif show == "open":
        rows = rows.open()
    page = page_by_key(
        rows.with_people(), ("opened_at", "id"), after=request.GET.get("after", ""), descending=True, size=25
    )
    return render(request, "billing/desk.html", {"page": page, "show": show, "words": words})


def _takings(request):
    """(hospital, the form of the period, its takings or None) for the one who runs the hospital."""
    rows = Hospital.objects.run_by(request.user).order_by("name", "pk")
    slug = request.GET.get("hospital", "")
    hospital = rows.filter(slug=slug).first() if slug else rows.first()
    form = PeriodForm(request.GET)
    if hospital is None or not form.is_valid():
        return hospital, form, None
    ends = form.cleaned_data["ends"] or clock.today()
    begins = form.cleaned_data["begins"] or ends.replace(day=1)
    return hospital, form, Takings(hospital, min(begins, ends), ends)


@permission_required("billing.view_takings", raise_exception=True)
@require_safe
def takings(request):
    hospital, form, takings = _takings(request)
    context = {"hospital": hospital, "form": form, "takings": takings, "ways": Payment.Method.choices}
    context["hospitals"] = Hospital.objects.run_by(request.user).order_by("name", "pk")
    return render(request, "billing/takings.html", context, status=422 if takings is None and form.errors else 200)


@permission_required("billing.view_takings", raise_exception=True)
@require_safe
def takings_csv(request):
    _hospital, _form, takings = _takings(request)
    if takings is None:
        return redirect("billing:takings")
    name = f"takings-{takings.begins}-{takings.ends}.csv"
    answer = HttpResponse(takings.csv(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
