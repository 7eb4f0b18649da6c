"""HTTP of vital signs: writing them down, and their trends."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from healthstack.lib.forms import attempt, posted
from healthstack.lib.paging import page_by_key
from patients import trends, workflow
from patients.forms import VitalsForm
from patients.models import Observation
from patients.views.access import frame, open_patient


@permission_required("patients.take_vitals", raise_exception=True)
def take_vitals(request, pk):
    patient = open_patient(request, pk)
    form = VitalsForm(posted(request), patient=patient)
    facts = {"patient": patient, "by": request.user, "anyway": "anyway" in request.POST}
    status = attempt(form, lambda typed: workflow.take_vitals(**facts, **typed))
    if not status:
        messages.success(request, _("The values are in the record."))
        return redirect("patients:vitals", patient.pk)
    return render(request, "patients/take_vitals.html", {**frame(request, patient), "form": form}, status=status)


@permission_required("patients.take_vitals", raise_exception=True)
@require_safe
def vitals(request, pk):
    """The last of each kind, one kind as a drawing, and all its values as a table beside it."""
    patient = open_patient(request, pk)
    facts = frame(request, patient)
    if not facts["speaks"]:
        workflow.open_record(patient=patient, by=request.user, why="record")
    latest = trends.latest(patient)
    kind = request.GET.get("what", "")
    kind = kind if kind in trends.NAMES else latest[0][0] if latest else "blood_pressure"
    rows = Observation.objects.of(patient).filter(kind="weight" if kind == "bmi" else kind)
    facts |= {
        "latest": latest,
        "kind": kind,
        "name": trends.NAMES[kind].name,
        "trend": trends.trend(patient, kind),
        "page": page_by_key(rows, ("taken_at", "id"), after=request.GET.get("after", ""), descending=True, size=20),
    }
    return render(request, "patients/vitals.html", facts)
