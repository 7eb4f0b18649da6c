"""What people type about a visit that is booked: answers, reasons, its link, and what becomes of one left behind."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healthstack.lib.forms import HouseForm


class ReasonForm(HouseForm, forms.Form):
    """Why a visit is declined or cancelled."""

    REASONS = (
        _("I am not available at that time"),
        _("This needs another specialist"),
        _("This needs a visit to the emergency department"),
        _("We have an appointment for this already"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=240,
        required=False,
        error_messages={"max_length": _("Write at most 240 characters")},
    )


class DeclineForm(ReasonForm):
    """Why a request is declined, and perhaps a time that would do: its quantum."""

    offered = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Choose a time, or none")),
    )


class AnswerForm(ReasonForm):
    """Several requests answered at once."""

    act = forms.ChoiceField(
        choices=(("approve", _("Approve")), ("decline", _("Decline"))),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose an answer")),
    )
    pick = forms.TypedMultipleChoiceField(
        coerce=UUID,
        error_messages={
            "required": _("Choose at least one request"),
            "invalid_choice": _("One of these requests no longer waits for you. Choose again."),
        },
    )

    def __init__(self, *args, waiting, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pick"].choices = [(str(pk), "") for pk in waiting]


class LinkForm(HouseForm, forms.Form):
    """Where a video visit takes place."""

    join_url = forms.URLField(
        label=_("Link to the video visit"),
        max_length=300,
        required=False,
        assume_scheme="https",
        error_messages={
            "invalid": _("Enter an address that begins with https://"),
            "max_length": _("Enter an address of at most 300 characters"),
        },
    )


class SettleForm(HouseForm, forms.Form):
    """What becomes of visits that were left behind: which of them, cancelled or with whom, and what the patients read."""

    CHOICES = (("rehome", _("Another doctor sees them")), ("cancel", _("Cancel them")))
    visits = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": _("One of the visits is settled already. Look again.")}
    )
    everyone = forms.BooleanField(label=_("All of them"), required=False)
    choice = forms.ChoiceField(label=_("What becomes of them?"), choices=CHOICES, widget=forms.RadioSelect)
    doctor = forms.TypedChoiceField(
        label=_("Which doctor?"),
        required=False,
        empty_value=None,
        help_text=_("At the same time, else near it on that day."),
    )
    message = forms.CharField(
        label=_("What the patients read"), max_length=240, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 240})
    )
    required = {"choice": _("Choose what becomes of them"), "message": _("Write what the patients are to know")}

    def __init__(self, *args, visits, doctors, **kwargs):
        super().__init__(*args, **kwargs)
        self.of = {str(visit.pk): visit for visit in visits}
        here = {str(doctor.pk): doctor for doctor in doctors}
        self.fields["visits"].choices = [(key, key) for key in self.of]
        self.fields["doctor"].label = self.base_fields["doctor"].label  # needed where another doctor is chosen
        self.fields["doctor"].choices = [("", "–")] + [(key, f"{one}, {one.title}") for key, one in here.items()]
        self.fields["doctor"].coerce = here.get

    def clean(self):
        data = super().clean()
        keys = list(self.of) if data.get("everyone") else data.get("visits") or []
        self.chosen = [self.of[key] for key in keys]
        if not self.chosen and "visits" not in self.errors:
            self.add_error(None, gettext("Tick the visits that you mean, or all of them"))
        return data
