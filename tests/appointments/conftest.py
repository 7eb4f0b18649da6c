"""Visits play on a Monday morning, so that nothing depends on when the tests run."""

import pytest


@pytest.fixture(autouse=True)
def _on_monday(monday_morning):
    """At eight, an hour before the doctors begin."""
