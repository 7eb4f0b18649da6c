"""What stands in a record: each line with who wrote it, when, and whether it was entered in error."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import StoredFile, User
from healthstack.lib import clock
from healthstack.lib.fields import ExactCharField
from healthstack.lib.keys import uuid7
from patients import querysets, vitals
from patients.models.people import Patient


class Diagnosis(models.Model):
    """A code of the ICD-10 that can be said of a person: a category or one of its parts, no chapter or block."""

    code = ExactCharField(max_length=8, unique=True)
    title = models.CharField(max_length=200)
    is_category = models.BooleanField(default=False)  # A00, not A00.1: what is looked for comes first

    objects = querysets.DiagnosisQuerySet.as_manager()

    class Meta:
        ordering = ("code",)

    def __str__(self):
        return f"{self.code} {self.title}"


class DiagnosisWord(models.Model):
    """The title of a code has this word in it."""

    word = ExactCharField(max_length=40)
    diagnosis = models.ForeignKey(Diagnosis, models.CASCADE, related_name="words")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("word", "diagnosis"), name="one_row_per_diagnosis_word"),)

    def __str__(self):
        return self.word


class Entry(models.Model):
    """A line of a record. Never deleted: a mistake is marked, and stays readable with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    # What the patient, or who speaks for them, says of themselves, no doctor has confirmed (FHIR verificationStatus).
    is_confirmed = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    wrong_at = models.DateTimeField(null=True, blank=True)
    wrong_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    wrong_reason = models.CharField(_("why it is wrong"), max_length=160, blank=True)

    class Meta:
        abstract = True


class Condition(Entry):
    """Something that a patient has or had, as long as it matters (FHIR Condition)."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        RESOLVED = "resolved", _("Resolved")

    diagnosis = models.ForeignKey(Diagnosis, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(_("what it is"), max_length=200)  # the title of the code, or own words
    status = models.CharField(_("now"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    onset_on = models.DateField(_("since"), null=True, blank=True)
    resolved_on = models.DateField(_("over since"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = querysets.EntryQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("patient", "recorded_at", "id"), name="condition_of_patient"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(onset_on=None) | Q(resolved_on=None) | Q(resolved_on__gte=models.F("onset_on")),
                name="condition_begins_before_it_ends",
            ),
        )
        permissions = (
            ("list_condition", "Can add a condition to a record"),
            ("update_condition", "Can say how a condition stands"),
            ("mark_wrong", "Can mark a line of a record as entered in error"),
        )

    def __str__(self):
        return self.text


class Observation(Entry):
    """A vital sign that was measured (FHIR Observation). Its unit is that of its kind, ever."""

    kind = models.CharField(max_length=20, choices=[(code, kind.name) for code, kind in vitals.KINDS.items()])
    value = models.DecimalField(max_digits=7, decimal_places=2)
    second = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)  # the lower blood pressure
    taken_at = models.DateTimeField()

    objects = querysets.ObservationQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("patient", "kind", "taken_at", "id"), name="observation_of_kind"),
            models.Index(fields=("patient", "taken_at", "id"), name="observation_of_patient"),
        )
        permissions = (("take_vitals", "Can write down vital signs"),)

    def __str__(self):
        return f"{self.get_kind_display()} {self.shown}"

    @property
    def unit(self):
        return vitals.KINDS[self.kind].unit

    @property
    def shown(self):
        return vitals.shown(self.value, self.second)


class Immunization(Entry):
    """A vaccine that was given (FHIR Immunization)."""

    vaccine = models.CharField(_("vaccine"), max_length=120)
    dose = models.PositiveSmallIntegerField(_("which dose"), null=True, blank=True)
    given_on = models.DateField(_("given on"))
    lot = models.CharField(_("batch"), max_length=40, blank=True)
    place = models.CharField(_("where"), max_length=120, blank=True)
    at = models.DateTimeField()  # noon of that day: its place among what has a time

    objects = querysets.EntryQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("patient", "at", "id"), name="immunization_in_time"),)
        permissions = (("list_immunization", "Can add a vaccination to a record"),)

    def __str__(self):
        return self.vaccine


class Document(Entry):
    """A paper that somebody put into the record (FHIR DocumentReference). Its content came through the gate for files."""

    class Kind(models.TextChoices):
        REPORT = "report", _("Report of a test")
        IMAGE = "image", _("X-ray or scan")
        DISCHARGE = "discharge", _("Discharge summary")
        PRESCRIPTION = "prescription", _("Prescription")
        LETTER = "letter", _("Letter of a doctor")
        OTHER = "other", _("Something else")

    kind = models.CharField(_("what it is"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120)
    dated_on = models.DateField(_("date on it"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    at = models.DateTimeField()  # noon of that day: its place among what has a time

    objects = querysets.EntryQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("patient", "at", "id"), name="document_in_time"),)
        permissions = (
            ("keep_document", "Can put a document into a record"),
            ("read_document", "Can open the documents of a record"),
        )

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("patients:document", args=[self.pk])
