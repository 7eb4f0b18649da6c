"""manage.py verify_ledger: works every sum of the books out again."""

from django.core.management.base import BaseCommand, CommandError

from billing import ledger
from billing.models import Entry, Invoice


class Command(BaseCommand):
    help = "Checks that invoices, payments, refunds and the ledger agree. Ends with an error when they do not."

    def handle(self, **options):
        found = 0
        for sentence in ledger.faults():
            found += 1
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"The books do not agree: {found} faults.")
        self.stdout.write(f"The books agree: {Invoice.objects.count()} invoices, {Entry.objects.count()} entries.")
