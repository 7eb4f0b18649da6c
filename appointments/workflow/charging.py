"""What a visit costs: owed from the moment it is confirmed, and not any more once it does not take place.

Called by the verbs of visits, whose rows are locked by then; invoices are locked after them.
"""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments import openings
from billing import workflow as billing
from billing.lines import priced
from billing.models import Invoice
from healthstack.lib.money import ZERO


def invoice_for(row, *, by):
    """The invoice of a visit that is being confirmed: the one it has, or a new one; none for a visit without a fee."""
    if row.invoice_id and row.invoice.state != Invoice.State.VOID:
        return row.invoice
    if not row.fee:
        return None
    facts = {
        "type": row.get_visit_type_display(),
        "name": row.doctor.name,
        "day": date_format(openings.local_day(row.starts_at, row.hospital.zone), "j M Y"),
    }
    line = priced(_("%(type)s with %(name)s, %(day)s") % facts, row.fee)
    kind = Invoice.Kind.VISIT
    invoice = billing.open_invoice(patient=row.patient, hospital=row.hospital, kind=kind, lines=[line], by=by)
    return billing.issue(invoice=invoice, by=by)


def charge_again(row, *, by):
    """The visit went where another fee is taken, or to another hospital: the old invoice is void, a new one is owed."""
    old = row.invoice
    if old is None or (old.hospital_id == row.hospital_id and old.total == row.fee):
        return
    billing.cancel_charge(invoice=old, reason=_("The visit has moved."), by=by)
    row.invoice = None
    if row.confirmed_at:
        row.invoice = invoice_for(row, by=by)
    row.save(update_fields=["invoice"])


def give_up(row, *, by):
    """The visit does not take place: nothing is owed for it, and what was paid goes back."""
    if row.invoice_id:
        billing.cancel_charge(invoice=row.invoice, reason=_("The visit does not take place."), by=by)


def let_go(row, *, by):
    """Somebody did not come. What was not paid is not owed; what was paid stays until the hospital gives it back."""
    if row.invoice_id:
        invoice = Invoice.objects.get(pk=row.invoice_id)
        if invoice.due > ZERO and invoice.is_open:
            billing.credit(invoice=invoice, amount=invoice.due, reason=_("The visit was missed."), by=by)
