"""Invoices, what was paid and given back for them, and the ledger in which every amount stands twice."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing import querysets
from healthstack.lib import clock
from healthstack.lib.fields import ExactCharField, Kept
from healthstack.lib.keys import uuid7
from healthstack.lib.money import CENT, ZERO
from hospitals.models import Hospital
from patients.models import Patient

# SQLite adds amounts as floating numbers: a sum is right when it is nearer than half of the smallest part.
HALF = CENT / 2


def adds_up(total, *parts):
    """The condition that a column is the sum of others."""
    together = sum((F(part) for part in parts[1:]), F(parts[0]))
    return Q(**{f"{total}__gt": together - HALF, f"{total}__lt": together + HALF})


def money(words, **options):
    """A column for an amount in the currency of its invoice."""
    return models.DecimalField(words, max_digits=12, decimal_places=2, **options)


class Series(models.Model):
    """The last number of one kind of paper in one hospital. Made with the hospital; locked by whoever takes a number.

    No other row points to it, so that holding it blocks nobody but those who number.
    """

    class Kind(models.TextChoices):
        INVOICE = "INV", _("Invoice")
        RECEIPT = "RCP", _("Receipt")
        CREDIT_NOTE = "CRN", _("Credit note")

    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=3, choices=Kind.choices)
    year = models.PositiveSmallIntegerField(default=0)  # of the last number, in the hospital's zone
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = _("series")
        constraints = (models.UniqueConstraint(fields=("hospital", "kind"), name="one_series_per_hospital_and_kind"),)

    def __str__(self):
        return f"{self.kind} {self.hospital_id}"


class Number(models.Model):
    """What every numbered paper has: its year and its place in it. Without a gap in a hospital, a year and a kind."""

    year = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    sequence = models.PositiveIntegerField(null=True, blank=True, editable=False)

    PREFIX = ""

    class Meta:
        abstract = True

    @property
    def number(self):
        """'INV-2026-000123', as people say it; empty before it has one."""
        return f"{self.PREFIX}-{self.year}-{self.sequence:06}" if self.sequence else ""


class Invoice(Number):
    """What a patient owes a hospital for one thing: a visit, tests, an order. Once issued only payments, refunds and
    credit notes change what is due.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        TESTS = "tests", _("Tests")
        ORDER = "order", _("Medicines")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Due")
        PART_PAID = "part_paid", _("Part paid")
        PAID = "paid", _("Paid")
        VOID = "void", _("Void")

    PREFIX = "INV"
    NEXT = {
        State.DRAFT: {State.ISSUED, State.PAID, State.VOID},
        State.ISSUED: {State.PART_PAID, State.PAID, State.VOID},
        State.PART_PAID: {State.ISSUED, State.PAID, State.VOID},
        State.PAID: {State.ISSUED, State.PART_PAID, State.VOID},
        State.VOID: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    currency = models.CharField(max_length=3)
    net = money(_("before tax"), default=ZERO)
    tax = money(_("tax"), default=ZERO)
    total = money(_("total"), default=ZERO)  # the sum of the lines' totals
    credited = money(_("taken back"), default=ZERO)  # by credit notes
    paid = money(_("paid"), default=ZERO)  # payments less what was given back
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)

    objects = querysets.InvoiceQuerySet.as_manager()
    kept = Kept()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("hospital", "year", "sequence"), name="one_invoice_per_number"),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, credited__gte=0, paid__gte=0)
                & Q(credited__lte=F("total"))
                & adds_up("total", "net", "tax"),
                name="invoice_adds_up",
            ),
        )
        indexes = (
            models.Index(fields=("patient", "opened_at", "id"), name="invoices_of_patient"),
            models.Index(fields=("hospital", "state", "opened_at", "id"), name="invoices_of_hospital"),
        )
        permissions = (
            ("pay_invoice", "Can pay the own invoices"),
            ("pay_at_desk_invoice", "Can take a payment at the desk of the own hospital"),
            ("credit_invoice", "Can take something off an invoice of the own hospital"),
            ("refund_payment", "Can give money back in the own hospital"),
            ("void_invoice", "Can void an invoice of the own hospital"),
            ("view_takings", "Can see the takings of the own hospital"),
        )

    def __str__(self):
        return self.number or self.get_kind_display()

    def get_absolute_url(self):
        return reverse("billing:detail", args=[self.pk])

    def can_become(self, state):
        return state in self.NEXT[self.state]

    @property
    def due(self):
        """What is still to be paid; below zero: what is to be given back."""
        return self.total - self.credited - self.paid

    @property
    def owed_back(self):
        """What was paid and is not owed any more."""
        return max(-self.due, ZERO)

    @property
    def is_open(self):
        """Is there something to pay?"""
        return self.state in (self.State.ISSUED, self.State.PART_PAID)

    @property
    def is_paid(self):
        return self.state == self.State.PAID

    @property
    def is_overdue(self):
        return self.is_open and self.due_on is not None and self.due_on < clock.today()

    @property
    def word(self):
        """The state as people read it."""
        return _("Overdue") if self.is_overdue else self.get_state_display()


