"""What a line of an invoice costs: worked out here and nowhere else."""

from decimal import Decimal

from billing.models import Line
from healthstack.lib.money import ZERO, rounded, split


def priced(text, unit_price, *, quantity=1, tax_rate=ZERO, tax_included=False, discount=ZERO, discount_reason=""):
    """A line with its sums, unsaved. Rounded once, at its end: half a cent goes up.

    unit_price, discount: in the currency; the discount is for the whole line, and not more than it. tax_rate: percent, on what is
    left after the discount; tax_included says that the price has it in it.
    """
    gross = rounded(quantity * Decimal(unit_price))
    discount = rounded(discount)
    if not ZERO <= discount <= gross:
        raise ValueError("A discount lies between nothing and the price.")
    base, rate = gross - discount, Decimal(tax_rate)
    tax = rounded(base * rate / (100 + rate)) if tax_included else rounded(base * rate / 100)
    net = base - tax if tax_included else base
    return Line(
        text=text,
        quantity=quantity,
        unit_price=rounded(unit_price),
        discount=discount,
        discount_reason=discount_reason,
        tax_rate=rate,
        tax_included=tax_included,
        net=net,
        tax=tax,
        total=net + tax,
    )


def sums(lines):
    """(net, tax, total) of an invoice with these lines."""
    return tuple(sum((getattr(line, name) for line in lines), ZERO) for name in ("net", "tax", "total"))


def taken_back(invoice, amount):
    """(net, tax) of a credit note of that amount: in the relation that is left on the invoice, to the last cent at its end."""
    given = invoice.credit_notes.all()
    net = invoice.net - sum((note.net for note in given), ZERO)
    tax = invoice.tax - sum((note.tax for note in given), ZERO)
    return tuple(split(amount, (net, tax)))
