"""Patients, their allergies, and who may see their record."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from healthstack.lib import clock
from healthstack.lib.dates import age_on, birthday
from healthstack.lib.fields import ExactCharField
from healthstack.lib.keys import uuid7
from healthstack.lib.people import initials, tint
from hospitals.models import Hospital
from patients import querysets


class Patient(models.Model):
    """A person who is cared for. May have no login."""

    class Gender(models.TextChoices):
        FEMALE = "female", _("Woman")
        MALE = "male", _("Man")
        OTHER = "other", _("Another")
        UNKNOWN = "unknown", _("Not said")

    class BloodGroup(models.TextChoices):
        UNKNOWN = "", _("Not known")
        O_POSITIVE = "O+", "O+"
        O_NEGATIVE = "O-", "O−"
        A_POSITIVE = "A+", "A+"
        A_NEGATIVE = "A-", "A−"
        B_POSITIVE = "B+", "B+"
        B_NEGATIVE = "B-", "B−"
        AB_POSITIVE = "AB+", "AB+"
        AB_NEGATIVE = "AB-", "AB−"

    class AllergyStatus(models.TextChoices):
        """Silence is not safety: nobody asked, asked and none, or a list (FHIR: no known allergies)."""

        NOT_ASKED = "not_asked", _("Not asked yet")
        NONE_KNOWN = "none_known", _("No known allergies")
        LISTED = "listed", _("Listed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="+")
    # Who speaks for a patient under age; over on the day of `guardian_until` (the birthday that makes them of age).
    guardian = models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    guardian_until = models.DateField(null=True, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    phone = PhoneNumberField(_("phone"), blank=True)  # of a patient without a login; else the account's counts
    born_on = models.DateField(_("date of birth"))
    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices, default=Gender.UNKNOWN)
    blood_group = models.CharField(_("blood group"), max_length=3, choices=BloodGroup.choices, blank=True)
    emergency_name = models.CharField(_("emergency contact"), max_length=120, blank=True)
    emergency_phone = PhoneNumberField(_("their phone"), blank=True)
    allergy_status = models.CharField(
        max_length=12, choices=AllergyStatus.choices, default=AllergyStatus.NOT_ASKED, editable=False
    )
    consented_at = models.DateTimeField(null=True, editable=False)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = querysets.PatientQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("guardian", "guardian_until"), name="dependants_of_guardian"),
            models.Index(fields=("born_on", "name"), name="patient_by_birth"),
            models.Index(fields=("phone",), name="patient_by_phone"),
        )
        permissions = (
            ("add_dependant", "Can add a child to the own account"),
            ("end_guardianship", "Can give up speaking for a child"),
            ("register_patient", "Can register a patient in the own hospital"),
            ("invite_patient", "Can give a patient the code that opens the record to them"),
            ("open_own_record", "Can open the own record"),
            ("open_record", "Can open the record of a patient in care"),
            ("update_profile", "Can change the own details"),
            ("deny_allergies", "Can say that no allergies are known"),
        )

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """The record, for the person themselves and for whoever speaks for them."""
        return reverse("record-of", args=[self.pk])

    @property
    def of_age_on(self):
        return birthday(self.born_on, settings.AGE_OF_MAJORITY)

    @property
    def is_of_age(self):
        return self.of_age_on <= clock.today()

    @property
    def has_guardian(self):
        """Does somebody else speak for the patient today?"""
        return bool(self.guardian_id) and self.guardian_until > clock.today()

    @property
    def speaker(self):
        """Whom we tell what happens: the own account, else the guardian while there is one, else nobody."""
        if self.user_id:
            return self.user
        return self.guardian if self.has_guardian else None

    @property
    def reached_at(self):
        """The phone at which whoever speaks for the patient is reached, as far as it is known."""
        return (self.speaker.phone if self.speaker else "") or self.phone

    def speaks_for_it(self, user):
        """Does this person speak for the patient today: for themselves, or as guardian?"""
        return user.pk is not None and (user.pk == self.user_id or (user.pk == self.guardian_id and self.has_guardian))

    @property
    def age(self):
        return age_on(self.born_on, clock.today())

    @property
    def in_short(self):
        """'54, Man', '7, Girl': what stands behind the name; the gender only when it was said."""
        gender = "" if self.gender == self.Gender.UNKNOWN else f", {self.gender_word}"
        return f"{self.age}{gender}"

    @property
    def gender_word(self):
        """The gender as it is said of somebody of that age."""
        if self.is_of_age:
            return self.get_gender_display()
        return {self.Gender.FEMALE: _("Girl"), self.Gender.MALE: _("Boy")}.get(self.gender, self.get_gender_display())

    @property
    def initials(self):
        return initials(self.name)

    @property
    def tint(self):
        return tint(self.pk)


class Allergy(models.Model):
    """Something a patient must not get. A mistake is marked, never deleted."""

    class Severity(models.TextChoices):
        UNKNOWN = "", _("Not known")
        MILD = "mild", _("Mild")
        MODERATE = "moderate", _("Moderate")
        SEVERE = "severe", _("Severe")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="allergies")
    substance = models.CharField(_("what"), max_length=120)
    reaction = models.CharField(_("what happens"), max_length=160, blank=True)
    severity = models.CharField(_("how bad"), max_length=10, choices=Severity.choices, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    wrong_at = models.DateTimeField(null=True, blank=True)
    wrong_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    wrong_reason = models.CharField(_("why it is wrong"), max_length=160, blank=True)

    objects = querysets.AllergyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("allergies")
        indexes = (models.Index(fields=("patient", "wrong_at"), name="allergy_of_patient"),)
        permissions = (
            ("list_allergy", "Can add to the list of allergies"),
            ("correct_allergy", "Can mark an allergy as entered in error"),
        )

    def __str__(self):
        return self.substance


class AccessGrant(models.Model):
    """A carer may open a patient's record, from one moment to another. The patient sees it and can end it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="grants")
    carer = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=160)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.AccessGrantQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("carer", "ends_at"), name="grant_of_carer"),
            models.Index(fields=("patient", "ends_at"), name="grant_of_patient"),
        )
        permissions = (("end_access", "Can end a carer's access"),)

    def __str__(self):
        return f"{self.carer}: {self.patient}"


class Registration(models.Model):
    """A hospital knows a patient: it registered them, or they have booked there."""

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="registrations")
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField(default=clock.now)

    objects = querysets.RegistrationQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("hospital", "patient"), name="one_registration_per_hospital"),)
        indexes = (models.Index(fields=("hospital", "registered_at"), name="registrations_of_hospital"),)

    def __str__(self):
        return f"{self.patient}, {self.hospital}"


class ClaimCode(models.Model):
    """With it, and the date of birth, a patient without a login takes over the own record. Used once, soon too old."""

    TRIES = 5  # so often a wrong date of birth may be typed with it

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="+")
    fingerprint = ExactCharField(max_length=64, unique=True)  # SHA-256 of the code, hexadecimal
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # The account that was made to take the record over, while nobody knows yet whether its address is right.
    claimant = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)  # with a wrong date of birth

    objects = querysets.ClaimCodeQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at",)

    def __str__(self):
        return str(self.patient_id)
