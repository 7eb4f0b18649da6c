"""How the pages write money, days and times."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from healthstack.lib import clock
from healthstack.templatetags import hs

INDIA = "Asia/Kolkata"
NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (125000, "₹1,25,000.00"),
        (Decimal("12345678.9"), "₹1,23,45,678.90"),
        (1000, "₹1,000.00"),
        (999, "₹999.00"),
        (0, "₹0.00"),
        (Decimal("0.005"), "₹0.01"),
        (Decimal("-1250.5"), "−₹1,250.50"),
        ("500", "₹500.00"),
    ],
)
def test_rupees_are_grouped_as_in_india(amount, written):
    assert hs.money(amount) == written


def test_other_money_is_grouped_by_thousands(settings):
    settings.CURRENCY = "EUR"
    assert hs.money(1250000) == "€1,250,000.00"
    settings.CURRENCY = "CHF"
    assert hs.money(Decimal("12.5")) == "CHF 12.50"


def test_days_near_by_have_names(at):
    now = at("2026-03-02 09:00")
    assert hs.when(now + timedelta(hours=1), INDIA) == "Today, 10:00"
    assert hs.when(now + timedelta(days=1), INDIA) == "Tomorrow, 09:00"
    assert hs.when(now + timedelta(days=2), INDIA) == "Wed 4 Mar, 09:00"
    assert hs.when(now - timedelta(days=1), INDIA) == "Sun 1 Mar, 09:00"


def test_another_year_is_named(at):
    now = at("2026-12-30 09:00")
    assert hs.when(now + timedelta(days=3), INDIA) == "Sat 2 Jan 2027, 09:00"
    assert hs.date_words(date(2025, 12, 30)) == "Tue 30 Dec 2025"


def test_today_is_today_where_the_hospital_is(at):
    evening = at("2026-03-03 02:00")  # still the 2nd in New York
    assert hs.day(evening, NEW_YORK) == "Today"
    assert hs.day(evening + timedelta(hours=12), NEW_YORK) == "Tomorrow"
    assert hs.day(date(2026, 3, 2), NEW_YORK) == "Today"


def test_the_repeated_hour_says_which_one(at):
    at("2026-10-01 09:00")
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert hs.clock_time(first, NEW_YORK) == "01:30 EDT"
    assert hs.clock_time(first + timedelta(hours=1), NEW_YORK) == "01:30 EST"
    assert hs.clock_time(first + timedelta(hours=2), NEW_YORK) == "02:30"


def test_the_year_may_end_in_between(at):
    new_year = at("2026-12-31 23:30")
    assert hs.day(new_year + timedelta(hours=1), INDIA) == "Tomorrow"


def test_nothing_is_written_as_nothing():
    assert hs.when(None) == "" == hs.date_words(None) == hs.full_date(None)


def test_a_full_date():
    assert hs.full_date(date(2026, 11, 24)) == "24 Nov 2026"
    assert hs.full_date(datetime(2026, 11, 24, 20, tzinfo=UTC)) == "25 Nov 2026"


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=35), "in 35 minutes"),
        (timedelta(hours=1, minutes=5), "in 1 hour 5 minutes"),
        (timedelta(hours=7, minutes=5), "in 7 hours"),
        (timedelta(hours=30), "in 1 day"),
        (timedelta(days=2), "in 2 days"),
        (-timedelta(minutes=5), "5 minutes ago"),
    ],
)
def test_how_long_until(at, apart, words):
    at("2026-03-02 09:00")
    assert hs.until(clock.now() + apart) == words


def test_a_minute_of_the_day():
    assert [hs.minute_of_day(m) for m in (0, 540, 1435, 1440, 1530)] == ["00:00", "09:00", "23:55", "00:00", "01:30"]
