"""Hours, leave, visits, the claims that keep them apart, and the listing that the search reads."""

from datetime import UTC, datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appointments import querysets
from billing.models import Invoice
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.fields import ExactCharField
from healthstack.lib.keys import uuid7
from healthstack.lib.people import initials
from healthstack.lib.validators import multiple_of_five
from hospitals.models import Hospital, VisitType
from patients.models import AccessGrant, Patient

# "Not free in the days to come": sorts behind every real moment, and pages by key like one.
NEVER = datetime(2190, 1, 1, tzinfo=UTC)


class Hours(models.Model):
    """Weekly hours of a doctor in a hospital: wall time there, in steps of five minutes."""

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="+")
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="+", verbose_name=_("hospital"))
    weekday = models.PositiveSmallIntegerField(_("day"))
    from_minute = models.PositiveSmallIntegerField(_("from"))
    to_minute = models.PositiveSmallIntegerField(_("to"))
    visit = models.PositiveSmallIntegerField(
        _("a start every (minutes)"), validators=[MinValueValidator(5), MaxValueValidator(240), multiple_of_five]
    )
    buffer = models.PositiveSmallIntegerField(_("pause after each visit (minutes)"), default=0)
    places = models.PositiveSmallIntegerField(_("patients at the same time"), default=1)
    video = models.BooleanField(_("by video"), default=False)  # then only video visits, else only the others
    once = models.BooleanField(_("extra hours, on the first day only"), default=False)
    valid_from = models.DateField(_("from day"))
    valid_until = models.DateField(_("until day"), null=True, blank=True)

    objects = querysets.HoursQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("hours")
        ordering = ("weekday", "from_minute", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(from_minute__lt=F("to_minute"))
                & Q(from_minute__lt=1440, to_minute__lte=2880, weekday__lte=6),
                name="hours_begin_before_they_end",
            ),
            models.CheckConstraint(
                condition=Q(visit__gte=5, visit__lte=240, buffer__lte=120, places__gte=1, places__lte=50),
                name="hours_in_reason",
            ),
        )
        permissions = (("publish_hours", "Can publish the own hours"),)

    def __str__(self):
        return f"{self.weekday} {self.from_minute}-{self.to_minute}"


class Leave(models.Model):
    """A doctor is away, from one moment to another."""

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=120, blank=True)

    objects = querysets.LeaveQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="leave_begins_before_it_ends"),
        )
        indexes = (models.Index(fields=("doctor", "ends_at"), name="leave_of_doctor"),)
        permissions = (("take_leave", "Can take leave"), ("end_leave", "Can give up leave"))

    def __str__(self):
        return f"{self.starts_at:%d %b} {self.note}"


