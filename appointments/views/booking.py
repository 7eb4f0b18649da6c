"""HTTP of booking and moving a visit, and of a patient's own list."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments import booking, moving, overbooking, workflow
from appointments.forms import BookingForm, MoveForm, OverbookForm
from appointments.models import Appointment
from appointments.views.visits import as_doctor_or_desk
from doctors.models import Doctor
from healthstack.lib.forms import attempt, posted
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken
from patients.models import Patient

MOST_PEOPLE = 500  # of a doctor, in one list


@permission_required("appointments.book_appointment", raise_exception=True)
@require_safe
def index(request):
    past = request.GET.get("show") == "past"
    people = list(Patient.objects.as_patient(request.user).order_by().values_list("pk", flat=True))
    rows = Appointment.objects.of(people).for_rows()
    rows = rows.past() if past else rows.to_come()
    page = page_by_key(rows, ("starts_at", "id"), after=request.GET.get("after", ""), descending=past)
    return render(request, "appointments/index.html", {"page": page, "past": past})


@permission_required("appointments.book_appointment", raise_exception=True)
def book(request, slug):
    rows = Doctor.objects.findable().select_related("user").prefetch_related("offers")
    doctor = get_object_or_404(rows, slug=slug)
    asked = booking.asked(request)
    sheet = booking.Sheet(doctor, _people(request.user), asked)
    if request.method != "POST" or "show" in asked:
        form = BookingForm(initial=sheet.initial, **sheet.choices)
        return render(request, sheet.template(request), sheet.context(form))
    form = BookingForm(asked, **sheet.choices)
    if form.is_valid():
        try:
            appointment = sheet.book(form.cleaned_data, by=request.user)
        except RuleBroken as refusal:
            form.add_error(None, refusal.sentence)
            return render(request, "appointments/book.html", sheet.context(form, refusal), status=409)
        return redirect(appointment)
    return render(request, "appointments/book.html", sheet.context(form), status=422)


def _people(user):
    """For whom this person can book: themselves first, then their children."""
    people = sorted(Patient.objects.as_patient(user), key=lambda one: (one.user_id != user.pk, one.name, one.pk))
    if not people:
        raise Http404
    return people


@permission_required("appointments.reschedule_appointment", raise_exception=True)
def reschedule(request, pk):
    rows = Appointment.objects.as_patient(request.user) | as_doctor_or_desk(request.user)
    rows = rows.with_people().prefetch_related("doctor__offers")
    sheet = moving.MoveSheet(get_object_or_404(rows, pk=pk), booking.asked(request), by=request.user)
    if request.method != "POST" or "show" in sheet.asked:
        return render(request, sheet.template(request), sheet.context(MoveForm(**sheet.choices)))
    form = MoveForm(sheet.asked, **sheet.choices)
    if form.is_valid():
        try:
            visit = sheet.move(form.cleaned_data, by=request.user)
        except RuleBroken as refusal:
            form.add_error(None, refusal.sentence)
            return render(request, "appointments/reschedule.html", sheet.context(form, refusal), status=409)
        messages.success(request, _("The visit has another time."))
        return redirect(visit)
    return render(request, "appointments/reschedule.html", sheet.context(form), status=422)


@permission_required("appointments.overbook_appointment", raise_exception=True)
def overbook(request):
    """The doctor sees one of the own patients at a time that is not free."""
    doctor = get_object_or_404(Doctor.objects.of(request.user).select_related("user").prefetch_related("offers"))
    people = Patient.objects.as_carer(request.user).order_by("name", "pk")[:MOST_PEOPLE]
    form = OverbookForm(posted(request), **overbooking.choices([doctor], people), initial=overbooking.asked(request))
    made = []
    status = attempt(form, lambda data: made.append(workflow.overbook(by=request.user, **form.facts)))
    if status is None:
        messages.success(request, _("Booked for %(name)s.") % {"name": made[0].patient.name})
        return redirect(made[0])
    return render(request, "appointments/overbook.html", {"form": form, "people": people}, status=status)
