"""The form of a visit's note, and of what is added to it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models import Note
from healthstack.lib.forms import HouseForm
from healthstack.lib.stamps import stamp_field


class AddendumForm(HouseForm, forms.Form):
    text = forms.CharField(
        label=_("What is to be added"),
        max_length=Note.LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": _("Write at most 20,000 characters")},
    )
    required = {"text": _("Write something down")}


class NoteForm(AddendumForm):
    stamp = stamp_field()

    def __init__(self, *args, note=None, **kwargs):
        kwargs["initial"] = {"text": note.text if note else "", "stamp": str(note.version) if note else "0"}
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Note")
        self.fields["text"].widget.attrs["rows"] = 14
        self.fields["text"].help_text = _(
            "What was said and found, and what comes next. The patient reads it once it is signed."
        )
