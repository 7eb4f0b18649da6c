"""What one types in a conversation."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from healthstack.lib.forms import HandDrawn
from healthstack.lib.keys import uuid7
from healthstack.lib.uploads import PAPER, UploadField


class MessageForm(HandDrawn, forms.Form):
    """A text, a file, or both. `client_id` is the form's own: sent twice, it is one message."""

    client_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    text = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=4096,
        error_messages={"max_length": _("This message is too long. Send it in two parts.")},
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    file = UploadField(label=_("Picture or PDF"), kinds=PAPER, required=False)

    required = {"client_id": _("A part of the page did not arrive. Load it again, then send it once more.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["file"].label = _("Message"), _("Picture or PDF")

    def clean_client_id(self):
        key = self.cleaned_data["client_id"]
        if not re.fullmatch(r"[0-9A-Za-z-]{8,36}", key):
            raise forms.ValidationError(self.required["client_id"])
        return key


def fresh():
    """An empty form, with a key of its own."""
    return MessageForm(initial={"client_id": str(uuid7())}, auto_id="chat-%s")


def typed(data, uploaded):
    return MessageForm(data, uploaded, auto_id="chat-%s")


def number(text):
    """A number of a message as an address or a field brings it; anything else is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text or "") else None
