"""Doctors, their specialties and languages, and the hospitals they work in."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import StoredFile, User
from doctors import querysets
from healthstack.lib import clock
from healthstack.lib.keys import uuid7
from healthstack.lib.people import tint
from healthstack.lib.validators import multiple_of_five
from hospitals.models import Department, Hospital, HospitalFee, VisitType


class Specialty(models.Model):
    """A field of medicine: its name, and what one of its doctors is called."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    title = models.CharField(_("what its doctor is called"), max_length=80)
    slug = models.SlugField(max_length=80, unique=True)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = _("specialties")

    def __str__(self):
        return self.name


class Language(models.Model):
    """A spoken language by its IETF tag, and its own name for itself."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=60)
    own_name = models.CharField(_("own name"), max_length=60)

    class Meta:
        ordering = ("name",)

    def __str__(self):
        return self.name


class Doctor(models.Model):
    """A doctor with an account. Findable and bookable once approved and not suspended."""

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

    class Gender(models.TextChoices):
        FEMALE = "female", _("Woman")
        MALE = "male", _("Man")
        OTHER = "other", _("Another")

    user = models.OneToOneField(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    slug = models.SlugField(_("address on the site"), max_length=140, unique=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.PENDING, editable=False)
    state_reason = models.CharField(max_length=240, blank=True, editable=False)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices)
    registration_number = models.CharField(_("registration number"), max_length=40)
    council = models.CharField(_("medical council"), max_length=120)
    degrees = models.CharField(_("degrees"), max_length=160, blank=True)
    practising_since = models.PositiveSmallIntegerField(
        _("practising since (year)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1940), MaxValueValidator(2100)],
    )
    about = models.TextField(_("about"), max_length=2000, blank=True)
    fee = models.DecimalField(
        _("fee where nothing else is set"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    confirms_instantly = models.BooleanField(_("confirms bookings at once"), default=False)
    notice_minutes = models.PositiveIntegerField(
        _("minimum notice (minutes)"), default=30, validators=[MaxValueValidator(60 * 24 * 30)]
    )
    cancel_notice_minutes = models.PositiveIntegerField(
        _("patients cancel or move a visit until (minutes before)"),
        default=0,
        validators=[MaxValueValidator(60 * 24 * 30)],
    )
    # Of the reviews that are shown; kept by the workflow that takes and hides them.
    rating = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True, editable=False)  # 1 to 5
    rating_count = models.PositiveIntegerField(default=0, editable=False)
    days_ahead = models.PositiveSmallIntegerField(
        _("how many days ahead"), default=60, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    specialties = models.ManyToManyField(Specialty, related_name="+", verbose_name=_("specialties"))
    languages = models.ManyToManyField(Language, related_name="+", verbose_name=_("languages"))

    objects = querysets.DoctorQuerySet.as_manager()

    class Meta:
        permissions = (
            ("approve_doctor", "Can approve a doctor"),
            ("suspend_doctor", "Can suspend a doctor"),
            ("reinstate_doctor", "Can reinstate a doctor"),
            ("reject_doctor", "Can reject a doctor"),
            ("ask_more_doctor", "Can ask a doctor for more"),
            ("update_own_doctor", "Can change the own page as a doctor"),
            ("send_for_checking", "Can ask to be checked"),
        )
        constraints = (
            models.UniqueConstraint(fields=("council", "registration_number"), name="one_doctor_per_registration"),
            models.CheckConstraint(condition=models.Q(fee__gte=0), name="doctor_fee_not_negative"),
        )

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("doctor", args=[self.slug])

    def can_become(self, state):
        return state in self.NEXT[self.state]

    @property
    def name(self):
        return f"Dr {self.user.name}"

    @property
    def surname(self):
        return f"Dr {self.user.name.split()[-1]}" if self.user.name else "Dr"

    @property
    def initials(self):
        return self.user.initials

    @property
    def tint(self):
        return tint(self.user_id)

    @property
    def title(self):
        """What the doctor is: 'Neurologist, Psychiatrist'."""
        return ", ".join(s.title for s in self.specialties.all())

    def fees_in(self, hospital):
        """{visit type: amount} in this hospital, by the rule of `fees_at`."""
        return self.fees_at([hospital.pk])[hospital.pk]

    def fees_at(self, hospitals):
        """{hospital id: {visit type: amount}} in the hospitals with these ids, in one query.

        The doctor's fee for hospital and type counts, else the hospital's for the type, else the doctor's usual one.
        """
        fees = {hospital: dict.fromkeys(VisitType.values, self.fee) for hospital in hospitals}
        columns = ("hospital", "visit_type", "amount", "of_doctor")
        usual = HospitalFee.objects.filter(hospital__in=fees).annotate(of_doctor=Value(0)).values_list(*columns)
        own = self.fees.filter(hospital__in=fees).annotate(of_doctor=Value(1)).values_list(*columns)
        for hospital, visit_type, amount, _own in usual.union(own, all=True).order_by("of_doctor") if fees else ():
            fees[hospital][visit_type] = amount
        return fees

    def years_of_practice(self):
        return max(0, clock.now().year - self.practising_since) if self.practising_since else None


class Offer(models.Model):
    """A kind of visit that a doctor offers, and how many minutes it takes."""

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="offers")
    visit_type = models.CharField(_("type of visit"), max_length=20, choices=VisitType.choices)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(5), MaxValueValidator(240), multiple_of_five]
    )

    class Meta:
        ordering = ("visit_type",)
        constraints = (
            models.UniqueConstraint(fields=("doctor", "visit_type"), name="one_offer_per_type"),
            models.CheckConstraint(condition=models.Q(minutes__gte=5, minutes__lte=240), name="offer_has_minutes"),
        )

    def __str__(self):
        return f"{self.get_visit_type_display()}, {self.minutes} min"


class Affiliation(models.Model):
    """A doctor works in a hospital, between two days."""

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="affiliations")
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="+", verbose_name=_("hospital"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    room = models.CharField(_("room"), max_length=40, blank=True)
    started_on = models.DateField(_("since"))
    ended_on = models.DateField(_("until"), null=True, blank=True, editable=False)

    objects = querysets.AffiliationQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("doctor", "hospital"), name="one_affiliation_per_hospital"),)
        indexes = (models.Index(fields=("hospital", "ended_on"), name="affiliation_of_hospital"),)
        permissions = (("end_affiliation", "Can end a doctor's work in a hospital"),)

    def __str__(self):
        return f"{self.doctor}, {self.hospital}"


class Fee(models.Model):
    """What a kind of visit costs with this doctor in this hospital."""

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="fees")
    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="+", verbose_name=_("hospital"))
    visit_type = models.CharField(_("type of visit"), max_length=20, choices=VisitType.choices)
    amount = models.DecimalField(_("fee"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("doctor", "hospital", "visit_type"), name="one_fee_per_place_and_type"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="fee_not_negative"),
        )

    def __str__(self):
        return f"{self.get_visit_type_display()}, {self.hospital}"


class Document(models.Model):
    """A paper by which a doctor shows who they are, and what the administrator said of it."""

    class Kind(models.TextChoices):
        REGISTRATION = "registration", _("Registration certificate")
        DEGREE = "degree", _("Degree")
        IDENTITY = "identity", _("Proof of identity")
        OTHER = "other", _("Something else")

    class Verdict(models.TextChoices):
        WAITING = "waiting", _("Not looked at yet")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Not accepted")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="documents")
    kind = models.CharField(_("what it is"), max_length=20, choices=Kind.choices)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=20, choices=Verdict.choices, default=Verdict.WAITING)
    verdict_reason = models.CharField(max_length=240, blank=True)
    verdict_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    verdict_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # by the doctor, who sent another one

    objects = querysets.DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("added_at", "id")
        permissions = (
            ("judge_document", "Can accept or refuse a doctor's document"),
            ("send_document", "Can send in own documents"),
            ("withdraw_document", "Can take own documents back"),
        )

    def __str__(self):
        return self.get_kind_display()


class Application(models.Model):
    """A doctor asks to work in a hospital; its administrator answers."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="applications")
    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="+", verbose_name=_("hospital"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    message = models.CharField(_("message"), max_length=500, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.ASKED)
    reason = models.CharField(max_length=240, blank=True)
    # True while it waits, else NULL: plain keys count each NULL as different, so this is "one open at a time".
    waits = models.BooleanField(null=True, default=True)
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("doctor", "hospital", "waits"), name="one_open_application_per_hospital"),
        )
        indexes = (models.Index(fields=("hospital", "state", "asked_at"), name="applications_of_hospital"),)
        permissions = (
            ("apply_application", "Can apply to work in a hospital"),
            ("withdraw_application", "Can take an application back"),
            ("accept_application", "Can accept a doctor into the own hospital"),
            ("decline_application", "Can decline a doctor's application"),
        )

    def __str__(self):
        return f"{self.doctor}, {self.hospital}"
