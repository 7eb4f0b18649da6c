"""Tests, what of them is ordered for a patient, the specimens, and their results."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appointments.models import Appointment
from billing.models import Invoice
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.fields import ExactCharField
from healthstack.lib.keys import uuid7
from hospitals.models import Hospital
from laboratory import querysets
from laboratory.ranges import Flag, Span, age_words, words
from patients.models import Patient


class Test(models.Model):
    """Something a laboratory finds out (FHIR ObservationDefinition)."""

    __test__ = False  # pytest would take the name for a test of its own

    class Kind(models.TextChoices):
        NUMBER = "number", _("Number")
        CHOICE = "choice", _("One of several")
        TEXT = "text", _("Text")

    class Specimen(models.TextChoices):
        BLOOD = "blood", _("Blood")
        URINE = "urine", _("Urine")
        STOOL = "stool", _("Stool")
        SPUTUM = "sputum", _("Sputum")
        SWAB = "swab", _("Swab")
        OTHER = "other", _("Other")

    slug = models.SlugField(_("address on the site"), max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=120)
    group = models.CharField(_("group"), max_length=60, blank=True)
    specimen = models.CharField(_("specimen"), max_length=10, choices=Specimen.choices, default=Specimen.BLOOD)
    kind = models.CharField(_("result"), max_length=10, choices=Kind.choices, default=Kind.NUMBER)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    choices = models.JSONField(_("may be"), default=list, blank=True)  # of a choice: [text]
    preparation = models.CharField(_("how to prepare"), max_length=240, blank=True)
    hours = models.PositiveSmallIntegerField(_("ready after, hours"), null=True, blank=True)
    is_active = models.BooleanField(_("can be ordered"), default=True)

    objects = querysets.TestQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        indexes = (models.Index(fields=("is_active", "name", "id"), name="tests_by_name"),)

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("laboratory:test", args=[self.slug])


class Range(models.Model):
    """What is usual for a sex and an age. Shown with its source; a demonstration's is no clinical authority."""

    test = models.ForeignKey(Test, models.CASCADE, related_name="ranges")
    sex = models.CharField(_("sex"), max_length=10, blank=True)  # as Patient.gender; empty: any
    from_days = models.PositiveIntegerField(_("from, days of life"), default=0)
    to_days = models.PositiveIntegerField(_("to, days of life"), null=True, blank=True)  # that day not included
    low = models.DecimalField(_("low"), max_digits=13, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(_("high"), max_digits=13, decimal_places=4, null=True, blank=True)
    critical_low = models.DecimalField(_("critical, low"), max_digits=13, decimal_places=4, null=True, blank=True)
    critical_high = models.DecimalField(_("critical, high"), max_digits=13, decimal_places=4, null=True, blank=True)
    source = models.CharField(_("source"), max_length=160, blank=True)

    class Meta:
        ordering = ("from_days", "sex", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(to_days=None) | Q(to_days__gt=F("from_days")), name="range_has_days"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(high__gte=F("low")), name="range_low_before_high"
            ),
        )

    def __str__(self):
        return words(self.span)

    @property
    def who(self):
        return {"male": _("Men"), "female": _("Women")}.get(self.sex, _("Everybody"))

    @property
    def ages(self):
        """'under 31 days', '1 year to under 4 years', 'from 18 years'"""
        if self.to_days is None:
            return _("from %(age)s") % {"age": age_words(self.from_days)} if self.from_days else _("any age")
        if not self.from_days:
            return _("under %(age)s") % {"age": age_words(self.to_days)}
        return _("%(first)s to under %(last)s") % {"first": age_words(self.from_days), "last": age_words(self.to_days)}

    @property
    def span(self):
        return Span(self.low, self.high, self.sex, self.from_days, self.to_days, self.critical_low, self.critical_high)


