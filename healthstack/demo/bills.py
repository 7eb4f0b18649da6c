"""How the demo pays: some online soon after the visit is confirmed, most at the desk after it, a few not yet."""

from decimal import Decimal
from math import ceil

from billing import workflow as billing
from billing.models import Invoice, Payment, Refund
from healthstack.demo.town import chance
from healthstack.lib.money import ZERO

ONLINE, AT_DESK = 0.3, 0.85  # of all; of those who have not paid online
HOW = (Payment.Method.CASH, Payment.Method.CASH, Payment.Method.UPI, Payment.Method.CARD)


def dice_of(visit):
    return chance("bill", visit.doctor, visit.patient, visit.on)


def pays_online(visit):
    """Who has cancelled in the end has often paid before, so that there is something to give back."""
    return dice_of(visit).random() < (0.7 if visit.fate == "cancelled" else ONLINE)


def pay_online(visit):
    invoice = _due(visit)
    if invoice is None:
        return
    by = invoice.patient.user
    attempt = billing.pay(invoice=invoice, provider="sandbox", key=f"demo-{invoice.pk}", by=by)
    facts = {"amount": attempt.amount, "currency": attempt.currency, "event": "demo"}
    billing.receive(attempt=attempt, reference=f"pay-{attempt.pk}", **facts)


def pay_at_desk(visit):
    """In cash with notes of five hundred, by card or from a phone."""
    invoice, dice = _due(visit), dice_of(visit)
    if invoice is None or dice.random() > AT_DESK:
        return
    how, due = dice.choice(HOW), invoice.due
    facts = {"method": how, "amount": due, "key": f"demo-{invoice.pk}", "by": None}
    if how == Payment.Method.CASH:
        facts["tendered"] = ceil(due / 500) * Decimal(500)
    else:
        facts["reference"] = str(dice.randrange(10**11, 10**12))
    billing.pay_at_desk(invoice=invoice, **facts)


def send_back(visit):
    """What was paid for a visit that was cancelled has arrived again."""
    pending = Refund.objects.filter(payment__invoice=visit.row.invoice_id, state=Refund.State.PENDING)
    for back in pending.select_related("payment__invoice"):
        billing.finish_refund(refund=back, reference=f"back-{back.pk}")


def _due(visit):
    visit.row.refresh_from_db(fields=["invoice"])
    rows = Invoice.objects.open().select_related("patient__user", "hospital")
    invoice = rows.filter(pk=visit.row.invoice_id).first()
    return invoice if invoice and invoice.due > ZERO else None
