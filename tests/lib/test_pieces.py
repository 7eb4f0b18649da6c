"""Pieces of pages that are drawn once."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from healthstack.lib import clock, pieces
from healthstack.pages.cards import PlaceCard

CARD = "components/place_card.html"


@pytest.fixture
def place():
    return PlaceCard(
        key=1,
        name="<b>Sahara",
        slug="sahara",
        kind="clinic",
        address="",
        tint=1,
        photo=False,
        emergency=False,
        beds=None,
        departments=(),
        doctors=2,
        soonest=clock.now() + timedelta(days=1),
        zone="Asia/Kolkata",
    )


def test_the_same_facts_are_drawn_once_and_other_facts_anew(place):
    pieces.forget()
    first = pieces.piece(CARD, card=place)
    assert pieces.piece(CARD, card=place) is first
    assert "3 doctors" in pieces.piece(CARD, card=place._replace(doctors=3))
    assert "2 doctors" in first


def test_tomorrow_becomes_today(place):
    assert "Tomorrow" in pieces.piece(CARD, card=place)
    with clock.at(clock.now() + timedelta(days=1)):
        assert "Today" in pieces.piece(CARD, card=place)


def test_each_language_and_zone_has_its_own(place):
    first = pieces.piece(CARD, card=place)
    with translation.override("hi"):
        assert pieces.piece(CARD, card=place) is not first
    with timezone.override("UTC"):
        assert pieces.piece(CARD, card=place) is not first


def test_what_people_typed_is_escaped(place):
    assert "&lt;b&gt;Sahara" in pieces.piece(CARD, card=place)
