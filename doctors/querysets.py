"""Questions about doctors."""

from django.db import models
from django.db.models import Exists, OuterRef

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

    def to_check(self):
        """Those who wait to be checked, in the order in which they came; who has sent papers comes first."""
        papers = self.model.documents.rel.related_model.objects.current().filter(doctor=OuterRef("pk"))
        waiting = self.filter(state="pending").annotate(has_papers=Exists(papers))
        return waiting.order_by("-has_papers", "user__joined_at", "pk")


class AffiliationQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_on=None)


class DocumentQuerySet(models.QuerySet):
    def current(self):
        """Those that the doctor has not taken back."""
        return self.filter(withdrawn_at=None)

    def as_doctor(self, user):
        return self.current().filter(doctor__user=user) if user.is_authenticated else self.none()

    def visible_to(self, user):
        """A doctor's own, and everybody's for those who judge them."""
        return self.all() if user.has_perm("doctors.judge_document") else self.as_doctor(user)


class ApplicationQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state="asked")

    def as_doctor(self, user):
        return self.filter(doctor__user=user) if user.is_authenticated else self.none()

    def as_staff(self, user):
        """Applications to the hospitals that this person runs today."""
        return self.filter(hospital__in=Hospital.objects.run_by(user)) if user.is_authenticated else self.none()
