"""What people type into a record."""

import re
from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healthstack.lib import clock
from healthstack.lib.forms import HouseForm, TypedDateField
from healthstack.lib.stamps import stamp_field
from patients import vitals
from patients.models import Condition, Diagnosis, Immunization
from patients.workflow.entries import condition_stamp


class DayOrYearField(TypedDateField):
    """A day, or the year alone where nobody knows more: kept as its first of January."""

    def clean(self, value):
        year = (value or "").strip()
        return super().clean(f"1 1 {year}" if re.fullmatch(r"[0-9]{4}", year) else value)


class _Standing(HouseForm, forms.ModelForm):
    """How a condition stands."""

    onset_on = DayOrYearField(
        label=_("Since"), required=False, help_text=_("A day, such as 27 3 2004, or the year alone.")
    )
    resolved_on = DayOrYearField(label=_("Over since"), required=False)

    class Meta:
        model = Condition
        fields = ("status", "onset_on", "resolved_on", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status"].label = _("Now")
        self.fields["note"].widget = forms.Textarea(attrs={"rows": 3, "maxlength": 500})

    def _post_clean(self):
        """The rules are the verb's, which asks the row under its lock; here only what was typed."""


class ConditionForm(_Standing):
    """A new condition: a code that was chosen on the page, or own words."""

    code = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)

    class Meta(_Standing.Meta):
        fields = ("text", *_Standing.Meta.fields)

    def __init__(self, *args, diagnosis=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False
        self.fields["text"].label = _("In own words")
        if diagnosis:
            del self.fields["text"]
            self.initial["code"] = diagnosis.code

    def clean_code(self):
        code = self.cleaned_data["code"]
        found = Diagnosis.objects.filter(code=code).first() if code else None
        if code and not found:
            raise forms.ValidationError(_("Choose a code from the list"))
        return found

    def clean(self):
        facts = super().clean()
        facts["diagnosis"] = facts.pop("code", None)
        if not facts["diagnosis"] and not facts.get("text") and not self.errors:
            self.add_error("text" if "text" in self.fields else None, _("Say what it is, or choose a code"))
        return facts


class ConditionStandForm(_Standing):
    """What changes with time. A doctor can also confirm what the patient said."""

    is_confirmed = forms.BooleanField(label=_("I confirm this"), required=False)
    stamp = stamp_field()

    def __init__(self, *args, may_confirm=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["stamp"] = condition_stamp(self.instance)
        if not may_confirm:
            del self.fields["is_confirmed"]


class MeasureField(forms.DecimalField):
    """A number with its unit, also with a comma."""

    def __init__(self, name, **kwargs):
        self.measure = vitals.MEASURES[name]
        label = f"{self.measure.name}, {self.measure.unit}"
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=False, widget=widget, decimal_places=self.measure.places, **kwargs)
        self.name = name
        self.error_messages["invalid"] = _("Enter a number")

    def to_python(self, value):
        return super().to_python((value or "").strip().replace(",", ".")[:20])

    def validate(self, value):
        super().validate(value)
        if value is not None and (sentence := vitals.refusal(self.name, value)):
            raise forms.ValidationError(sentence)


class VitalsForm(HouseForm, forms.Form):
    """What was measured at one moment; at least one value."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    required = {"day": _("Enter the day"), "time": _("Enter the time")}

    def __init__(self, *args, patient, **kwargs):
        now = timezone.localtime(clock.now())
        kwargs["initial"] = {"day": now.date(), "time": now.time()}
        super().__init__(*args, **kwargs)
        self.patient = patient
        self.fields = {**{name: MeasureField(name) for name in vitals.MEASURES}, **self.fields}
        self.fields["day"].error_messages["invalid"] = _("Enter a day such as 2026-03-02")
        self.fields["time"].error_messages["invalid"] = _("Enter a time such as 09:30")

    def clean_day(self):
        day = self.cleaned_data["day"]
        if not self.patient.born_on <= day <= clock.today() + timedelta(1):
            raise forms.ValidationError(gettext("Enter a day between the birth and today"))
        return day

    def clean(self):
        facts = super().clean()
        values = {name: facts[name] for name in vitals.MEASURES if facts.get(name) is not None}
        if not values and not self.errors:
            raise forms.ValidationError(gettext("Enter at least one value"))
        if facts.get("day") and facts.get("time"):
            taken_at = datetime.combine(facts["day"], facts["time"], tzinfo=timezone.get_current_timezone())
            return {"values": values, "taken_at": taken_at.replace(second=0, microsecond=0)}
        return facts


class ImmunizationForm(HouseForm, forms.ModelForm):
    """A vaccine, as it stands in the vaccination card."""

    dose = forms.IntegerField(
        label=_("Which dose"),
        required=False,
        min_value=1,
        max_value=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Enter a number from 1 to 20"),
            "min_value": _("Enter a number from 1 to 20"),
            "max_value": _("Enter a number from 1 to 20"),
        },
    )
    given_on = TypedDateField(label=_("Given on"), help_text=_("For example, 27 3 2024"))
    required = {"vaccine": _("Enter the vaccine"), "given_on": _("Enter the day")}

    class Meta:
        model = Immunization
        fields = ("vaccine", "dose", "given_on", "lot", "place")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["vaccine"].help_text = _("As on the card: BCG, MMR, tetanus.")
        self.fields["place"].help_text = _("The hospital, or the camp.")

    def _post_clean(self):
        """The rules are the verb's."""
