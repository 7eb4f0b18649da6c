"""Whether a row is still as a person saw it: two who change the same page at once do not undo each other unseen."""

import hashlib

from django.utils.translation import gettext as _

from healthstack.lib.rules import RuleBroken


def stamp(row, names):
    """These columns of the row in short, for a hidden field of the page that shows them."""
    text = "\x1f".join(f"{name}={row._meta.get_field(name).value_to_string(row)}" for name in names)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_stamp(row, names, seen):
    """Raise RuleBroken unless the row, locked and read anew, is as it was seen. An empty stamp asks nothing."""
    if seen and seen != stamp(row, names):
        raise RuleBroken(
            _("Somebody else has changed this in the meantime. Load the page again, then change what you meant to.")
        )
