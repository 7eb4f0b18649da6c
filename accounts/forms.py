"""What people type about their account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from healthstack.lib.forms import HouseForm, NameField


class ProfileForm(HouseForm, forms.ModelForm):
    """Name and phone of an account."""

    name = NameField(label=_("Name"), error_messages={"required": _("Enter your name")})

    class Meta:
        model = User
        fields = ("name", "phone")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs.update(inputmode="tel", autocomplete="tel")
        self.fields["phone"].error_messages["invalid"] = _("Enter a phone number such as 98390 12345")
