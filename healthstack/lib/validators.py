"""Checks that several floors share."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def multiple_of_five(minutes):
    """The day is divided into five-minute steps; everything that takes time is a number of them."""
    if minutes % 5:
        raise ValidationError(_("Use a number of minutes that can be divided by 5."))