class Appointment(models.Model):
    """A visit, from the request to its end. Once checked in it is what FHIR calls an Encounter."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        CONFIRMED = "confirmed", _("Confirmed")
        CHECKED_IN = "checked_in", _("Checked in")
        IN_CONSULTATION = "in_consultation", _("In the room")
        COMPLETED = "completed", _("Seen")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")
        NO_SHOW = "no_show", _("Missed")
        EXPIRED = "expired", _("Expired")

    S = State
    NEXT = {
        S.REQUESTED: {S.CONFIRMED, S.DECLINED, S.CANCELLED, S.EXPIRED},
        # Back to requested only when the patient moves it, and the doctor does not confirm at once.
        S.CONFIRMED: {S.CHECKED_IN, S.CANCELLED, S.NO_SHOW, S.REQUESTED},
        S.CHECKED_IN: {S.IN_CONSULTATION, S.NO_SHOW, S.CANCELLED},
        S.IN_CONSULTATION: {S.COMPLETED},
        S.COMPLETED: set(),
        S.DECLINED: set(),
        S.CANCELLED: set(),
        S.NO_SHOW: set(),
        S.EXPIRED: set(),
    }
    OPEN = (S.REQUESTED, S.CONFIRMED, S.CHECKED_IN, S.IN_CONSULTATION)
    # What has a claim on the doctor's time: given up only by a refusal, a cancellation or a miss.
    HOLDING = (*OPEN, S.COMPLETED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_index=False)
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="+", db_index=False)
    visit_type = models.CharField(max_length=20, choices=VisitType.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.REQUESTED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    busy_until = models.DateTimeField()
    place = models.PositiveSmallIntegerField(default=0)
    fee = models.DecimalField(max_digits=10, decimal_places=2)
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    message = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=240, blank=True)
    # A doctor who declines may say which time would do. Only a hint: it is not held.
    offered_at = models.DateTimeField(null=True, blank=True)
    join_url = models.URLField(max_length=300, blank=True)  # of a video visit, given by the doctor
    overbooked_reason = models.CharField(max_length=240, blank=True)
    sequence = models.PositiveIntegerField(default=0)  # how often it was moved (iCalendar)
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    request_key = ExactCharField(max_length=36, null=True, blank=True)  # unique, and many have none
    grant = models.ForeignKey(AccessGrant, models.PROTECT, null=True, blank=True, related_name="+")
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.AppointmentQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("doctor", "starts_at", "id"), name="visit_of_doctor"),
            models.Index(fields=("doctor", "state", "starts_at", "id"), name="visit_of_doctor_by_state"),
            models.Index(fields=("patient", "starts_at", "id"), name="visit_of_patient"),
            models.Index(fields=("hospital", "starts_at", "id"), name="visit_of_hospital"),
            models.Index(fields=("state", "starts_at", "id"), name="visit_by_state"),
        )
        constraints = (
            models.UniqueConstraint(fields=("booked_by", "request_key"), name="one_visit_per_request"),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")) & Q(ends_at__lte=F("busy_until")),
                name="visit_begins_before_it_ends",
            ),
        )
        permissions = (
            ("view_hospital_appointment", "Can view the appointments of the own hospital"),
            ("book_for_patient", "Can book for a patient of the own hospital"),
            ("explain_time", "Can ask why a time is not offered"),
            *(
                (f"{verb}_appointment", f"Can {verb.replace('_', ' ')} an appointment")
                for verb in (
                    "book",
                    "approve",
                    "decline",
                    "cancel",
                    "reschedule",
                    "check_in",
                    "start",
                    "complete",
                    "no_show",
                    "rehome",
                    "share_link",
                    "overbook",
                )
            ),
        )

    def __str__(self):
        return f"{self.get_visit_type_display()}, {self.starts_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("visit", args=[self.pk])

    def can_become(self, state):
        return state in self.NEXT[self.state]

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    def by_video(self):
        return self.visit_type == VisitType.VIDEO

    @property
    def joinable_from(self):
        return self.starts_at - timedelta(minutes=15)

    @property
    def can_be_joined(self):
        """Is it time for the patient to come into a video visit: from a quarter of an hour before, to its end."""
        due = self.state in (self.S.CONFIRMED, self.S.CHECKED_IN, self.S.IN_CONSULTATION)
        return bool(self.join_url) and due and self.joinable_from <= clock.now() < self.ends_at

    @property
    def is_movable(self):
        """Can it still go to another time: asked for and to come, or confirmed."""
        return self.state == self.S.CONFIRMED or (self.state == self.S.REQUESTED and self.starts_at > clock.now())

    @property
    def not_movable(self):
        """Why not, as a sentence."""
        if self.state == self.S.REQUESTED:
            return gettext("Its time has passed. Book another one.")
        words = gettext("This cannot be moved any more. The visit is: %(state)s.")
        return words % {"state": self.get_state_display()}

    @property
    def changeable_until(self):
        """Until when the patient may cancel or move it here. A request can be taken back until its time."""
        notice = 0 if self.state == self.S.REQUESTED else self.doctor.cancel_notice_minutes
        return self.starts_at - timedelta(minutes=notice)

    @property
    def minutes(self):
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class Move(models.Model):
    """A visit was moved: to another time, or to another doctor. The appointment stays the same."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="moves")
    from_doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="+")
    to_doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="+")
    from_starts_at = models.DateTimeField()
    to_starts_at = models.DateTimeField()
    reason = models.CharField(max_length=240, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self):
        return f"{self.from_starts_at:%Y-%m-%d %H:%M} to {self.to_starts_at:%Y-%m-%d %H:%M}"


class Reminder(models.Model):
    """Somebody was reminded of a visit, at the time that it had then."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="reminders", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    starts_at = models.DateTimeField()
    sent_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("appointment", "starts_at", "kind", "user"), name="one_reminder_per_time_and_person"
            ),
        )

    def __str__(self):
        return f"{self.kind} {self.starts_at:%Y-%m-%d %H:%M}"


class Review(models.Model):
    """What a patient who was seen says of the doctor: one per visit, with one answer. Hidden ones keep their reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="+", db_index=False)
    stars = models.PositiveSmallIntegerField(_("stars"))
    text = models.CharField(_("your words"), max_length=1000, blank=True)
    written_at = models.DateTimeField(default=clock.now)
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    hidden_reason = models.CharField(_("why it is hidden"), max_length=240, blank=True)

    objects = querysets.ReviewQuerySet.as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="one_to_five_stars"),)
        indexes = (models.Index(fields=("doctor", "hidden_at", "written_at", "id"), name="reviews_of_doctor"),)
        permissions = (
            ("write_review", "Can review an own visit"),
            ("answer_review", "Can answer a review of the own work"),
            ("hide_review", "Can hide a review"),
            ("unhide_review", "Can show a hidden review again"),
        )

    def __str__(self):
        return f"{self.stars}"

    def get_absolute_url(self):
        return self.appointment.get_absolute_url()

    @property
    def by_name(self):
        """Who wrote it, as strangers may read: 'Priyanka M.'. For a child, its guardian did."""
        patient = self.appointment.patient
        person = patient.guardian if patient.guardian_id and not patient.user_id else patient
        first, *rest = person.name.split() or [""]
        return f"{first} {rest[-1][0]}." if rest else first


