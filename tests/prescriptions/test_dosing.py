"""How a dose is said and how much it comes to."""

from decimal import ROUND_CEILING
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescriptions.dosing import (
    BY_THE_PACK,
    DIVISIBLE,
    HOURS_OF,
    Dosage,
    Food,
    Pattern,
    Period,
    Route,
    Unit,
    amount,
    number,
    short,
    times,
    words,
)

QUANTITIES = st.sampled_from([D("0.25"), D("0.5"), D("0.75"), D(1), D("1.5"), D(2), D("2.4"), D(5), D(10)])
LENGTHS = st.integers(1, 365)


@pytest.mark.parametrize(
    ("facts", "in_words", "in_short", "needed"),
    [
        (
            {"pattern": "1-0-1", "food": "after", "days": 5},
            "1 tablet in the morning and in the evening, after food, for 5 days",
            "1-0-1",
            10,
        ),
        (
            {"quantity": D("0.5"), "pattern": "1-0-1", "days": 3},
            "½ tablet in the morning and in the evening, for 3 days",
            "½-0-½",
            3,
        ),
        (
            {"quantity": D(2), "pattern": "1-1-1-1", "days": 1},
            "2 tablets in the morning, at midday, in the evening and at night, for 1 day",
            "2-2-2-2",
            8,
        ),
        ({"every": 8, "period": "hours", "days": 7}, "1 tablet every 8 hours, for 7 days", "every 8 hours", 21),
        ({"every": 1, "period": "weeks", "days": 28}, "1 tablet once a week, for 28 days", "once a week", 4),
        ({"every": 2, "period": "days", "days": 7}, "1 tablet every 2 days, for 7 days", "every 2 days", 4),
        (
            {"as_needed": True, "reason": "pain", "every": 6, "period": "hours", "days": 2},
            "1 tablet when needed for pain, at most every 6 hours, for 2 days",
            "when needed for pain, at most every 6 hours",
            8,
        ),
        ({"as_needed": True}, "1 tablet when needed", "when needed", None),
        ({"pattern": "0-0-1"}, "1 tablet in the evening", "0-0-1", None),
        (
            {"unit": "ml", "quantity": D("2.5"), "pattern": "1-1-1", "days": 5},
            "2½ ml in the morning, at midday and in the evening, for 5 days",
            "2½-2½-2½",
            D("37.5"),
        ),
        (
            {"unit": "drop", "quantity": D(2), "route": "eye", "every": 4, "period": "hours", "days": 5},
            "2 drops into the eye every 4 hours, for 5 days",
            "every 4 hours",
            None,
        ),
    ],
)
def test_doses_are_said_and_counted(facts, in_words, in_short, needed):
    dosage = Dosage(**{"quantity": D(1), "unit": "tablet", **facts})
    assert words(dosage) == in_words
    assert short(dosage) == in_short
    assert amount(dosage) == needed


@pytest.mark.parametrize(
    ("quantity", "text"),
    [("0.25", "¼"), ("0.50", "½"), ("1", "1"), ("1.5", "1½"), ("10", "10"), ("2.40", "2.4"), ("100", "100")],
)
def test_numbers_are_written_as_people_do(quantity, text):
    assert number(D(quantity)) == text


@given(quantity=QUANTITIES, unit=st.sampled_from(Unit), pattern=st.sampled_from(Pattern), days=LENGTHS)
def test_a_pattern_comes_to_what_is_taken_day_by_day(quantity, unit, pattern, days):
    taken = sum(quantity for _day in range(days) for part in pattern.value.split("-") if part == "1")
    needed = amount(Dosage(quantity, unit, pattern=pattern, days=days))
    if unit in BY_THE_PACK:
        assert needed is None
    else:
        assert needed == (taken if unit in DIVISIBLE else taken.to_integral_value(ROUND_CEILING))


@given(every=st.integers(1, 60), period=st.sampled_from(Period), days=LENGTHS)
def test_an_interval_comes_to_the_moments_that_fall_into_the_days(every, period, days):
    step = every * HOURS_OF[period]
    assert times(Dosage(D(1), "tablet", every=every, period=period, days=days)) == len(range(0, 24 * days, step))


@given(
    quantity=QUANTITIES,
    unit=st.sampled_from(Unit),
    pattern=st.sampled_from(["", *Pattern]),
    every=st.integers(1, 48),
    period=st.sampled_from(Period),
    as_needed=st.booleans(),
    route=st.sampled_from(Route),
    food=st.sampled_from(Food),
    days=st.one_of(st.none(), LENGTHS),
)
def test_every_dose_can_be_said(quantity, unit, pattern, every, period, as_needed, route, food, days):
    dosage = Dosage(
        quantity,
        unit,
        pattern=pattern,
        every=None if pattern else every,
        period="" if pattern else period,
        as_needed=as_needed,
        route=route,
        food=food,
        days=days,
    )
    said = words(dosage)
    assert said
    assert "%" not in said
    assert "None" not in said
    assert short(dosage)
    assert (number(quantity) in said) or unit == Unit.APPLICATION
    assert (amount(dosage) is None) or amount(dosage) >= quantity
