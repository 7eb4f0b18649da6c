"""`manage.py verify_ledger`: the books agree, and whatever is taken out of them by hand is noticed."""

from decimal import Decimal as D

import pytest
from django.db import connection

from billing import workflow
from billing.lines import priced
from billing.models import CreditNote, Entry, Invoice, Line, Payment, Refund, Series


@pytest.fixture
def busy(patient, hospital, pay, receptionist):
    """Three invoices: paid, partly credited, void with the money given back."""
    rows = []
    for amount in (700, 900, 400):
        lines = [priced("Visit", amount, tax_rate=5), priced("Dressing", 50)]
        row = workflow.open_invoice(patient=patient, hospital=hospital, kind="visit", lines=lines, by=None)
        rows.append(workflow.issue(invoice=row, by=None))
        pay(row, 300)
    workflow.credit(invoice=rows[1], amount=D(20), reason="Friend", by=None)
    workflow.void(invoice=rows[2], reason="Cancelled", by=None)
    workflow.refund(payment=rows[2].payments.get(), amount=D(300), reason="Cancelled", key="r", by=receptionist)
    return rows


def test_all_is_well(busy, books):
    assert books() == []


@pytest.mark.parametrize("model", [Entry, Line, CreditNote, Refund, Payment, Invoice, Series])
@pytest.mark.parametrize("which", ["first", "last"])
@pytest.mark.django_db(transaction=True)
def test_a_row_taken_out_by_hand_is_noticed(busy, books, model, which):
    row = model.objects.order_by("pk").first() if which == "first" else model.objects.order_by("pk").last()
    if model is Series:
        row = Series.objects.get(kind="INV" if which == "first" else "RCP")
    table, key = connection.ops.quote_name(model._meta.db_table), model._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])  # noqa: S608
        assert books() != []


@pytest.mark.django_db(transaction=True)
def test_an_amount_changed_by_hand_is_noticed(busy, books):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_entry SET amount = amount + 1 WHERE account = 'cash'")
    assert books() != []


def test_the_ledger_refuses_what_is_not_added(busy):
    entry = Entry.objects.first()
    for act in (entry.delete, entry.save, Entry.objects.all().delete, lambda: Entry.objects.update(amount=1)):
        with pytest.raises(TypeError):
            act()
