"""The dashboards: what each person needs to see first. One who holds several roles switches between them."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

from django.db.models import OuterRef, Subquery
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments import boards, openings, slots
from appointments.forms import ReasonForm
from appointments.models import Appointment
from billing.models import Invoice
from doctors.models import Doctor, Offer
from healthstack.frame import ROLE, role_shown, roles_of, waiting_for
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.pages import running
from hospitals.models import VisitType
from patients.models import Patient
from patients.workflow import open_record
from prescriptions.models import Medicine


@require_safe
def dashboard(request):
    """The page of the role that is shown."""
    return PAGES[role_shown(request, roles_of(request.user))](request)


@require_POST
def switch(request):
    """Look at the site as another of one's roles: it changes what is shown, never what is allowed."""
    role = request.POST.get("role", "")
    if role not in roles_of(request.user):
        raise RuleBroken(_("You do not have this role. Nothing was changed."))
    request.session[ROLE] = role
    return redirect("dashboard")


def patient_page(request):
    people = list(Patient.objects.as_patient(request.user).order_by("name", "pk"))
    patient = next((one for one in people if one.user_id == request.user.pk), None)
    visits = Appointment.objects.of([one.pk for one in people]).for_rows()
    upcoming = list(visits.to_come().order_by("starts_at", "id")[:4])
    context = {
        "patient": patient,
        "next_visit": upcoming[0] if upcoming else None,
        "upcoming": upcoming[1:],
        "owed": list(Invoice.objects.of(people).open().select_related("hospital").order_by("due_on", "id")[:3]),
        "past": list(visits.past().order_by("-starts_at", "-id")[:5]),
        "medicines": _medicines(patient) if patient else [],
        "children": [one for one in people if one != patient][:6],
        "allergies": list(patient.allergies.current()) if patient else [],
        "now": clock.now(),
    }
    return render(request, "pages/dashboard_patient.html", context)


def _medicines(patient):
    """What the patient should be taking today, by valid prescriptions. -> [Medicine]"""
    found = {}
    for medicine in Medicine.objects.current(patient)[:60]:
        # The newest prescription of a medicine is the one that counts.
        found.setdefault(str(medicine).casefold(), medicine)
    return list(found.values())[:6]


def doctor_page(request):
    doctor, hours = _practice(request.user)
    zone = next((row.hospital.zone for row in hours), None)
    board = boards.doctor_day(request.user, zone=zone)
    rows = Appointment.objects.as_doctor(request.user).requested().for_doctor()
    rows = rows.with_photos(request.user)
    context = {
        "doctor": doctor,
        "board": board,
        "requests": list(rows.order_by("requested_at", "id")[:3]),
        "request_count": waiting_for(request.user)["requests"],
        "load": load(doctor, hours, board.today) if doctor else [],
        "reasons": ReasonForm.REASONS,
        "now": clock.now(),
        **_queue(board),
        **_in_the_room(request.user, board),
    }
    return render(request, "pages/dashboard_doctor.html", context)


NOT_ASKED = ("hospital__phone", "hospital__about", "doctor__about", "doctor__user__phone")


def _practice(user):
    """-> (doctor, rows of hours, with their minutes for a check-up). A doctor without hours is found all the same."""
    minutes = Offer.objects.filter(doctor=OuterRef("doctor"), visit_type=VisitType.CHECK_UP).values("minutes")
    rows = openings.offered(doctor__user=user).select_related("doctor__user").defer(*NOT_ASKED)
    rows = list(rows.annotate(minutes=Subquery(minutes)))
    return rows[0].doctor if rows else Doctor.objects.of(user).select_related("user").first(), rows


def _queue(board):
    queue = [visit for visit in board.visits if visit.state != Appointment.State.REQUESTED]
    return {
        "queue": queue,
        "rows": queue_rows(queue),
        "seen": sum(visit.state == Appointment.State.COMPLETED for visit in queue),
        "waiting": sum(visit.state == Appointment.State.CHECKED_IN for visit in queue),
    }


def _in_the_room(user, board):
    """The patient inside, and the allergies when the doctor may know them: showing them is opening the record."""
    state = Appointment.State.IN_CONSULTATION
    inside = next((visit for visit in board.visits if visit.state == state), None)
    others = Appointment.objects.as_doctor(user).filter(state=state).for_doctor()
    inside = inside or others.with_photos(user).first()
    allergies = None
    if inside:
        with suppress(RuleBroken):  # no access any more
            open_record(patient=inside.patient, by=user, why="in the room")
            allergies = list(inside.patient.allergies.current())
    return {"inside": inside, "allergies": allergies}


def queue_rows(visits):
    """[(kind, what)]: the day's visits, with the line of now between them and the gaps to come.

    Of those that are over, the last two are shown and the others counted, so that the next patient is in sight.
    """
    now, rows, drawn = clock.now(), [], False
    over = [visit for visit in visits if visit.state in ("completed", "no_show")]
    if len(over) > 3:
        hidden = over[:-2]
        rows.append(("seen", (len(hidden), over[-2].starts_at)))
        visits = [visit for visit in visits if visit not in hidden]
    for n, visit in enumerate(visits):
        if not drawn and visit.starts_at > now:
            rows.append(("now", now))
            drawn = True
        rows.append(("visit", visit))
        after = visits[n + 1] if n + 1 < len(visits) else None
        if after and visit.busy_until > now and after.starts_at - visit.busy_until >= timedelta(minutes=20):
            rows.append(("gap", (visit.busy_until, after.starts_at)))
    return rows


def load(doctor, rows, today):
    """[(date, booked, of how many)] of the six days behind today: visits that hold time, and times still free."""
    days = [today + timedelta(n) for n in range(1, 7)]
    hours, zone = openings.weekly(rows), rows[0].hospital.zone if rows else timezone.get_default_timezone_name()
    start_on = days[0] - timedelta(1)
    busy, firsts = openings.busy_and_booked(doctor, *openings.edges(start_on, 8))
    lengths = {doctor.pk: rows[0].minutes if rows else None}
    free = openings.free_for([doctor], start_on=start_on, days=8, lengths=lengths, hours=hours, busy=busy)
    by_day = openings.by_day(free[doctor.pk], openings.zones_in(hours))
    booked = Counter(openings.local_day(slots.moment(quantum), zone) for quantum in firsts.values())
    return [(on, booked[on], booked[on] + len(by_day.get(on, ()))) for on in days]


def pending_page(request):
    context = {"doctor": Doctor.objects.of(request.user).with_people().first()}
    return render(request, "pages/dashboard_pending.html", context)


def reception_page(request):
    return redirect("reception")


def laboratory_page(request):
    return redirect("laboratory:orders")


def panel_page(request):
    return redirect("admin:index")


def bare_page(request):
    return render(request, "pages/dashboard_none.html")


PAGES = {
    "doctor": doctor_page,
    "pending": pending_page,
    "patient": patient_page,
    "reception": reception_page,
    "laboratory": laboratory_page,
    "hospital": running.dashboard,
    "panel": panel_page,
    "none": bare_page,
}
