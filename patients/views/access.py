"""Whose record a page of this floor is about, and the way back from it."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from patients.models import Patient


def open_patient(request, pk):
    """The patient of that key, if this person may open the record: for themselves, for a child, or by a grant."""
    return get_object_or_404(Patient.objects.visible_to(request.user).select_related("user"), pk=pk)


def frame(request, patient):
    """What the pages about a record share: whether a carer looks, and the way back."""
    speaks = patient.speaks_for_it(request.user)
    if not speaks:
        back = reverse("patient", args=[patient.pk])
    elif patient.user_id == request.user.pk:
        back = reverse("record")
    else:
        back = patient.get_absolute_url()
    return {"patient": patient, "speaks": speaks, "back": back}
