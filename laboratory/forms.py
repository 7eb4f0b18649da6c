"""What people type in about tests: orders, samples, results, prices."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healthstack.lib.forms import PLAIN, HandDrawn, HouseForm, Several
from healthstack.lib.stamps import stamp_field
from laboratory import workflow
from laboratory.models import Price, Test
from laboratory.workflow.catalogue import prices_stamp
from laboratory.workflow.results import Refused

MOST_AMOUNT = Decimal("99999999.99")


class PlaceForm(HandDrawn, forms.Form):
    """tests: those that the hospital's laboratory does."""

    required = {"tests": _("Choose at least one test.")}

    tests = Several(
        Test.objects.none(),
        error_messages={
            "invalid_choice": _("This test is not done here any more. Choose again."),
            "invalid_pk_value": _("This test is not done here any more. Choose again."),
        },
    )
    note = forms.CharField(label=_("For the laboratory"), required=False, max_length=240)
    request_key = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args, tests, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tests"].queryset = tests


class ReasonForm(HouseForm, forms.Form):
    required = {"reason": _("Say why, so that the patient knows.")}

    reason = forms.CharField(
        label=_("Why? The patient reads it."), max_length=160, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class RejectForm(ReasonForm):
    REASONS = (
        _("Haemolysed"),
        _("Clotted"),
        _("Too little"),
        _("Wrong vessel"),
        _("Label missing or wrong"),
        _("Came too late"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs["list"] = "rejections"


class CollectForm(HouseForm, forms.Form):
    kind = forms.ChoiceField(choices=Test.Specimen.choices, widget=forms.HiddenInput)
    taken = forms.ChoiceField(label=_("What was taken"), choices=[("", ""), *Test.Specimen.choices], required=False)


class ResultsForm(HandDrawn, forms.Form):
    """A line for each test of an order: its result, a comment, and whether one is sure. Empty lines stay as they are."""

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.items, self.unsure = items, set()
        for item in items:
            n, had = item.position, item.now
            self.fields[f"text_{n}"] = _result_field(item.test, required=False)
            self.fields[f"comment_{n}"] = forms.CharField(label=_("Comment"), required=False, max_length=240)
            self.fields[f"had_{n}"] = forms.CharField(required=False, max_length=240, widget=forms.HiddenInput)
            self.fields[f"sure_{n}"] = forms.BooleanField(label=_("I am sure"), required=False)
            self.initial[f"text_{n}"] = self.initial[f"had_{n}"] = had.text if had else ""
            self.initial[f"comment_{n}"] = had.comment if had else ""
        for name, field in self.fields.items():
            if isinstance(field, forms.CharField):
                field.validators.append(PLAIN)
            if not field.widget.is_hidden and not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = (
                    "form-select" if isinstance(field.widget, forms.Select) else "form-control"
                )
            if name.startswith("sure"):
                field.widget.attrs["class"] = "form-check-input"

    @property
    def lines(self):
        """[(item, its four fields, whether to ask if one is sure)]"""
        names = ("text", "comment", "had", "sure")
        return [
            (item, *(self[f"{name}_{item.position}"] for name in names), item.position in self.unsure)
            for item in self.items
        ]

    @property
    def typed(self):
        """{item's key: what `enter` takes} of the lines that say something new."""
        found = {}
        for item in self.items:
            n, data, had = item.position, self.cleaned_data, item.now
            text = " ".join(data[f"text_{n}"].split())
            if text and (had is None or (text, data[f"comment_{n}"]) != (had.text, had.comment)):
                facts = {"comment": data[f"comment_{n}"], "sure": data[f"sure_{n}"], "had": data[f"had_{n}"]}
                found[item.pk] = {"text": text, **facts}
        return found

    def enter(self, *, order, by):
        """Save what was typed. Raises RuleBroken once each refusal stands at its line."""
        if not self.typed:
            return
        try:
            workflow.enter_all(order=order, typed=self.typed, by=by)
        except Refused as refused:
            positions = {item.pk: item.position for item in self.items}
            for key, refusal in refused.refusals.items():
                n = positions[key]
                if refusal.field == "sure":
                    self.unsure.add(n)
                self.add_error(f"text_{n}", refusal.sentence)
            raise


def _result_field(test, **more):
    """What a result is typed into: a choice, a number with its sign, or a text."""
    if test.kind == Test.Kind.CHOICE:
        choices = [("", gettext("Not entered")), *((text, text) for text in test.choices)]
        return forms.ChoiceField(label=test.name, choices=choices, **more)
    mode = {"inputmode": "text" if test.kind == Test.Kind.TEXT else "decimal", "autocomplete": "off"}
    return forms.CharField(label=test.name, max_length=240, widget=forms.TextInput(attrs=mode), **more)


class AmendForm(HouseForm, forms.Form):
    required = {"why": _("Say why it is amended.")}

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"] = _result_field(item.test)
        self.fields["text"].label = gettext("New result")
        if item.test.unit:
            self.fields["text"].help_text = item.test.unit
        self.fields["why"] = forms.CharField(label=_("Why is it amended?"), max_length=160)
        self.fields["comment"] = forms.CharField(label=_("Comment (optional)"), required=False, max_length=240)
        self.fields["sure"] = forms.BooleanField(
            label=_("I am sure, also if it lies outside the range"), required=False
        )
        self.fields["text"].error_messages["required"] = _("Enter the result.")
        self.fields["why"].error_messages["required"] = self.required["why"]
        for name in ("text", "why", "comment"):
            if isinstance(self.fields[name], forms.CharField):
                self.fields[name].validators.append(PLAIN)


class PricesForm(HouseForm, forms.Form):
    """What tests cost in a hospital; left empty, a test is not done there."""

    stamp = stamp_field()

    def __init__(self, *args, hospital, tests, **kwargs):
        super().__init__(*args, **kwargs)
        self.tests = tests
        self.initial["stamp"] = prices_stamp(hospital, tests)
        rows = Price.objects.current().filter(hospital=hospital, test__in=tests)
        had = dict(rows.values_list("test", "amount"))
        for test in tests:
            self.fields[f"test_{test.pk}"] = forms.DecimalField(
                label=test.name,
                required=False,
                min_value=Decimal(0),
                max_value=MOST_AMOUNT,
                max_digits=10,
                decimal_places=2,
                initial=had.get(test.pk),
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                error_messages={
                    "invalid": _("Enter an amount such as 500"),
                    "min_value": _("Enter an amount of 0 or more"),
                },
            )

    @property
    def prices(self):
        """{test: amount or None} of the lines that arrived."""
        names = {test: f"test_{test.pk}" for test in self.tests}
        return {test: self.cleaned_data.get(name) for test, name in names.items() if name in self.data}
