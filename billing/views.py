"""HTTP of invoices and money."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.db.models import F, Q, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from billing import paper, providers, workflow
from billing.forms import CreditForm, PayForm, PaymentForm, PeriodForm, RefundForm, VoidForm
from billing.models import Attempt, Invoice, Payment
from billing.sheet import Sheet, key
from billing.takings import Takings
from healthstack.lib import clock, pdf
from healthstack.lib.forms import attempt, posted
from healthstack.lib.money import ZERO, rounded
from healthstack.lib.money import shown as money
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken
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
    payment = get_object_or_404(Payment.objects.filter(hospital__in=hospitals), pk=pk)
    form = RefundForm(request.POST, auto_id=f"back_{pk}_%s")
    status = attempt(form, lambda data: workflow.refund(payment=payment, by=request.user, **data))
    if status:
        invoice = get_object_or_404(_rows(Invoice.objects.visible_to(request.user)), pk=payment.invoice_id)
        return _detail(request, invoice, status=status, **{str(pk): form})
    online = payment.method == Payment.Method.ONLINE
    words = _("%(amount)s is on its way back.") if online else _("Give %(amount)s back.")
    messages.success(request, words % {"amount": money(form.cleaned_data["amount"])})
    return redirect("billing:detail", payment.invoice_id)


@permission_required("billing.view_invoice", raise_exception=True)
@require_safe
def invoice_pdf(request, pk):
    invoice = get_object_or_404(_rows(Invoice.objects.visible_to(request.user)), pk=pk)
    facts = {"name": invoice.number, "print_page": invoice.get_absolute_url()}
    return pdf.answer(request, "billing/invoice.typ", paper.of_invoice(invoice), **facts)


@permission_required("billing.view_invoice", raise_exception=True)
@require_safe
def receipt_pdf(request, pk):
    payment = get_object_or_404(Payment.objects.filter(invoice__in=Invoice.objects.visible_to(request.user)), pk=pk)
    payment.invoice = _rows(Invoice.objects).get(pk=payment.invoice_id)
    facts = {"name": payment.number, "print_page": payment.invoice.get_absolute_url()}
    return pdf.answer(request, "billing/receipt.typ", paper.of_payment(payment), **facts)


@permission_required("billing.pay_invoice", raise_exception=True)
def pay(request, pk):
    """Says once more how much goes to whom. What it leads to is a link: a form of ours sends nobody to another site."""
    invoice = get_object_or_404(Invoice.objects.as_patient(request.user).with_people(), pk=pk)
    form, begun, provider = PayForm(posted(request), initial={"key": key()}), [], providers.offered()

    def begin(data):
        if not provider:
            raise RuleBroken(_("Nothing can be paid online here. Pay at the reception."))
        row = workflow.pay(invoice=invoice, provider=provider, by=request.user, **data)
        begun.append((row, workflow.go_to_provider(attempt=row)))

    status = attempt(form, begin)
    if status:
        context = {"invoice": invoice, "form": form, "problems": form.problems, "provider": provider}
        return render(request, "billing/pay.html", context, status=status)
    row, address = begun[0]
    return render(request, "billing/leave.html", {"invoice": invoice, "attempt": row, "address": address})


@permission_required("billing.pay_invoice", raise_exception=True)
@require_safe
def paying(request, pk):
    """What has become of it: only the provider's message changes it, never that somebody came back to this page."""
    row = get_object_or_404(Attempt.objects.as_patient(request.user).with_invoice(), pk=pk)
    payment = Payment.objects.filter(attempt=row).first()
    return render(request, "billing/paying.html", {"attempt": row, "invoice": row.invoice, "payment": payment})


@permission_required("billing.pay_invoice", raise_exception=True)
def bank(request, pk):
    """The bank of the sandbox: it takes no money, and says what one chooses. It speaks to the same ears as a real provider,
    without a round through the network: a site of one process could not answer itself.
    """
    if "sandbox" not in settings.PAYMENT_VARIANTS:
        raise Http404
    rows = Attempt.objects.as_patient(request.user).with_invoice().filter(provider="sandbox")
    row = get_object_or_404(rows, pk=pk)
    if request.method == "POST" and request.POST.get("says") in ("paid", "declined"):
        said = providers.provider("sandbox").say(row, paid=request.POST["says"] == "paid")
        workflow.hear(provider="sandbox", said=said)
        return redirect("billing:paying", row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "billing/bank.html", {"attempt": row, "invoice": row.invoice}, status=status)


@csrf_exempt  # its signature is better: no browser sends it, and no cookie of ours counts in it
@login_not_required
@require_POST
def callback(request, provider):
    """What a provider says of a payment. Never more than a number is answered."""
    try:
        said = providers.provider(provider).hear(request)
    except providers.Refused:
        return HttpResponse(status=404)
    except providers.Forged:
        workflow.note_forged(provider=provider)
        return HttpResponse(status=400)
    try:
        workflow.hear(provider=provider, said=said)
    except RuleBroken:
        return HttpResponse(status=409)
    return HttpResponse(status=200)


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
    several = len({row.hospital_id for row in page.rows}) > 1
    return render(request, "billing/desk.html", {"page": page, "show": show, "words": words, "several": several})


def _takings(request):
    """(hospital, the form of the period, its takings or None) for the one who runs the hospital."""
    rows = Hospital.objects.run_by(request.user).order_by("name", "pk")
    slug = request.GET.get("hospital", "")
    hospital = rows.filter(slug=slug).first() if slug else rows.first()
    form = PeriodForm(request.GET)
    if hospital is None or not form.is_valid():
        return hospital, form, None
    ends = form.cleaned_data["ends"] or clock.today()
    begins = min(form.cleaned_data["begins"] or ends.replace(day=1), ends)
    return hospital, PeriodForm(initial={"begins": begins, "ends": ends}), Takings(hospital, begins, ends)


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
