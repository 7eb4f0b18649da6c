"""Questions about hospitals and their staff."""

from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import models
from django.db.models import Exists, OuterRef, Q

from healthstack.lib import clock

FEW = 1000  # hospitals that are gathered by their ids


class HospitalQuerySet(models.QuerySet):
    def findable(self):
        """What a visitor may find: everything that is not suspended."""
        return self.filter(state="approved")

    def as_staff(self, user):
        """The hospitals in which this person works today."""
        return self.filter(staff__user=user, staff__ended_at=None).distinct()

    def at_desk(self, user):
        """The hospitals at whose reception this person works today."""
        return self.filter(staff__user=user, staff__role="receptionist", staff__ended_at=None)

    def at_lab(self, user):
        """The hospitals in whose laboratory this person works today."""
        return self.filter(staff__user=user, staff__role="technician", staff__ended_at=None)

    def run_by(self, user):
        """The hospitals that this person runs today, as their administrator."""
        return self.filter(staff__user=user, staff__role="administrator", staff__ended_at=None)

    def doubles_of(self, name, postcode):
        """Those of the same name and PIN code, whether they can be found or are still being checked."""
        if not postcode:
            return self.none()
        return self.filter(postcode=postcode, name__iexact=name).exclude(state="rejected").order_by("pk")

    def open_at(self, moment):
        """Open at that moment by their own clock and holidays; an emergency department always is."""
        return self.filter(self.when_open(moment))

    def when_open(self, moment):
        """`open_at` as a condition, for whoever asks it of several lists. Two queries."""
        hours, closed = self._hours_at(moment)
        few = list(hours.order_by().values_list("hospital", flat=True)[: FEW + 1])
        # A bare column, as Django writes emergency=True, uses no index on SQLite.
        emergency = self.model.objects.findable().filter(emergency__in=[True]).order_by()
        few += emergency.values_list("pk", flat=True)[: FEW + 1]
        is_open = Q(emergency=True) | Exists(hours.filter(hospital=OuterRef("pk"))) & ~Exists(closed)
        # A short list is gathered by its indexes; else so many are open that walking the names finds them soon.
        return Q(pk__in=few) & is_open if len(few) <= FEW else is_open

    def _hours_at(self, moment):
        """(opening hours that run then, closures of the outer hospital on that day), each by the hospital's own zone."""
        run, closures = [], []
        opening, closure = self.model.opening_hours.rel.related_model, self.model.closures.rel.related_model
        for zone in self._zones():
            there = moment.astimezone(ZoneInfo(zone))
            minute, day = there.hour * 60 + there.minute, there.weekday()
            today = Q(weekday=day, from_minute__lte=minute, to_minute__gt=minute)
            last_night = Q(weekday=(day - 1) % 7, to_minute__gt=minute + 1440)
            run.append(Q(hospital__zone=zone) & (today | last_night))
            closures.append(Q(hospital__zone=zone, on=there.date()))
        closed = closure.objects.filter(reduce(or_, closures), hospital=OuterRef("pk"))
        return opening.objects.filter(reduce(or_, run)), closed

    def _zones(self):
        """The time zones in which hospitals are. Kept for five minutes."""
        zones = cache.get("hospital-zones")
        if zones is None:
            zones = sorted(self.model.objects.order_by().values_list("zone", flat=True).distinct()) or ["UTC"]
            cache.set("hospital-zones", zones, 300)
        return zones


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
