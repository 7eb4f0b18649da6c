"""The dashboards: what each person needs to see first. One who holds several roles switches between them."""

from datetime import timedelta

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments import boards, openings
from appointments.forms import ReasonForm
from appointments.models import Appointment
from doctors.models import Doctor
from healthstack.lib import clock
from hospitals.models import Staff
from patients.models import Patient
from patients.workflow import open_record
from prescriptions.models import Prescription


@require_safe
def dashboard(request):
    """The first of the person's roles, or the one asked for among them."""
    roles = roles_of(request.user)
    asked = request.GET.get("as", "")
    role = asked if asked in roles else next(iter(roles), "none")
    return PAGES[role](request, roles)


def roles_of(user):
    """{role: its name} in the order in which they are offered."""
    has = {
        "doctor": (user.has_perm("appointments.approve_appointment"), _("Doctor")),
        "pending": (
            user.has_perm("appointments.publish_hours") and not user.has_perm("appointments.approve_appointment"),
            _("Doctor, being checked"),
        ),
        "patient": (user.has_perm("appointments.book_appointment"), _("Patient")),
        "panel": (user.has_perm("accounts.open_panel"), _("Administrator")),
    }
    roles = {role: name for role, (holds, name) in has.items() if holds}
    if user.has_perm("appointments.view_hospital_appointment") and _works_in_hospital(user):
        roles["hospital"] = _("Hospital")
    return roles


def _works_in_hospital(user):
    return Staff.objects.of(user).exists()


def waiting_requests(user):
    """How many requests wait for this doctor; the number beside the link."""
    return Appointment.objects.as_doctor(user).requested()[:100].count()


def patient_page(request, roles):
    patient = Patient.objects.as_patient(request.user).first()
    visits = Appointment.objects.as_patient(request.user).with_people()
    upcoming = list(visits.upcoming().order_by("starts_at", "id")[:4])
    context = {
        "roles": roles,
        "role": "patient",
        "patient": patient,
        "next_visit": upcoming[0] if upcoming else None,
        "upcoming": upcoming[1:],
        "past": list(visits.past().order_by("-starts_at", "-id")[:5]),
        "medicines": _medicines(request.user),
        "allergies": list(patient.allergies.current()) if patient else [],
        "now": clock.now(),
    }
    return render(request, "pages/dashboard_patient.html", context)


def _medicines(user):
    """What the patient should be taking today, by the signed prescriptions of the last months. -> [(medicine, until)]"""
    today = clock.now().date()
    rows = Prescription.objects.as_patient(user).filter(signed_at__gte=clock.now() - timedelta(days=120))
    found = {}
    for row in rows.order_by("-signed_at").prefetch_related("medicines")[:10]:
        for medicine in row.medicines.all():
            until = row.signed_at.date() + timedelta(medicine.days)
            if until >= today:
                # The newest prescription of a medicine is the one that counts.
                found.setdefault(str(medicine).casefold(), (medicine, until, row))
    return list(found.values())[:6]


def doctor_page(request, roles):
    doctor = Doctor.objects.of(request.user).with_people().prefetch_related("offers").first()
    board = boards.doctor_day(request.user)
    rows = Appointment.objects.as_doctor(request.user).requested().with_people().order_by("requested_at", "id")
    context = {
        "roles": roles,
        "role": "doctor",
        "doctor": doctor,
        "board": board,
        "requests": list(rows[:3]),
        "request_count": waiting_requests(request.user),
        "load": load(doctor, board.today) if doctor else [],
        "reasons": ReasonForm.REASONS,
        "now": clock.now(),
        **_queue(board),
        **_in_the_room(request.user, board),
    }
    return render(request, "pages/dashboard_doctor.html", context)


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
    inside = inside or Appointment.objects.as_doctor(user).filter(state=state).with_people().first()
    allergies = None
    if inside and Patient.objects.as_carer(user).filter(pk=inside.patient_id).exists():
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


def load(doctor, today):
    """[(date, booked, of how many)] of the six days behind today: visits that hold time, and times still free."""
    days = [today + timedelta(n) for n in range(1, 7)]
    free = openings.free_for([doctor], start_on=days[0] - timedelta(1), days=8)[doctor.pk]
    zones = openings.zones_of(slot.room for slot in free)
    by_day = openings.by_day(free, zones)
    zone = next(iter(zones.values()), "Asia/Kolkata")
    start, _end = boards.day_bounds(days[0], zone)
    visits = Appointment.objects.open().filter(doctor=doctor).between(start, start + timedelta(days=6))
    booked = {}
    for at in visits.values_list("starts_at", flat=True):
        on = openings.local_day(at, zone)
        booked[on] = booked.get(on, 0) + 1
    return [(on, booked.get(on, 0), booked.get(on, 0) + len(by_day.get(on, ()))) for on in days]


def pending_page(request, roles):
    context = {"roles": roles, "role": "pending", "doctor": Doctor.objects.of(request.user).with_people().first()}
    return render(request, "pages/dashboard_pending.html", context)


def hospital_page(request, roles):
    context = {"roles": roles, "role": "hospital", "board": boards.hospital_day(request.user, request.GET)}
    return render(request, "appointments/hospital.html", context)


def panel_page(request, roles):
    return redirect("admin:index")


def bare_page(request, roles):
    return render(request, "pages/dashboard_none.html", {"roles": roles, "role": "none"})


PAGES = {
    "doctor": doctor_page,
    "pending": pending_page,
    "patient": patient_page,
    "hospital": hospital_page,
    "panel": panel_page,
    "none": bare_page,
}
