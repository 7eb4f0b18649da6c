"""Booking over what is free at the reception of a hospital, for a patient whom it knows."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from appointments import overbooking, workflow
from appointments.forms import OverbookForm
from doctors.models import Doctor
from healthstack.lib.forms import attempt, posted
from healthstack.pages.reception import Desk


@permission_required("appointments.overbook_appointment", raise_exception=True)
def overbook(request, slug, pk):
    desk = Desk(request, slug)
    patient = desk.patient(pk)
    rows = Doctor.objects.findable().filter(affiliations__hospital=desk.hospital, affiliations__ended_on=None)
    doctors = list(rows.select_related("user").prefetch_related("offers").order_by("user__name", "pk"))
    choices = overbooking.choices(doctors, [patient], hospital=desk.hospital)
    form = OverbookForm(posted(request), **choices, initial=overbooking.asked(request))
    status = attempt(form, lambda data: workflow.overbook(by=request.user, **form.facts))
    if status is None:
        said = _("Booked for %(name)s. Is the time not free, the doctor answers first.")
        messages.success(request, said % {"name": patient.name})
        return redirect("reception-patient", slug, pk)
    facts = {"desk": desk, "patient": patient, "form": form, "doctors": doctors}
    return render(request, "reception/overbook.html", facts, status=status)
