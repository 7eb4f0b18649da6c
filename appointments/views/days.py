"""HTTP of the days of doctors and hospitals, and of the requests that wait."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from appointments import boards, workflow
from appointments.forms import AnswerForm, ReasonForm
from appointments.models import Appointment
from healthstack.lib.rules import RuleBroken


@permission_required("appointments.view_hospital_appointment", raise_exception=True)
@require_safe
def hospital(request):
    """The visits of the hospital in which the person works, a day at a time."""
    board = boards.hospital_day(request.user, request.GET)
    return render(request, "appointments/hospital.html", {"board": board})


@permission_required("appointments.approve_appointment", raise_exception=True)
@require_safe
def day(request):
    board = boards.doctor_day(request.user, request.GET.get("day"))
    return render(request, "appointments/day.html", {"board": board, "reasons": ReasonForm.REASONS})


@permission_required("appointments.approve_appointment", raise_exception=True)
@require_safe
def requests(request):
    return _requests(request)


def _requests(request, form=None, status=200):
    page = boards.Requests(request.user, request.GET)
    problems = [("many-h" if name.startswith("id_") else name, text) for name, text in form.problems] if form else []
    facts = {"page": page, "reasons": ReasonForm.REASONS, "problems": problems, "form": form}
    return render(request, "appointments/requests.html", facts, status=status)


@permission_required(("appointments.approve_appointment", "appointments.decline_appointment"), raise_exception=True)
@require_POST
def answer(request):
    """Several requests at once."""
    rows = Appointment.objects.as_doctor(request.user).requested()
    form = AnswerForm(request.POST, waiting=rows.values_list("pk", flat=True)[:500])
    if not form.is_valid():
        return _requests(request, form, 422)
    data = form.cleaned_data
    picked = rows.filter(pk__in=data["pick"]).select_related("hospital", "patient", "doctor")
    try:
        if data["act"] == "approve":
            done, left = workflow.approve_many(appointments=picked, by=request.user)
        else:
            done, left = workflow.decline_many(appointments=picked, reason=data["reason"], by=request.user)
    except RuleBroken as refusal:
        form.add_error(refusal.field, refusal.sentence)
        return _requests(request, form, 409)
    _say(request, data["act"], done, left)
    return redirect("appointments:requests")


def _say(request, act, done, left):
    """How many were answered, and which were left as they are, by name."""
    if done and act == "approve":
        words = ngettext("%(n)d request approved.", "%(n)d requests approved.", len(done))
        messages.success(request, words % {"n": len(done)})
    elif done:
        words = ngettext("%(n)d request declined.", "%(n)d requests declined.", len(done))
        messages.success(request, words % {"n": len(done)})
    for row, sentence in left:
        messages.warning(request, _("%(name)s: %(why)s") % {"name": row.patient.name, "why": sentence})
