"""The form by which a document comes into a record."""

from django import forms
from django.utils.translation import gettext_lazy as _

from healthstack.lib.forms import HouseForm, TypedDateField
from healthstack.lib.uploads import PAPER, UploadField
from patients.models import Document


class RecordDocumentForm(HouseForm, forms.Form):
    """A paper of a patient."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=Document.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("For example, MRI of the head."))
    dated_on = TypedDateField(label=_("Date on it"), help_text=_("For example, 27 3 2024"))
    upload = UploadField(label=_("File"), kinds=PAPER)
    required = {"kind": _("Say what it is"), "title": _("Enter a title"), "dated_on": _("Enter the date on it")}
