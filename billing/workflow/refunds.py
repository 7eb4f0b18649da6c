"""What goes back: never more than came, by the way that it came."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from billing import providers, tasks
from billing.models import Entry, Payment, Refund
from billing.workflow.books import enter, lock, settle
from healthstack.lib import clock
from healthstack.lib.money import ZERO
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients import workflow as patients

A = Entry.Account
PATIENCE = timedelta(minutes=5)


def give_back_online(row, *, reason):
    """All that is owed back and was paid online is on its way back."""
    online = row.payments.filter(method=Payment.Method.ONLINE).order_by("-at", "pk")
    for payment in online:
        row.refresh_from_db()
        amount = min(row.owed_back, payment.left)
        if amount > ZERO:
            refund(
                payment=payment,
                amount=amount,
                reason=reason,
                key=f"auto-{payment.pk}-{payment.refunds.count()}",
                by=None,
            )


@one_transaction
def refund(*, payment, amount, reason, key, by):
    """Money of one payment goes back. -> Refund; the same key again gives the same one.

    At the desk it is handed over now; online it is on its way until the provider says more. Never more than the payment
    has left, nor than is owed back: what is given up is credited first.
    """
    row = lock(payment.invoice)
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
    row = lock(refund.payment.invoice)
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


def send_refund(*, refund_id):
    """The provider is asked to send the money. Nobody's row is locked meanwhile; asked again, it sends it once.

    Where it does not answer, the refund stays on its way, and `send_refunds` asks again.
    """
    rows = Refund.objects.select_related("payment__attempt", "payment__invoice")
    back = rows.filter(pk=refund_id, state=Refund.State.PENDING).first()
    if back is None:
        return None
    try:
        reference = providers.provider(back.payment.attempt.provider).send_back(back)
    except providers.Away:
        return back
    except providers.Refused as refusal:
        return finish_refund(refund=back, error=str(refusal) or "refused")
    return finish_refund(refund=back, reference=reference)


def send_refunds():
    """Ask for all that should be on its way by now: the task behind one may have been lost."""
    due = Refund.objects.filter(state=Refund.State.PENDING, at__lt=clock.now() - PATIENCE)
    for key in due.order_by("at", "pk").values_list("pk", flat=True)[:100]:
        tasks.send_refund.enqueue(str(key))


def _give_back(row, payment, back, amount):
    """`amount` leaves the books by the way that the payment came; below zero it comes back into them."""
    payment.refunded += amount
    payment.save(update_fields=["refunded"])
    row.paid -= amount
    settle(row)
    row.save(update_fields=["paid", "state"])
    enter(row, {A.RECEIVABLE: amount, A(payment.method): -amount}, payment=payment, refund=back)
