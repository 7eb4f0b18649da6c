"""What doctors type: who they are, the papers that show it, and where they ask to work."""

from decimal import Decimal

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from doctors.models import Doctor, Document, Language, Specialty
from doctors.workflow.entries import OWN
from healthstack.lib import clock
from healthstack.lib.forms import HouseForm
from healthstack.lib.stamps import stamp
from healthstack.lib.uploads import PAPER, UploadField
from healthstack.lib.validators import multiple_of_five
from hospitals.models import Department, VisitType

# Offered while someone types; any other can be typed, since councils come and go.
COUNCILS = (
    "National Medical Commission",
    "Andhra Pradesh Medical Council",
    "Assam Council of Medical Registration",
    "Bihar Council of Medical Registration",
    "Delhi Medical Council",
    "Goa Medical Council",
    "Gujarat Medical Council",
    "Haryana Medical Council",
    "Jharkhand Medical Council",
    "Karnataka Medical Council",
    "Madhya Pradesh Medical Council",
    "Maharashtra Medical Council",
    "Odisha Council of Medical Registration",
    "Punjab Medical Council",
    "Rajasthan Medical Council",
    "Tamil Nadu Medical Council",
    "Telangana State Medical Council",
    "Travancore Medical Council",
    "Uttar Pradesh Medical Council",
    "West Bengal Medical Council",
)
FIRST_YEAR = 1940


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


