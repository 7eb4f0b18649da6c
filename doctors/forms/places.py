"""What is typed about where a doctor works: asking, taking in, declining."""

from django import forms
from django.utils.translation import gettext_lazy as _

from healthstack.lib.forms import HouseForm
from healthstack.lib.stamps import stamp_field
from hospitals.models import Department


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

    stamp = stamp_field()

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
