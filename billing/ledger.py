"""Do the books agree? Every sum of the invoices, payments and refunds is worked out again from the rows below it."""

from collections import defaultdict

from django.db.models import Count, Max, Min, Sum

from billing.models import CreditNote, Entry, Invoice, Payment, Refund, Series
from healthstack.lib.money import ZERO, rounded

A = Entry.Account
AT_ONCE = 500
PAPERS = {Series.Kind.INVOICE: Invoice, Series.Kind.RECEIPT: Payment, Series.Kind.CREDIT_NOTE: CreditNote}


def faults():
    """Sentences about whatever does not agree; none when all is well. Reads in portions, whatever the size."""
    yield from _gaps()
    yield from _strays()
    last = None
    while rows := _portion(last):
        for invoice in rows:
            yield from _of(invoice)
        last = rows[-1].pk


def _portion(last):
    rows = Invoice.objects.order_by("pk").prefetch_related("lines", "credit_notes", "payments__refunds", "entries")
    return list((rows.filter(pk__gt=last) if last else rows)[:AT_ONCE])


def _gaps():
    """Numbers that are missing from a series, or that the series does not know."""
    known = {(s.hospital_id, s.kind): s for s in Series.objects.all()}
    seen = set()
    for kind, model in PAPERS.items():
        groups = model.objects.exclude(sequence=None).order_by().values("hospital", "year")
        for group in groups.annotate(n=Count("pk"), first=Min("sequence"), last=Max("sequence")):
            hospital, year = group["hospital"], group["year"]
            series = known.get((hospital, kind))
            seen.add((hospital, kind, year))
            if group["first"] != 1 or group["last"] != group["n"]:
                yield f"Hospital {hospital}: numbers of {kind} {year} are missing ({group['n']} of {group['last']})."
            elif series is None or year > series.year or (year == series.year and series.last != group["last"]):
                yield f"Hospital {hospital}: the series {kind} {year} does not end where its papers do."
    for (hospital, kind), series in known.items():
        if series.last and (hospital, kind, series.year) not in seen:
            yield f"Hospital {hospital}: all papers of the series {kind} {series.year} are missing."


def _strays():
    """The whole ledger adds up to nothing, and no entry is without its invoice."""
    if total := rounded(Entry.objects.aggregate(total=Sum("amount"))["total"] or ZERO):
        yield f"The ledger does not add up to nothing: {total}."
    if n := Entry.objects.exclude(invoice__in=Invoice.objects.all()).count():
        yield f"{n} entries belong to no invoice."


def _of(invoice):
    name = f"Invoice {invoice.number or invoice.pk}"
    lines, notes, payments = invoice.lines.all(), invoice.credit_notes.all(), invoice.payments.all()
    refunds = [refund for payment in payments for refund in payment.refunds.all()]
    gone = sum((r.amount for r in refunds if r.state != Refund.State.FAILED), ZERO)
    for column, rows in (("net", lines), ("tax", lines), ("total", lines)):
        if getattr(invoice, column) != sum((getattr(row, column) for row in rows), ZERO):
            yield f"{name}: its lines do not add up to its {column}."
    if invoice.credited != sum((note.total for note in notes), ZERO):
        yield f"{name}: its credit notes do not add up to what was taken back."
    if invoice.paid != sum((payment.amount for payment in payments), ZERO) - gone:
        yield f"{name}: its payments and refunds do not add up to what was paid."
    for payment in payments:
        rows = payment.refunds.all()
        if payment.refunded != sum((r.amount for r in rows if r.state != Refund.State.FAILED), ZERO):
            yield f"{name}: the refunds of {payment.number} do not add up to what was given back of it."
    if invoice.sequence is None and (invoice.entries.all() or payments or notes):
        yield f"{name} has entries, and was never issued."
    elif invoice.sequence is not None:
        yield from _acts(invoice, name, notes, payments, refunds)


def _acts(invoice, name, notes, payments, refunds):
    """Each act stands in the ledger with its own amounts, and nothing else does."""
    wanted = {(): {A.RECEIVABLE: invoice.total, A.INCOME: -invoice.net, A.TAX: -invoice.tax}}
    for note in notes:
        wanted["note", note.pk] = {A.INCOME: note.net, A.TAX: note.tax, A.RECEIVABLE: -note.total}
    for payment in payments:
        wanted["payment", payment.pk] = {payment.method: payment.amount, A.RECEIVABLE: -payment.amount}
    methods = {payment.pk: payment.method for payment in payments}
    for refund in refunds:
        amount = ZERO if refund.state == Refund.State.FAILED else refund.amount
        wanted["refund", refund.pk] = {A.RECEIVABLE: amount, methods[refund.payment_id]: -amount}
    found = defaultdict(lambda: defaultdict(lambda: ZERO))
    for entry in invoice.entries.all():
        found[_act(entry)][entry.account] += entry.amount
    for act in wanted.keys() | found.keys():
        expected = {account: amount for account, amount in wanted.get(act, {}).items() if amount}
        if {account: amount for account, amount in found[act].items() if amount} != expected:
            yield f"{name}: the ledger tells another story of its {act[0] if act else 'issue'}."


def _act(entry):
    if entry.refund_id:
        return "refund", entry.refund_id
    if entry.payment_id:
        return "payment", entry.payment_id
    return ("note", entry.credit_note_id) if entry.credit_note_id else ()
