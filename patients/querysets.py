"""Questions about patients and about who may see them."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from healthstack.lib import clock
from hospitals.models import Staff


class PatientQuerySet(models.QuerySet):
    def as_patient(self, user):
        """The patients for whom this person speaks: themselves."""
        return self.filter(user=user) if user.is_authenticated else self.none()

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
        return self.filter(Q(user=user) | Exists(grant))


class AllergyQuerySet(models.QuerySet):
    def current(self):
        """Those that were not entered in error."""
        return self.filter(wrong_at=None)


class AccessGrantQuerySet(models.QuerySet):
    def live(self):
        """Begun and not over."""
        now = clock.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)

    def as_patient(self, user):
        return self.filter(patient__user=user) if user.is_authenticated else self.none()


class RegistrationQuerySet(models.QuerySet):
    def as_staff(self, user):
        """The patients that the hospitals know in which this person works today."""
        return (
            self.filter(hospital__in=Staff.objects.of(user).values("hospital"))
            if user.is_authenticated
            else self.none()
        )
