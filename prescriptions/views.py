"""HTTP of prescriptions."""

from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments.models import Appointment
from healthstack.lib import pdf as papers
from healthstack.lib.forms import attempt, posted
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken
from prescriptions import desk, paper, workflow
from prescriptions.forms import MOST_MEDICINES, WithdrawForm
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


def _sheet(request, pk, rows=None):
    rows = Prescription.objects.visible_to(request.user) if rows is None else rows
    rows = rows.with_people().select_related("replaced_by").prefetch_related("medicines__overrides")
    return desk.sheet(get_object_or_404(rows, pk=pk), request.user)


@permission_required("prescriptions.view_prescription", raise_exception=True)
@require_safe
def detail(request, pk):
    return _detail(request, _sheet(request, pk))


def _detail(request, sheet, *, form=None, status=200):
    row = sheet["prescription"]
    more = {"code": paper.code_of(row), "code_address": paper.address_of(row), "form": form or WithdrawForm()}
    return render(request, "prescriptions/detail.html", {**sheet, **more}, status=status)


@permission_required("prescriptions.view_prescription", raise_exception=True)
@require_safe
def pdf(request, pk):
    sheet = _sheet(request, pk, Prescription.objects.visible_to(request.user).written())
    row = sheet["prescription"]
    facts = {"name": f"prescription-{row.signed_at:%Y-%m-%d}", "print_page": row.get_absolute_url()}
    return papers.answer(request, "prescriptions/detail.typ", paper.facts(sheet), **facts)


@login_not_required
@require_safe
def verify(request, code):
    """Is this paper genuine? Says nothing about what is prescribed, nor to whom."""
    if too_often := consume_or_429(request, action="verify", limit_get=True):
        return too_often
    code = code.upper().replace("-", "")
    row = Prescription.objects.written().with_people().filter(code=code).first()
    return render(request, "prescriptions/verify.html", {"prescription": row}, status=200 if row else 404)


@permission_required("prescriptions.draft_prescription", raise_exception=True)
@require_safe
def suggest(request, line):
    """Medicines of the list for what is typed on a line of the pad; the page asks while the doctor types."""
    text = request.GET.get(f"medicines-{line}-name", "")[:120]
    if line >= MOST_MEDICINES:
        raise Http404
    found = desk.suggestions(text)
    return render(request, "prescriptions/_suggested.html", {"number": line, "text": text, "found": found})


@permission_required("prescriptions.draft_prescription", raise_exception=True)
def draft(request, appointment):
    rows = Appointment.objects.as_doctor(request.user).select_related("patient")
    visit = get_object_or_404(rows, pk=appointment)
    pad = desk.Pad(visit, request.user, posted(request), repeat="repeat" in request.GET)
    if request.method != "POST" and pad.prescription and not pad.prescription.is_draft:
        return redirect(pad.prescription)
    if request.method != "POST" or pad.step:
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
    rows = Prescription.objects.as_doctor(request.user).select_related("appointment")
    prescription = get_object_or_404(rows, pk=pk)
    try:
        workflow.sign(prescription=prescription, by=request.user)
    except workflow.Warned as refusal:
        messages.error(request, refusal.sentence)
        return redirect("prescriptions:draft", prescription.appointment_id)
    messages.success(request, _("Prescription signed. The patient can read it now."))
    return redirect(prescription)


@permission_required("prescriptions.replace_prescription", raise_exception=True)
@require_POST
def replace(request, pk):
    rows = Prescription.objects.as_doctor(request.user).select_related("appointment")
    row = workflow.replace(prescription=get_object_or_404(rows, pk=pk), by=request.user)
    messages.success(request, _("Change what is to be different. The old one is valid until you sign this one."))
    return redirect("prescriptions:draft", row.appointment_id)


@permission_required("prescriptions.withdraw_prescription", raise_exception=True)
@require_POST
def withdraw(request, pk):
    sheet = _sheet(request, pk, Prescription.objects.as_doctor(request.user))
    form, row = WithdrawForm(request.POST), sheet["prescription"]
    status = attempt(form, lambda data: workflow.withdraw(prescription=row, by=request.user, **data))
    if status:
        return _detail(request, sheet, form=form, status=status)
    messages.success(request, _("Prescription withdrawn. The patient was told."))
    return redirect(row)
