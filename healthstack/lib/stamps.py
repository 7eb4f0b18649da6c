"""Whether something is still as a person saw it: two who change the same page at once do not undo each other unseen."""

import hashlib

from django import forms
from django.utils.translation import gettext as _

from healthstack.lib.rules import RuleBroken


class Stale(RuleBroken):
    """Somebody else was faster. now: the stamp of what is stored by now; with it, the form can be sent again."""

    def __init__(self, now):
        super().__init__(
            _(
                "Somebody else has changed this in the meantime. What you typed is below, with what is stored now. Save "
                "again to put yours in its place."
            )
        )
        self.now = now


def stamp(row, names, *facts):
    """These columns of the row, and what hangs on it as plain values, in short: for a hidden field of its page."""
    text = "\x1f".join(f"{name}={row._meta.get_field(name).value_to_string(row)}" for name in names)
    text += "".join(f"\x1f{fact!r}" for fact in facts)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_stamp(seen, now):
    """Raise Stale unless what was seen is what is there, locked and read anew. An empty stamp asks nothing."""
    if seen and seen != now:
        raise Stale(now)


def stamp_field():
    """The hidden field of a form that carries what was seen."""
    return forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)


def show_stored(form, stale):
    """Say under each field that differs what is stored by now, and let the form be sent once more."""
    form.data = form.data.copy()
    form.data[form.add_prefix("stamp")] = stale.now
    for name in form.changed_data:
        field = form.fields[name]
        if not field.widget.is_hidden:
            label = getattr(field.label, "label", field.label)  # without "(optional)"
            value = _words(field, form.get_initial_for_field(field, name))
            form.add_error(name, _("%(label)s, stored now: %(value)s") % {"label": label, "value": value})


def _words(field, value):
    """The value as the page would show it."""
    if isinstance(field, forms.BooleanField):
        return _("ticked") if value else _("not ticked")
    values = value if isinstance(value, list | tuple) else [value]
    names = {str(key): str(label) for key, label in getattr(field, "choices", ()) if key != ""}
    shown = [names.get(str(one), str(field.prepare_value(one))) for one in values if one not in (None, "")]
    return ", ".join(shown)[:200] or _("nothing")
