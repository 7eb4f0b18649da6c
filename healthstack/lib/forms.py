"""Forms in the house's manner: labels on top, sentences for errors, nothing but the words that a page shows."""

import re
from datetime import date

from crispy_forms.helper import FormHelper
from django import forms
from django.core.validators import RegexValidator
from django.db.models import Exists
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healthstack.lib import clock
from healthstack.lib.dates import read_date
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import Stale, show_stored

# Control characters, NUL among them, and the marks that turn the direction of text around.
PLAIN = RegexValidator(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]",
    _("There are characters in it that cannot be shown. Type it in again."),
    inverse_match=True,
)
# Of a form with many lines that says not how many they are.
INCOMPLETE = _("A part of the page did not arrive. Load it again, then send it once more.")


def posted(request):
    """What a form is bound to: the posted fields, be they none at all, or None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def attempt(form, act):
    """Check a form and do what it asks for: act(cleaned_data). -> None when it is done, else the status of the answer.

    What a rule refuses becomes a sentence on the form; what may be chosen instead is `form.instead`.
    """
    form.instead = []
    if not form.is_bound:
        return 200
    if not form.is_valid():
        return 422
    try:
        act(form.cleaned_data)
    except RuleBroken as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        form.instead = refusal.offers
        if isinstance(refusal, Stale):
            show_stored(form, refusal)
        return 409
    return None


class HouseForm:
    """Mixed into every form: "(optional)" on what may be left out, a sentence for every error, crispy without a frame.

    required: {field: sentence} for the fields of the form that must be filled in.
    """

    required = {}

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.use_required_attribute = False
        for name, field in self.fields.items():
            if name in self.required:
                field.error_messages["required"] = self.required[name]
            if isinstance(field, forms.CharField):
                field.validators.append(PLAIN)
            field.widget.attrs.pop("placeholder", None)
            if (
                not field.required
                and field.label
                and not isinstance(field, forms.BooleanField)
                and not field.widget.is_hidden
            ):
                field.label = _Optional(field.label)

    @property
    def problems(self):
        """[(id of the input, sentence)] for the summary above the form, in the order of the fields."""
        found = [("", error) for error in self.non_field_errors()]
        for field in self.visible_fields():
            target = f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
            found += [(target, error) for error in field.errors]
        for field in self.hidden_fields():
            found += [("", error) for error in field.errors]
        return found


class HandDrawn(HouseForm):
    """For forms whose template places every input itself: the inputs carry the classes that crispy would give them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not field.widget.is_hidden:
                select = isinstance(field.widget, forms.Select)
                field.widget.attrs["class"] = "form-select" if select else "form-control"


class _Optional:
    """A label that says that the field may be left out, in the reader's language."""

    def __init__(self, label):
        self.label = label

    def __str__(self):
        return gettext("%(label)s (optional)") % {"label": self.label}


class NameField(forms.CharField):
    """A person's name, as typed, in any script."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("label", _("Name"))
        super().__init__(**kwargs)
        self.widget.attrs.update(autocomplete="name")

    def clean(self, value):
        value = " ".join(super().clean(value).split())
        if value and not any(c.isalpha() for c in value):
            raise forms.ValidationError(gettext("Enter a name with letters"))
        return value


class TimeField(forms.CharField):
    """A time of day, '09:30'; 24:00 is the end of the day. -> minutes of the day

    step: minutes of which the time is a multiple, or None for any.
    """

    def __init__(self, *, step=None, **kwargs):
        attrs = {"type": "time", **({"step": step * 60} if step else {})}
        super().__init__(max_length=5, widget=forms.TimeInput(attrs=attrs), **kwargs)
        self.step = step
        self.error_messages["max_length"] = _("Enter a time such as 09:30")

    def prepare_value(self, value):
        return f"{value // 60 % 24:02}:{value % 60:02}" if isinstance(value, int) else value

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return None
        match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", value)
        minute = int(match[1]) * 60 + int(match[2]) if match else 9999
        if minute > 1440 or int(match[2]) > 59:
            raise forms.ValidationError(gettext("Enter a time such as 09:30"))
        if self.step and minute % self.step:
            raise forms.ValidationError(gettext("Use steps of five minutes"))
        return minute


class TypedDateField(forms.Field):
    """A date typed by hand, day before month, in one text field: '27 3 2004', '27/03/2004', '27 March 2004'."""

    def __init__(self, *, earliest=date(1900, 1, 1), **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)
        self.earliest = earliest

    def prepare_value(self, value):
        return f"{value.day} {value.month} {value.year}" if isinstance(value, date) else value

    def clean(self, value):
        value = super().clean((value or "").strip())
        if not value:
            return None
        try:
            day = read_date(value)
        except (ValueError, OverflowError):
            raise forms.ValidationError(gettext("Enter a date such as 27 3 2004")) from None
        if not self.earliest <= day < date(2200, 1, 1):
            raise forms.ValidationError(gettext("Enter a date such as 27 3 2004"))
        return day

    def has_changed(self, initial, data):
        """A day that is typed in other words is the same day."""
        try:
            return self.clean(data) != initial
        except forms.ValidationError:
            return True


class BirthDateField(TypedDateField):
    """A date of birth: not in the future, and not longer ago than anyone has lived."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Date of birth"))
        kwargs.setdefault("help_text", _("For example, 27 3 2004"))
        kwargs.setdefault("error_messages", {"required": _("Enter your date of birth")})
        super().__init__(**kwargs)
        self.widget.attrs.update(autocomplete="bday")

    def clean(self, value):
        day = super().clean(value)
        if day and day > clock.today():
            raise forms.ValidationError(gettext("The date of birth must be in the past"))
        return day


class Several(forms.ModelMultipleChoiceField):
    """Rows that are ticked; a key that no column can hold is a wrong choice, not a failure of the database."""

    def __init__(self, queryset, **kwargs):
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(queryset, **kwargs)

    def offer(self, ticked):
        """Show the choices, in one query that says as well which of them are ticked. -> the keys of those"""
        rows = list(self.queryset.annotate(ticked=Exists(ticked)))
        self.choices = [(row.pk, str(row)) for row in rows]
        return [row.pk for row in rows if row.ticked]

    def clean(self, value):
        for key in value or ():
            if not (str(key).isdecimal() and len(str(key)) < 19):
                raise forms.ValidationError(self.error_messages["invalid_choice"], params={"value": str(key)[:20]})
        return super().clean(value)
