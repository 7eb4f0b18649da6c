"""An invoice and a receipt as facts for their PDFs."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from healthstack.lib import clock
from healthstack.lib.money import shown


def _day(on, invoice):
    """A date, or a moment as the hospital's calendar has it."""
    on = on.astimezone(ZoneInfo(invoice.hospital.zone)) if isinstance(on, datetime) else on
    return date_format(on, "j M Y")


def _sheet(invoice, title, number, more):
    """What both have."""
    hospital = invoice.hospital
    lines = [hospital.address, str(hospital.phone or "")]
    return {
        "title": title,
        "number": number,
        "lang": get_language() or "en",
        "hospital": {"name": hospital.name, "lines": [line for line in lines if line]},
        "about": [[_("Patient"), invoice.patient.name], *more],
        "printed": _("Printed %(day)s") % {"day": _day(clock.now(), invoice)},
        "page_words": [_("Page"), _("of")],
    }


def of_invoice(invoice):
    more = [[_("Date"), _day(invoice.issued_at, invoice)]]
    if invoice.is_open:
        more.append([_("To be paid by"), _day(invoice.due_on, invoice)])
    head = [_("What for"), _("Quantity"), _("Price"), *([_("Tax")] if invoice.tax else []), _("Amount")]
    return {
        **_sheet(invoice, _("Invoice"), invoice.number, more),
        "head": head,
        "rows": [_row(invoice, line) for line in invoice.lines.all()],
        "sums": [*_sums(invoice), _last(invoice)],
    }


def _row(invoice, line):
    words = line.text
    if line.discount:
        words += "\n" + _("Discount %(amount)s") % {"amount": shown(line.discount)}
        words += f": {line.discount_reason}" if line.discount_reason else ""
    tax = [f"{shown(line.tax)} ({line.tax_rate.normalize():f} %)"] if invoice.tax else []
    return [words, str(line.quantity), shown(line.unit_price), *tax, shown(line.total)]


def _sums(invoice):
    """[(words, small words, amount)] in their order, without the last."""
    if invoice.tax:
        yield _("Before tax"), "", shown(invoice.net)
        yield _("Tax"), "", shown(invoice.tax)
    yield _("Total"), "", shown(invoice.total)
    for note in invoice.credit_notes.all():
        yield _("Taken off"), f"{note.number}, {_day(note.at, invoice)}: {note.reason}", shown(-note.total)
    for payment in invoice.payments.all():
        small = f"{payment.get_method_display()}, {payment.number}, {_day(payment.at, invoice)}"
        yield _("Paid"), small, shown(-payment.amount)
        for back in payment.refunds.all():
            if back.state != back.State.FAILED:
                yield back.get_state_display(), f"{_day(back.at, invoice)}: {back.reason}", shown(back.amount)


def _last(invoice):
    if invoice.owed_back:
        return _("To be given back"), "", shown(invoice.owed_back)
    return _("Still to pay"), "", shown(invoice.due)


def of_payment(payment):
    """A receipt says what was paid in all, too: a patient who paid in parts shows the last one."""
    invoice = payment.invoice
    facts = [[_("Received"), shown(payment.amount)], [_("For invoice"), invoice.number]]
    facts.append([_("For"), ", ".join(line.text for line in invoice.lines.all())])
    facts.append([_("How"), payment.get_method_display()])
    if payment.tendered is not None:
        facts.append([_("Handed over"), shown(payment.tendered)])
        facts.append([_("Change"), shown(payment.change)])
    if payment.reference:
        facts.append([_("Reference"), payment.reference])
    if payment.refunded:
        facts.append([_("Given back since"), shown(payment.refunded)])
    facts.append([_("Paid of this invoice in all"), shown(invoice.paid)])
    words, _small, amount = _last(invoice)
    facts.append([words, amount])
    return {**_sheet(invoice, _("Receipt"), payment.number, [[_("Date"), _day(payment.at, invoice)]]), "facts": facts}
