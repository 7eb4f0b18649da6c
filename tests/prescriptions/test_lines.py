"""What may be typed on a line of the pad, and what is asked about."""

from decimal import Decimal

import pytest

from prescriptions.forms import MedicineForm, initial_of

FULL = {"name": "Naproxen", "dose_quantity": "1", "dose_unit": "tablet", "often": "1-0-1", "days": "5"}


def line(**typed):
    return MedicineForm({name: value for name, value in {**FULL, **typed}.items() if value is not None})


def read(**typed):
    form = line(**typed)
    assert form.is_valid(), form.errors
    return form.medicine()


@pytest.mark.parametrize(
    ("typed", "is_"),
    [
        ("1", "1"),
        ("2.5", "2.5"),
        ("2,5", "2.5"),
        ("½", "0.5"),
        ("1½", "1.5"),
        ("1 ½", "1.5"),
        ("1/2", "0.5"),
        ("1 1/2", "1.5"),
    ],
)
def test_a_dose_is_typed_as_people_write_it(typed, is_):
    assert read(dose_quantity=typed).dose_quantity == Decimal(is_)


@pytest.mark.parametrize("typed", ["0", "-1", "1-2", "one", "1e3", "11/2", "2.5½", "1001", "९", "1" * 9, "\x00", " "])
def test_what_is_no_dose_is_refused(typed):
    assert "dose_quantity" in line(dose_quantity=typed).errors


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "1 tablet in the morning and in the evening, for 5 days"),
        ({"often": "8 hours"}, "1 tablet every 8 hours, for 5 days"),
        ({"often": "1 weeks"}, "1 tablet once a week, for 5 days"),
        ({"often": "", "as_needed": "on", "reason": "pain"}, "1 tablet when needed for pain, for 5 days"),
        ({"days": "", "until_further_notice": "on"}, "1 tablet in the morning and in the evening"),
        ({"dose_unit": "drop", "route": "eye"}, "1 drop into the eye in the morning and in the evening, for 5 days"),
    ],
)
def test_all_that_is_chosen_is_in_the_words(typed, words):
    assert read(**typed).in_words == words


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"dose_unit": ""}, "dose_unit"),
        ({"dose_unit": "spoon"}, "dose_unit"),
        ({"often": ""}, "often"),
        ({"often": "7 hours"}, "often"),
        ({"days": ""}, "days"),
        ({"days": "0"}, "days"),
        ({"days": "366"}, "days"),
        ({"until_further_notice": "on"}, "days"),
        ({"reason": "pain"}, "reason"),
        ({"dose_unit": "ml"}, "route"),
        ({"quantity": "9"}, "quantity"),
        ({"medication": "x"}, "medication"),
    ],
)
def test_each_gap_has_its_sentence(typed, field):
    assert list(line(**typed).errors) == [field]


def test_a_quantity_is_typed_only_where_it_is_not_counted():
    assert read(quantity="10").how_much == "10 tablets"  # the same as counted
    drops = {"dose_unit": "drop", "route": "eye", "quantity": "2"}
    assert read(**drops).how_much == "2 packs"
    assert read(often="", as_needed="on", quantity="6").how_much == "6 tablets"
    assert read(often="", as_needed="on").how_much == ""


def test_nothing_typed_is_no_medicine():
    form = MedicineForm(
        {"dose_unit": "tablet", "often": "1-0-1", "food": "after"}, empty_permitted=True, use_required_attribute=False
    )
    assert form.is_empty()
    assert form.is_valid()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"often": "8 hours", "food": "with"},
        {"often": "", "as_needed": "on", "reason": "pain", "quantity": "6"},
        {"days": "", "until_further_notice": "on"},
    ],
)
def test_a_stored_line_fills_the_form_as_it_was_typed(typed):
    row = read(**typed)
    again = MedicineForm({name: value if value is not None else "" for name, value in _typed(initial_of(row)).items()})
    assert again.is_valid(), again.errors
    assert again.medicine().in_words == row.in_words


def _typed(initial):
    """As a browser sends it: what is not ticked is left out, numbers as they are shown."""
    fields = MedicineForm().fields
    shown = {name: fields[name].prepare_value(value) for name, value in initial.items()}
    return {name: "on" if value is True else value for name, value in shown.items() if value is not False}
