"""Questions about doctors."""

from django.db import models

from hospitals.models import Hospital


class DoctorQuerySet(models.QuerySet):
    def findable(self):
        """Approved, with an open account: what visitors may find and book."""
        return self.filter(state="approved", user__is_active=True)

    def with_people(self):
        """With the user, specialties and languages that a card shows."""
        return self.select_related("user").prefetch_related("specialties", "languages")

    def of(self, user):
        """The doctor that this person is: one row or none."""
        return self.filter(user=user)


class AffiliationQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_on=None)


class DocumentQuerySet(models.QuerySet):
    def current(self):
        """Those that the doctor has not taken back."""
        return self.filter(withdrawn_at=None)

    def as_doctor(self, user):
        return self.filter(doctor__user=user) if user.is_authenticated else self.none()


class ApplicationQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state="asked")

    def as_doctor(self, user):
        return self.filter(doctor__user=user) if user.is_authenticated else self.none()

    def as_staff(self, user):
        """Applications to the hospitals that this person runs today."""
        return self.filter(hospital__in=Hospital.objects.run_by(user)) if user.is_authenticated else self.none()
