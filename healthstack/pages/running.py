"""What those who run a hospital do where bookings are concerned: visits left behind, and doctors who leave."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import openings, stranded
from appointments import workflow as appointments
from appointments.boards import day_bounds
from appointments.forms import SettleForm
from appointments.models import Appointment
from doctors.models import Affiliation, Application, Doctor, Offer
from healthstack.lib import clock
from healthstack.lib.forms import attempt, posted
from hospitals.models import Hospital, Invitation, Staff, VisitType

SHOWN = 200  # visits on one page
BUSIEST = 12  # doctors on the dashboard
MOST_HOSPITALS = 20  # of one person


def settling(request, rows):
    """The form that decides on visits which were left behind, and what came of it. -> what the page shows

    rows: the visits that this person may decide on. "status" is None once something was settled.
    """
    visits = list(
        rows.with_people().select_related("patient__user", "patient__guardian").order_by("starts_at", "pk")[: SHOWN + 1]
    )
    form = SettleForm(posted(request), visits=visits[:SHOWN], doctors=stranded.who_could(visits))
    outcome = []

    def settle(data):
        facts = {"choice": data["choice"], "doctor": data["doctor"], "message": data["message"], "by": request.user}
        outcome.append(appointments.settle(appointments=form.chosen, **facts))

    status = attempt(form, settle)
    if status is None:
        _say(request, *outcome[0])
    ticked = set(form.data.getlist("visits")) if form.is_bound else set()
    listed = [(visit, str(visit.pk) in ticked) for visit in visits[:SHOWN]]
    problems = [(target or "bookings", words) for target, words in form.problems]
    return {"form": form, "problems": problems, "status": status, "visits": listed, "is_over": len(visits) > SHOWN}


def _say(request, done, refused):
    """How many were settled, and which were not, with the reason."""
    if done:
        text = ngettext("%(n)d visit is settled.", "%(n)d visits are settled.", done)
        messages.success(request, text % {"n": done})
    for visit, why in refused[:10]:
        messages.error(request, f"{visit.patient.name}: {why}")


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


def dashboard(request):
    """Today in the hospitals that a person runs: visits and load by doctor, and what waits for an answer."""
    hospitals = list(_counted(request.user)[:MOST_HOSPITALS])
    left = stranded.of_hospitals(hospitals) if hospitals else stranded.left_behind().none()
    left = dict(left.order_by().values_list("hospital").annotate(n=Count("pk")))
    for hospital in hospitals:
        hospital.left_n = left.get(hospital.pk, 0)
    doctors = _load(hospitals) if hospitals else []
    context = {
        "hospitals": hospitals,
        "doctors": doctors[:BUSIEST],
        "more": max(0, len(doctors) - BUSIEST),
        "visits": sum(row["all"] for row in doctors),
        "seen": sum(row["seen"] for row in doctors),
        "today": openings.local_day(clock.now(), hospitals[0].zone) if hospitals else clock.today(),
        "sums": {
            name: sum(getattr(hospital, name) or 0 for hospital in hospitals)
            for name in ("asked_n", "staff_n", "invited_n", "left_n")
        },
    }
    return render(request, "pages/dashboard_hospital.html", context)


def _counted(user):
    """The hospitals that this person runs, with how many ask to work there, work there, and are invited."""

    def number(rows):
        counted = rows.filter(hospital=OuterRef("pk")).order_by().values("hospital").annotate(n=Count("pk"))
        return Subquery(counted.values("n"), output_field=IntegerField())

    return (
        Hospital.objects.run_by(user)
        .annotate(
            asked_n=number(Application.objects.waiting()),
            staff_n=number(Staff.objects.current()),
            invited_n=number(Invitation.objects.waiting()),
        )
        .order_by("name", "pk")
    )


def _load(hospitals):
    """[{doctor, name, all, seen, here, free}] of today, the busiest first. free: times of the day that are still free."""
    on = openings.local_day(clock.now(), hospitals[0].zone)
    visits = Appointment.objects.filter(hospital__in=hospitals, state__in=Appointment.HOLDING)
    rows = visits.between(*day_bounds(on, hospitals[0].zone)).order_by()
    found = {}
    for key, name, slug, state, n in rows.values_list("doctor", "doctor__user__name", "doctor__slug", "state").annotate(
        n=Count("pk")
    ):
        row = found.setdefault(key, {"key": key, "name": f"Dr {name}", "slug": slug, "all": 0, "seen": 0, "here": 0})
        row["all"] += n
        row["seen"] += n if state == "completed" else 0
        row["here"] += n if state in ("checked_in", "in_consultation") else 0
    busiest = sorted(found.values(), key=lambda row: (-row["all"], row["name"]))
    free = _free_today([row["key"] for row in busiest[:BUSIEST]], hospitals, on)
    return [{**row, "free": free.get(row["key"], 0)} for row in busiest]


def _free_today(keys, hospitals, on):
    """{doctor id: how many times of today are still free in these hospitals}"""
    minutes = Offer.objects.filter(doctor=OuterRef("pk"), visit_type=VisitType.CHECK_UP).values("minutes")
    doctors = list(Doctor.objects.filter(pk__in=keys).annotate(minutes=Subquery(minutes)))
    lengths = {doctor.pk: doctor.minutes for doctor in doctors}
    here = [hospital.pk for hospital in hospitals]
    start_on = on - timedelta(1)  # a night that began yesterday
    slots = openings.free_for(doctors, start_on=start_on, days=2, hospitals=here, lengths=lengths, notice=False)
    zone = hospitals[0].zone
    return {key: sum(openings.local_day(slot.starts_at, zone) == on for slot in of) for key, of in slots.items()}
