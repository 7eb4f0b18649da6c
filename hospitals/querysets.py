"""Questions about hospitals and their staff."""

from django.db import models

from healthstack.lib import clock


class HospitalQuerySet(models.QuerySet):
    def findable(self):
        """What a visitor may find: everything that is not suspended."""
        return self.filter(state="approved")

    def as_staff(self, user):
        """The hospitals in which this person works today."""
        return self.filter(staff__user=user, staff__ended_at=None).distinct()

    def run_by(self, user):
        """The hospitals that this person runs today, as their administrator."""
        return self.filter(staff__user=user, staff__role="administrator", staff__ended_at=None)


class DepartmentQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)


class ClosureQuerySet(models.QuerySet):
    def between(self, first, last):
        """Closures on the local dates from first to last, both included."""
        return self.filter(on__gte=first, on__lte=last)


class InvitationQuerySet(models.QuerySet):
    def waiting(self):
        """Neither accepted nor withdrawn, and not too old."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now())


class StaffQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def of(self, user):
        return self.current().filter(user=user)
