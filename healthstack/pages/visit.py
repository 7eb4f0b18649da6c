"""One visit: its state and its story, for patient, doctor and hospital, and what each may do next."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from appointments.forms import ReasonForm
from appointments.models import Appointment
from healthstack.lib import clock
from patients.models import Patient
from patients.workflow import open_record
from prescriptions.models import Prescription

STEPS = (
    ("requested", "requested_at"),
    ("confirmed", "confirmed_at"),
    ("checked_in", "checked_in_at"),
    ("in_consultation", "started_at"),
    ("completed", "completed_at"),
)


@permission_required("appointments.view_appointment", raise_exception=True)
@require_safe
def visit(request, pk):
    visit = get_object_or_404(Appointment.objects.visible_to(request.user).with_people(), pk=pk)
    is_doctor = visit.doctor.user_id == request.user.pk
    is_patient = visit.patient.speaks_for_it(request.user)
    may_read = is_doctor and Patient.objects.as_carer(request.user).filter(pk=visit.patient_id).exists()
    if may_read:
        open_record(patient=visit.patient, by=request.user, why="visit")
    prescriptions = Prescription.objects.visible_to(request.user).filter(appointment=visit)
    context = {
        "visit": visit,
        "is_doctor": is_doctor,
        "is_patient": is_patient,
        "may_read": may_read,
        "allergies": list(visit.patient.allergies.current()) if may_read else [],
        "steps": _steps(visit),
        "prescription": prescriptions.first() if is_doctor or is_patient else None,
        "reasons": ReasonForm.REASONS,
        "now": clock.now(),
    }
    return render(request, "pages/visit.html", context)


def _steps(visit):
    """[(word, when or None, how: done, now, ahead)] along the way, ended early where the visit was."""
    words = dict(Appointment.State.choices)
    steps = [(words[state], getattr(visit, stamp)) for state, stamp in STEPS]
    if visit.closed_at:
        steps = [step for step in steps if step[1]] + [(visit.get_state_display(), visit.closed_at)]
    last = max((n for n, step in enumerate(steps) if step[1]), default=0)
    return [(word, at, "now" if n == last else "done" if at else "ahead") for n, (word, at) in enumerate(steps)]
