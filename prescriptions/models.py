"""Prescriptions and the medicines on them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appointments.models import Appointment
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.keys import uuid7
from patients.models import Patient
from prescriptions import querysets


class Prescription(models.Model):
    """What a doctor prescribes after a visit. A draft until signed; once signed it is never edited."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIGNED = "signed", _("Signed")

    NEXT = {State.DRAFT: {State.SIGNED}, State.SIGNED: set()}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="+")
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

    objects = querysets.PrescriptionQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("patient", "state", "signed_at", "id"), name="prescription_of_patient"),
            models.Index(fields=("doctor", "drafted_at", "id"), name="prescription_of_doctor"),
        )
        permissions = (
            ("draft_prescription", "Can draft a prescription"),
            ("sign_prescription", "Can sign a prescription"),
        )

    def __str__(self):
        return self.diagnosis

    def get_absolute_url(self):
        return reverse("prescriptions:detail", args=[self.pk])

    def can_become(self, state):
        return state in self.NEXT[self.state]

    @property
    def is_signed(self):
        return self.state == self.State.SIGNED


class Medicine(models.Model):
    """One medicine of a prescription: what, how much, how often, how long."""

    class Frequency(models.TextChoices):
        """Morning, midday, evening (and night), as Indian prescriptions write it."""

        MORNING = "1-0-0", _("in the morning")
        MIDDAY = "0-1-0", _("at midday")
        EVENING = "0-0-1", _("in the evening")
        TWICE = "1-0-1", _("in the morning and in the evening")
        MORNING_MIDDAY = "1-1-0", _("in the morning and at midday")
        MIDDAY_EVENING = "0-1-1", _("at midday and in the evening")
        THRICE = "1-1-1", _("in the morning, at midday and in the evening")
        FOUR = "1-1-1-1", _("in the morning, at midday, in the evening and at night")
        WEEKLY = "weekly", _("once a week")
        AS_NEEDED = "as_needed", _("only when needed")

    class Food(models.TextChoices):
        ANY = "", _("with or without food")
        BEFORE = "before", _("before food")
        WITH = "with", _("with food")
        AFTER = "after", _("after food")

    prescription = models.ForeignKey(Prescription, models.CASCADE, related_name="medicines")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("medicine"), max_length=120)
    strength = models.CharField(_("strength"), max_length=40, blank=True)
    dose = models.CharField(_("dose"), max_length=40)
    frequency = models.CharField(_("how often"), max_length=10, choices=Frequency.choices)
    food = models.CharField(_("food"), max_length=8, choices=Food.choices, blank=True)
    days = models.PositiveSmallIntegerField(_("days"), validators=[MinValueValidator(1), MaxValueValidator(365)])

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("prescription", "position"), name="one_medicine_per_line"),
            models.CheckConstraint(condition=models.Q(days__gte=1, days__lte=365), name="medicine_has_days"),
        )

    def __str__(self):
        return f"{self.name} {self.strength}".strip()

    @property
    def in_words(self):
        """The dose as a patient reads it: '1 tablet in the morning and in the evening, after food'."""
        words = f"{self.dose} {self.get_frequency_display()}"
        return f"{words}, {self.get_food_display()}" if self.food else words

    @property
    def in_short(self):
        """The pattern that pharmacists read: 1-0-1, else the words."""
        return self.frequency if self.frequency[0].isdigit() else self.get_frequency_display()
