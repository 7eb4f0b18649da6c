"""Races run on Monday morning, too. Letters are left out: fifty threads that send mail tell nothing about time."""

import pytest
from django.db import transaction

from accounts.notify import without_letters
from tests.factories import PatientFactory


@pytest.fixture(autouse=True)
def _on_monday(monday_morning):
    with without_letters():
        yield


@pytest.fixture
def crowd():
    """crowd(50) is fifty patients."""

    def come(n):
        with transaction.atomic():
            return PatientFactory.create_batch(n)

    return come
