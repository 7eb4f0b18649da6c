"""What patients type about a visit, and what the doctor answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from healthstack.lib.forms import HouseForm


class ReviewForm(HouseForm, forms.Form):
    """One to five stars, and words."""

    STARS = (
        (5, _("5 stars: very good")),
        (4, _("4 stars: good")),
        (3, _("3 stars: all right")),
        (2, _("2 stars: not good")),
        (1, _("1 star: bad")),
    )
    stars = forms.TypedChoiceField(label=_("How was the visit?"), coerce=int, choices=STARS, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In your words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
        help_text=_("Everybody can read it. Leave out what is private, your illness too."),
        error_messages={"max_length": _("Write at most 1000 characters")},
    )
    required = {"stars": _("Choose one to five stars")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stars"].error_messages["invalid_choice"] = _("Choose one to five stars")


class ReviewAnswerForm(HouseForm, forms.Form):
    """What the doctor answers."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        error_messages={"max_length": _("Write at most 1000 characters")},
    )
    required = {"answer": _("Write your answer")}
