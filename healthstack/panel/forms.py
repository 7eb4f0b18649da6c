"""What every form of the panel shares: errors, refusals, and whether somebody else saved in between."""

import hashlib
from copy import copy

from django import forms
from django.utils.translation import gettext_lazy

from healthstack.lib.forms import HouseForm


class ReasonForm(HouseForm, forms.Form):
    """Why an act of consequence is done."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=240, widget=forms.Textarea(attrs={"rows": 3}))
    required = {"reason": gettext_lazy("Say why")}


class Apart:
    """Mixed into every form: what is typed goes onto a copy, so that the page around it shows what is stored."""

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, instance=copy(instance), **kwargs)


class Refused:
    """Mixed into a form whose values were fine, but whose act was refused."""

    refusal = None

    def _post_clean(self):
        super()._post_clean()
        field = self.refusal.field if self.refusal.field in self.fields else None
        self.add_error(field, str(self.refusal))


def problems(form):
    """[(id of the input, sentence)] of a form, or of a formset with its forms."""
    if hasattr(form, "management_form"):
        found = [("", error) for error in form.non_form_errors()]
        return found + [problem for one in form.forms if one.errors for problem in one.problems]
    return form.problems


def stamp(form, formsets=()):
    """What the form showed when it was opened, in short: another stamp means that someone changed it since."""
    shown = [_plain(form.initial), *([_plain(one.initial) for one in formset.initial_forms] for formset in formsets)]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def _plain(initial):
    def text(value):
        values = value if isinstance(value, list | tuple) else [value]
        return sorted(str(getattr(one, "pk", one)) for one in values)

    return sorted((name, text(value)) for name, value in initial.items() if value not in (None, ""))