class Price(models.Model):
    """A hospital's laboratory does this test, for this much."""

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="+")
    test = models.ForeignKey(Test, models.PROTECT, related_name="prices")
    amount = models.DecimalField(
        _("price"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = querysets.PriceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("hospital", "test"), name="one_price_per_hospital_and_test"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
        )

    def __str__(self):
        return f"{self.test_id} {self.amount}"


class Order(models.Model):
    """Tests that a doctor asks for (FHIR ServiceRequest); their report once they are released (DiagnosticReport)."""

    class State(models.TextChoices):
        ORDERED = "ordered", _("Ordered")
        COLLECTED = "collected", _("Sample taken")
        IN_LAB = "in_lab", _("In the lab")
        READY = "ready", _("Ready")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_index=False)
    doctor = models.ForeignKey(Doctor, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="+")
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ORDERED)
    note = models.CharField(_("for the laboratory"), max_length=240, blank=True)
    request_key = ExactCharField(max_length=60, null=True, blank=True, unique=True)
    ordered_at = models.DateTimeField(default=clock.now)
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ready_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("why it was cancelled"), max_length=160, blank=True)

    objects = querysets.OrderQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("patient", "ordered_at", "id"), name="lab_orders_of_patient"),
            models.Index(fields=("doctor", "ordered_at", "id"), name="lab_orders_of_doctor"),
            models.Index(fields=("hospital", "state", "ordered_at", "id"), name="lab_orders_of_hospital"),
        )
        permissions = (
            ("place_order", "Can order tests for a patient in care"),
            ("cancel_order", "Can cancel an order of tests"),
            ("collect_specimen", "Can take specimens in the own laboratory"),
            ("reject_specimen", "Can reject a specimen in the own laboratory"),
            ("enter_result", "Can enter results in the own laboratory"),
            ("verify_result", "Can verify results in the own laboratory"),
            ("release_result", "Can release results in the own laboratory"),
            ("amend_result", "Can amend a released result in the own laboratory"),
        )

    def __str__(self):
        return f"{self.get_state_display()} {self.pk}"

    def get_absolute_url(self):
        return reverse("laboratory:report", args=[self.pk])

    @property
    def is_open(self):
        return self.state not in (self.State.READY, self.State.CANCELLED)

    @property
    def number(self):
        """What people say of it on the telephone."""
        return str(self.pk)[-8:].upper()

    @property
    def steps(self):
        """[(word, done, is it the one now)] along the way."""
        along = [state for state in self.State if state != self.State.CANCELLED]
        now = along.index(self.state) if self.state in along else -1
        ready = self.state == self.State.READY
        return [(state.label, n < now or ready, n == now and not ready) for n, state in enumerate(along)]

    @property
    def again(self):
        """Why a sample has to be taken once more; empty when none has to."""
        if not self.is_open or all(item.state != Item.State.ORDERED for item in self.items.all()):
            return ""
        rejected = [row for row in self.specimens.all() if row.state == Specimen.State.REJECTED]
        return max(rejected, key=lambda row: row.rejected_at).reason if rejected else ""

    @property
    def test_names(self):
        return ", ".join(item.test.name for item in self.items.all())


class Specimen(models.Model):
    """What was taken from the patient, once for all tests that need this kind."""

    class State(models.TextChoices):
        COLLECTED = "collected", _("Sample taken")
        REJECTED = "rejected", _("Rejected")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="specimens")
    kind = models.CharField(_("specimen"), max_length=10, choices=Test.Specimen.choices)
    accession = ExactCharField(_("number on the label"), max_length=20, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.COLLECTED)
    collected_at = models.DateTimeField(default=clock.now)
    collected_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(_("why it was rejected"), max_length=160, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    rejected_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.SpecimenQuerySet.as_manager()

    class Meta:
        ordering = ("collected_at", "pk")

    def __str__(self):
        return self.accession


class Item(models.Model):
    """One test of an order, on its way from ordered to released."""

    class State(models.TextChoices):
        ORDERED = "ordered", _("Ordered")
        COLLECTED = "collected", _("Sample taken")
        ENTERED = "entered", _("Entered")
        VERIFIED = "verified", _("Verified")
        RELEASED = "released", _("Released")
        CANCELLED = "cancelled", _("Cancelled")

    NEXT = {
        State.ORDERED: {State.COLLECTED, State.CANCELLED},
        State.COLLECTED: {State.ORDERED, State.ENTERED},
        State.ENTERED: {State.ORDERED, State.ENTERED, State.VERIFIED},
        State.VERIFIED: {State.ENTERED, State.RELEASED},
        State.RELEASED: {State.ENTERED},  # amended: entered, verified and released once more
        State.CANCELLED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    test = models.ForeignKey(Test, models.PROTECT, related_name="+")
    specimen = models.ForeignKey(Specimen, models.PROTECT, null=True, blank=True, related_name="items")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ORDERED)

    objects = querysets.ItemQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("order", "test"), name="one_item_per_test"),
            models.UniqueConstraint(fields=("order", "position"), name="one_item_per_position"),
        )

    def __str__(self):
        return str(self.test_id)

    def can_become(self, state):
        return state in self.NEXT[self.state]

    @property
    def released(self):
        """Its released results, the oldest first: what was amended stays readable."""
        return [result for result in self.results.all() if result.released_at]

    @property
    def now(self):
        """The last result of the sample that counts, released or not; None without one."""
        rows = [result for result in self.results.all() if result.specimen_id == self.specimen_id]
        return rows[-1] if rows else None


class Result(models.Model):
    """A value, with the range it was compared to (FHIR Observation). A later version amends an earlier one; none goes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="results")
    specimen = models.ForeignKey(Specimen, models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    text = models.CharField(_("result"), max_length=240)
    number = models.DecimalField(max_digits=13, decimal_places=4, null=True, blank=True)
    comparator = models.CharField(max_length=1, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    low = models.DecimalField(max_digits=13, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(max_digits=13, decimal_places=4, null=True, blank=True)
    range_words = models.CharField(max_length=80, blank=True)
    flag = models.CharField(max_length=2, choices=Flag.choices, blank=True)
    comment = models.CharField(_("comment"), max_length=240, blank=True)
    collected_at = models.DateTimeField()
    entered_at = models.DateTimeField(default=clock.now)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    amended_why = models.CharField(_("why it is amended"), max_length=160, blank=True)

    objects = querysets.ResultQuerySet.as_manager()

    class Meta:
        ordering = ("version",)
        constraints = (models.UniqueConstraint(fields=("item", "version"), name="one_result_per_version"),)

    def __str__(self):
        return self.text

    @property
    def is_out(self):
        return self.flag not in (Flag.NONE, Flag.NORMAL)

    @property
    def is_critical(self):
        return self.flag in (Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH)
