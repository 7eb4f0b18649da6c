"""What people type into a record."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from healthstack.lib.forms import HouseForm, TypedDateField
from healthstack.lib.stamps import stamp_field
from patients.models import Condition, Diagnosis
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
