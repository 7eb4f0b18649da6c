"""What those who run a hospital do where bookings are concerned: visits left behind, and doctors who leave."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import stranded
from appointments import workflow as appointments
from appointments.forms import SettleForm
from doctors.models import Affiliation
from healthstack.lib.forms import attempt, posted
from hospitals.models import Hospital

SHOWN = 200  # visits on one page


def settling(request, rows):
    """The form that decides on visits which were left behind, and what came of it. -> what the page shows

    rows: the visits that this person may decide on. "status" is None once something was settled.
    """
    visits = list(rows.with_people().select_related("patient__user").order_by("starts_at", "pk")[: SHOWN + 1])
    form = SettleForm(posted(request), visits=visits[:SHOWN], doctors=stranded.who_could(visits))
    outcome = []

    def settle(data):
        facts = {"choice": data["choice"], "doctor": data["doctor"], "message": data["message"], "by": request.user}
        outcome.append(appointments.settle(appointments=form.chosen, **facts))

    status = attempt(form, settle)
    if status is None:
        done, refused = outcome[0]
        if done:
            text = ngettext("%(n)d visit is settled.", "%(n)d visits are settled.", done)
            messages.success(request, text % {"n": done})
        for visit, why in refused[:10]:
            messages.error(request, f"{visit.patient.name}: {why}")
    ticked = set(form.data.getlist("visits")) if form.is_bound else set()
    listed = [(visit, str(visit.pk) in ticked) for visit in visits[:SHOWN]]
    return {"form": form, "status": status, "visits": listed, "is_over": len(visits) > SHOWN}


@permission_required("appointments.rehome_appointment", raise_exception=True)
def hospital_stranded(request, slug):
    hospital = get_object_or_404(Hospital.objects.run_by(request.user), slug=slug)
    facts = settling(request, stranded.of_hospital(hospital))
    if facts["status"] is None:
        return redirect("hospital-stranded", slug)
    facts = {**facts, "hospital": hospital, "tab": "doctors"}
    return render(request, "pages/hospital_stranded.html", facts, status=facts["status"])


@permission_required("doctors.end_affiliation", raise_exception=True)
def end_affiliation(request, slug, pk):
    """Asks first: what is booked is kept, and the next page decides on it."""
    hospital = get_object_or_404(Hospital.objects.run_by(request.user), slug=slug)
    rows = Affiliation.objects.current().filter(hospital=hospital).select_related("doctor__user", "hospital")
    row = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        kept = appointments.end_affiliation(affiliation=row, by=request.user)
        messages.success(request, _("%(name)s no longer works here.") % {"name": row.doctor.name})
        return redirect("hospital-stranded" if kept else "doctors:of_hospital", slug)
    booked = stranded.booked_with(row)
    facts = {"hospital": hospital, "affiliation": row, "booked": booked, "tab": "doctors"}
    return render(request, "pages/end_affiliation.html", facts)
