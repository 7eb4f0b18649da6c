"""Every view of the laboratory: its catalogue, ordering, the technicians' desk, reports."""

from laboratory.views.bench import amend, collect, enter, label, order, orders, reject, release, verify
from laboratory.views.catalogue import prices, test, tests
from laboratory.views.ordering import cancel, place
from laboratory.views.reports import index, report, report_pdf, trend

__all__ = (
    "amend",
    "cancel",
    "collect",
    "enter",
    "index",
    "label",
    "order",
    "orders",
    "place",
    "prices",
    "reject",
    "release",
    "report",
    "report_pdf",
    "test",
    "tests",
    "trend",
    "verify",
)
