"""HTTP of prescriptions."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments.models import Appointment
from healthstack.lib.forms import posted
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken
from prescriptions import desk, workflow
from prescriptions.models import Prescription


@permission_required("patients.open_own_record", raise_exception=True)
@require_safe
def index(request):
    rows = Prescription.objects.as_patient(request.user).with_people()
    page = page_by_key(rows, ("signed_at", "id"), after=request.GET.get("after", ""), descending=True)
    return render(request, "prescriptions/index.html", {"page": page})


@permission_required("prescriptions.draft_prescription", raise_exception=True)
@require_safe
def written(request):
    rows = Prescription.objects.as_doctor(request.user).with_people()
    page = page_by_key(rows, ("drafted_at", "id"), after=request.GET.get("after", ""), descending=True)
    return render(request, "prescriptions/written.html", {"page": page})


@permission_required("prescriptions.view_prescription", raise_exception=True)
@require_safe
def detail(request, pk):
    rows = Prescription.objects.visible_to(request.user).with_people().prefetch_related("medicines")
    prescription = get_object_or_404(rows, pk=pk)
    return render(request, "prescriptions/detail.html", desk.sheet(prescription, request.user))


@permission_required("prescriptions.draft_prescription", raise_exception=True)
def draft(request, appointment):
    rows = Appointment.objects.as_doctor(request.user).select_related("patient")
    pad = desk.Pad(get_object_or_404(rows, pk=appointment), request.user, posted(request))
    if request.method != "POST" or pad.only_one_more:
        return render(request, "prescriptions/draft.html", pad.context())
    status = 422
    if pad.is_valid():
        try:
            prescription = workflow.draft(appointment=pad.visit, by=request.user, **pad.data)
            messages.success(request, _("Draft saved. Read it once more, then sign."))
            return redirect(prescription)
        except RuleBroken as refusal:
            pad.form.add_error(None, refusal.sentence)
            status = 409
    return render(request, "prescriptions/draft.html", pad.context(), status=status)


@permission_required("prescriptions.sign_prescription", raise_exception=True)
@require_POST
def sign(request, pk):
    prescription = get_object_or_404(Prescription.objects.as_doctor(request.user), pk=pk)
    workflow.sign(prescription=prescription, by=request.user)
    messages.success(request, _("Prescription signed. The patient can read it now."))
    return redirect(prescription)
