"""Days as people type and count them."""

from datetime import date

import pytest

from healthstack.lib.dates import age_on, read_date


@pytest.mark.parametrize(
    "text",
    [
        "27 3 2004",
        "27/03/2004",
        "27.3.2004",
        "27-03-2004",
        " 27 March 2004 ",
        "27 mar 2004",
        "27 MARCH, 2004",
        "2004-03-27",
        "२७ ३ २००४",
    ],
)
def test_a_date_is_read_day_before_month(text):
    assert read_date(text) == date(2004, 3, 27)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "banana",
        "27 3",
        "27 3 04",
        "3/27/2004",
        "31 2 2004",
        "29 2 2023",
        "27 ma 2004",
        "27 brumaire 2004",
        "0 0 0000",
        "27 3 99999",
        "2004-13-01",
        "27 3 2004 5",
        "9" * 500,
        "\x00",
    ],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        read_date(text)


def test_a_leap_day_is_a_date():
    assert read_date("29 2 2024") == date(2024, 2, 29)


def test_age_changes_on_the_birthday():
    assert age_on(date(1990, 4, 12), date(2026, 4, 11)) == 35
    assert age_on(date(1990, 4, 12), date(2026, 4, 12)) == 36


def test_a_child_of_the_leap_day_is_older_on_the_first_of_march():
    assert age_on(date(2004, 2, 29), date(2026, 2, 28)) == 21
    assert age_on(date(2004, 2, 29), date(2026, 3, 1)) == 22


def test_a_child_of_the_leap_day_is_older_on_that_day_in_leap_years():
    assert age_on(date(2004, 2, 29), date(2028, 2, 28)) == 23
    assert age_on(date(2004, 2, 29), date(2028, 2, 29)) == 24


def test_a_newborn_is_nought():
    assert age_on(date(2026, 3, 2), date(2026, 3, 2)) == 0
