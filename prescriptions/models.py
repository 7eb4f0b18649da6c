"""The list of known medicines; prescriptions, and the medicines on them."""

from datetime import timedelta
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appointments.models import Appointment
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.fields import ExactCharField
from healthstack.lib.keys import uuid7
from patients.models import Patient
from prescriptions import dosing, querysets, warnings


class Ingredient(models.Model):
    """A substance. Its slug is that of `warnings.substance`: salts, case and other names lead to the same one."""

    slug = ExactCharField(max_length=120, unique=True)
    name = models.CharField(max_length=120)

    def __str__(self):
        return self.name


class Medication(models.Model):
    """A medicine as a list names it (FHIR Medication). Row and source are its identity; the printed name stays.

    Without ingredients it was not certain which ones the name means, and it is never checked.
    """

    name = models.CharField(max_length=200)  # its ingredients in their order, else the printed name
    strength = models.CharField(max_length=120, blank=True)
    form = models.CharField(max_length=20, blank=True)  # a key of formulary.FORMS
    manner = models.CharField(max_length=40, blank=True)  # how the form gives it off
    pack = models.CharField(max_length=60, blank=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    group = models.CharField(max_length=60, blank=True)
    printed = models.CharField(max_length=300)
    source = ExactCharField(max_length=60)
    row = models.PositiveIntegerField()
    ingredients = models.ManyToManyField(Ingredient, through="MedicationIngredient", related_name="medications")

    objects = querysets.MedicationQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "row"), name="one_medication_per_row"),)

    def __str__(self):
        return " ".join(part for part in (self.name, self.strength) if part)

    @property
    def in_full(self):
        """'Paracetamol 500 mg, tablet': strength and form tell it from its neighbours."""
        kind = ", ".join(part for part in (self.form, self.manner, self.pack) if part)
        return f"{self}, {kind}" if kind else str(self)


class MedicationIngredient(models.Model):
    """How much of a substance is in a medicine."""

    medication = models.ForeignKey(Medication, models.CASCADE, related_name="parts")
    ingredient = models.ForeignKey(Ingredient, models.PROTECT, related_name="parts")
    strength = models.CharField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("medication", "position"), name="one_ingredient_per_place"),)

    def __str__(self):
        return f"{self.ingredient} {self.strength}".strip()


class MedicationWord(models.Model):
    """A medicine has this word in its name or in an ingredient's."""

    text = ExactCharField(max_length=40)
    medication = models.ForeignKey(Medication, models.CASCADE, related_name="words")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("text", "medication"), name="one_row_per_medication_word"),)

    def __str__(self):
        return self.text


