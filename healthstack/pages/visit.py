"""One visit: its state and its story, for patient, doctor and hospital, and what each may do next."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments import slots
from appointments.boards import instead_of, nearest_of
from appointments.forms import ReasonForm
from appointments.models import Appointment, Review
from appointments.openings import by_day
from appointments.workflow import why_too_late
from billing.models import Invoice
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.templatetags.hs import when
from laboratory.sheet import lines_of
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
    visit = get_object_or_404(Appointment.objects.visible_to(request.user).with_people().with_note(), pk=pk)
    is_doctor = visit.doctor.user_id == request.user.pk
    is_patient = visit.patient.speaks_for_it(request.user)
    may_read = is_doctor and _opened(visit, request.user)
    prescription = _prescription(visit, request.user) if is_doctor or is_patient else None
    context = {
        "visit": visit,
        "is_doctor": is_doctor,
        "is_patient": is_patient,
        "may_read": may_read,
        "allergies": list(visit.patient.allergies.current()) if may_read else [],
        "steps": _steps(visit),
        "prescription": prescription,
        "to_write": prescription is None or prescription.state == "withdrawn",
        "invoice": Invoice.objects.visible_to(request.user).filter(pk=visit.invoice_id).first(),
        "tests": lines_of(appointment=visit) if may_read or is_patient else [],
        "reasons": ReasonForm.REASONS,
        **_changes(request, visit, is_doctor),
        "review": _review(visit) if is_doctor or is_patient else None,
        "may_read_note": visit.noted and (is_doctor or (is_patient and visit.note_signed_at)),
        "now": clock.now(),
    }
    return render(request, "pages/visit.html", context)


def _opened(visit, user):
    """Is the record open to the doctor of the visit? Then they have opened it by this page."""
    try:
        return bool(open_record(patient=visit.patient, by=user, why="visit"))
    except RuleBroken:
        return False


def _prescription(visit, user):
    """The newest edition."""
    return Prescription.objects.visible_to(user).of_visit(visit).first() if visit.started_at else None


def _changes(request, visit, is_doctor):
    """Whether the visit may go to another time, until when, and which other time is offered."""
    offering = is_doctor and visit.state == "requested" and "offer" in request.GET
    return {
        "too_late": why_too_late(row=visit, by=request.user),
        "may_move": visit.is_movable and request.user.has_perm("appointments.reschedule_appointment"),
        "offered": visit.offered_at and slots.quantum(visit.offered_at),
        "offering": offering,
        "instead": _instead(visit) if offering else [],
    }


def _review(visit):
    if visit.state != "completed":
        return None
    return Review.objects.with_writers().filter(appointment=visit).first()


def _instead(visit):
    """[(day or None for the nearest, slots)]: the times that the doctor may offer instead of the one asked for."""
    found = instead_of(visit)
    if not found:
        return []
    return [(None, nearest_of(found, visit)), *sorted(by_day(found, {visit.hospital_id: visit.hospital.zone}).items())]


def _steps(visit):
    """[(words, when or None, how: done, now, ahead, why)] along the way, ended early where the visit was."""
    words = dict(Appointment.State.choices)
    steps = [(words[state], getattr(visit, stamp), "") for state, stamp in STEPS]
    if visit.closed_at:
        steps = [step for step in steps if step[1]] + [(visit.get_state_display(), visit.closed_at, "")]
    moves = visit.moves.select_related("from_doctor__user") if visit.sequence else ()
    steps += [_moved(move, visit.hospital.zone) for move in moves]
    been = sorted((step for step in steps if step[1]), key=lambda step: step[1])
    steps = been + [step for step in steps if not step[1]]
    return [
        (word, at, "now" if n == len(been) - 1 else "done" if at else "ahead", why)
        for n, (word, at, why) in enumerate(steps)
    ]


def _moved(move, zone):
    facts = {"when": when(move.from_starts_at, zone), "name": move.from_doctor.name}
    if move.from_doctor_id != move.to_doctor_id:
        return _("Moved from %(name)s, %(when)s") % facts, move.at, move.reason
    return _("Moved from %(when)s") % facts, move.at, move.reason
