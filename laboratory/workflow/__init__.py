"""Every act in a laboratory: its catalogue and prices, orders, samples, results."""

from laboratory.workflow.catalogue import change_prices, import_tests
from laboratory.workflow.orders import MOST_TESTS, cancel, place
from laboratory.workflow.results import amend, enter, enter_all, release, verify
from laboratory.workflow.samples import collect, reject

__all__ = (
    "MOST_TESTS",
    "amend",
    "cancel",
    "change_prices",
    "collect",
    "enter",
    "enter_all",
    "import_tests",
    "place",
    "reject",
    "release",
    "verify",
)
