"""Doses of the release before: read where they are a number and a unit, else left in their words; and the other way."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from prescriptions.dosing import Dosage, read_before, written_before
from prescriptions.models import Medicine, Prescription

fill = import_module("prescriptions.migrations.0003_fill").fill


@pytest.mark.parametrize(
    ("dose", "often", "columns"),
    [
        ("1 tablet", "1-0-1", {"dose_quantity": Decimal(1), "dose_unit": "tablet", "pattern": "1-0-1"}),
        ("2 Tablets", "1-0-0", {"dose_quantity": Decimal(2), "dose_unit": "tablet", "pattern": "1-0-0"}),
        ("½ tablet", "0-0-1", {"dose_quantity": Decimal("0.5"), "dose_unit": "tablet", "pattern": "0-0-1"}),
        ("7.5 ml", "as_needed", {"dose_quantity": Decimal("7.5"), "dose_unit": "ml", "as_needed": True}),
        ("1 sachet", "weekly", {"dose_quantity": Decimal(1), "dose_unit": "sachet", "every": 1, "period": "weeks"}),
        ("1 sachet in milk", "weekly", {}),
        ("1-2 tablets", "1-0-1", {}),
        ("1 drop in both eyes", "1-0-1", {}),
        ("500 mg", "1-0-1", {}),
        ("0 tablets", "1-0-1", {}),
        ("a thin layer", "1-0-1", {}),
        ("1 tablet", "now and then", {}),
        ("", "", {}),
    ],
)
def test_only_a_number_and_a_unit_are_read(dose, often, columns):
    assert read_before(dose, often) == columns


def test_what_is_there_is_filled_in_once(draft, visit, doctor):
    Medicine.objects.all().delete()
    old = {"prescription": draft, "name": "Naproxen", "days": 5}
    Medicine.objects.create(**old, position=1, dose="1 tablet", frequency="1-0-1", food="after")
    Medicine.objects.create(**old, position=2, dose="1 sachet in milk", frequency="weekly")
    words = [line.in_words for line in draft.medicines.all()]
    Prescription.objects.update(state="signed", signed_at=draft.drafted_at)
    fill(apps, None)
    plain, milk = draft.medicines.all()
    assert plain.in_words == f"{words[0]}, for 5 days"
    assert milk.in_words == words[1]
    assert plain.ends_on.isoformat() == "2026-03-06"  # the fifth day of a Monday's
    draft.refresh_from_db()
    code = draft.code
    assert len(code) == 16
    fill(apps, None)
    draft.refresh_from_db()
    assert draft.code == code


@pytest.mark.parametrize(
    ("dosage", "text"),
    [
        (Dosage(Decimal(1), "tablet", pattern="1-0-1", days=5), ("1 tablet", "1-0-1")),
        (Dosage(Decimal("0.5"), "tablet", every=8, period="hours"), ("½ tablet", "8 hours")),
        (Dosage(Decimal(2), "puff", as_needed=True), ("2 puffs", "as_needed")),
        (Dosage(Decimal(1), "sachet", every=1, period="weeks"), ("1 sachet", "weekly")),
    ],
)
def test_the_release_before_can_show_what_is_written_now(dosage, text):
    assert written_before(dosage) == text
    assert len(text[1]) <= 10


def test_a_line_is_written_for_both_releases(draft):
    line = draft.medicines.first()
    assert (line.dose, line.frequency, line.quantity) == ("1 tablet", "1-0-1", 10)
