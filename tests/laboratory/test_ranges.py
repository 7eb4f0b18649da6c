"""Values, ranges by sex and age, and flags."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laboratory.ranges import Flag, Span, Value, flag, pick, read, words

NUMBERS = st.decimals(min_value=0, max_value=1000, places=2)
ORDER = [Flag.CRITICAL_LOW, Flag.LOW, Flag.NORMAL, Flag.HIGH, Flag.CRITICAL_HIGH]


@st.composite
def spans(draw):
    ends = sorted(draw(st.lists(NUMBERS, min_size=4, max_size=4)))
    kept = [end if draw(st.booleans()) else None for end in ends]
    return Span(critical_low=kept[0], low=kept[1], high=kept[2], critical_high=kept[3])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7.2", Value(D("7.2"))),
        ("<0.41", Value(D("0.41"), "<")),
        (" > 1000 ", Value(D(1000), ">")),
        ("-3", Value(D(-3))),
    ],
)
def test_values_are_read_with_their_sign(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    "text", ["", "7,2", "1,000", "abc", "<", "<<1", "1e5", "NaN", "٣", "1.23456", "9" * 30, "5 mg"]
)
def test_what_is_no_number_is_not_guessed_at(text):
    with pytest.raises(ValueError):
        read(text)


HAEMOGLOBIN = [
    Span(D(14), D(22), to_days=8),
    Span(D(10), D(14), from_days=8, to_days=365 * 12),
    Span(D(13), D(17), sex="male", from_days=365 * 12),
    Span(D(12), D(15), sex="female", from_days=365 * 12),
]


@pytest.mark.parametrize(
    ("sex", "days", "low"),
    [
        ("male", 0, 14),
        ("female", 7, 14),
        ("female", 8, 10),  # the eighth day of life belongs to the next range
        ("male", 365 * 12 - 1, 10),
        ("male", 365 * 12, 13),
        ("female", 20000, 12),
    ],
)
def test_the_range_is_that_of_sex_and_age_in_days(sex, days, low):
    assert pick(HAEMOGLOBIN, sex, days).low == low


def test_of_somebody_whose_sex_is_not_known_there_is_no_range_by_sex():
    assert pick(HAEMOGLOBIN, "unknown", 20000) is None
    assert flag(Value(D(9)), pick(HAEMOGLOBIN, "unknown", 20000)) == Flag.NONE


def test_the_narrower_range_goes_first():
    assert pick([Span(D(1), D(2)), Span(D(3), D(4), to_days=30)], "male", 5).low == 3


@pytest.mark.parametrize(
    ("text", "span", "is_"),
    [
        ("5", Span(D(4), D(11)), "N"),
        ("4", Span(D(4), D(11)), "N"),
        ("11", Span(D(4), D(11)), "N"),
        ("3.99", Span(D(4), D(11)), "L"),
        ("11.01", Span(D(4), D(11)), "H"),
        ("2", Span(D(4), D(11), critical_low=D(2)), "LL"),
        ("30", Span(D(4), D(11), critical_high=D(30)), "HH"),
        ("<0.41", Span(None, D("0.5")), "N"),
        ("<0.41", Span(D(0), D("0.5")), "N"),
        ("<0.6", Span(None, D("0.5")), ""),
        ("<4", Span(D(4), D(11)), "L"),
        ("<5", Span(D(4), D(11)), ""),
        (">11", Span(D(4), D(11)), "H"),
        (">60", Span(D(60), None), "N"),
        (">10", Span(D(4), D(11)), ""),
        ("5", None, ""),
        ("5", Span(), ""),
    ],
)
def test_flags(text, span, is_):
    assert flag(read(text), span) == is_


@given(span=spans(), a=NUMBERS, b=NUMBERS)
def test_more_is_never_flagged_lower(span, a, b):
    a, b = sorted((a, b))
    flags = [flag(Value(n), span) for n in (a, b)]
    if Flag.NONE not in flags:
        assert ORDER.index(flags[0]) <= ORDER.index(flags[1])


@given(span=spans(), n=NUMBERS, comparator=st.sampled_from("<>"), real=NUMBERS)
def test_a_sign_is_flagged_only_as_every_value_behind_it_would_be(span, n, comparator, real):
    said = flag(Value(n, comparator), span)
    behind = real < n if comparator == "<" else real > n
    if said != Flag.NONE and behind:
        assert flag(Value(real), span) == said


def test_ranges_in_words():
    assert words(Span(D("4.50"), D(11)), "g/dl") == "4.5 to 11\u00a0g/dl"
    assert words(Span(None, D("0.5"))) == "up to 0.5"
    assert words(Span(D(60), None)) == "from 60"
    assert words(None) == ""