class Line(models.Model):
    """One thing on an invoice. What it costs is worked out once, by `billing.lines`, and stands here."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("what for"), max_length=200)
    quantity = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    unit_price = money(_("price"))
    discount = money(_("discount"), default=ZERO)
    discount_reason = models.CharField(_("why"), max_length=160, blank=True)
    tax_rate = models.DecimalField(
        _("tax, percent"),
        max_digits=5,
        decimal_places=2,
        default=ZERO,
        validators=[MinValueValidator(ZERO), MaxValueValidator(Decimal(100))],
    )
    tax_included = models.BooleanField(default=False)  # the price has the tax in it, as the printed price of a medicine
    net = money(_("before tax"))
    tax = money(_("tax"))
    total = money(_("total"))

    kept = Kept()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("invoice", "position"), name="one_line_per_position"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, unit_price__gte=0, discount__gte=0, net__gte=0, tax__gte=0)
                & adds_up("total", "net", "tax"),
                name="line_adds_up",
            ),
        )

    def __str__(self):
        return self.text


class CreditNote(Number):
    """A part of an issued invoice, or all of it, that is not owed any more."""

    PREFIX = "CRN"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_notes")
    net = money(_("before tax"))
    tax = money(_("tax"))
    total = money(_("total"))
    reason = models.CharField(_("why"), max_length=160)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    kept = Kept()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("hospital", "year", "sequence"), name="one_credit_note_per_number"),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, total__gt=0) & adds_up("total", "net", "tax"),
                name="credit_note_adds_up",
            ),
        )

    def __str__(self):
        return self.number


class Attempt(models.Model):
    """Somebody began to pay online. Nothing is paid until the provider says so, with a message that was checked."""

    class State(models.TextChoices):
        STARTED = "started", _("Started")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="attempts")
    provider = models.CharField(max_length=20)
    amount = money(_("amount"))
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STARTED)
    key = ExactCharField(max_length=60, unique=True)  # of the form: the same click again is the same attempt
    reference = ExactCharField(max_length=120, null=True, blank=True, unique=True)  # the provider's own name for it
    error = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.AttemptQuerySet.as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_above_zero"),)
        indexes = (models.Index(fields=("state", "started_at"), name="attempts_begun"),)

    def __str__(self):
        return f"{self.amount} {self.currency}"

    def get_absolute_url(self):
        return reverse("billing:paying", args=[self.pk])


class Payment(Number):
    """Money that came in for an invoice, and its receipt."""

    class Method(models.TextChoices):
        CASH = "cash", _("Cash")
        CARD = "card", _("Card")
        UPI = "upi", _("UPI")
        ONLINE = "online", _("Online")

    PREFIX = "RCP"
    AT_DESK = (Method.CASH, Method.CARD, Method.UPI)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    attempt = models.OneToOneField(Attempt, models.PROTECT, null=True, blank=True, related_name="payment")
    method = models.CharField(_("how"), max_length=10, choices=Method.choices)
    amount = money(_("amount"))
    tendered = money(_("given"), null=True, blank=True)  # cash only: what was handed over …
    reference = models.CharField(_("reference"), max_length=60, blank=True)  # of a card slip or a UPI transfer
    key = ExactCharField(max_length=140, unique=True)  # of the form or of the provider's event: never twice
    refunded = money(_("given back"), default=ZERO)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = querysets.PaymentQuerySet.as_manager()
    kept = Kept()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("hospital", "year", "sequence"), name="one_receipt_per_number"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, refunded__gte=0) & Q(refunded__lte=F("amount")), name="payment_adds_up"
            ),
        )
        indexes = (models.Index(fields=("hospital", "at", "id"), name="payments_of_hospital"),)

    def __str__(self):
        return self.number

    @property
    def change(self):
        """… and what was handed back of it."""
        return self.tendered - self.amount if self.tendered is not None else ZERO

    @property
    def left(self):
        """What of it can still be given back."""
        return self.amount - self.refunded


class Refund(models.Model):
    """Money that went back, of one payment and never more than that."""

    class State(models.TextChoices):
        PENDING = "pending", _("On its way back")
        DONE = "done", _("Given back")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = money(_("amount"))
    reason = models.CharField(_("why"), max_length=160)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DONE)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    error = models.CharField(max_length=200, blank=True)
    key = ExactCharField(max_length=140, unique=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    kept = Kept()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="refund_above_zero"),)

    def __str__(self):
        return f"{self.amount}"


class Entry(models.Model):
    """One half of an act on money. All entries of an act add up to nothing. Only ever added.

    amount: above zero what the account receives (a debit), below zero what it gives (a credit).
    """

    class Account(models.TextChoices):
        RECEIVABLE = "receivable", _("Owed by patients")
        INCOME = "income", _("Income")
        TAX = "tax", _("Tax collected")
        CASH = "cash", _("Cash")
        CARD = "card", _("Card")
        UPI = "upi", _("UPI")
        ONLINE = "online", _("Online")

    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="entries")
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, null=True, related_name="entries")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="entries")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="entries")
    account = models.CharField(max_length=12, choices=Account.choices)
    amount = money(_("amount"))
    at = models.DateTimeField(default=clock.now)

    objects = querysets.EntryQuerySet.as_manager()
    kept = Kept()

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = _("entries")
        indexes = (models.Index(fields=("hospital", "account", "at"), name="entries_of_account"),)

    def __str__(self):
        return f"{self.account} {self.amount}"
