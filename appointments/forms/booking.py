"""What people type to book a visit, or to move it."""

import re
from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healthstack.lib.forms import HouseForm
from hospitals.models import VisitType

SLOT = re.compile(r"([0-9]{1,12})-([0-9]{1,10})")


class BookingForm(HouseForm, forms.Form):
    """type, day and time of a visit, and a message. `slot` is hospital-quantum: the instant, never its label."""

    visit_type = forms.ChoiceField(
        choices=(),
        error_messages={"required": _("Choose a type of visit"), "invalid_choice": _("Choose a type of visit")},
    )
    slot = forms.CharField(
        max_length=24, error_messages={"required": _("Choose a time"), "max_length": _("Choose a time")}
    )
    message = forms.CharField(
        label=_("What should the doctor know?"),
        max_length=500,
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Write at most 500 characters")},
    )
    who = forms.ChoiceField(
        choices=(),
        error_messages={
            "required": _("Choose for whom the visit is"),
            "invalid_choice": _("Choose for whom the visit is"),
        },
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, offers, hospitals, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [(str(one.pk), one.name) for one in people]
        self.fields["who"].required = len(people) > 1
        self.hospitals = {hospital.pk: hospital for hospital in hospitals}
        words = dict(VisitType.choices)
        self.fields["visit_type"].choices = [(o.visit_type, words[o.visit_type]) for o in offers]
        self.fields["message"].label = _("What should the doctor know?")

    def clean_slot(self):
        return read_slot(self.cleaned_data["slot"], self.hospitals)


class MoveForm(HouseForm, forms.Form):
    """Another time of a visit, and from doctors and staff why."""

    slot = forms.CharField(
        max_length=24, error_messages={"required": _("Choose a time"), "max_length": _("Choose a time")}
    )
    reason = forms.CharField(
        label=_("Why? The patient reads it."),
        max_length=240,
        required=False,
        error_messages={"max_length": _("Write at most 240 characters")},
    )

    def __init__(self, *args, hospitals, **kwargs):
        super().__init__(*args, **kwargs)
        self.hospitals = {hospital.pk: hospital for hospital in hospitals}

    def clean_slot(self):
        return read_slot(self.cleaned_data["slot"], self.hospitals)


def read_slot(text, hospitals):
    """(hospital, quantum) of 'hospital-quantum'. hospitals: {id: hospital}, those that can be meant."""
    match = SLOT.fullmatch(text)
    hospital = hospitals.get(int(match[1])) if match else None
    if hospital is None or int(match[2]) >= 2**31:
        raise forms.ValidationError(gettext("Choose a time"))
    return hospital, int(match[2])


def typed_day(text, *, default, latest=366):
    """A date out of an address (?day=2026-11-24), or the default for anything else or too far away."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except (ValueError, TypeError):
        return default
    return day if abs(day - default) <= timedelta(latest) else default
