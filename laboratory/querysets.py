"""Questions about tests, orders and results."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from hospitals.models import Hospital
from patients.models import Patient


class TestQuerySet(models.QuerySet):
    __test__ = False

    def active(self):
        return self.filter(is_active=True)

    def named(self, words):
        """Whose name has all these words in it."""
        rows = self
        for word in words.split()[:6]:
            rows = rows.filter(name__icontains=word)
        return rows

    def groups(self):
        return list(self.active().exclude(group="").order_by("group").values_list("group", flat=True).distinct())


class PriceQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None, test__is_active=True)

    def findable(self):
        """Of hospitals that a visitor may find."""
        return self.current().filter(hospital__state="approved")


class OrderQuerySet(models.QuerySet):
    def as_patient(self, user):
        """What was ordered for the patients for whom this person speaks."""
        return self.filter(patient__in=Patient.objects.as_patient(user).values("pk"))

    def as_doctor(self, user):
        """What this person ordered; and while they care for a patient, all that was ordered for them."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(doctor__user=user) | Q(patient__in=Patient.objects.as_carer(user).values("pk")))

    def at_lab(self, user):
        """The orders of the hospitals in whose laboratory this person works today."""
        return self.filter(hospital__in=Hospital.objects.at_lab(user).values("pk"))

    def visible_to(self, user):
        if not user.is_authenticated or not user.has_perm("laboratory.view_order"):
            return self.none()
        mine = Q(patient__in=Patient.objects.as_patient(user).values("pk"))
        if user.has_perm("laboratory.place_order"):
            mine |= Q(doctor__user=user) | Q(patient__in=Patient.objects.as_carer(user).values("pk"))
        if user.has_perm("laboratory.enter_result"):
            mine |= Q(hospital__in=Hospital.objects.at_lab(user).values("pk"))
        return self.filter(mine)

    def open(self):
        return self.exclude(state__in=("ready", "cancelled"))

    def with_people(self):
        return self.select_related("patient__user", "patient__guardian", "doctor__user", "hospital")

    def for_report(self):
        return self.with_people().prefetch_related("items__test", "items__results__specimen", "specimens")

    def in_queue(self, name):
        """What waits to be collected, worked on, verified or released; or what is done."""
        from laboratory.models import Item

        if name == "done":
            return self.filter(state="ready")
        state = {"collect": "ordered", "work": "collected", "verify": "entered", "release": "verified"}[name]
        return self.open().filter(Exists(Item.objects.filter(order=OuterRef("pk"), state=state)))


class SpecimenQuerySet(models.QuerySet):
    def at_lab(self, user):
        return self.filter(order__hospital__in=Hospital.objects.at_lab(user).values("pk"))


class ItemQuerySet(models.QuerySet):
    def at_lab(self, user):
        return self.filter(order__hospital__in=Hospital.objects.at_lab(user).values("pk"))


class ResultQuerySet(models.QuerySet):
    def released(self):
        return self.exclude(released_at=None)

    def of(self, patient):
        """The released results of a patient, without those that a released one has amended."""
        later = self.model.objects.released().filter(item=OuterRef("item"), version__gt=OuterRef("version"))
        return self.released().filter(item__order__patient=patient).exclude(Exists(later))
