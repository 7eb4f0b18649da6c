"""No page asks more than twelve times, and none asks more often because there is more."""

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.budgets.pages import pages

MOST = 12
# The first visitor in five minutes fills what all of them share: the choices of the search, and how many there are.
MOST_OF_THE_FIRST = 15
FEW, MANY = 12, 1000  # a page is full at ten
# Marks inside the transaction that each test runs in; a real request has none of them.
MARKS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")


def asked(browser, address):
    """The statements that the page cost: first with nothing in the cache, then with what is shared in it, if anything."""
    cache.clear()
    found = []
    while len(found) < 2:
        with CaptureQueriesContext(connection) as noted:
            answer = browser.get(address)
        assert answer.status_code in (200, 404), (address, answer.status_code)
        found.append([query["sql"] for query in noted if not query["sql"].startswith(MARKS)])
        if not cache._cache:
            return found * 2
    return found


def test_no_page_asks_much_and_none_asks_more_because_there_is_more(crowd, as_everyone, record_property):
    ContentType.objects.get_for_models(*apps.get_models())  # known for as long as a process lives
    town = crowd(FEW)
    for browser in as_everyone.values():
        browser.get("/accounts/stay/")  # the first click in half a minute is noted, at three statements
    few = {(who, address): asked(as_everyone[who], address) for who, address in pages(town)}
    crowd(MANY)
    wrong = []
    for (who, address), before in few.items():
        now = asked(as_everyone[who], address)
        counts = [(len(a), len(b)) for a, b in zip(before, now, strict=True)]
        record_property(f"{who} {address}", " ".join(f"{a} {b}" for a, b in counts))
        for (a, b), most in zip(counts, (MOST_OF_THE_FIRST, MOST), strict=True):
            if a != b or b > most:
                wrong.append(f"{who} {address}: {a} at {FEW} rows, {b} at {MANY}; at most {most}")
    assert not wrong, "\n".join(wrong)
