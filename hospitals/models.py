"""Hospitals, what a visit may be, and who works in a hospital."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import StoredFile, User
from healthstack.lib import clock
from healthstack.lib.fields import ExactCharField
from healthstack.lib.keys import uuid7
from healthstack.lib.people import initials, tint
from healthstack.lib.zones import check_zone
from hospitals import querysets


class VisitType(models.TextChoices):
    """What a patient comes for. It sets the minutes and the fee."""

    CHECK_UP = "check_up", _("Check-up")
    FOLLOW_UP = "follow_up", _("Follow-up")
    REPORT_REVIEW = "report_review", _("Report review")
    VIDEO = "video", _("Video visit")


class Hospital(models.Model):
    """A place of care; the practice of a single doctor is one too. Every appointment has one."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", _("Hospital")
        CLINIC = "clinic", _("Clinic")
        PRACTICE = "practice", _("Practice")

    class State(models.TextChoices):
        PENDING = "pending", _("Being checked")
        MORE_NEEDED = "more_needed", _("More needed")
        REJECTED = "rejected", _("Rejected")
        APPROVED = "approved", _("Approved")
        SUSPENDED = "suspended", _("Suspended")

    NEXT = {
        State.PENDING: {State.APPROVED, State.MORE_NEEDED, State.REJECTED},
        State.MORE_NEEDED: {State.PENDING, State.APPROVED, State.REJECTED},
        State.REJECTED: {State.PENDING},
        State.APPROVED: {State.SUSPENDED},
        State.SUSPENDED: {State.APPROVED},
    }

    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("address on the site"), max_length=180, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.HOSPITAL)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.APPROVED, editable=False)
    state_reason = models.CharField(max_length=240, blank=True, editable=False)
    street = models.CharField(_("street and area"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80)  # of a directory that knows no cities: the district
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postcode = models.CharField(_("PIN code"), max_length=12, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    about = models.TextField(_("about"), max_length=2000, blank=True)
    zone = models.CharField(_("time zone"), max_length=60, default="Asia/Kolkata", validators=[check_zone])
    emergency = models.BooleanField(_("emergency department, day and night"), default=False)
    beds = models.PositiveIntegerField(_("beds"), null=True, blank=True, validators=[MaxValueValidator(20000)])
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    photo = models.ForeignKey(StoredFile, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    registered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )  # who registered it on the site; none when an administrator or a directory did
    registered_at = models.DateTimeField(default=clock.now, editable=False)
    # Of an imported directory, the identity of a row: its source and its number there.
    source = ExactCharField(max_length=60, null=True, blank=True, editable=False)
    source_row = models.PositiveIntegerField(null=True, blank=True, editable=False)

    objects = querysets.HospitalQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        indexes = (
            models.Index(fields=("state", "name", "id"), name="hospital_by_name"),
            models.Index(fields=("state", "city", "name", "id"), name="hospital_by_city"),
            models.Index(fields=("postcode", "name"), name="hospital_by_postcode"),
            models.Index(fields=("state", "emergency", "name", "id"), name="hospital_by_emergency"),
        )
        constraints = (models.UniqueConstraint(fields=("source", "source_row"), name="one_hospital_per_source_row"),)
        permissions = (
            ("register_hospital", "Can register a new hospital"),
            ("run_hospital", "Can run the own hospital"),
            ("approve_hospital", "Can approve a hospital"),
            ("reject_hospital", "Can reject a hospital"),
            ("ask_more_hospital", "Can ask a hospital for more"),
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


class Department(models.Model):
    """A part of a hospital: Cardiology, Emergency. One that is closed stays, for the doctors who worked in it."""

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="departments")
    name = models.CharField(_("department"), max_length=80)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = querysets.DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("hospital", "name"), name="one_department_per_name"),)

    def __str__(self):
        return self.name


class Service(models.Model):
    """What people can have done in a hospital: X-ray, blood bank, dialysis."""

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="services")
    name = models.CharField(_("service"), max_length=80)

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("hospital", "name"), name="one_service_per_name"),)

    def __str__(self):
        return self.name


class OpeningHours(models.Model):
    """When a hospital is open: wall time there. A night that ends tomorrow passes 1440."""

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(_("day"))  # Monday is 0
    from_minute = models.PositiveSmallIntegerField(_("from"))
    to_minute = models.PositiveSmallIntegerField(_("to"))

    class Meta:
        verbose_name_plural = _("opening hours")
        ordering = ("weekday", "from_minute", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(from_minute__lt=models.F("to_minute"))
                & models.Q(from_minute__lt=1440, to_minute__lte=2880, weekday__lte=6),
                name="open_before_closed",
            ),
        )
        indexes = (models.Index(fields=("weekday", "from_minute", "to_minute"), name="open_at"),)

    def __str__(self):
        return f"{self.weekday} {self.from_minute}-{self.to_minute}"


class Closure(models.Model):
    """A day on which a hospital sees nobody by appointment: a public holiday."""

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="closures")
    on = models.DateField(_("day"))
    name = models.CharField(_("what for"), max_length=80, blank=True)

    objects = querysets.ClosureQuerySet.as_manager()

    class Meta:
        ordering = ("on",)
        constraints = (models.UniqueConstraint(fields=("hospital", "on"), name="one_closure_per_day"),)

    def __str__(self):
        return f"{self.on} {self.name}"


class Staff(models.Model):
    """A person who works for a hospital, in one role, from a day on."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("Hospital administrator")
        RECEPTIONIST = "receptionist", _("Receptionist")
        TECHNICIAN = "technician", _("Laboratory technician")

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


class Invitation(models.Model):
    """A person is asked by mail to work for a hospital. The mail holds the token, the table only its fingerprint."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=Staff.Role.choices)
    fingerprint = ExactCharField(max_length=64, unique=True, editable=False)  # SHA-256 of the token, hexadecimal
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-invited_at",)
        indexes = (models.Index(fields=("hospital", "invited_at"), name="invitations_of_hospital"),)
        permissions = (("withdraw_invitation", "Can withdraw an invitation"),)

    def __str__(self):
        return self.email


class DirectoryImport(models.Model):
    """A hospital directory on its way in: the file, how far it is, and what was found."""

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, waiting for you")
        REFUSED = "refused", _("Refused")
        RUNNING = "running", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = ExactCharField(_("name of the directory"), max_length=60)
    file_key = ExactCharField(max_length=60)  # in the private storage
    file_name = models.CharField(max_length=160)
    state = models.CharField(max_length=20, choices=State.choices, default=State.CHECKING)
    rows = models.PositiveIntegerField(default=0)  # rows of data in the file
    done = models.PositiveIntegerField(default=0)  # of them worked through, in this state
    # True while it is imported, else NULL: plain keys count each NULL as different, so this is "one file at a time".
    runs = models.BooleanField(null=True, default=None, editable=False)
    moved_at = models.DateTimeField(default=clock.now)  # when it was last known to go on
    interrupted = models.PositiveSmallIntegerField(default=0)  # how often whoever worked on it was killed
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)  # [[line, column, sentence]], the first few hundred
    fault_count = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(default=list)  # as faults
    warning_count = models.PositiveIntegerField(default=0)
    sample = models.JSONField(default=list)  # the first rows as they will be
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("directory of hospitals")
        verbose_name_plural = _("directories")
        ordering = ("-created_at",)
        constraints = (models.UniqueConstraint(fields=("source", "runs"), name="one_import_of_a_directory"),)
        permissions = (("import_hospital", "Can import a directory of hospitals"),)

    def __str__(self):
        return f"{self.source} {self.created_at:%Y-%m-%d %H:%M}"
