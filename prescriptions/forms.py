"""What a doctor types on a prescription."""

import re
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healthstack.lib import clock
from healthstack.lib.forms import INCOMPLETE, PLAIN, HandDrawn
from prescriptions import dosing
from prescriptions.models import Medication, Medicine, Override, Prescription

MOST_MEDICINES = 30
PARTS = {text: number for number, text in dosing.FRACTIONS.items()} | {
    "1/4": Decimal("0.25"),
    "1/2": Decimal("0.5"),
    "3/4": Decimal("0.75"),
}
# How often besides the times of the day: every so many hours, days, weeks.
INTERVALS = (("hours", (1, 2, 4, 6, 8, 12)), ("days", (1, 2, 3)), ("weeks", (1, 2, 4)))
# Everything else must say where it goes.
SWALLOWED = {dosing.Unit.TABLET, dosing.Unit.CAPSULE, dosing.Unit.SACHET}


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


class AmountField(forms.CharField):
    """How many: '1', '2.5', '½', '1½', '1/2'. -> Decimal or None"""

    def __init__(self, *, most, **kwargs):
        super().__init__(max_length=8, widget=forms.TextInput(attrs={"autocomplete": "off"}), **kwargs)
        self.most = most
        self.error_messages["max_length"] = _("Enter a number such as 1, 2.5 or ½")

    def prepare_value(self, value):
        return dosing.number(value) if isinstance(value, Decimal) else value

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return None
        found = re.fullmatch(r"([0-9]{1,5}(?:[.,][0-9]{1,3})?)? ?(¼|½|¾|1/[24]|3/4)?", value.strip())
        if not found or (found[2] and "." in (found[1] or "").replace(",", ".")):
            raise forms.ValidationError(gettext("Enter a number such as 1, 2.5 or ½"))
        if found[2] and "/" in found[2] and found[1] and " " not in value:
            # "11/2" may be eleven halves or one and a half.
            raise forms.ValidationError(gettext("Enter a number such as 1, 2.5 or ½"))
        number = Decimal((found[1] or "0").replace(",", ".")) + PARTS.get(found[2], 0)
        if not 0 < number <= self.most:
            raise forms.ValidationError(gettext("Enter a number above 0, at most %(most)s") % {"most": self.most})
        return number


def _often():
    """[(value, words)]: doctors choose by the pattern, everyone can read the words."""
    patterns = [(value, f"{value}, {words}") for value, words in dosing.Pattern.choices]
    every = [(f"{n} {period}", dosing.interval(n, period)) for period, numbers in INTERVALS for n in numbers]
    return [("", _("Choose")), (_("Times of the day"), patterns), (_("Again and again"), every)]


