"""The record: the patient's own page, who may see it and who did, and what a carer sees of it."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Max
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import AuditEntry
from appointments.models import Appointment
from doctors.models import Doctor
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken
from healthstack.pages.record_timeline import timeline
from laboratory.sheet import last_results, lines_of
from patients.models import AccessGrant, Condition, Patient
from patients.trends import latest
from patients.workflow import OPENED, open_record
from prescriptions.models import Medicine


def _spoken_for(request, pk):
    """The person's own row, or with a key that of somebody for whom they speak today."""
    rows = Patient.objects.as_patient(request.user)
    return get_object_or_404(rows.filter(pk=pk) if pk else rows.of(request.user))


@permission_required("patients.open_own_record", raise_exception=True)
@require_safe
def record(request, pk=None):
    patient = _spoken_for(request, pk)
    allergies = list(patient.allergies.order_by("recorded_at", "id"))
    visits = Appointment.objects.filter(patient=patient).with_people()
    context = {
        "patient": patient,
        "own": patient.user_id == request.user.pk,
        "allergies": [a for a in allergies if not a.wrong_at],
        "corrected": [a for a in allergies if a.wrong_at],
        **_entries(patient, speaks=True),
        "upcoming": () if patient.user_id == request.user.pk else visits.upcoming().order_by("starts_at", "id")[:5],
        "timeline": timeline(request, patient, speaks=True),
        "orders": lines_of(patient=patient),
    }
    return render(request, "pages/record.html", context)


def _entries(patient, *, speaks):
    """What stands in the record, for the patient and for the doctor alike."""
    conditions = Condition.objects.of(patient).select_related("diagnosis").order_by("status", "-recorded_at", "-id")
    return {
        "speaks": speaks,
        "conditions": conditions.split(),
        "latest": latest(patient),
    }


@permission_required("patients.open_own_record", raise_exception=True)
@require_safe
def access(request, pk=None):
    patient = _spoken_for(request, pk)
    opened = AuditEntry.objects.about(patient).filter(code=OPENED).with_people()
    page = page_by_key(opened, ("at", "id"), after=request.GET.get("after", ""), descending=True, size=20)
    grants = {}
    for grant in AccessGrant.objects.live().filter(patient=patient).select_related("carer").order_by("starts_at"):
        grants.setdefault(grant.carer_id, []).append(grant)
    called = _callers(grants, (entry.by_id for entry in page.rows))
    context = {
        "patient": patient,
        "own": patient.user_id == request.user.pk,
        "grants": [(rows[-1], called(rows[-1].carer)) for rows in grants.values()],
        "page": page,
        "openings": [(*line, called(line[0].by)) for line in _together(page.rows)],
    }
    return render(request, "pages/access.html", context)


def _callers(*users):
    """A function from a person to what the page calls them: a doctor by the doctor's name, anybody else by their own."""
    rows = Doctor.objects.filter(user__in={pk for pks in users for pk in pks}).select_related("user")
    doctors = {doctor.user_id: doctor.name for doctor in rows}
    return lambda user: user and doctors.get(user.pk, user.name)


def _together(entries):
    """[(last, first, how often)]: openings in a row by one person, on one day, for one reason, are one line."""
    lines = []
    for entry in entries:
        day = timezone.localtime(entry.at).date()
        if lines and (lines[-1][0].by_id, lines[-1][0].reason, lines[-1][3]) == (entry.by_id, entry.reason, day):
            lines[-1][1:3] = entry, lines[-1][2] + 1
        else:
            lines.append([entry, entry, 1, day])
    return [tuple(line[:3]) for line in lines]


@permission_required("patients.open_record", raise_exception=True)
@require_safe
def patients(request):
    """The patients whose record this carer may open today, by name. The list opens no record."""
    rows = Patient.objects.as_carer(request.user).select_related("user")
    words = request.GET.get("q", "").replace("\x00", "")[:80].strip()
    if words:
        rows = rows.filter(name__icontains=words)
    page = page_by_key(rows, ("name", "id"), after=request.GET.get("after", ""), size=20)
    seen = Appointment.objects.as_doctor(request.user).filter(patient__in=page.rows, state="completed")
    last = dict(seen.values_list("patient").annotate(at=Max("starts_at")))
    context = {"patients": [(p, last.get(p.pk)) for p in page.rows], "next": page.next, "words": words}
    return render(request, "pages/patients.html", context)


@permission_required("patients.open_record", raise_exception=True)
@require_safe
def patient(request, pk):
    patient = _opened(request, pk)
    visits = Appointment.objects.as_doctor(request.user).filter(patient=patient)
    context = {
        "patient": patient,
        "allergies": list(patient.allergies.current().order_by("recorded_at", "id")),
        **_entries(patient, speaks=False),
        "visits": list(visits.select_related("hospital", "doctor__user").order_by("-starts_at", "-id")[:10]),
        "results": last_results(patient),
        "medicines": list(Medicine.objects.current(patient)[:20]),
    }
    return render(request, "pages/patient.html", context)


def _opened(request, pk):
    """The patient, whose record this carer opens by it."""
    try:
        return open_record(patient=Patient(pk=pk), by=request.user, why="record")
    except RuleBroken:
        raise Http404 from None
