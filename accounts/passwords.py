"""What a password must be: long. Nothing about capitals and digits (ASVS 5.0, 6.2)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEAST, LEAST_FOR_STAFF = 8, 12


class LengthValidator:
    """Eight characters for patients, twelve for everybody who sees other people's data."""

    def validate(self, password, user=None):
        least = LEAST
        if user is not None and user.pk and not user._state.adding and user.groups.exclude(name="Patients").exists():
            least = LEAST_FOR_STAFF
        if len(password) < least:
            raise ValidationError(_("Use at least %(least)d characters.") % {"least": least}, code="password_too_short")

    def get_help_text(self):
        return _("At least %(least)d characters. A few words are easy to remember and hard to guess.") % {
            "least": LEAST
        }