class Prescription(models.Model):
    """What a doctor prescribes after a visit. A draft until signed; once signed it is never edited, only replaced by
    the next edition, or withdrawn.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIGNED = "signed", _("Signed")
        REPLACED = "replaced", _("Replaced")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    NEXT = {
        State.DRAFT: {State.SIGNED},
        State.SIGNED: {State.REPLACED, State.WITHDRAWN},
        State.REPLACED: set(),
        State.WITHDRAWN: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="+", db_index=False)
    edition = models.PositiveSmallIntegerField(default=1, db_default=1)
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    diagnosis = models.CharField(_("diagnosis"), max_length=240)
    advice = models.TextField(_("advice"), max_length=2000, blank=True)
    follow_up_on = models.DateField(_("see again on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    drafted_at = models.DateTimeField(default=clock.now)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # What the paper is checked by, without a login. Made at signing.
    code = ExactCharField(max_length=16, unique=True, null=True, editable=False)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(_("why it is withdrawn"), max_length=240, blank=True, default="", db_default="")

    objects = querysets.PrescriptionQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("appointment", "edition"), name="one_prescription_per_edition"),)
        indexes = (
            models.Index(fields=("patient", "state", "signed_at", "id"), name="prescription_of_patient"),
            models.Index(fields=("doctor", "drafted_at", "id"), name="prescription_of_doctor"),
        )
        permissions = (
            ("draft_prescription", "Can draft a prescription"),
            ("sign_prescription", "Can sign a prescription"),
            ("replace_prescription", "Can replace a signed prescription"),
            ("withdraw_prescription", "Can withdraw a signed prescription"),
        )

    def __str__(self):
        return self.diagnosis

    def get_absolute_url(self):
        return reverse("prescriptions:detail", args=[self.pk])

    def can_become(self, state):
        return state in self.NEXT[self.state]

    @property
    def is_draft(self):
        return self.state == self.State.DRAFT

    @property
    def is_signed(self):
        """Is it valid: signed, neither replaced nor withdrawn?"""
        return self.state == self.State.SIGNED

    @property
    def code_in_groups(self):
        """'ABCD-EFGH-JKMN-PQRS': to be read off a paper."""
        return "-".join(self.code[n : n + 4] for n in range(0, len(self.code), 4)) if self.code else ""


class Medicine(models.Model):
    """One medicine of a prescription: what, how much, how often, how long."""

    prescription = models.ForeignKey(Prescription, models.CASCADE, related_name="medicines")
    position = models.PositiveSmallIntegerField()
    medication = models.ForeignKey(Medication, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("medicine"), max_length=120)
    strength = models.CharField(_("strength"), max_length=40, blank=True)
    # Empty where a dose of before was written in words that are no number and unit; `dose` has them.
    dose_quantity = models.DecimalField(_("dose"), max_digits=8, decimal_places=3, null=True, blank=True)
    dose_unit = models.CharField(
        _("of what"), max_length=12, choices=dosing.Unit.choices, blank=True, default="", db_default=""
    )
    pattern = models.CharField(max_length=8, choices=dosing.Pattern.choices, blank=True, default="", db_default="")
    every = models.PositiveSmallIntegerField(null=True, blank=True)
    period = models.CharField(max_length=6, choices=dosing.Period.choices, blank=True, default="", db_default="")
    as_needed = models.BooleanField(_("only when needed"), default=False, db_default=False)
    reason = models.CharField(_("needed for"), max_length=80, blank=True, default="", db_default="")
    route = models.CharField(
        _("where"), max_length=14, choices=dosing.Route.choices, blank=True, default="", db_default=""
    )
    food = models.CharField(_("food"), max_length=8, choices=dosing.Food.choices, blank=True)
    days = models.PositiveSmallIntegerField(_("days"), validators=[MinValueValidator(1), MaxValueValidator(365)])
    # Goes on beyond `days`, which is then the longest that there is.
    until_further_notice = models.BooleanField(_("until further notice"), default=False, db_default=False)
    quantity = models.DecimalField(_("quantity"), max_digits=9, decimal_places=3, null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)  # the last day; set at signing
    # How the release before reads and writes a dose. Goes with the next one.
    dose = models.CharField(max_length=40, blank=True, default="", db_default="")
    frequency = models.CharField(max_length=10, blank=True, default="", db_default="")

    objects = querysets.MedicineQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("prescription", "position"), name="one_medicine_per_line"),
            models.CheckConstraint(condition=models.Q(days__gte=1, days__lte=365), name="medicine_has_days"),
            models.CheckConstraint(
                condition=models.Q(dose_quantity=None) | models.Q(dose_quantity__gt=0), name="dose_is_some"
            ),
        )

    def __str__(self):
        return f"{self.name} {self.strength}".strip()

    @property
    def dosage(self):
        """The dose as `dosing` takes it, or None where only words of before are known."""
        if self.dose_quantity is None:
            return None
        return dosing.Dosage(
            quantity=Decimal(self.dose_quantity),
            unit=self.dose_unit,
            pattern=self.pattern,
            every=self.every,
            period=self.period,
            as_needed=self.as_needed,
            reason=self.reason,
            route=self.route,
            food=self.food,
            days=None if self.until_further_notice else self.days,
        )

    @property
    def in_words(self):
        """The dose as a patient reads it: '1 tablet in the morning and in the evening, after food, for 5 days'."""
        if self.dosage:
            return dosing.words(self.dosage)
        return dosing.words_of_before(self.dose, self.frequency, self.food)

    @property
    def in_short(self):
        """What a pharmacist reads: 1-0-1, every 8 hours."""
        return dosing.short(self.dosage) if self.dosage else dosing.short_of_before(self.frequency)

    @property
    def how_long(self):
        """'5', or that it goes on."""
        return _("until further notice") if self.until_further_notice else self.days

    @property
    def how_much(self):
        """'10 tablets', '2 packs'; empty where nobody can say."""
        return dosing.amount_in_words(self.dosage, self.quantity) if self.dosage else ""

    def last_day(self, first):
        return None if self.until_further_notice else first + timedelta(self.days - 1)


class Override(models.Model):
    """Why a doctor prescribed a medicine in spite of a warning. It goes with the line, and stays as long as that."""

    KINDS = ((warnings.ALLERGY, _("Allergy")), (warnings.DOUBLE, _("Twice the same")))

    medicine = models.ForeignKey(Medicine, models.CASCADE, related_name="overrides")
    kind = models.CharField(max_length=12, choices=KINDS)
    ingredient = models.CharField(max_length=120)
    sentence = models.CharField(max_length=400)  # the warning, as it was read
    reason = models.CharField(max_length=240)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("medicine", "kind", "ingredient"), name="one_reason_per_warning"),
        )

    def __str__(self):
        return self.reason

    @property
    def key(self):
        return f"{self.kind}:{self.ingredient}"
