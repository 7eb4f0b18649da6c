"""Pieces of pages that look the same to everybody: drawn once, then kept in the memory of the process.

All that a piece is drawn from is its key, so none is ever out of date; it sees nothing of the request or the person.
"""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from healthstack.lib import clock

MOST = 2000  # of some five kilobytes


def piece(template, **facts):
    """The template drawn with these facts, which are texts, numbers, days and tuples of them: public ones only."""
    draw = _draw.__wrapped__ if settings.DEBUG else _draw  # whoever changes a template wants to see it
    # A quarter of an hour is on one day in every zone of the world: "Today" comes true again at midnight anywhere.
    quarter = int(clock.now().timestamp()) // 900
    return draw(
        template, tuple(facts.items()), translation.get_language(), timezone.get_current_timezone_name(), quarter
    )


@lru_cache(MOST)
def _draw(template, facts, language, zone, quarter):
    return render_to_string(template, dict(facts))


forget = _draw.cache_clear
