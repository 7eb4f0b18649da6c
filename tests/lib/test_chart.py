"""Charts: round numbers at the axis, everything inside the drawing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthstack.lib.chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Chart, Point

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
VALUES = st.decimals(min_value=-100000, max_value=100000, places=2)


def points(*values):
    return [Point(NOON + timedelta(days=n), D(value)) for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 100, "0 50 100"),
        (6.8, 7.9, "6.5 7 7.5 8"),
        (0.02, 0.11, "0 0.05 0.1 0.15"),
        (37, 37, "32 34 36 38 40 42"),
    ],
)
def test_the_axis_has_round_numbers(low, high, words):
    chart = Chart(points(low, high))
    assert " ".join(word for _y, word in chart.lines) == words


@given(values=st.lists(VALUES, min_size=1, max_size=40), low=st.none() | VALUES, high=st.none() | VALUES)
def test_every_point_lies_inside_the_drawing(values, low, high):
    if low is not None and high is not None and low > high:
        low, high = high, low
    chart = Chart(points(*values), low, high)
    for row in chart.shown:
        assert LEFT <= row["x"] <= WIDTH - RIGHT
        assert TOP - 1 <= row["y"] <= HEIGHT - BOTTOM + 1
    assert 2 <= len(chart.lines) <= 8
    if chart.band:
        assert chart.band["height"] >= 0


def test_more_is_higher():
    chart = Chart(points(5, 7))
    assert chart.shown[1]["y"] < chart.shown[0]["y"]
    assert chart.shown[1]["x"] > chart.shown[0]["x"]


def test_one_value_and_none_are_drawn_too():
    assert Chart(points(5)).shown[0]["x"] == (LEFT + WIDTH - RIGHT) / 2
    assert Chart([]).shown == []
