"""What the page of an invoice shows, and what this person may do on it."""

from secrets import token_urlsafe

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from billing import providers
from billing.forms import CreditForm, PaymentForm, RefundForm, VoidForm
from billing.models import Invoice
from healthstack.lib.money import ZERO


def key():
    """Of a form about money: the same form sent twice acts once."""
    return token_urlsafe(18)


class Sheet:
    """An invoice before a person. forms: {"pay" | "credit" | "void" | a payment's key: the form that was sent and refused}."""

    def __init__(self, invoice, user, forms=None):
        self.invoice, self.user, self.sent = invoice, user, forms or {}
        self.own = invoice.patient.speaks_for_it(user)
        here = Invoice.objects.filter(pk=invoice.pk)
        self.at_desk = user.has_perm("billing.pay_at_desk_invoice") and here.at_desk(user).exists()
        self.runs_it = user.has_perm("billing.credit_invoice") and here.run_by(user).exists()

    @property
    def problems(self):
        return [problem for form in self.sent.values() for problem in form.problems]

    @cached_property
    def payments(self):
        """[(payment, the form that gives money of it back, or None)]"""
        owed = self.invoice.owed_back
        rows = []
        for payment in self.invoice.payments.all():
            most = min(owed, payment.left)
            offered = (self.at_desk or self.runs_it) and most > ZERO
            form = self.sent.get(str(payment.pk))
            if form is None and offered:
                first = {"amount": most, "key": key(), "reason": _("The visit did not take place")}
                form = RefundForm(initial=first, auto_id=f"back_{payment.pk}_%s")
            rows.append((payment, form))
        return rows

    @property
    def may_pay(self):
        return self.own and self.invoice.is_open and self.user.has_perm("billing.pay_invoice")

    @property
    def pay_form(self):
        if not (self.at_desk and self.invoice.is_open):
            return None
        return self.sent.get("pay") or PaymentForm(initial={"amount": self.invoice.due, "method": "cash", "key": key()})

    @property
    def credit_form(self):
        if not (self.runs_it and self.invoice.state != Invoice.State.VOID):
            return None
        return self.sent.get("credit") or CreditForm()

    @property
    def void_form(self):
        if not (self.runs_it and self.invoice.state != Invoice.State.VOID):
            return None
        return self.sent.get("void") or VoidForm(auto_id="void_%s")

    @property
    def online(self):
        return bool(providers.offered())

    def context(self):
        return {"sheet": self, "invoice": self.invoice, "problems": self.problems}
