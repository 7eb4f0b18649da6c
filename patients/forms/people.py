"""What people type about themselves and their allergies."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from healthstack.lib.forms import BirthDateField, HouseForm, NameField
from healthstack.lib.stamps import stamp_field
from patients.models import Allergy, Patient
from patients.workflow.people import own_stamp


class ProfileForm(HouseForm, forms.ModelForm):
    """A patient's own details."""

    name = NameField(label=_("Name"), error_messages={"required": _("Enter your name")})
    born_on = BirthDateField()
    stamp = stamp_field()

    class Meta:
        model = Patient
        fields = ("name", "born_on", "gender", "blood_group", "emergency_name", "emergency_phone")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["stamp"] = own_stamp(self.instance)
        if self.instance.user_id:
            self.fields["emergency_name"].help_text = _("Whom we call when something happens to you.")
        else:
            self.fields["emergency_name"].help_text = _("Whom we call besides you.")
            self.fields["born_on"].error_messages["required"] = _("Enter the date of birth")
        self.fields["emergency_phone"].widget.attrs.update(inputmode="tel", autocomplete="off")
        self.fields["emergency_phone"].error_messages["invalid"] = _("Enter a phone number such as 98390 12345")


class DependantForm(HouseForm, forms.ModelForm):
    """A child for whom the person speaks from now on."""

    name = NameField(label=_("Name of the child"), error_messages={"required": _("Enter the name of the child")})
    born_on = BirthDateField(error_messages={"required": _("Enter the date of birth")})

    class Meta:
        model = Patient
        fields = ("name", "born_on", "gender", "blood_group")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("name", "born_on"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        words = {Patient.Gender.FEMALE: _("Girl"), Patient.Gender.MALE: _("Boy")}
        self.fields["gender"].choices = [(key, words.get(key, word)) for key, word in Patient.Gender.choices]


class BirthOrYearField(BirthDateField):
    """A date of birth, or the year alone where nobody knows more: kept as its first of January."""

    def clean(self, value):
        year = (value or "").strip()
        return super().clean(f"1 1 {year}" if re.fullmatch(r"[0-9]{4}", year) else value)


class RegisterForm(HouseForm, forms.ModelForm):
    """Somebody who stands at the desk. Nothing but what is needed to know them again."""

    name = NameField(error_messages={"required": _("Enter the name")})
    born_on = BirthOrYearField(
        label=_("Date of birth"),
        help_text=_("For example, 27 3 2004. The year alone will do when nobody knows the day."),
        error_messages={"required": _("Enter the date or the year of birth")},
    )

    class Meta:
        model = Patient
        fields = ("name", "born_on", "phone", "gender")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("name", "born_on", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["phone"].widget.attrs["inputmode"] = "tel"
        self.fields["phone"].error_messages["invalid"] = _("Enter a phone number such as 98390 12345")


class InviteForm(HouseForm, forms.Form):
    """Where the code goes, besides the screen."""

    email = forms.EmailField(
        label=_("Their e-mail"),
        max_length=254,
        required=False,
        help_text=_("We send the code there. You can also write it down from the next page."),
        error_messages={
            "invalid": _("Enter an e-mail address such as name@example.org"),
            "max_length": _("Use an address of at most 254 characters"),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs = {"autocomplete": "off", "inputmode": "email"}


class ClaimFields(HouseForm, forms.Form):
    """What takes a record over: the code, and the date of birth that stands in the record."""

    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("For example, BCDF-GHJK-LMNP. Small letters will do.")
    )
    born_on = BirthDateField()
    required = {"code": _("Enter the code from your hospital or from your parent")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs = {
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }
        self.fields["code"].error_messages["max_length"] = _("A code has twelve letters")


class AllergyForm(HouseForm, forms.ModelForm):
    """One thing that a patient must not get."""

    class Meta:
        model = Allergy
        fields = ("substance", "reaction", "severity")

    required = {"substance": _("Enter what you are allergic to")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["substance"].label = _("Allergic to")
        self.fields["substance"].help_text = _("A medicine, food or thing: penicillin, peanuts, latex.")
        self.fields["reaction"].help_text = _("For example a rash, or trouble breathing.")


class WrongForm(HouseForm, forms.Form):
    """Why an entry is marked as wrong."""

    reason = forms.CharField(label=_("Why is it wrong?"), max_length=160)
    required = {"reason": _("Say why it is wrong")}
