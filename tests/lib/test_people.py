"""Names: initials, tints, titles."""

from uuid import uuid4

import pytest

from healthstack.lib.people import initials, tint, without_title
from healthstack.lib.rules import RuleBroken


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Priyanka Maurya", "PM"),
        ("Neha Kumari Sharma", "NS"),
        ("Dr. Neha Sharma", "NS"),
        ("madonna", "M"),
        ("Dr", "D"),
        ("मीरा शर्मा", "मश"),
        ("  spaced   out ", "SO"),
        ("", "?"),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters


def test_a_person_keeps_their_tint():
    keys = [uuid4() for _ in range(200)]
    assert [tint(key) for key in keys] == [tint(str(key)) for key in keys]
    assert {tint(key) for key in keys} == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Dr. Dr Asha Rao", "Asha Rao"),
        ("prof. dr. Asha Rao", "Asha Rao"),
        ("Asha Rao", "Asha Rao"),
        ("Dr", "Dr"),
        ("Drew Barrymore", "Drew Barrymore"),
    ],
)
def test_a_title_is_left_out(typed, name):
    assert without_title(typed) == name


def test_a_refusal_is_a_sentence_with_offers():
    refusal = RuleBroken("That time is gone.", offers=(1, 2), field="slot")
    assert str(refusal) == "That time is gone."
    assert (refusal.offers, refusal.field) == ([1, 2], "slot")
