"""HTTP of a visit's note: the draft, signing, adding, and the page on which it is read."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments import workflow
from appointments.forms import AddendumForm, NoteForm
from appointments.models import Appointment, Note
from healthstack.lib.forms import attempt, posted
from patients.models import Patient
from patients.workflow import open_record


def _with_people(rows):
    names = ("patient__user", "doctor__user", "hospital")
    return rows.select_related(*(f"appointment__{name}" for name in names)).prefetch_related("addenda")


@permission_required("appointments.view_visit_note", raise_exception=True)
@require_safe
def note(request, pk):
    row = get_object_or_404(_with_people(Note.objects.visible_to(request.user)), appointment=pk)
    if Patient.objects.as_carer(request.user).filter(pk=row.patient_id).exists():
        open_record(patient=row.appointment.patient, by=request.user, why="note")
    facts = {"note": row, "visit": row.appointment, "is_author": row.written_by_id == request.user.pk}
    return render(request, "appointments/note.html", facts)


@permission_required("appointments.write_note", raise_exception=True)
def write_note(request, pk):
    visits = Appointment.objects.as_doctor(request.user).filter(started_at__isnull=False).with_people()
    open_to_me = Patient.objects.as_carer(request.user).values("pk")
    visit = get_object_or_404(visits.filter(patient__in=open_to_me), pk=pk)
    row = Note.objects.filter(appointment=visit).first()
    if row and row.signed_at and request.method == "GET":
        return redirect(row)
    form = NoteForm(posted(request), note=row)
    facts = {"appointment": visit, "by": request.user}
    status = attempt(form, lambda typed: workflow.write_note(**facts, text=typed["text"], seen=typed["stamp"]))
    if not status:
        messages.success(request, _("The draft is saved. The patient does not see it yet."))
        return redirect("appointments:note", visit.pk)
    allergies = list(visit.patient.allergies.current())
    context = {"form": form, "visit": visit, "stored": row, "status": status, "allergies": allergies}
    return render(request, "appointments/write_note.html", context, status=status)


@permission_required("appointments.sign_note", raise_exception=True)
@require_POST
def sign_note(request, pk):
    visit = get_object_or_404(Appointment.objects.as_doctor(request.user), pk=pk)
    workflow.sign_note(appointment=visit, by=request.user, seen=request.POST.get("seen", "")[:16])
    messages.success(request, _("The note is signed. The patient can read it."))
    return redirect("appointments:note", pk)


@permission_required("appointments.amend_note", raise_exception=True)
def amend_note(request, pk):
    rows = _with_people(Note.objects.signed().filter(written_by=request.user))
    row = get_object_or_404(rows, appointment=pk)
    form = AddendumForm(posted(request))
    facts = {"appointment": row.appointment, "by": request.user}
    status = attempt(form, lambda typed: workflow.amend_note(**facts, **typed))
    if not status:
        messages.success(request, _("It is added to the note."))
        return redirect("appointments:note", pk)
    return render(
        request, "appointments/amend_note.html", {"form": form, "note": row, "visit": row.appointment}, status=status
    )
