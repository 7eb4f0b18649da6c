"""HTTP of one visit: fetch through the relationship that carries the act, one verb, answer."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments import booking, workflow
from appointments.calendar import file_of
from appointments.forms import DeclineForm, LinkForm, ReasonForm
from appointments.models import Appointment
from healthstack.lib.rules import RuleBroken


def _act(request, pk, rows, verb, said, **facts):
    """One act without a page of its own: fetch through the relationship that carries it, one verb, back or a fragment."""
    appointment = get_object_or_404(rows.select_related("hospital", "patient", "doctor"), pk=pk)
    appointment = verb(appointment=appointment, by=request.user, **facts)
    if request.htmx:
        row = Appointment.objects.visible_to(request.user).with_people().get(pk=pk)
        return render(request, "appointments/_answered.html", {"visit": row, "said": said})
    messages.success(request, said)
    return redirect(booking.way_back(request) or appointment)


@permission_required("appointments.view_appointment", raise_exception=True)
@require_safe
def calendar(request, pk):
    """A visit that was agreed upon, as a file for the own calendar."""
    rows = Appointment.objects.visible_to(request.user).exclude(confirmed_at=None)
    response = HttpResponse(file_of(get_object_or_404(rows, pk=pk)), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return response


@permission_required("appointments.approve_appointment", raise_exception=True)
@require_POST
def approve(request, pk):
    return _act(request, pk, Appointment.objects.as_doctor(request.user), workflow.approve, _("Visit approved."))


@permission_required("appointments.decline_appointment", raise_exception=True)
@require_POST
def decline(request, pk):
    rows = Appointment.objects.as_doctor(request.user)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        raise RuleBroken(next(iter(form.errors.values()))[0])
    return _act(request, pk, rows, workflow.decline, _("Request declined."), **form.cleaned_data)


@permission_required("appointments.cancel_appointment", raise_exception=True)
@require_POST
def cancel(request, pk):
    rows = Appointment.objects.as_patient(request.user) | as_doctor_or_desk(request.user)
    reason = _reason(request)
    if not reason.strip() and Appointment.objects.at_desk(request.user).filter(pk=pk).exists():
        raise RuleBroken(_("Say why, so that the patient knows what to do."))
    return _act(request, pk, rows, workflow.cancel, _("Visit cancelled."), reason=reason)


def as_doctor_or_desk(user):
    """What both the doctor and the hospital's reception do."""
    rows = Appointment.objects.at_desk(user)
    return rows | Appointment.objects.as_doctor(user) if user.has_perm("appointments.approve_appointment") else rows


def _reason(request):
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise RuleBroken(next(iter(form.errors.values()))[0])
    return form.cleaned_data["reason"]


@permission_required("appointments.share_link_appointment", raise_exception=True)
@require_POST
def share_link(request, pk):
    form = LinkForm(request.POST)
    if not form.is_valid():
        raise RuleBroken(next(iter(form.errors.values()))[0])
    said = _("The patient sees the link from a quarter of an hour before the visit.")
    rows = Appointment.objects.as_doctor(request.user)
    return _act(request, pk, rows, workflow.share_link, said, url=form.cleaned_data["join_url"])


@permission_required("appointments.check_in_appointment", raise_exception=True)
@require_POST
def check_in(request, pk):
    return _act(request, pk, as_doctor_or_desk(request.user), workflow.check_in, _("Patient checked in."))


@permission_required("appointments.start_appointment", raise_exception=True)
@require_POST
def start(request, pk):
    return _act(request, pk, Appointment.objects.as_doctor(request.user), workflow.start, _("Visit started."))


@permission_required("appointments.complete_appointment", raise_exception=True)
@require_POST
def complete(request, pk):
    return _act(request, pk, Appointment.objects.as_doctor(request.user), workflow.complete, _("Visit finished."))


@permission_required("appointments.no_show_appointment", raise_exception=True)
@require_POST
def no_show(request, pk):
    return _act(request, pk, as_doctor_or_desk(request.user), workflow.no_show, _("Marked as missed."))
