"""Hospitals, what a visit may be, and who works in a hospital."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from healthstack.lib import clock
from healthstack.lib.people import initials, tint
from hospitals import querysets
from hospitals.zones import check_zone


class VisitType(models.TextChoices):
    """What a patient comes for. It sets the minutes and the fee."""

    CHECK_UP = "check_up", _("Check-up")
    FOLLOW_UP = "follow_up", _("Follow-up")
    REPORT_REVIEW = "report_review", _("Report review")


class Hospital(models.Model):
    """A place of care; the practice of a single doctor is one too. Every appointment has one."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", _("Hospital")
        CLINIC = "clinic", _("Clinic")
        PRACTICE = "practice", _("Practice")

    class State(models.TextChoices):
        APPROVED = "approved", _("Approved")
        SUSPENDED = "suspended", _("Suspended")

    NEXT = {State.APPROVED: {State.SUSPENDED}, State.SUSPENDED: {State.APPROVED}}

    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("address on the site"), max_length=180, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.HOSPITAL)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.APPROVED, editable=False)
    state_reason = models.CharField(max_length=240, blank=True, editable=False)
    street = models.CharField(_("street and area"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postcode = models.CharField(_("PIN code"), max_length=12, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    about = models.TextField(_("about"), max_length=2000, blank=True)
    zone = models.CharField(_("time zone"), max_length=60, default="Asia/Kolkata", validators=[check_zone])

    objects = querysets.HospitalQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        indexes = (models.Index(fields=("state", "name", "id"), name="hospital_by_name"),)
        permissions = (
            ("suspend_hospital", "Can suspend a hospital"),
            ("reinstate_hospital", "Can reinstate a hospital"),
        )

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("hospital", args=[self.slug])

    def can_become(self, state):
        return state in self.NEXT[self.state]

    @property
    def initials(self):
        return initials(self.name)

    @property
    def tint(self):
        return tint(self.pk)

    @property
    def address(self):
        """Street, city and PIN code in one line, leaving out what is not known."""
        return ", ".join(part for part in (self.street, f"{self.city} {self.postcode}".strip()) if part)


class HospitalFee(models.Model):
    """What a kind of visit costs in this hospital, where the doctor has no fee of their own for it."""

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="fees")
    visit_type = models.CharField(_("type of visit"), max_length=20, choices=VisitType.choices)
    amount = models.DecimalField(_("fee"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("hospital", "visit_type"), name="one_fee_per_hospital_and_type"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="hospital_fee_not_negative"),
        )

    def __str__(self):
        return f"{self.hospital} {self.get_visit_type_display()}"


class Staff(models.Model):
    """A person who works for a hospital, in one role, from a day on."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("Hospital administrator")

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="staff")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.ADMINISTRATOR)
    started_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = querysets.StaffQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("staff")
        constraints = (models.UniqueConstraint(fields=("hospital", "user", "role"), name="one_row_per_role"),)
        permissions = (("end_staff", "Can end a person's work in a hospital"),)

    def __str__(self):
        return f"{self.user}, {self.hospital}"
