"""What is owed: an invoice is opened, issued, credited and voided."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.audit import record
from billing import lines as pricing
from billing.models import CreditNote, Entry, Invoice, Line, Series
from billing.workflow.books import enter, lock, number, settle
from billing.workflow.refunds import give_back_online
from healthstack.lib import clock
from healthstack.lib.money import ZERO
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction

A, S = Entry.Account, Invoice.State
DAYS_TO_PAY = 14


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
    row = lock(invoice)
    if row.state != S.DRAFT:
        raise RuleBroken(_("This invoice is issued already."))
    now = clock.now()
    row.issued_at = now
    row.due_on = now.astimezone(ZoneInfo(row.hospital.zone)).date() + timedelta(DAYS_TO_PAY)
    settle(row)
    number(row, Series.Kind.INVOICE)
    row.save(update_fields=["state", "year", "sequence", "issued_at", "due_on"])
    enter(row, {A.RECEIVABLE: row.total, A.INCOME: -row.net, A.TAX: -row.tax})
    record("billing.issued", by=by, about=row)
    return row


@one_transaction
def credit(*, invoice, amount, reason, by):
    """A part of an issued invoice is not owed any more: a discount, a mistake, a visit that was cancelled. -> CreditNote

    Raises RuleBroken for a draft, without a reason, and for more than is left of it.
    """
    row = lock(invoice)
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
    settle(row)
    row.save(update_fields=["credited", "state"])
    number(note, Series.Kind.CREDIT_NOTE, row)
    note.save(force_insert=True)
    enter(row, {A.INCOME: net, A.TAX: tax, A.RECEIVABLE: -amount}, credit_note=note)
    record("billing.credited", by=by, about=row, reason=reason, amount=str(amount))
    return note


@one_transaction
def void(*, invoice, reason, by):
    """The whole invoice is not owed any more. A draft simply ends; of an issued one all that is left is credited."""
    row = lock(invoice)
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
    row = lock(invoice)
    if row.state == S.VOID:
        return row
    row = void(invoice=row, reason=reason, by=by)
    give_back_online(row, reason=reason)
    return Invoice.objects.get(pk=row.pk)
