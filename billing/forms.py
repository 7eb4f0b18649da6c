"""What people type about money."""

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Payment
from healthstack.lib.forms import HouseForm, TypedDateField
from healthstack.lib.money import CENT


class AmountField(forms.DecimalField):
    """An amount in the site's currency, '1,250.50' or '1250.5'. -> Decimal with two places, above zero"""

    default_error_messages = {
        "invalid": _("Enter an amount such as 1250.50"),
        "max_decimal_places": _("Enter an amount with at most two decimals"),
        "max_digits": _("Enter an amount such as 1250.50"),
        "max_whole_digits": _("Enter an amount such as 1250.50"),
        "min_value": _("Enter an amount above zero"),
    }

    def __init__(self, **kwargs):
        super().__init__(
            max_digits=12,
            decimal_places=2,
            min_value=CENT,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )

    def to_python(self, value):
        typed = value.replace(",", "").replace("₹", "").strip() if isinstance(value, str) else value
        number = super().to_python(typed)
        return number if number is None else Decimal(number)


class PaymentForm(HouseForm, forms.Form):
    """A payment at the desk."""

    required = {
        "method": _("Choose how it is paid"),
        "amount": _("Enter the amount that is paid"),
        "key": _("Load the page again, then take the payment"),
    }

    amount = AmountField(label=_("Amount"))
    method = forms.ChoiceField(
        label=_("How"),
        choices=[(method.value, method.label) for method in Payment.AT_DESK],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose how it is paid")},
    )
    tendered = AmountField(label=_("Cash handed over"), required=False, help_text=_("To work out the change"))
    reference = forms.CharField(
        label=_("Reference"), max_length=60, required=False, help_text=_("Of the card slip or the UPI transfer")
    )
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)


class PayForm(HouseForm, forms.Form):
    """Somebody wants to pay what is due, online."""

    required = {"key": _("Load the page again, then pay")}

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)


class CreditForm(HouseForm, forms.Form):
    """What is taken off an invoice, and why."""

    required = {"amount": _("Enter what is taken off"), "reason": _("Say why")}

    amount = AmountField(label=_("Amount to take off"))
    reason = forms.CharField(label=_("Why"), max_length=160, help_text=_("The patient reads it"))


class VoidForm(HouseForm, forms.Form):
    required = {"reason": _("Say why")}

    reason = forms.CharField(label=_("Why"), max_length=160, help_text=_("The patient reads it"))


class RefundForm(HouseForm, forms.Form):
    """Money that is handed back at the desk."""

    required = {
        "amount": _("Enter what is given back"),
        "reason": _("Say why"),
        "key": _("Load the page again, then give the money back"),
    }

    amount = AmountField(label=_("Amount to give back"))
    reason = forms.CharField(label=_("Why"), max_length=160, help_text=_("The patient reads it"))
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)


class DayField(TypedDateField):
    """A day in the browser's own calendar, which reads and writes 2026-03-02; typed by hand it may look as everywhere."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}), **kwargs)

    def prepare_value(self, value):
        return value.isoformat() if isinstance(value, date) else value


class PeriodForm(HouseForm, forms.Form):
    """Of which days the takings are shown."""

    begins = DayField(label=_("From"), required=False)
    ends = DayField(label=_("To"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Both stand there already; that they may be left out need not be said.
        self.fields["begins"].label, self.fields["ends"].label = _("From"), _("To")

    def clean(self):
        data = super().clean()
        if data.get("begins") and data.get("ends") and data["begins"] > data["ends"]:
            self.add_error("ends", _("The last day comes before the first"))
        return data
