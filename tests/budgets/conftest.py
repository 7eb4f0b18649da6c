"""The town of the security tests, with as many people in it as a test asks for."""

import pytest

from tests.budgets.crowd import more_of_everything
from tests.security.conftest import as_everyone, first_town, town  # noqa: F401 - fixtures


@pytest.fixture
def crowd(town):  # noqa: F811
    """crowd(n): so many of everything, where there were fewer."""
    had = 0

    def grow(n):
        nonlocal had
        more_of_everything(town, range(had, n))
        had = n
        return town

    return grow
