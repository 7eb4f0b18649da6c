"""Tests are ordered and paid for, or called off."""

from django.utils.translation import gettext as _

from accounts.audit import record
from appointments.models import Appointment
from billing import workflow as billing
from billing.lines import priced
from billing.models import Invoice
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from laboratory.models import Item, Order, Price
from laboratory.workflow.steps import S, items_of, lock, tell
from patients.models import Patient

MOST_TESTS = 30


@one_transaction
def place(*, patient, hospital, tests, by, doctor=None, appointment=None, note="", request_key=None):
    """A doctor orders tests in a hospital's laboratory; what they cost is owed from now on. -> Order

    request_key: from the form; the same again gives the same order. Raises RuleBroken without tests, for one that this
    laboratory does not do, and when the doctor may not open the record (any more).
    """
    if appointment is not None:
        Appointment.objects.select_for_update().get(pk=appointment.pk)
    if request_key and (again := Order.objects.filter(request_key=request_key, ordered_by=by).first()):
        return again
    if not tests:
        raise RuleBroken(_("Choose at least one test."), field="tests")
    if len(tests) > MOST_TESTS:
        raise RuleBroken(_("Choose at most %(n)d tests.") % {"n": MOST_TESTS}, field="tests")
    if not Patient.objects.as_carer(by).filter(pk=patient.pk).exists():
        raise RuleBroken(_("You may not open this patient's record any more."))
    prices = {row.test_id: row for row in Price.objects.current().filter(hospital=hospital).select_related("test")}
    missing = [test.name for test in tests if test.pk not in prices]
    if missing:
        raise RuleBroken(_("%(tests)s: not done here.") % {"tests": ", ".join(missing)}, field="tests")
    order = Order.objects.create(
        hospital=hospital,
        patient=patient,
        doctor=doctor,
        appointment=appointment,
        invoice=_bill(patient, hospital, [prices[test.pk] for test in tests], by=by),
        note=note.strip(),
        request_key=request_key,
        ordered_at=clock.now(),
        ordered_by=by,
    )
    Item.objects.bulk_create(Item(order=order, position=n, test=test) for n, test in enumerate(tests, 1))
    record("laboratory.placed", by=by, about=order)
    tell(order, "laboratory.placed", _("Your doctor has ordered tests for you."))
    return order


def _bill(patient, hospital, prices, *, by):
    lines = [priced(price.test.name, price.amount) for price in prices if price.amount]
    if not lines:
        return None
    kind = Invoice.Kind.TESTS
    invoice = billing.open_invoice(patient=patient, hospital=hospital, kind=kind, lines=lines, by=by)
    return billing.issue(invoice=invoice, by=by)


@one_transaction
def cancel(*, order, reason, by):
    """An order of which nothing was taken yet is called off; nothing is owed for it."""
    row = lock(order)
    items = items_of(row)
    if any(item.state not in (S.ORDERED, S.CANCELLED) for item in items) or row.state != Order.State.ORDERED:
        raise RuleBroken(_("A sample was taken already. Talk to the laboratory."))
    if not reason.strip():
        raise RuleBroken(_("Say why, so that the patient knows."), field="reason")
    for item in items:
        item.state = S.CANCELLED
    Item.objects.bulk_update(items, ["state"])
    row.state, row.reason = Order.State.CANCELLED, reason.strip()[:160]
    row.save(update_fields=["state", "reason"])
    if row.invoice_id:
        billing.cancel_charge(invoice=row.invoice, reason=_("Tests were cancelled."), by=by)
    record("laboratory.cancelled", by=by, about=row, reason=reason)
    tell(row, "laboratory.cancelled", _("Tests that were ordered for you were cancelled."))
    return row
