"""Every act on invoices and money.

Lock order: the invoice, then the attempt or the payment, and last of all the series that gives a number. Sellers lock
their own rows (doctor, visit, order) before they come here.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from billing import lines as pricing
from billing import tasks
from billing.models import Attempt, CreditNote, Entry, Invoice, Line, Payment, Refund, Series
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.money import ZERO
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients import workflow as patients

A, S = Entry.Account, Invoice.State
DAYS_TO_PAY = 14


@one_transaction
def open_books(*, hospital):
    """The series of a hospital that will bill, there before the first two invoices at once."""
    rows = [Series(hospital=hospital, kind=kind) for kind in Series.Kind.values]
    if Series.objects.filter(hospital=hospital).count() < len(rows):
        Series.objects.bulk_create(rows, ignore_conflicts=True)


@one_transaction
def open_invoice(*, patient, hospital, kind, lines, by):
    """A seller writes down what something costs; nothing is owed before it is issued. -> Invoice, a draft

    lines: as `billing.lines.priced` makes them, in their order.
    """
    if not lines:
        raise RuleBroken(_("There is nothing to bill."))
    net, tax, total = pricing.sums(lines)
    invoice = Invoice.objects.create(
        patient=patient,
        hospital=hospital,
        kind=kind,
        currency=settings.CURRENCY,
        net=net,
        tax=tax,
        total=total,
        opened_at=clock.now(),
        opened_by=by,
    )
    for position, line in enumerate(lines, 1):
        line.invoice, line.position = invoice, position
    Line.objects.bulk_create(lines)
    record("billing.opened", by=by, about=invoice)
    return invoice


@one_transaction
def issue(*, invoice, by):
    """The invoice gets its number and is owed from now on."""
    row = _lock(invoice)
    if row.state != S.DRAFT:
        raise RuleBroken(_("This invoice is issued already."))
    now = clock.now()
    row.issued_at = now
    row.due_on = now.astimezone(ZoneInfo(row.hospital.zone)).date() + timedelta(DAYS_TO_PAY)
    _settle(row)
    _number(row, Series.Kind.INVOICE)
    row.save(update_fields=["state", "year", "sequence", "issued_at", "due_on"])
    _enter(row, {A.RECEIVABLE: row.total, A.INCOME: -row.net, A.TAX: -row.tax})
    record("billing.issued", by=by, about=row)
    return row


@one_transaction
def credit(*, invoice, amount, reason, by):
    """A part of an issued invoice is not owed any more: a discount, a mistake, a visit that was cancelled. -> CreditNote

    Raises RuleBroken for a draft, without a reason, and for more than is left of it.
    """
    row = _lock(invoice)
    if row.state in (S.DRAFT, S.VOID):
        raise RuleBroken(_("Nothing is owed on this invoice."))
    if not reason.strip():
        raise RuleBroken(_("Say why, so that the patient and the books know."), field="reason")
    if not ZERO < amount <= row.total - row.credited:
        raise RuleBroken(_("Enter an amount above zero, and not more than the invoice has."), field="amount")
    net, tax = pricing.taken_back(row, amount)
    note = CreditNote(
        hospital_id=row.hospital_id,
        invoice=row,
        net=net,
        tax=tax,
        total=amount,
        reason=reason.strip()[:160],
        at=clock.now(),
        by=by,
    )
    row.credited += amount
    _settle(row)
    row.save(update_fields=["credited", "state"])
    _number(note, Series.Kind.CREDIT_NOTE, row)
    note.save(force_insert=True)
    _enter(row, {A.INCOME: net, A.TAX: tax, A.RECEIVABLE: -amount}, credit_note=note)
    record("billing.credited", by=by, about=row, reason=reason, amount=str(amount))
    return note


@one_transaction
def void(*, invoice, reason, by):
    """The whole invoice is not owed any more. A draft simply ends; of an issued one all that is left is credited."""
    row = _lock(invoice)
    if row.state == S.VOID:
        raise RuleBroken(_("This invoice is void already."))
    if row.state == S.DRAFT:
        row.state = S.VOID
        row.save(update_fields=["state"])
        record("billing.voided", by=by, about=row, reason=reason)
        return row
    credit(invoice=row, amount=row.total - row.credited, reason=reason, by=by)
    return Invoice.objects.get(pk=row.pk)


@one_transaction
def cancel_charge(*, invoice, reason, by):
    """What was sold does not take place: the invoice is void, and what was paid online goes back by itself.

    What was paid at the desk is owed back, and given back there (`refund`). Nothing happens to a void one.
    """
    row = _lock(invoice)
    if row.state == S.VOID:
        return row
    row = void(invoice=row, reason=reason, by=by)
    _give_back_online(row, reason=reason)
    return Invoice.objects.get(pk=row.pk)


def _give_back_online(row, *, reason):
    """All that is owed back and was paid online is on its way back."""
    online = row.payments.filter(method=Payment.Method.ONLINE).order_by("-at", "pk")
    for payment in online:
        row.refresh_from_db()
        amount = min(row.owed_back, payment.left)
        if amount > ZERO:
            refund(payment=payment, amount=amount, reason=reason, key=f"auto-{payment.pk}-{payment.refunded}", by=None)


@one_transaction
def pay_at_desk(*, invoice, method, amount, key, by, tendered=None, reference=""):
    """Somebody pays at the reception, all of it or a part. -> Payment; the same key again gives the same one.

    tendered: the cash that was handed over, when it is more. Raises RuleBroken when nothing is due, for more than is due, for less
    cash than the amount, and for a card or a UPI transfer without its reference.
    """
    row = _lock(invoice)
    if again := Payment.objects.filter(key=key).first():
        return again
    if not row.is_open:
        raise RuleBroken(_("Nothing is due on this invoice: %(state)s.") % {"state": row.word})
    if not ZERO < amount <= row.due:
        raise RuleBroken(_("Enter an amount above zero, and not more than is due."), field="amount")
    cash = method == Payment.Method.CASH
    if cash and tendered is not None and tendered < amount:
        raise RuleBroken(_("That is less than the amount to be paid."), field="tendered")
    if not cash and not reference.strip():
        raise RuleBroken(_("Enter the reference on the slip or in the app."), field="reference")
    payment = Payment(
        invoice=row,
        method=method,
        amount=amount,
        tendered=tendered if cash else None,
        reference=reference.strip(),
        key=key,
    )
    return _book(payment, row, by=by)


@one_transaction
def pay(*, invoice, provider, key, by):
    """A person begins to pay what is due. -> Attempt; the same key again gives the same one. Nothing is paid by it."""
    row = _lock(invoice)
    if again := Attempt.objects.filter(key=key, started_by=by).first():
        return again
    if not row.is_open:
        raise RuleBroken(_("Nothing is due on this invoice: %(state)s.") % {"state": row.word})
    attempt = Attempt.objects.create(
        invoice=row,
        provider=provider,
        amount=row.due,
        currency=row.currency,
        key=key,
        started_at=clock.now(),
        started_by=by,
    )
    record("billing.payment_started", by=by, about=row, provider=provider)
    return attempt


@one_transaction
def receive(*, attempt, amount, currency, event, by=None):
    """The provider says, in a message that was checked, that this attempt was paid. -> Payment

    event: the provider's own key of what happened; the same again, or another for an attempt that is paid, changes nothing.
    Raises RuleBroken for another amount or currency than were asked for. Money for an invoice on which nothing is due
    any more is booked as well, since it has come, and goes back.
    """
    row = _lock(attempt.invoice)
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if again := Payment.objects.filter(attempt=attempt).first():
        return again
    if amount != attempt.amount or currency != attempt.currency:
        raise RuleBroken(_("The amount or the currency is not the one that was asked for."))
    attempt.state, attempt.ended_at, attempt.error = Attempt.State.PAID, clock.now(), ""
    attempt.save(update_fields=["state", "ended_at", "error"])
    method, key = Payment.Method.ONLINE, f"{attempt.provider}-{event}"
    payment = Payment(invoice=row, attempt=attempt, method=method, amount=amount, key=key)
    payment = _book(payment, row, by=by)
    _give_back_online(row, reason=_("Nothing was due any more."))
    return payment


@one_transaction
def fail(*, attempt, error):
    """The provider says that it came to nothing. Of an attempt that was paid it is not believed."""
    _lock(attempt.invoice)
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if attempt.state == Attempt.State.STARTED:
        attempt.state, attempt.ended_at, attempt.error = Attempt.State.FAILED, clock.now(), error[:200]
        attempt.save(update_fields=["state", "ended_at", "error"])
        record("billing.payment_failed", by=None, about=attempt.invoice, provider=attempt.provider)
    return attempt


def _book(payment, row, *, by):
    """A payment for a locked invoice stands in the books, with its receipt."""
    payment.hospital_id, payment.at, payment.by = row.hospital_id, clock.now(), by
    row.paid += payment.amount
    was_open = row.is_open
    _settle(row)
    row.save(update_fields=["paid", "state"])
    _number(payment, Series.Kind.RECEIPT, row)
    payment.save(force_insert=True)
    _enter(row, {A(payment.method): payment.amount, A.RECEIVABLE: -payment.amount}, payment=payment)
    record("billing.paid", by=by, about=row, method=payment.method, amount=str(payment.amount))
    if was_open and row.is_paid:
        announce("billing.paid", invoice=row)
    patients.tell(
        patient=row.patient, kind="billing.paid", text=_("Your payment has arrived."), path=row.get_absolute_url()
    )
    return payment


@one_transaction
def refund(*, payment, amount, reason, key, by):
    """Money of one payment goes back. -> Refund; the same key again gives the same one.

    At the desk it is handed over now; online it is on its way until the provider says more. Never more than the payment
    has left, nor than is owed back: what is given up is credited first.
    """
    row = _lock(payment.invoice)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if again := Refund.objects.filter(key=key).first():
        return again
    if not reason.strip():
        raise RuleBroken(_("Say why, so that the patient and the books know."), field="reason")
    if not ZERO < amount <= min(payment.left, row.owed_back):
        raise RuleBroken(
            _("Only what was paid and is not owed any more goes back. Take it off the invoice first."), field="amount"
        )
    online = payment.method == Payment.Method.ONLINE
    back = Refund.objects.create(
        payment=payment,
        amount=amount,
        reason=reason.strip()[:160],
        state=Refund.State.PENDING if online else Refund.State.DONE,
        key=key,
        at=clock.now(),
        by=by,
    )
    _give_back(row, payment, back, amount)
    record("billing.refunded", by=by, about=row, reason=reason, amount=str(amount))
    if online:
        transaction.on_commit(lambda: tasks.send_refund.enqueue(str(back.pk)), robust=True)
    patients.tell(
        patient=row.patient,
        kind="billing.refunded",
        text=_("Money is on its way back to you.") if online else _("You were given money back."),
        path=row.get_absolute_url(),
    )
    return back


@one_transaction
def finish_refund(*, refund, reference="", error=""):
    """The provider has sent the money, or says why it cannot: then it is owed back again, and the desk sees it."""
    row = _lock(refund.payment.invoice)
    payment = Payment.objects.select_for_update().get(pk=refund.payment_id)
    back = Refund.objects.select_for_update().get(pk=refund.pk)
    if back.state != Refund.State.PENDING:
        return back
    back.state = Refund.State.FAILED if error else Refund.State.DONE
    back.reference, back.error = reference[:120], error[:200]
    back.save(update_fields=["state", "reference", "error"])
    if error:
        _give_back(row, payment, back, -back.amount)
    record("billing.refund_failed" if error else "billing.refund_sent", by=None, about=row)
    return back


def _give_back(row, payment, back, amount):
    """`amount` leaves the books by the way that the payment came; below zero it comes back into them."""
    payment.refunded += amount
    payment.save(update_fields=["refunded"])
    row.paid -= amount
    _settle(row)
    row.save(update_fields=["paid", "state"])
    _enter(row, {A.RECEIVABLE: amount, A(payment.method): -amount}, payment=payment, refund=back)


def _lock(invoice):
    """The row as it is now, locked alone: MariaDB would lock a joined hospital as well. Whoever belongs to it stays at hand."""
    row = Invoice.objects.select_for_update().get(pk=invoice.pk)
    for name in ("hospital", "patient"):
        if Invoice._meta.get_field(name).is_cached(invoice):
            setattr(row, name, getattr(invoice, name))
    return row


def _settle(row):
    """The state follows from the sums. Only of a draft or a void invoice it is said, not worked out."""
    if row.total and row.credited == row.total:
        row.state = S.VOID
    elif row.due <= ZERO:
        row.state = S.PAID
    else:
        row.state = S.PART_PAID if row.paid else S.ISSUED


def _number(paper, kind, row=None):
    """The next number of that kind in the hospital. Whoever takes one holds the series until the end: no gap, no double."""
    hospital = (row or paper).hospital
    series = Series.objects.select_for_update().filter(hospital=hospital, kind=kind).first()
    if series is None:
        open_books(hospital=hospital)
        series = Series.objects.select_for_update().get(hospital=hospital, kind=kind)
    year = clock.now().astimezone(ZoneInfo(hospital.zone)).year
    if year > series.year:
        series.year, series.last = year, 0
    series.last += 1
    series.save(update_fields=["year", "last"])
    paper.year, paper.sequence = series.year, series.last


def _enter(row, amounts, **papers):
    """An act in the ledger: its entries add up to nothing."""
    now = clock.now()
    Entry.objects.bulk_create(
        Entry(hospital_id=row.hospital_id, invoice=row, account=account, amount=amount, at=now, **papers)
        for account, amount in amounts.items()
        if amount
    )