class MedicineForm(HandDrawn, forms.ModelForm):
    """One line. A line in which nothing but the choices was touched is no medicine.

    `medication` was chosen from the list; whoever types another name over it has written free text.
    """

    medication = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)
    dose_quantity = AmountField(label=_("Dose"), most=1000)
    often = forms.ChoiceField(label=_("How often"), required=False)
    quantity = AmountField(label=_("Quantity, where it is not counted"), required=False, most=99999)

    class Meta:
        model = Medicine
        fields = (
            "name",
            "strength",
            "route",
            "often",
            "dose_quantity",
            "dose_unit",
            "food",
            "days",
            "until_further_notice",
            "as_needed",
            "reason",
            "quantity",
        )

    field_order = Meta.fields
    required = {
        "dose_quantity": _("Enter the dose"),
        "dose_unit": _("Choose what is counted"),
        "name": _("Enter the medicine"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["days"].widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "form-control"}
        )
        self.fields["days"].error_messages["invalid"] = _("Enter a number of days")
        self.fields["days"].required = False
        self.fields["days"].validators += [MinValueValidator(1), MaxValueValidator(dosing.MOST_DAYS)]
        self.fields["often"].choices = _often()
        unit = self.fields["dose_unit"]
        unit.required, unit.choices = True, [("", _("Choose")), *dosing.Unit.choices]
        unit.error_messages["required"] = self.required["dose_unit"]
        self.fields["route"].choices = [("", _("Choose")), *dosing.Route.choices]
        labels = {
            name: Medicine._meta.get_field(name).verbose_name.capitalize() for name in ("strength", "food", "reason")
        }
        labels |= {"often": _("How often"), "days": _("Days"), "route": _("Where"), "dose_unit": _("Of what")}
        for name, label in labels.items():
            self.fields[name].label = label
        for name in ("until_further_notice", "as_needed"):
            self.fields[name].widget.attrs["class"] = "form-check-input"
        for name in ("name", "strength", "reason"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def is_empty(self):
        typed = ("name", "strength", "dose_quantity", "days", "reason", "quantity")
        return not any((self.data.get(self.add_prefix(name)) or "").strip() for name in typed)

    def has_changed(self):
        return not self.is_empty() if self.is_bound else super().has_changed()

    def _post_clean(self):
        """No row is made here: `medicine` does. A row's own checks would ask the database once for each line."""

    @property
    def is_special(self):
        """Is something in the part of the line that is folded away?"""
        values = (self[name].value() for name in ("as_needed", "reason", "quantity"))
        return any(values) or any(self[name].errors for name in ("as_needed", "reason", "quantity") if self.is_bound)

    def clean(self):
        data = super().clean()
        if self.is_empty():
            return data
        often, as_needed, endless = data.get("often"), data.get("as_needed"), data.get("until_further_notice")
        if not often and not as_needed and "often" not in self.errors:
            self.add_error("often", gettext("Choose how often, or tick “only when needed”"))
        if data.get("reason") and not as_needed:
            self.add_error("reason", gettext("Tick “only when needed” as well"))
        if not data.get("days") and not endless and "days" not in self.errors:
            self.add_error("days", gettext("Enter for how many days, or tick “until further notice”"))
        if data.get("days") and endless:
            self.add_error("days", gettext("Enter days, or tick “until further notice”, not both"))
        unit = data.get("dose_unit")
        if unit and not data.get("route") and "route" not in self.errors:
            if unit in SWALLOWED:
                data["route"] = dosing.Route.ORAL.value
            else:
                self.add_error("route", gettext("Choose where it goes"))
        if not self.errors:
            self._compare_quantity(data)
        return data

    def _compare_quantity(self, data):
        """A quantity that follows from the dose is not typed, so that the two can never differ."""
        needed = dosing.amount(self.medicine().dosage)
        if data.get("quantity") and needed is not None and data["quantity"] != needed:
            words = gettext("It follows from dose and days: %(n)s. Leave this empty.")
            self.add_error("quantity", words % {"n": dosing.number(needed)})

    def medicine(self):
        """The unsaved row."""
        data = self.cleaned_data
        often = data["often"]
        every, _between, period = often.partition(" ") if " " in often else ("", "", "")
        same = ("name", "strength", "dose_quantity", "dose_unit", "as_needed", "reason", "route", "food", "quantity")
        return Medicine(
            **{name: data[name] for name in same},
            pattern="" if period else often,
            every=int(every) if every else None,
            period=period,
            days=data["days"] or dosing.MOST_DAYS,
            until_further_notice=data["until_further_notice"],
        )


def initial_of(row):
    """What the fields of a line show for a stored row."""
    same = (
        "name",
        "strength",
        "dose_quantity",
        "dose_unit",
        "as_needed",
        "reason",
        "route",
        "food",
        "until_further_notice",
    )
    needed = dosing.amount(row.dosage) if row.dosage else None
    return {
        **{name: getattr(row, name) for name in same},
        "medication": row.medication_id,
        "often": row.pattern or (f"{row.every} {row.period}" if row.every else ""),
        "days": "" if row.until_further_notice else row.days,
        "quantity": row.quantity if needed is None else None,
    }


class BaseMedicineFormSet(forms.BaseFormSet):
    default_error_messages = {**forms.BaseFormSet.default_error_messages, "missing_management_form": INCOMPLETE}

    def medicines(self):
        """The unsaved Medicine rows of the lines that are right, in the order of the page."""
        filled = [form for form in self.forms if form.is_valid() and form.cleaned_data and not form.is_empty()]
        chosen = Medication.objects.in_bulk({form.cleaned_data["medication"] for form in filled} - {None})
        rows = []
        for form in filled:
            row = form.medicine()
            medication = chosen.get(form.cleaned_data["medication"])
            # Another name or strength than the list's is free text: it would be checked for what it is not.
            if medication and (row.name, row.strength) == written(medication):
                row.medication = medication
            rows.append(row)
        return rows

    @property
    def problems(self):
        found = [("", error) for error in self.non_form_errors()]
        return found + [problem for form in self.forms for problem in form.problems]


def written(medication):
    """(name, strength) as they stand on a line on which this was chosen."""
    return medication.name[:120].strip(), medication.strength[:40].strip()


MedicineFormSet = forms.formset_factory(
    MedicineForm, formset=BaseMedicineFormSet, extra=1, max_num=MOST_MEDICINES, absolute_max=MOST_MEDICINES
)


class ReasonsForm(HandDrawn, forms.Form):
    """Why a medicine is given in spite of a warning: a field for each of those that need a reason."""

    def __init__(self, *args, found=(), **kwargs):
        self.found = found
        super().__init__(*args, **kwargs)

    @staticmethod
    def name_of(key):
        return f"reason-{key}"

    @classmethod
    def of(cls, found, posted, kept):
        """found: [Warning]. kept: {key: reason} of the stored draft."""
        form = cls(posted, found=found, initial={cls.name_of(key): text for key, text in kept.items()})
        for n, key in enumerate(dict.fromkeys(warning.key for warning in found if warning.needs_reason)):
            form.fields[cls.name_of(key)] = _reason(n)
        return form

    def reasons(self):
        """{key: reason} of what is filled in."""
        return {name.removeprefix("reason-"): text for name, text in self.cleaned_data.items() if text}

    @property
    def rows(self):
        """[(warning, its field or None)]; two warnings of one key share a field, which stands behind the first."""
        shown, rows = set(), []
        for warning in self.found:
            name = self.name_of(warning.key)
            first = warning.needs_reason and name not in shown
            shown.add(name)
            rows.append((warning, self[name] if first else None))
        return rows


def _reason(n):
    field = forms.CharField(
        label=_("Why it is given all the same"),
        required=False,
        max_length=Override._meta.get_field("reason").max_length,
        widget=forms.TextInput(attrs={"id": f"reason-{n}", "class": "form-control", "autocomplete": "off"}),
    )
    field.validators.append(PLAIN)
    return field


class WithdrawForm(HandDrawn, forms.Form):
    """The patient reads it."""

    reason = forms.CharField(
        label=_("Why it is withdrawn"), max_length=Prescription._meta.get_field("withdrawn_reason").max_length
    )

    required = {"reason": _("Write why it is withdrawn")}
