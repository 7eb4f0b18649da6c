"""What doctors and the reception type to book over what is free."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments import slots
from appointments.forms.schedule import DayField
from healthstack.lib.forms import HouseForm, TimeField
from hospitals.models import VisitType


class OverbookForm(HouseForm, forms.Form):
    """Who is seen by whom at a time that is not free, and why."""

    who = forms.TypedChoiceField(label=_("Patient"), error_messages={"invalid_choice": _("Choose a patient")})
    doctor = forms.TypedChoiceField(label=_("Doctor"), error_messages={"invalid_choice": _("Choose a doctor")})
    hospital = forms.TypedChoiceField(label=_("Where"), error_messages={"invalid_choice": _("Choose a hospital")})
    visit_type = forms.ChoiceField(
        label=_("Type of visit"), error_messages={"invalid_choice": _("Choose a type of visit")}
    )
    day = DayField(label=_("Day"))
    time = TimeField(step=5, label=_("Time"))
    reason = forms.CharField(
        label=_("Why at this time?"),
        max_length=240,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 240}),
        help_text=_("The doctor and the hospital read it, the patient does not."),
        error_messages={"max_length": _("Write at most 240 characters")},
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    required = {
        "who": _("Choose a patient"),
        "doctor": _("Choose a doctor"),
        "hospital": _("Choose a hospital"),
        "visit_type": _("Choose a type of visit"),
        "day": _("Enter the day"),
        "time": _("Enter the time"),
        "reason": _("Say why the patient is seen at a time that is not free"),
    }

    def __init__(self, *args, people, doctors, hospitals, types, **kwargs):
        super().__init__(*args, **kwargs)
        self._offer("who", people, lambda one: f"{one.name}, {one.in_short}")
        self._offer("doctor", doctors, lambda one: one.name)
        self._offer("hospital", hospitals, lambda one: one.name)
        self.fields["visit_type"].choices = [(value, VisitType(value).label) for value in types]

    def _offer(self, name, rows, words):
        """These rows can be chosen; where it is one, nobody is asked."""
        here, field = {str(row.pk): row for row in rows}, self.fields[name]
        field.choices = [(key, words(row)) for key, row in here.items()]
        field.coerce = here.get
        if len(here) == 1:
            field.widget, self.initial[name] = forms.HiddenInput(), next(iter(here))
        else:
            field.choices = [("", "–"), *field.choices]

    def clean(self):
        data = super().clean()
        if data.get("hospital") and data.get("day") and data.get("time") is not None:
            zone = ZoneInfo(data["hospital"].zone)
            self.start = slots.quantum_of(data["day"], data["time"], zone)
            wall = slots.moment(self.start).astimezone(zone).replace(tzinfo=None)
            if (wall - timedelta(minutes=data["time"])).time() != wall.min.time():
                self.add_error("time", gettext("There is no such time on that day: the clocks go forward."))
        return data

    @property
    def facts(self):
        """What the verb wants to know."""
        data = self.cleaned_data
        return {
            "doctor": data["doctor"],
            "hospital": data["hospital"],
            "patient": data["who"],
            "visit_type": data["visit_type"],
            "start": self.start,
            "reason": data["reason"],
            "request_key": str(data["request_key"]) if data["request_key"] else None,
        }
