"""HTTP of hours and leave, and of why a time is not offered."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments import editor, explaining, workflow
from appointments.models import Leave
from doctors.models import Doctor
from healthstack.lib.rules import RuleBroken


@permission_required("appointments.explain_time", raise_exception=True)
@require_safe
def explain(request):
    """Why a time is not offered."""
    question = explaining.Question(request.user, request.GET)
    facts = {"question": question, "form": question.form}
    return render(request, "appointments/explain.html", facts)


def _schedule(request, **facts):
    doctor = get_object_or_404(Doctor.objects.of(request.user).prefetch_related("offers"))
    return editor.Schedule(doctor, **facts)


@permission_required("appointments.publish_hours", raise_exception=True)
@require_safe
def schedule(request):
    return render(request, "appointments/schedule.html", _schedule(request).context())


@permission_required("appointments.publish_hours", raise_exception=True)
@require_POST
def publish(request):
    desk = _schedule(request, hours=request.POST)
    if desk.only_looks or not desk.hours.is_valid():
        status = 200 if "add" in request.POST or "copy" in request.POST or desk.hours.is_valid() else 422
        return render(request, "appointments/schedule.html", desk.context(), status=status)
    facts = {"expected": request.POST.get("version"), "accept": "accept" in request.POST}
    try:
        left = workflow.publish(doctor=desk.doctor, rows=desk.rows(), by=request.user, **facts)
    except RuleBroken as refusal:
        return render(request, "appointments/schedule.html", desk.context(refusal=refusal), status=409)
    messages.success(request, _("Your hours are published."))
    if left:
        return render(request, "appointments/schedule.html", _schedule(request).context(stranded=left))
    return redirect("appointments:schedule")


@permission_required("appointments.take_leave", raise_exception=True)
@require_POST
def take_leave(request):
    desk = _schedule(request, leave=request.POST)
    if not desk.leave.is_valid():
        return render(request, "appointments/schedule.html", desk.context(), status=422)
    data = desk.leave.cleaned_data
    try:
        workflow.take_leave(
            doctor=desk.doctor, starts_at=data["starts_at"], ends_at=data["ends_at"], note=data["note"], by=request.user
        )
    except RuleBroken as refusal:
        desk.leave.add_error(None, refusal.sentence)
        return render(request, "appointments/schedule.html", desk.context(in_the_way=refusal.offers), status=409)
    messages.success(request, _("Leave entered. Nobody can book you then."))
    return redirect("appointments:schedule")


@permission_required("appointments.end_leave", raise_exception=True)
@require_POST
def end_leave(request, pk):
    leave = get_object_or_404(Leave.objects.filter(doctor__user=request.user), pk=pk)
    workflow.end_leave(leave=leave, by=request.user)
    messages.success(request, _("Leave given up. The times can be booked again."))
    return redirect("appointments:schedule")
