"""Questions about hospitals and their staff."""

from django.db import models


class HospitalQuerySet(models.QuerySet):
    def findable(self):
        """What a visitor may find: everything that is not suspended."""
        return self.filter(state="approved")

    def as_staff(self, user):
        """The hospitals in which this person works today."""
        return self.filter(staff__user=user, staff__ended_at=None).distinct()


class StaffQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def of(self, user):
        return self.current().filter(user=user)
