"""Plain words for complaints, and the field of medicine that sees them: data/symptoms.csv, whose rows name their source."""

import csv
from functools import cache
from typing import NamedTuple

from django.conf import settings

from appointments.search import SHORTEST_SLIP, one_slip
from appointments.search import words as split

LONGEST = 4  # words of a complaint


class Symptom(NamedTuple):
    name: str
    words: frozenset  # in normal form, all of which are said; "of" and "in" need not be
    small: frozenset
    specialty: str  # slug
    emergency: bool  # or its sudden, severe form is one
    source: str
    address: str


class Meant(NamedTuple):
    """A complaint that a text speaks of, and the words of the text that do."""

    symptom: Symptom
    typed: frozenset


@cache
def table():
    """All rows, those of most words first: 'coughing blood' before 'cough'."""
    with (settings.BASE_DIR / "data" / "symptoms.csv").open(encoding="utf-8", newline="") as file:
        rows = [_symptom(**row) for row in csv.DictReader(file)]
    return sorted(rows, key=lambda symptom: (-len(symptom.words), symptom.name))


def _symptom(*, words, specialty, emergency, source, address):
    said = split(words, most=LONGEST)
    small = frozenset(word for word in said if len(word) < 3)
    return Symptom(words, frozenset(said) - small, small, specialty, emergency == "yes", source, address)


def meant(text):
    """-> Meant, or None. Each word of the complaint is said, at most one slip of the pen away."""
    typed = split(text)
    for spelled in (_equal, _slipped):
        for symptom in table():
            said = {word: next((t for t in typed if spelled(t, word)), None) for word in symptom.words}
            if all(said.values()):
                return Meant(symptom, frozenset(said.values()) | symptom.small & set(typed))
    return None


def _equal(typed, word):
    return typed == word


def _slipped(typed, word):
    return typed == word or (min(len(typed), len(word)) >= SHORTEST_SLIP and one_slip(typed, word))
