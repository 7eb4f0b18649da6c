"""Questions about invoices, payments and the ledger."""

import re

from django.db import models
from django.db.models import Q

from healthstack.lib.fields import OnlyAdded
from hospitals.models import Hospital
from patients.models import Patient


class InvoiceQuerySet(models.QuerySet):
    def as_patient(self, user):
        """What was issued to the patients for whom this person speaks."""
        return self.issued().filter(patient__in=Patient.objects.as_patient(user).values("pk"))

    def of(self, patients):
        """What was issued to these patients."""
        return self.issued().filter(patient__in=[patient.pk for patient in patients])

    def at_desk(self, user):
        """The invoices of the hospitals at whose reception this person works today."""
        return self.issued().filter(hospital__in=Hospital.objects.at_desk(user).values("pk"))

    def run_by(self, user):
        """The invoices of the hospitals that this person runs today."""
        return self.issued().filter(hospital__in=Hospital.objects.run_by(user).values("pk"))

    def visible_to(self, user):
        if not user.is_authenticated or not user.has_perm("billing.view_invoice"):
            return self.none()
        mine = Q(patient__in=Patient.objects.as_patient(user).values("pk"))
        if user.has_perm("billing.pay_at_desk_invoice"):
            mine |= Q(hospital__in=Hospital.objects.at_desk(user).values("pk"))
        if user.has_perm("billing.view_takings"):
            mine |= Q(hospital__in=Hospital.objects.run_by(user).values("pk"))
        return self.issued().filter(mine)

    def issued(self):
        """Everything that has a number, what was taken back since included."""
        return self.exclude(sequence=None)

    def open(self):
        """Something is to be paid."""
        return self.filter(state__in=("issued", "part_paid"))

    def named(self, words):
        """Those whose number, or a part of whose patient's name, this is: 'INV-2026-000123', '123', 'Priya'."""
        if match := re.fullmatch(r"(?:INV-)?(?:(\d{4})-)?0*(\d{1,9})", words.strip().upper()):
            rows = self.filter(sequence=int(match[2]))
            return rows.filter(year=int(match[1])) if match[1] else rows
        return self.filter(patient__name__icontains=words.strip())

    def with_people(self):
        return self.select_related("patient__user", "patient__guardian", "hospital")


class AttemptQuerySet(models.QuerySet):
    def as_patient(self, user):
        """What this person began to pay."""
        return self.filter(started_by=user) if user.is_authenticated else self.none()

    def with_invoice(self):
        return self.select_related("invoice__hospital", "invoice__patient")


class PaymentQuerySet(models.QuerySet):
    def run_by(self, user):
        """What was paid to the hospitals that this person runs today."""
        return self.filter(hospital__in=Hospital.objects.run_by(user).values("pk"))


class EntryQuerySet(OnlyAdded):
    """The ledger."""
