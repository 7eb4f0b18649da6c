"""No page asks more than twelve times, and none asks more often because there is more."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.budgets.pages import pages

MOST = 12
FEW, MANY = 12, 1000  # a page is full at ten
# Marks inside the transaction that each test runs in; a real request has none of them.
MARKS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")


def asked(browser, address):
    """The statements that the page cost, with nothing in the cache."""
    cache.clear()
    with CaptureQueriesContext(connection) as noted:
        answer = browser.get(address)
    assert answer.status_code in (200, 404), (address, answer.status_code)
    return [query["sql"] for query in noted if not query["sql"].startswith(MARKS)]


@pytest.mark.django_db
def test_every_page_asks_little_and_as_often_at_a_thousand_rows_as_at_ten(crowd, as_everyone, record_property):
    town = crowd(FEW)
    few = {(who, address): asked(as_everyone[who], address) for who, address in pages(town)}
    crowd(MANY)
    many = {(who, address): asked(as_everyone[who], address) for who, address in few}
    wrong = []
    for page, statements in many.items():
        before, now = len(few[page]), len(statements)
        record_property(" ".join(page), f"{before} {now}")
        if before != now or now > MOST:
            told = "\n    ".join(sql[:200] for sql in statements) if now > MOST else ""
            wrong.append(f"{' '.join(page)}: {before} at {FEW} rows, {now} at {MANY}\n    {told}")
    assert not wrong, "\n".join(wrong)
