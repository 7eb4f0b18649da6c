"""What things cost: rounding, tax, and splitting without losing a cent."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.lines import priced, sums
from healthstack.lib.money import rounded, split

PRICES = st.decimals(min_value=0, max_value=D("999999.99"), places=2)
RATES = st.sampled_from([D(0), D(5), D(12), D("12.5"), D(18), D(28), D(100)])


@pytest.mark.parametrize(
    ("amount", "to"),
    [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("1", "1.00"), ("1E+3", "1000.00")],
)
def test_half_a_cent_goes_up(amount, to):
    assert rounded(D(amount)) == D(to)


def test_tax_comes_on_top_after_the_discount():
    line = priced("Blood count", D("333.33"), quantity=3, tax_rate=18, discount=D("99.99"))
    assert (line.net, line.tax, line.total) == (D("900.00"), D("162.00"), D("1062.00"))


def test_a_printed_price_has_its_tax_in_it():
    line = priced("Paracetamol 500 mg", D("112.00"), tax_rate=12, tax_included=True)
    assert (line.net, line.tax, line.total) == (D("100.00"), D("12.00"), D("112.00"))


@pytest.mark.parametrize("discount", [D("-0.01"), D("100.01")])
def test_a_discount_is_between_nothing_and_the_price(discount):
    with pytest.raises(ValueError, match="discount"):
        priced("Visit", 100, discount=discount)


@given(price=PRICES, quantity=st.integers(1, 999), rate=RATES, included=st.booleans(), part=st.integers(0, 100))
def test_a_line_adds_up_and_is_within_half_a_cent_of_the_exact_tax(price, quantity, rate, included, part):
    gross = price * quantity
    discount = rounded(gross * part / 100)
    line = priced("x", price, quantity=quantity, tax_rate=rate, tax_included=included, discount=discount)
    assert line.total == line.net + line.tax
    base = gross - discount
    exact = base * rate / (100 + rate) if included else base * rate / 100
    assert abs(line.tax - exact) <= D("0.005")
    assert (line.total if included else line.net) == base


@given(lines=st.lists(st.tuples(PRICES, RATES), min_size=1, max_size=8))
def test_an_invoice_is_the_sum_of_its_lines(lines):
    rows = [priced("x", price, tax_rate=rate) for price, rate in lines]
    net, tax, total = sums(rows)
    assert net + tax == total == sum(row.total for row in rows)


@given(
    amount=st.decimals(min_value=-9999, max_value=99999, places=2),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any),
)
def test_parts_add_up_to_the_whole_and_are_fair_to_a_cent(amount, weights):
    parts = split(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) < D("0.01")
        assert weight or not part
