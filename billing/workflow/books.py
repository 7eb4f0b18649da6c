"""The hands of all acts on money: locking an invoice, its state, its number, its entries in the ledger."""

from zoneinfo import ZoneInfo

from billing.models import Entry, Invoice, Series
from healthstack.lib import clock
from healthstack.lib.money import ZERO
from healthstack.lib.transactions import one_transaction

S = Invoice.State


@one_transaction
def open_books(*, hospital):
    """The series of a hospital that will bill, there before the first two invoices at once."""
    rows = [Series(hospital=hospital, kind=kind) for kind in Series.Kind.values]
    if Series.objects.filter(hospital=hospital).count() < len(rows):
        Series.objects.bulk_create(rows, ignore_conflicts=True)


def lock(invoice):
    """The row as it is now, locked alone: MariaDB would lock a joined hospital as well. Whoever belongs to it stays at hand."""
    row = Invoice.objects.select_for_update().get(pk=invoice.pk)
    for name in ("hospital", "patient"):
        if Invoice._meta.get_field(name).is_cached(invoice):
            setattr(row, name, getattr(invoice, name))
    return row


def settle(row):
    """The state follows from the sums. Only of a draft or a void invoice it is said, not worked out."""
    if row.total and row.credited == row.total:
        row.state = S.VOID
    elif row.due <= ZERO:
        row.state = S.PAID
    else:
        row.state = S.PART_PAID if row.paid else S.ISSUED


def number(paper, kind, row=None):
    """The next number of that kind in the hospital. Whoever takes one holds the series until the end: no gap, no double."""
    hospital = (row or paper).hospital
    series = Series.objects.select_for_update().filter(hospital=hospital, kind=kind).first()
    if series is None:
        open_books(hospital=hospital)
        series = Series.objects.select_for_update().get(hospital=hospital, kind=kind)
    year = clock.now().astimezone(ZoneInfo(hospital.zone)).year
    if year > series.year:
        series.year, series.last = year, 0
    series.last += 1
    series.save(update_fields=["year", "last"])
    paper.year, paper.sequence = series.year, series.last


def enter(row, amounts, **papers):
    """An act in the ledger: its entries add up to nothing."""
    now = clock.now()
    Entry.objects.bulk_create(
        Entry(hospital_id=row.hospital_id, invoice=row, account=account, amount=amount, at=now, **papers)
        for account, amount in amounts.items()
        if amount
    )
