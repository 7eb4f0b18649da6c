"""What a doctor types on a prescription."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healthstack.lib import clock
from healthstack.lib.forms import INCOMPLETE, HandDrawn
from prescriptions.models import Medicine, Prescription

MOST_MEDICINES = 30


class PrescriptionForm(HandDrawn, forms.ModelForm):
    """Diagnosis, advice and when to come again. `version` is that of the draft on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    class Meta:
        model = Prescription
        fields = ("diagnosis", "advice", "follow_up_on")
        widgets = {
            "advice": forms.Textarea(attrs={"rows": 3}),
            "follow_up_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    required = {"diagnosis": _("Enter the diagnosis")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["follow_up_on"].error_messages["invalid"] = _("Enter a date")

    def clean_follow_up_on(self):
        day = self.cleaned_data["follow_up_on"]
        today = clock.today()
        if day and not today - timedelta(1) <= day <= today + timedelta(730):
            raise forms.ValidationError(gettext("Enter a date within the next two years"))
        return day


class MedicineForm(HandDrawn, forms.ModelForm):
    """One line. A line in which nothing but the choices was touched is no medicine."""

    class Meta:
        model = Medicine
        fields = ("name", "strength", "dose", "frequency", "food", "days")

    required = {
        "dose": _("Enter the dose"),
        "frequency": _("Choose how often"),
        "days": _("Enter for how many days"),
        "name": _("Enter the medicine"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["days"].widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "form-control"}
        )
        self.fields["days"].error_messages["invalid"] = _("Enter a number of days")
        self.fields["frequency"].choices = [("", _("Choose")), *_with_pattern(Medicine.Frequency)]
        for name in ("strength", "food"):
            self.fields[name].label = Medicine._meta.get_field(name).verbose_name.capitalize()
        for name in ("name", "strength", "dose"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def is_empty(self):
        return not any(
            (self.data.get(self.add_prefix(name)) or "").strip() for name in ("name", "strength", "dose", "days")
        )

    def has_changed(self):
        return not self.is_empty() if self.is_bound else super().has_changed()


def _with_pattern(choices):
    """'1-0-1, in the morning and in the evening': doctors choose by the pattern, everyone can read the words."""
    return [(value, f"{value}, {words}" if value[0].isdigit() else words) for value, words in choices.choices]


class BaseMedicineFormSet(forms.BaseFormSet):
    default_error_messages = {**forms.BaseFormSet.default_error_messages, "missing_management_form": INCOMPLETE}

    def medicines(self):
        """The unsaved Medicine rows, in the order of the page."""
        return [
            Medicine(**{name: form.cleaned_data[name] for name in MedicineForm.Meta.fields})
            for form in self.forms
            if form.cleaned_data and not form.is_empty()
        ]

    @property
    def problems(self):
        found = [("", error) for error in self.non_form_errors()]
        return found + [problem for form in self.forms for problem in form.problems]


MedicineFormSet = forms.formset_factory(
    MedicineForm, formset=BaseMedicineFormSet, extra=1, max_num=MOST_MEDICINES, absolute_max=MOST_MEDICINES
)
