"""HTTP of doctors' own affairs: how they are checked, and the papers for it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import AuditEntry
from doctors import workflow
from doctors.forms import DocumentForm, NewFileForm
from doctors.models import Doctor, Document
from healthstack.lib.forms import posted
from healthstack.lib.rules import RuleBroken
from healthstack.lib.uploads import answer, posted_files

# What a doctor reads in the story of the checking, by the code of the trail.
STEPS = {
    "doctors.signed_up": gettext_lazy("You signed up"),
    "doctors.added": gettext_lazy("You were entered by an administrator"),
    "doctors.sent": gettext_lazy("You sent it for checking"),
    "doctors.asked_more": gettext_lazy("We asked you for more"),
    "doctors.rejected": gettext_lazy("We could not confirm it"),
    "doctors.approved": gettext_lazy("Approved"),
    "doctors.suspended": gettext_lazy("Suspended"),
    "doctors.reinstated": gettext_lazy("Approved again"),
}


def own(request):
    return get_object_or_404(Doctor.objects.of(request.user).select_related("user"))


@permission_required("doctors.send_document", raise_exception=True)
@require_safe
def verification(request):
    return render(request, "doctors/verification.html", _checked(own(request), DocumentForm()))


def _checked(doctor, form):
    """What the page of checking shows of a doctor."""
    steps = AuditEntry.objects.about(doctor).filter(code__in=STEPS).order_by("-at", "-id")[:20]
    return {
        "doctor": doctor,
        "form": form,
        "documents": list(doctor.documents.current().select_related("file")),
        "missing": workflow.missing_documents(doctor=doctor),
        "is_open": doctor.state in workflow.OPEN,
        "steps": [(STEPS[entry.code], entry.at) for entry in steps],
    }


@permission_required("doctors.send_document", raise_exception=True)
def send_document(request):
    doctor, status = own(request), 422
    form = DocumentForm(posted(request), posted_files(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            workflow.send_document(doctor=doctor, kind=data["kind"], upload=data["file"], by=request.user)
            messages.success(request, _("Your document is here."))
            return redirect("doctors:verification")
        except RuleBroken as refusal:
            form.add_error(refusal.field, refusal.sentence)
            status = 409
    facts = _checked(doctor, form)
    return render(request, "doctors/verification.html", facts, status=status if form.is_bound else 200)


@permission_required("doctors.send_document", raise_exception=True)
def replace_document(request, pk):
    document = get_object_or_404(Document.objects.as_doctor(request.user).select_related("doctor__user", "file"), pk=pk)
    form, status = NewFileForm(posted(request), posted_files(request)), 422
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            workflow.send_document(
                doctor=document.doctor, kind=document.kind, upload=upload, by=request.user, instead=document
            )
            messages.success(request, _("Your document is here, in the place of the earlier one."))
            return redirect("doctors:verification")
        except RuleBroken as refusal:
            form.add_error(refusal.field, refusal.sentence)
            status = 409
    facts = {"form": form, "document": document}
    return render(request, "doctors/replace_document.html", facts, status=status if form.is_bound else 200)


@permission_required("doctors.withdraw_document", raise_exception=True)
@require_POST
def withdraw_document(request, pk):
    document = get_object_or_404(Document.objects.as_doctor(request.user).select_related("doctor", "file"), pk=pk)
    workflow.withdraw_document(document=document, by=request.user)
    messages.success(request, _("The document is removed."))
    return redirect("doctors:verification")


@permission_required("doctors.send_for_checking", raise_exception=True)
@require_POST
def send_for_checking(request):
    workflow.send_for_checking(doctor=own(request), by=request.user)
    messages.success(request, _("Sent. We look at it and write to you."))
    return redirect("doctors:verification")


@require_safe
def document(request, pk):
    """A paper itself: for the doctor, and for those who judge it. Everybody else finds nothing."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("file"), pk=pk)
    return answer(document.file, small="small" in request.GET, inline="look" in request.GET)
