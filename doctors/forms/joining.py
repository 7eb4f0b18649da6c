"""What doctors type to join: who they are, and the papers that show it."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from doctors.models import Doctor, Document, Language, Specialty
from healthstack.lib import clock
from healthstack.lib.forms import HouseForm, Several
from healthstack.lib.uploads import PAPER, UploadField

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
