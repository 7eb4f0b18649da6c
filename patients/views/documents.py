"""HTTP of documents: putting one into a record, and the paper itself."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.audit import record
from healthstack.lib.forms import attempt, posted
from healthstack.lib.uploads import answer, posted_files
from patients import workflow
from patients.forms import RecordDocumentForm
from patients.models import Document
from patients.views.access import frame, open_patient


@permission_required("patients.keep_document", raise_exception=True)
def keep_document(request, pk):
    patient = open_patient(request, pk)
    form = RecordDocumentForm(posted(request), posted_files(request))
    status = attempt(form, lambda facts: workflow.keep_document(patient=patient, by=request.user, **facts))
    facts = frame(request, patient)
    if not status:
        messages.success(request, _("The document is in the record."))
        return redirect(facts["back"])
    return render(request, "patients/keep_document.html", {**facts, "form": form}, status=status)


@permission_required("patients.read_document", raise_exception=True)
@require_safe
def document(request, pk):
    """The paper itself, as a download; a picture is also shown. What was marked as wrong is handed out no more."""
    rows = Document.objects.visible_to(request.user).current().select_related("file", "patient__user")
    row = get_object_or_404(rows, pk=pk)
    if row.patient.speaks_for_it(request.user):
        record("patients.document_opened", by=request.user, about=row.patient, document=str(row.pk))
    else:
        workflow.open_record(patient=row.patient, by=request.user, why="document")
    return answer(row.file, small="small" in request.GET, inline="look" in request.GET)
