"""Money: decimals in the site's currency, one rule of rounding, and nothing lost when an amount is split."""

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

CENT = Decimal("0.01")  # the smallest part of the currency; columns of money have two places
ZERO = Decimal("0.00")
SIGNS = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£"}


def rounded(amount):
    """To the smallest part, half of it upward: 0.005 is 0.01, and -0.005 is -0.01."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def split(amount, weights):
    """An amount in parts that are to each other as the weights, and add up to it exactly. -> [Decimal]

    amount: rounded. weights: not negative, at least one above zero. Each part is within one cent of its exact share; the cents
    that rounding leaves go to the largest remainders, the first of equals first.
    """
    total = sum(weights)
    cents = int(amount / CENT)
    shares = [cents * Decimal(weight) / Decimal(total) for weight in weights]
    whole = [int(share) for share in shares]  # towards zero
    left, sign = cents - sum(whole), -1 if cents < 0 else 1
    order = sorted(range(len(shares)), key=lambda n: (-abs(shares[n] - whole[n]), n))
    for n in order[: abs(left)]:
        whole[n] += sign
    return [n * CENT for n in whole]


def shown(amount):
    """'₹1,25,000.00': always two decimals, Indian grouping for rupees."""
    amount = rounded(amount)
    whole, cents = f"{abs(amount):.2f}".split(".")
    if settings.CURRENCY == "INR" and len(whole) > 3:
        head, tail = whole[:-3], whole[-3:]
        groups = []
        while head:
            groups.insert(0, head[-2:])
            head = head[:-2]
        whole = ",".join([*groups, tail])
    else:
        whole = f"{int(whole):,}"
    return f"{'−' if amount < 0 else ''}{SIGNS.get(settings.CURRENCY, settings.CURRENCY + ' ')}{whole}.{cents}"
