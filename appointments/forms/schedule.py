"""What doctors type about hours and leave, and about a time that is not offered."""

from datetime import date
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments import slots
from appointments.models import Hours
from healthstack.lib import clock
from healthstack.lib.forms import INCOMPLETE, HandDrawn, HouseForm, TimeField
from hospitals.models import VisitType


class DayField(forms.DateField):
    """A near date by the browser's own picker; a sentence for everything else."""

    def __init__(self, **kwargs):
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %m %Y"],
            **kwargs,
        )
        self.error_messages["invalid"] = _("Enter a date")

    def clean(self, value):
        day = super().clean(value)
        if day and not date(2000, 1, 1) <= day <= date(2199, 1, 1):
            raise forms.ValidationError(self.error_messages["invalid"])
        return day


class HoursForm(HandDrawn, forms.Form):
    """One row of hours: from, to, how often a visit starts, where, and what is folded away. An empty row is no hours.

    Weekly, or with `once` on a single day.
    """

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    weekday = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=6, required=False)
    once = forms.BooleanField(widget=forms.HiddenInput, required=False)
    on = DayField(label=_("Day"), required=False)
    begins = TimeField(step=5, label=_("From"), required=False)
    ends = TimeField(step=5, label=_("To"), required=False)
    visit = forms.TypedChoiceField(label=_("A start every"), coerce=int, required=False, empty_value=20)
    hospital = forms.TypedChoiceField(
        label=_("Where"),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("Choose a hospital in which you work")},
    )
    buffer = forms.TypedChoiceField(label=_("Pause after each visit"), coerce=int, required=False, empty_value=0)
    places = forms.IntegerField(
        label=_("Patients at the same time"),
        required=False,
        min_value=1,
        max_value=50,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Enter a number from 1 to 50")),
    )
    valid_from = DayField(label=_("First day"), required=False)
    valid_until = DayField(label=_("Last day"), required=False)

    FOLDED = ("buffer", "places", "valid_from", "valid_until")

    def __init__(self, *args, doctor, hospitals, by_video=False, minutes=(), today=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.doctor, self.today = doctor, today or clock.today()
        # One list for all rows of the week: a model's field would ask for it in each of them.
        here = {str(hospital.pk): (hospital, False) for hospital in hospitals}
        choices = [(str(hospital.pk), str(hospital)) for hospital in hospitals]
        if by_video:
            here |= {f"{pk}-video": (hospital, True) for pk, (hospital, _video) in list(here.items())}
            words = gettext("By video, %(hospital)s")
            choices += [(f"{hospital.pk}-video", words % {"hospital": hospital}) for hospital in hospitals]
        self.fields["hospital"].choices = choices
        self.fields["hospital"].coerce = lambda value: _one_of(here, value)
        grid = sorted({5, 10, 15, 20, 25, 30, 40, 45, 60, 90, 120, *minutes})
        self.fields["visit"].choices = [(n, gettext("%d min") % n) for n in grid]
        pauses = (5, 10, 15, 20, 30, 45, 60, 90, 120)
        self.fields["buffer"].choices = [(0, gettext("None")), *((n, gettext("%d min") % n) for n in pauses)]
        self.fields["places"].widget.attrs.update(min=1, max=50, inputmode="numeric")
        # The editor says once what may be left out; "(optional)" on each of them would only be noise.
        for name, field in self.base_fields.items():
            self.fields[name].label = field.label

    @property
    def is_once(self):
        return said_once(self["once"].value())

    @property
    def shown(self):
        """The fields on the row."""
        names = (
            ("on", "begins", "ends", "visit", "hospital") if self.is_once else ("begins", "ends", "visit", "hospital")
        )
        return [self[name] for name in names]

    @property
    def folded(self):
        """The fields under "More"; extra hours have no first and last day."""
        return [self[name] for name in (self.FOLDED[:2] if self.is_once else self.FOLDED)]

    @property
    def unusual(self):
        """Is there something under "More" that should be seen at once?"""
        usual = {"buffer": ("", "0", "None"), "places": ("", "1", "None")}
        return any(
            self[name].errors or str(self[name].value() or "") not in usual.get(name, ("",)) for name in self.FOLDED
        )

    def clean(self):
        data = super().clean()
        begins, ends = data.get("begins"), data.get("ends")
        if begins is None and ends is None and not self.errors:
            return data
        if not data.get("once") and data.get("weekday") is None and "weekday" not in self.errors:
            self.add_error("weekday", gettext("Choose a day of the week"))
        if begins is None and "begins" not in self.errors:
            self.add_error("begins", gettext("Enter when it begins"))
        if ends is None and "ends" not in self.errors:
            self.add_error("ends", gettext("Enter when it ends"))
        if begins is not None and ends is not None:
            if ends <= begins:
                ends += 1440  # a night that ends tomorrow
            if begins >= 1440 or ends - begins > 1440 or ends - begins < (data.get("visit") or 5):
                self.add_error("ends", gettext("This is shorter than one visit"))
            data["ends"] = ends
        if not data.get("hospital") and "hospital" not in self.errors:
            self.add_error("hospital", gettext("Choose a hospital"))
        self._check_days(data)
        return data

    def _check_days(self, data):
        if data.get("once"):
            if not data.get("on") and "on" not in self.errors:
                self.add_error("on", gettext("Enter the day"))
            elif data.get("on") and data["on"] < self.today:
                self.add_error("on", gettext("This day has passed"))
        elif data.get("valid_until"):
            if data["valid_until"] < (data.get("valid_from") or self.today):
                self.add_error("valid_until", gettext("The last day must come after the first"))

    def row(self, existing):
        """The Hours that were typed, or None for an empty row. What was not sent along is kept."""
        data = self.cleaned_data
        if data.get("begins") is None:
            return None
        row = existing.get(data.get("id")) or Hours(doctor=self.doctor, valid_from=self.today)
        row.hospital, row.video = data["hospital"]
        row.from_minute, row.to_minute, row.visit = data["begins"], data["ends"], data["visit"]
        if self._sent("buffer"):
            row.buffer = data["buffer"]
        if self._sent("places"):
            row.places = data["places"] or 1
        row.once = data["once"]
        if row.once:
            row.weekday, row.valid_from, row.valid_until = data["on"].weekday(), data["on"], data["on"]
            return row
        row.weekday = data["weekday"]
        if self._sent("valid_from"):
            row.valid_from = data["valid_from"] or min(row.valid_from, self.today)
        if self._sent("valid_until"):
            row.valid_until = data["valid_until"]
        return row

    def _sent(self, name):
        return self.add_prefix(name) in self.data


def said_once(value):
    """Does the hidden field say that the row is of extra hours?"""
    return str(value) in ("1", "True", "true", "on")


def _one_of(hospitals, value):
    """(hospital, by video) of that key; ValueError, which the field turns into its sentence, for any other value."""
    if str(value) not in hospitals:
        raise ValueError(value)
    return hospitals[str(value)]


class BaseHoursFormSet(forms.BaseFormSet):
    default_error_messages = {**forms.BaseFormSet.default_error_messages, "missing_management_form": INCOMPLETE}

    def clean(self):
        if self.total_form_count() < 1:  # a page has a row for each day: this one was not read to its end
            raise forms.ValidationError(INCOMPLETE)

    @property
    def problems(self):
        found = [("", error) for error in self.non_form_errors()]
        return found + [problem for form in self.forms for problem in getattr(form, "problems", [])]


HoursFormSet = forms.formset_factory(HoursForm, formset=BaseHoursFormSet, extra=0, max_num=60, absolute_max=60)


class ExplainForm(HouseForm, forms.Form):
    """Of which time somebody wants to know why it is not offered."""

    doctor = forms.TypedChoiceField(label=_("Doctor"), error_messages={"invalid_choice": _("Choose a doctor")})
    visit_type = forms.ChoiceField(label=_("Type of visit"), choices=VisitType.choices)
    day = DayField(label=_("Day"))
    time = TimeField(step=5, label=_("Time"))
    required = {
        "doctor": _("Choose a doctor"),
        "visit_type": _("Choose a type of visit"),
        "day": _("Enter the day"),
        "time": _("Enter the time"),
    }

    def __init__(self, *args, doctors, **kwargs):
        super().__init__(*args, **kwargs)
        here = {str(doctor.pk): doctor for doctor in doctors}
        self.fields["doctor"].choices = [(key, doctor.name) for key, doctor in here.items()]
        self.fields["doctor"].coerce = here.get
        if len(here) == 1:
            self.fields["doctor"].widget = forms.HiddenInput()
            self.fields["doctor"].initial = next(iter(here))
        self.fields["visit_type"].error_messages["invalid_choice"] = _("Choose a type of visit")


class LeaveForm(HandDrawn, forms.Form):
    """From the beginning of one day to the end of another, or between two times."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    begins = TimeField(step=5, label=_("From"), required=False)
    ends = TimeField(step=5, label=_("Until"), required=False)
    note = forms.CharField(
        label=_("Note for yourself"),
        max_length=120,
        required=False,
        error_messages={"max_length": _("Write at most 120 characters")},
    )
    required = {"first": _("Enter the first day"), "last": _("Enter the last day")}

    def __init__(self, *args, zone="Asia/Kolkata", **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)

    def clean(self):
        data = super().clean()
        if data.get("first") and data.get("last"):
            begins, ends = data.get("begins") or 0, data.get("ends")
            data["starts_at"] = self._moment(data["first"], begins)
            data["ends_at"] = self._moment(data["last"], 1440 if ends is None else ends)
            if data["ends_at"] <= data["starts_at"]:
                self.add_error("last", gettext("The leave must end after it begins"))
        return data

    def _moment(self, day, minute):
        return slots.moment(slots.quantum_of(day, minute, self.zone))
