"""What comes in: at the desk, or online, where only a provider's message that was checked counts."""

from django.utils.translation import gettext as _

from accounts.audit import record
from billing.models import Attempt, Entry, Payment, Series
from billing.workflow.books import enter, lock, number, settle
from billing.workflow.refunds import give_back_online
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.money import ZERO
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients import workflow as patients

A = Entry.Account


@one_transaction
def pay_at_desk(*, invoice, method, amount, key, by, tendered=None, reference=""):
    """Somebody pays at the reception, all of it or a part. -> Payment; the same key again gives the same one.

    tendered: the cash that was handed over, when it is more. Raises RuleBroken when nothing is due, for more than is due, for less
    cash than the amount, and for a card or a UPI transfer without its reference.
    """
    row = lock(invoice)
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
    row = lock(invoice)
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
def receive(*, attempt, amount, currency, event, reference="", by=None):
    """The provider says, in a message that was checked, that this attempt was paid. -> Payment

    event: the provider's own key of what happened; the same again, or another for an attempt that is paid, changes nothing.
    Raises RuleBroken for another amount or currency than were asked for. Money for an invoice on which nothing is due
    any more is booked as well, since it has come, and goes back.
    """
    row = lock(attempt.invoice)
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if amount != attempt.amount or currency != attempt.currency:
        raise RuleBroken(_("The amount or the currency is not the one that was asked for."))
    if again := Payment.objects.filter(attempt=attempt).first():
        return again
    attempt.state, attempt.ended_at, attempt.error = Attempt.State.PAID, clock.now(), ""
    attempt.save(update_fields=["state", "ended_at", "error"])
    method, key = Payment.Method.ONLINE, f"{attempt.provider}-{attempt.pk}"
    facts = {"invoice": row, "attempt": attempt, "method": method, "amount": amount, "reference": reference[:60]}
    payment = Payment(**facts, key=key)
    payment = _book(payment, row, by=by)
    give_back_online(row, reason=_("Nothing was due any more."))
    return payment


@one_transaction
def fail(*, attempt, error):
    """The provider says that it came to nothing. Of an attempt that was paid it is not believed."""
    lock(attempt.invoice)
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
    settle(row)
    row.save(update_fields=["paid", "state"])
    number(payment, Series.Kind.RECEIPT, row)
    payment.save(force_insert=True)
    enter(row, {A(payment.method): payment.amount, A.RECEIVABLE: -payment.amount}, payment=payment)
    record("billing.paid", by=by, about=row, method=payment.method, amount=str(payment.amount))
    if was_open and row.is_paid:
        announce("billing.paid", invoice=row)
    patients.tell(
        patient=row.patient, kind="billing.paid", text=_("Your payment has arrived."), path=row.get_absolute_url()
    )
    return payment
