"""Invoices of the cast."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing import workflow
from billing.lines import priced
from billing.models import Invoice


@pytest.fixture
def draft(patient, hospital):
    """A visit of 700 that is not owed yet."""
    lines = [priced("Check-up with Dr Neha Sharma", 700)]
    return workflow.open_invoice(patient=patient, hospital=hospital, kind="visit", lines=lines, by=None)


@pytest.fixture
def invoice(draft):
    """The same, issued."""
    return workflow.issue(invoice=draft, by=None)


@pytest.fixture
def pay(receptionist):
    """pay(invoice, amount) is cash at the desk; all that is due unless an amount is named."""

    def pay(invoice, amount=None, **facts):
        row = Invoice.objects.get(pk=invoice.pk)
        facts = {"method": "cash", "key": f"key-{row.payments.count()}-{row.pk}", **facts}
        amount = row.due if amount is None else Decimal(amount)
        return workflow.pay_at_desk(invoice=row, amount=amount, by=receptionist, **facts)

    return pay


@pytest.fixture
def books():
    """books() is what `manage.py verify_ledger` complains of, line by line; nothing when the books agree."""

    def complaints():
        err = StringIO()
        try:
            call_command("verify_ledger", stdout=StringIO(), stderr=err)
        except CommandError:
            return err.getvalue().splitlines()
        return []

    return complaints
