"""Questions about prescriptions."""

from django.db import models
from django.db.models import Q

from patients.models import Patient


class PrescriptionQuerySet(models.QuerySet):
    def as_patient(self, user):
        """What was signed for the patients for whom this person speaks."""
        return self.filter(patient__in=Patient.objects.as_patient(user).values("pk"), state="signed")

    def as_doctor(self, user):
        """What this person wrote. An author keeps seeing it when the access to the record is over."""
        return self.filter(doctor__user=user) if user.is_authenticated else self.none()

    def visible_to(self, user):
        if not user.is_authenticated or not user.has_perm("prescriptions.view_prescription"):
            return self.none()
        mine = Q(patient__in=Patient.objects.as_patient(user).values("pk"), state="signed")
        if user.has_perm("prescriptions.draft_prescription"):
            mine |= Q(doctor__user=user)
        return self.filter(mine)

    def signed(self):
        return self.filter(state="signed")

    def with_people(self):
        """With all that a row on a list shows."""
        return self.select_related("doctor__user", "patient", "appointment__hospital")
