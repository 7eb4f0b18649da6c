"""What doctors type about their own page: what patients read, what is offered, and what it costs where."""

from decimal import Decimal

from django import forms
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from doctors.models import Doctor, Language
from doctors.workflow.entries import own_stamp
from healthstack.lib.forms import HouseForm, Several
from healthstack.lib.stamps import stamp_field
from healthstack.lib.validators import multiple_of_five
from hospitals.models import VisitType


class PageForm(HouseForm, forms.ModelForm):
    """A doctor's own page: what patients read, what is offered, and what it costs where."""

    languages = Several(
        Language.objects.all(),
        label=_("Languages that you speak with patients"),
        error_messages={"required": _("Choose at least one language")},
    )
    stamp = stamp_field()
    required = {
        "fee": _("Enter your usual fee; 0 is free of charge"),
        "notice_minutes": _("Enter a number of minutes; 0 is none"),
        "cancel_notice_minutes": _("Enter a number of minutes; 0 is none"),
        "days_ahead": _("Enter a number of days"),
    }

    class Meta:
        model = Doctor
        fields = (
            "about",
            "degrees",
            "languages",
            "fee",
            "confirms_instantly",
            "notice_minutes",
            "cancel_notice_minutes",
            "days_ahead",
        )

    def __init__(self, *args, hospitals, **kwargs):
        super().__init__(*args, **kwargs)
        fields, self.hospitals = self.fields, hospitals
        fields["about"].widget = forms.Textarea(attrs={"rows": 5, "maxlength": 2000})
        fields["about"].help_text = _("What patients read on your page.")
        fields["degrees"].help_text = _("As on the door sign: MBBS, MD (Neurology)")
        for name, label in (
            ("fee", _("Usual fee")),
            ("notice_minutes", _("Nobody books later than (minutes before)")),
            ("cancel_notice_minutes", _("Patients cancel or move a visit until (minutes before)")),
            ("days_ahead", _("How many days ahead patients can book")),
        ):
            fields[name].label = label
            fields[name].widget = _number()
            fields[name].error_messages.setdefault("invalid", _("Enter a number"))
        fields["confirms_instantly"].label = _("Bookings are confirmed at once, without asking me")
        self.initial["stamp"] = own_stamp(self.instance)
        self.initial["languages"] = fields["languages"].offer(
            Doctor.languages.through.objects.filter(doctor=self.instance.pk, language=OuterRef("pk"))
        )
        self._minutes({offer.visit_type: offer.minutes for offer in self.instance.offers.all()})
        self._fees({(fee.hospital_id, fee.visit_type): fee.amount for fee in self.instance.fees.all()})

    def _minutes(self, had):
        for value, label in VisitType.choices:
            self.fields[f"minutes_{value}"] = forms.IntegerField(
                label=label,
                required=False,
                min_value=5,
                max_value=240,
                initial=had.get(value),
                validators=[multiple_of_five],
                widget=_number(),
                error_messages={"invalid": _("Enter a number of minutes")},
            )

    def _fees(self, had):
        for hospital in self.hospitals:
            for value, label in VisitType.choices:
                self.fields[f"fee_{hospital.pk}_{value}"] = forms.DecimalField(
                    label=label,
                    required=False,
                    min_value=Decimal(0),
                    max_digits=10,
                    decimal_places=2,
                    initial=had.get((hospital.pk, value)),
                    widget=_number("decimal"),
                    error_messages={
                        "invalid": _("Enter an amount such as 500"),
                        "min_value": _("Enter an amount of 0 or more"),
                    },
                )

    def clean(self):
        data = super().clean()
        first = f"minutes_{VisitType.values[0]}"
        if not self.offers and not any(name.startswith("minutes_") for name in self.errors):
            self.add_error(first, _("Enter the minutes of at least one kind of visit"))
        return data

    @property
    def words(self):
        return [self[name] for name in ("about", "degrees", "languages")]

    @property
    def booking(self):
        return [self[name] for name in ("notice_minutes", "cancel_notice_minutes", "days_ahead", "confirms_instantly")]

    @property
    def minutes(self):
        return [self[f"minutes_{value}"] for value in VisitType.values]

    @property
    def places(self):
        """[(hospital, its fields)]"""
        return [(h, [self[f"fee_{h.pk}_{value}"] for value in VisitType.values]) for h in self.hospitals]

    @property
    def offers(self):
        """{visit type: minutes} of what was filled in."""
        typed = {value: self.cleaned_data.get(f"minutes_{value}") for value in VisitType.values}
        return {value: minutes for value, minutes in typed.items() if minutes}

    @property
    def fees(self):
        """{(hospital id, visit type): amount} of what was filled in."""
        typed = {(h.pk, v): self.cleaned_data.get(f"fee_{h.pk}_{v}") for h in self.hospitals for v in VisitType.values}
        return {key: amount for key, amount in typed.items() if amount is not None}


def _number(mode="numeric"):
    """A number is typed: the wheel of a mouse must not change a fee."""
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})
