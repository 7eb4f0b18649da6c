"""Questions about patients and about who may see them."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from healthstack.lib import clock
from hospitals.models import Staff


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
    def as_staff(self, user):
        """The patients that the hospitals know in which this person works today."""
        return (
            self.filter(hospital__in=Staff.objects.of(user).values("hospital"))
            if user.is_authenticated
            else self.none()
        )
