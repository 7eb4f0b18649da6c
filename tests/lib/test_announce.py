"""Words that lower floors call out, and the table that says who answers."""

import re
from pathlib import Path

import pytest

from healthstack.lib import announce as room
from healthstack.lib.announce import announce, wire
from healthstack.wiring import TABLE

ROOT = Path(__file__).parents[2]
FLOORS = ("accounts", "hospitals", "doctors", "patients", "billing", "appointments", "laboratory", "prescriptions")
CALL = re.compile(r"""\bannounce\(\s*["']([^"']+)["']""")


def words_in_the_source():
    files = [path for floor in (*FLOORS, "pharmacy", "chat") for path in (ROOT / floor).rglob("*.py")]
    return {word for path in files for word in CALL.findall(path.read_text(encoding="utf-8"))}


@pytest.fixture
def _table_as_it_was():
    before = dict(room._answers)
    yield
    wire(before)


def test_every_word_has_an_answer_and_every_answer_a_word():
    assert words_in_the_source() == set(TABLE)


def test_the_table_is_wired():
    assert room._answers == TABLE


def test_a_word_that_nobody_knows_is_an_error():
    with pytest.raises(KeyError):
        announce("kitchens.flooded")


def test_all_answers_are_given_in_their_order(_table_as_it_was):
    heard = []
    wire({"bell": [lambda **facts: heard.append(("first", facts)), lambda **facts: heard.append(("second", facts))]})
    announce("bell", times=2)
    assert heard == [("first", {"times": 2}), ("second", {"times": 2})]


def test_an_answer_that_fails_fails_the_announcement(_table_as_it_was):
    def broken():
        raise ZeroDivisionError

    wire({"bell": [broken]})
    with pytest.raises(ZeroDivisionError):
        announce("bell")
