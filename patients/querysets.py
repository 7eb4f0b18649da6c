"""Questions about patients and about who may see them."""

import re

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from healthstack.lib import clock
from healthstack.lib.dates import read_date
from hospitals.models import Staff
from patients import diagnoses, vitals


class PatientQuerySet(models.QuerySet):
    def of(self, user):
        """The person's own row, where they are a patient."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def as_patient(self, user):
        """The patients for whom this person speaks today: themselves, and those whose guardian they still are."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(user=user) | Q(guardian=user, guardian_until__gt=clock.today()))

    def dependants_of(self, user):
        """Those for whom this person speaks besides themselves."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(guardian=user, guardian_until__gt=clock.today())

    def at_desk(self, user):
        """The patients known to the hospitals at whose reception this person works today."""
        from patients.models import Registration

        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=Registration.objects.at_desk(user).values("patient"))

    def known_to(self, hospital):
        """The patients that this hospital has registered, or that have booked there."""
        from patients.models import Registration

        return self.filter(pk__in=Registration.objects.filter(hospital=hospital).values("patient"))

    def matching(self, words):
        """Those whom somebody at a desk may mean: by date of birth, by the end of a phone number, or by name."""
        try:
            return self.filter(born_on=read_date(words))
        except (ValueError, OverflowError):
            pass
        digits = re.sub(r"[\s()./+-]", "", words)
        digits = re.sub(r"^0(?=[0-9]{10}$)", "", digits)  # as a call within the country begins
        if re.fullmatch(r"[0-9]{6,15}", digits):
            guardian = Q(guardian__phone__endswith=digits, guardian_until__gt=clock.today())
            return self.filter(Q(phone__endswith=digits) | Q(user__phone__endswith=digits) | guardian)
        return self.filter(name__icontains=words)

    def as_carer(self, user):
        """The patients whose record this person may open today, by a grant."""
        from patients.models import AccessGrant

        if not user.is_authenticated:
            return self.none()
        return self.filter(Exists(AccessGrant.objects.live().filter(patient=OuterRef("pk"), carer=user)))

    def visible_to(self, user):
        """The patients whose record this person may open."""
        from patients.models import AccessGrant

        if not user.is_authenticated:
            return self.none()
        grant = AccessGrant.objects.live().filter(patient=OuterRef("pk"), carer=user)
        guarded = Q(guardian=user, guardian_until__gt=clock.today())
        return self.filter(Q(user=user) | guarded | Exists(grant))


class AllergyQuerySet(models.QuerySet):
    def current(self):
        """Those that were not entered in error."""
        return self.filter(wrong_at=None)

    def as_patient(self, user):
        """What stands on the lists of those for whom this person speaks."""
        return self.filter(patient__in=_spoken_for(user))


class EntryQuerySet(models.QuerySet):
    """Lines of records."""

    def current(self):
        """Those that were not entered in error."""
        return self.filter(wrong_at=None)

    def of(self, patient):
        return self.filter(patient=patient)

    def split(self):
        """{"current": [row], "wrong": [row]}, asked once."""
        rows = list(self)
        return {"current": [row for row in rows if not row.wrong_at], "wrong": [row for row in rows if row.wrong_at]}

    def visible_to(self, user):
        """What stands in the records that this person may open."""
        from patients.models import Patient

        return self.filter(patient__in=Patient.objects.visible_to(user).values("pk"))


class ObservationQuerySet(EntryQuerySet):
    def latest_of(self, patient):
        """The last value of each kind, in the order of the table of kinds."""
        own = self.of(patient).current()
        last = [Subquery(own.filter(kind=k).order_by("-taken_at", "-id").values("pk")[:1]) for k in vitals.KINDS]
        order = list(vitals.KINDS)
        return sorted(self.filter(pk__in=last), key=lambda row: order.index(row.kind))


class DiagnosisQuerySet(models.QuerySet):
    def matching(self, typed):
        """Those whose code begins as typed, or whose title has words that begin so, all of them; categories first."""
        from patients.models import DiagnosisWord

        if code := diagnoses.typed_code(typed):
            return self.filter(code__gte=code, code__lt=code + "\uffff").order_by("code")
        found = self
        for word in diagnoses.words(typed)[: diagnoses.MOST_WORDS]:
            # A range, since `startswith` reads the whole table on both databases.
            rows = DiagnosisWord.objects.filter(word__gte=word, word__lt=word + "\uffff")
            found = found.filter(pk__in=rows.values("diagnosis"))
        return self.none() if found is self else found.order_by("-is_category", "code")


class AccessGrantQuerySet(models.QuerySet):
    def live(self):
        """Begun and not over."""
        now = clock.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)

    def as_patient(self, user):
        return self.filter(patient__in=_spoken_for(user))


def _spoken_for(user):
    from patients.models import Patient

    return Patient.objects.as_patient(user).values("pk")


class RegistrationQuerySet(models.QuerySet):
    def at_desk(self, user):
        """Who is known to the hospitals at whose reception this person works today."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(hospital__in=Staff.objects.of(user).filter(role="receptionist").values("hospital"))


class ClaimCodeQuerySet(models.QuerySet):
    def waiting(self):
        """Neither used nor too old nor guessed at too often."""
        return self.filter(used_at=None, expires_at__gt=clock.now(), tries__lt=self.model.TRIES)
