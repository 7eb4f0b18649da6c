"""What came into a hospital, by day and by way of paying, and as a table for a spreadsheet."""

import csv
from collections import defaultdict
from datetime import datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

from billing.models import Payment, Refund
from healthstack.lib.money import ZERO

MOST_DAYS = 366
# A spreadsheet takes text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = ("number", "at", "invoice", "patient", "what", "how", "reference", "amount", "currency")


def bounds(hospital, begins, ends):
    """The moments between which those days lie on the hospital's clock."""
    zone = ZoneInfo(hospital.zone)
    ends = min(ends, begins + timedelta(MOST_DAYS))
    return datetime.combine(begins, time(0), zone), datetime.combine(ends + timedelta(1), time(0), zone)


class Takings:
    """Payments and refunds of a hospital on these days, both included. Amounts in the site's currency."""

    def __init__(self, hospital, begins, ends):
        self.hospital, self.begins, self.ends = hospital, begins, ends
        begin, end = bounds(hospital, begins, ends)
        self.came = Payment.objects.filter(hospital=hospital, at__gte=begin, at__lt=end)
        self.went = Refund.objects.filter(payment__hospital=hospital, at__gte=begin, at__lt=end).exclude(state="failed")

    def days(self):
        """[(day, {way of paying: amount}, sum)], the latest first; what went back is taken off."""
        zone = ZoneInfo(self.hospital.zone)
        found = defaultdict(lambda: defaultdict(lambda: ZERO))
        for at, method, amount in self.came.values_list("at", "method", "amount"):
            found[at.astimezone(zone).date()][method] += amount
        for at, method, amount in self.went.values_list("at", "payment__method", "amount"):
            found[at.astimezone(zone).date()][method] -= amount
        return [(day, dict(ways), sum(ways.values(), ZERO)) for day, ways in sorted(found.items(), reverse=True)]

    def csv(self):
        """All payments and refunds as comma-separated text, oldest first; nothing in it is a formula."""
        out = StringIO()
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        rows = [self._row(p, p, p.amount, "payment") for p in self.came.select_related("invoice__patient")]
        refunds = self.went.select_related("payment__invoice__patient")
        rows += [self._row(r.payment, r, -r.amount, "refund") for r in refunds]
        for row in sorted(rows, key=lambda row: row[1]):
            writer.writerow([_plain(cell) for cell in row])
        return out.getvalue()

    def _row(self, payment, row, amount, what):
        at = row.at.astimezone(ZoneInfo(self.hospital.zone)).isoformat(timespec="seconds")
        invoice = payment.invoice
        facts = (payment.number, at, invoice.number, invoice.patient.name, what, payment.method, payment.reference)
        return (*facts, amount, invoice.currency)


def _plain(cell):
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
