"""Questions about doctors."""

from django.db import models


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