class Note(models.Model):
    """What the doctor writes down of a visit: a draft until it is signed, and then only added to."""

    LONGEST = 20_000

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField(_("note"))
    version = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    signed_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.NoteQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("patient", "signed_at", "id"), name="note_of_patient"),)
        permissions = (
            ("view_visit_note", "Can read the note of a visit"),
            ("write_note", "Can write the note of an own visit"),
            ("sign_note", "Can sign the note of an own visit"),
            ("amend_note", "Can add to a signed note"),
        )

    def __str__(self):
        return str(self.appointment_id)

    def get_absolute_url(self):
        return reverse("appointments:note", args=[self.appointment_id])


class Addendum(models.Model):
    """What was added to a signed note: the note itself stays as it was signed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    note = models.ForeignKey(Note, models.PROTECT, related_name="addenda")
    text = models.TextField(_("addition"))
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("written_at", "id")
        verbose_name_plural = _("addenda")

    def __str__(self):
        return str(self.note_id)


class Claim(models.Model):
    """Five minutes of a doctor, and of a patient, that are taken. There while the visit holds its time.

    Plain unique keys: MySQL and MariaDB have no conditional ones, and these see overlaps of any length.
    """

    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="+", db_index=False)
    quantum = models.PositiveIntegerField()  # UTC seconds // 300
    place = models.PositiveSmallIntegerField()  # a seat, 0 to places - 1, never a location
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, related_name="+", db_index=False
    )  # none in the pause
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="claims")

    objects = querysets.ClaimQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("doctor", "quantum", "place"), name="one_person_per_slot"),
            models.UniqueConstraint(fields=("patient", "quantum"), name="one_place_per_person"),
        )

    def __str__(self):
        return f"{self.quantum}/{self.place}"


class Listing(models.Model):
    """What the search knows of a findable doctor, kept by the workflow and rolled on by `tick`."""

    doctor = models.OneToOneField(Doctor, models.CASCADE, primary_key=True, related_name="+")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=200)  # what a card says: Neurologist, Psychiatrist
    tongues = models.CharField(max_length=200)
    where = models.CharField(max_length=240)  # Max Hospital, Lucknow
    minutes = models.PositiveSmallIntegerField(null=True)  # of a check-up; none when it is not offered
    gender = models.CharField(max_length=10)
    fee = models.DecimalField(max_digits=10, decimal_places=2)
    video = models.BooleanField(default=False)  # offers video visits
    rating = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    rating_count = models.PositiveIntegerField(default=0)
    next_free_at = models.DateTimeField(default=NEVER)
    roll_at = models.DateTimeField(default=NEVER)  # when next_free_at stops being true
    free_from = models.DateField()
    free_days = models.PositiveIntegerField(default=0)  # bit n: free on free_from + n days

    objects = querysets.ListingQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("next_free_at", "doctor"), name="soonest_free"),
            models.Index(fields=("rating", "doctor"), name="best_rated"),
            models.Index(fields=("fee", "doctor"), name="lowest_fee"),
            models.Index(fields=("roll_at",), name="listing_to_roll"),
            models.Index(fields=("free_from",), name="listing_from_day"),
        )

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return self.doctor.get_absolute_url()

    @property
    def initials(self):
        return initials(self.name)

    @property
    def tint(self):
        return self.doctor.tint


class ListingPlace(models.Model):
    """A city and hospital in which a listed doctor can be seen. `city` in the form that `search.normal` gives it."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="places")
    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="+")
    city = ExactCharField(max_length=80)

    objects = querysets.ListingPlaceQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("listing", "hospital"), name="one_place_per_hospital"),)
        indexes = (models.Index(fields=("city", "listing"), name="listed_in_city"),)

    def __str__(self):
        return self.city


class Word(models.Model):
    """A word by which doctors and hospitals are found, and how many have it."""

    text = ExactCharField(max_length=40, unique=True)
    n = models.PositiveIntegerField(default=0)
    hospitals = models.PositiveIntegerField(default=0)  # how many findable hospitals have it

    objects = querysets.WordQuerySet.as_manager()

    def __str__(self):
        return self.text


class DoctorWord(models.Model):
    """A listed doctor has this word in name, specialty, hospital or city."""

    word = models.ForeignKey(Word, models.CASCADE, related_name="+", db_index=False)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="words")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("word", "listing"), name="one_row_per_word"),)

    def __str__(self):
        return str(self.word_id)


class HospitalWord(models.Model):
    """A findable hospital has this word in name, city, region, department or service."""

    word = models.ForeignKey(Word, models.CASCADE, related_name="+", db_index=False)
    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="+")

    objects = querysets.HospitalWordQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("word", "hospital"), name="one_row_per_hospital_word"),)

    def __str__(self):
        return str(self.word_id)


class Near(models.Model):
    """A word as it is when one letter slipped: itself, and itself with each one letter left out."""

    variant = ExactCharField(max_length=40)
    word = models.ForeignKey(Word, models.CASCADE, related_name="near")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("variant", "word"), name="one_row_per_slip"),)

    def __str__(self):
        return self.variant