class RegistrationFields(forms.Form):
    """What a council knows of a doctor, and what patients choose one by. A part of the sign-up."""

    registration_number = forms.CharField(
        label=_("Registration number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter your registration number")},
    )
    council = forms.CharField(
        label=_("Medical council"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "councils"}),
        help_text=_("The one that registered you."),
        error_messages={"required": _("Enter the medical council that registered you")},
    )
    specialties = Several(
        Specialty.objects.all(),
        label=_("Specialties"),
        error_messages={"required": _("Choose at least one specialty")},
    )
    degrees = forms.CharField(
        label=_("Degrees"), max_length=160, required=False, help_text=_("As on the door sign: MBBS, MD (Neurology)")
    )
    practising_since = forms.IntegerField(
        label=_("Practising since (year)"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Enter a year such as 2009")},
    )
    languages = Several(
        Language.objects.all(),
        label=_("Languages that you speak with patients"),
        error_messages={"required": _("Choose at least one language")},
    )
    gender = forms.ChoiceField(
        label=_("You are"),
        choices=Doctor.Gender.choices,
        widget=forms.RadioSelect,
        help_text=_("Some patients look for it."),
        error_messages={"required": _("Choose one")},
    )
    fee = forms.DecimalField(
        label=_("Your usual fee for a visit"),
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("In rupees. You can set others for each kind of visit and hospital later."),
        error_messages={
            "required": _("Enter your usual fee; 0 is free of charge"),
            "invalid": _("Enter an amount such as 500"),
            "min_value": _("Enter an amount of 0 or more"),
        },
    )
    councils = COUNCILS

    def clean_registration_number(self):
        return " ".join(self.cleaned_data["registration_number"].split())

    def clean_council(self):
        return " ".join(self.cleaned_data["council"].split())

    def clean_practising_since(self):
        year = self.cleaned_data["practising_since"]
        if year is not None and not FIRST_YEAR <= year <= clock.today().year:
            raise forms.ValidationError(_("Enter a year that is not in the future, such as 2009"))
        return year

    def clean(self):
        data = super().clean()
        number, council = data.get("registration_number"), data.get("council")
        taken = Doctor.objects.filter(registration_number__iexact=number, council__iexact=council)
        if number and council and taken.exists():
            self.add_error("registration_number", _("A doctor with this number of this council is here already."))
        return data

    @property
    def doctor(self):
        """-> the unsaved Doctor that was typed in."""
        names = ("registration_number", "council", "degrees", "practising_since", "gender", "fee")
        return Doctor(**{name: self.cleaned_data[name] for name in names})


class DocumentForm(HouseForm, forms.Form):
    """A paper that shows who a doctor is."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=Document.Kind.choices, widget=forms.RadioSelect)
    file = UploadField(label=_("File"), kinds=PAPER)
    required = {"kind": _("Say what it is")}


class NewFileForm(HouseForm, forms.Form):
    """Another file in the place of an earlier one."""

    file = UploadField(label=_("File"), kinds=PAPER)


class ApplicationForm(HouseForm, forms.Form):
    """Where in a hospital a doctor would work, and what they say."""

    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        empty_label=_("None of these"),
        error_messages={"invalid_choice": _("Choose a department of this hospital")},
    )
    message = forms.CharField(
        label=_("Message to those who run it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        error_messages={"max_length": _("Write at most 500 characters")},
    )

    def __init__(self, *args, hospital, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = hospital.departments.open()


class AcceptForm(HouseForm, forms.Form):
    """Where a doctor who is taken in sees patients."""

    room = forms.CharField(
        label=_("Room"), max_length=40, required=False, error_messages={"max_length": _("Use at most 40 characters")}
    )


class ReassignForm(HouseForm, forms.Form):
    """In which department and room of a hospital a doctor works."""

    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        empty_label=_("None of these"),
        error_messages={"invalid_choice": _("Choose a department of this hospital")},
    )
    room = forms.CharField(
        label=_("Room"), max_length=40, required=False, error_messages={"max_length": _("Use at most 40 characters")}
    )

    def __init__(self, *args, hospital, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = hospital.departments.open()


class DeclineForm(HouseForm, forms.Form):
    """Why a doctor is not taken in."""

    reason = forms.CharField(
        label=_("Why not?"), max_length=240, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 240})
    )
    required = {"reason": _("Say why, so that the doctor knows")}


class PageForm(HouseForm, forms.ModelForm):
    """A doctor's own page: what patients read, what is offered, and what it costs where."""

    languages = Several(
        Language.objects.all(),
        label=_("Languages that you speak with patients"),
        error_messages={"required": _("Choose at least one language")},
    )
    stamp = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    required = {
        "fee": _("Enter your usual fee; 0 is free of charge"),
        "notice_minutes": _("Enter a number of minutes; 0 is none"),
        "cancel_notice_minutes": _("Enter a number of minutes; 0 is none"),
        "days_ahead": _("Enter a number of days"),
    }

    class Meta:
        model = Doctor
        fields = (
            "about",
            "degrees",
            "languages",
            "fee",
            "confirms_instantly",
            "notice_minutes",
            "cancel_notice_minutes",
            "days_ahead",
        )

    def __init__(self, *args, hospitals, **kwargs):
        super().__init__(*args, **kwargs)
        fields, self.hospitals = self.fields, hospitals
        fields["about"].widget = forms.Textarea(attrs={"rows": 5, "maxlength": 2000})
        fields["about"].help_text = _("What patients read on your page.")
        fields["degrees"].help_text = _("As on the door sign: MBBS, MD (Neurology)")
        for name, label in (
            ("fee", _("Usual fee")),
            ("notice_minutes", _("Nobody books later than (minutes before)")),
            ("cancel_notice_minutes", _("Patients cancel or move a visit until (minutes before)")),
            ("days_ahead", _("How many days ahead patients can book")),
        ):
            fields[name].label = label
            fields[name].widget = _number()
            fields[name].error_messages.setdefault("invalid", _("Enter a number"))
        fields["confirms_instantly"].label = _("Bookings are confirmed at once, without asking me")
        self.initial["stamp"] = stamp(self.instance, OWN)
        self.initial["languages"] = fields["languages"].offer(
            Doctor.languages.through.objects.filter(doctor=self.instance.pk, language=OuterRef("pk"))
        )
        self._minutes(dict(self.instance.offers.values_list("visit_type", "minutes")))
        self._fees({(h, v): a for h, v, a in self.instance.fees.values_list("hospital", "visit_type", "amount")})

    def _minutes(self, had):
        for value, label in VisitType.choices:
            self.fields[f"minutes_{value}"] = forms.IntegerField(
                label=label,
                required=False,
                min_value=5,
                max_value=240,
                initial=had.get(value),
                validators=[multiple_of_five],
                widget=_number(),
                error_messages={"invalid": _("Enter a number of minutes")},
            )

    def _fees(self, had):
        for hospital in self.hospitals:
            for value, label in VisitType.choices:
                self.fields[f"fee_{hospital.pk}_{value}"] = forms.DecimalField(
                    label=label,
                    required=False,
                    min_value=Decimal(0),
                    max_digits=10,
                    decimal_places=2,
                    initial=had.get((hospital.pk, value)),
                    widget=_number("decimal"),
                    error_messages={
                        "invalid": _("Enter an amount such as 500"),
                        "min_value": _("Enter an amount of 0 or more"),
                    },
                )

    def clean(self):
        data = super().clean()
        first = f"minutes_{VisitType.values[0]}"
        if not self.offers and not any(name.startswith("minutes_") for name in self.errors):
            self.add_error(first, _("Enter the minutes of at least one kind of visit"))
        return data

    @property
    def words(self):
        return [self[name] for name in ("about", "degrees", "languages")]

    @property
    def booking(self):
        return [self[name] for name in ("notice_minutes", "cancel_notice_minutes", "days_ahead", "confirms_instantly")]

    @property
    def minutes(self):
        return [self[f"minutes_{value}"] for value in VisitType.values]

    @property
    def places(self):
        """[(hospital, its fields)]"""
        return [(h, [self[f"fee_{h.pk}_{value}"] for value in VisitType.values]) for h in self.hospitals]

    @property
    def offers(self):
        """{visit type: minutes} of what was filled in."""
        typed = {value: self.cleaned_data.get(f"minutes_{value}") for value in VisitType.values}
        return {value: minutes for value, minutes in typed.items() if minutes}

    @property
    def fees(self):
        """{(hospital id, visit type): amount} of what was filled in."""
        typed = {(h.pk, v): self.cleaned_data.get(f"fee_{h.pk}_{v}") for h in self.hospitals for v in VisitType.values}
        return {key: amount for key, amount in typed.items() if amount is not None}


def _number(mode="numeric"):
    """A number is typed: the wheel of a mouse must not change a fee."""
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})
