"""What people type about themselves and their allergies."""

from django import forms
from django.utils.translation import gettext_lazy as _

from healthstack.lib.forms import BirthDateField, HouseForm, NameField
from patients.models import Allergy, Patient


class ProfileForm(HouseForm, forms.ModelForm):
    """A patient's own details."""

    name = NameField(label=_("Name"), error_messages={"required": _("Enter your name")})
    born_on = BirthDateField()

    class Meta:
        model = Patient
        fields = ("name", "born_on", "gender", "blood_group", "emergency_name", "emergency_phone")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
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
