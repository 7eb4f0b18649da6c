"""Questions about medicines and prescriptions."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from appointments.search import words
from healthstack.lib import clock
from patients.models import Patient

OVER_THE_TOP = "\U0010ffff"  # sorts behind whatever a word may go on with


class MedicationQuerySet(models.QuerySet):
    def matching(self, text):
        """Those that have, for each word of the text, a word in name or ingredient that begins with it; those of one
        ingredient before the mixtures.
        """
        from prescriptions.models import MedicationWord

        typed = words(text)
        if not typed:
            return self.none()
        rows = self
        for word in typed:
            begins = MedicationWord.objects.filter(text__gte=word, text__lt=word + OVER_THE_TOP)
            rows = rows.filter(pk__in=begins.values("medication"))
        return rows.order_by(Length("name"), "name", "id")


class PrescriptionQuerySet(models.QuerySet):
    def as_patient(self, user):
        """What was ever signed for the patients for whom this person speaks."""
        return self.written().filter(patient__in=Patient.objects.as_patient(user).values("pk"))

    def as_doctor(self, user):
        """What this person wrote. An author keeps seeing it when the access to the record is over."""
        return self.filter(doctor__user=user) if user.is_authenticated else self.none()

    def visible_to(self, user):
        if not user.is_authenticated or not user.has_perm("prescriptions.view_prescription"):
            return self.none()
        mine = Q(patient__in=Patient.objects.as_patient(user).values("pk"), state__in=WRITTEN)
        if user.has_perm("prescriptions.draft_prescription"):
            mine |= Q(doctor__user=user)
        return self.filter(mine)

    def written(self):
        """Signed once: valid, replaced or withdrawn."""
        return self.filter(state__in=WRITTEN)

    def signed(self):
        """Valid today: neither replaced nor withdrawn."""
        return self.filter(state="signed")

    def of_visit(self, visit):
        """All editions, the newest first."""
        return self.filter(appointment=visit).order_by("-edition")

    def with_people(self):
        """With all that a row on a list shows."""
        return self.select_related("doctor__user", "patient", "appointment__hospital")


WRITTEN = ("signed", "replaced", "withdrawn")


class MedicineQuerySet(models.QuerySet):
    def current(self, patient):
        """What the patient should be taking today by valid prescriptions, the newest first."""
        going_on = Q(ends_on=None) | Q(ends_on__gte=clock.today())
        return (
            self.filter(going_on, prescription__patient=patient, prescription__state="signed")
            .select_related("prescription")
            .order_by("-prescription__signed_at", "position")
        )
