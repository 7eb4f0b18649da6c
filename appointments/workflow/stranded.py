"""A doctor leaves a hospital, and what becomes of visits that were booked with somebody who is no longer offered."""

from django.utils.translation import gettext as _

from appointments import openings, slots
from appointments.models import Appointment
from appointments.workflow.listing import lock
from appointments.workflow.moves import rehome
from appointments.workflow.visits import cancel
from doctors import workflow as doctors
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction

CANCEL, REHOME = "cancel", "rehome"


@one_transaction
def end_affiliation(*, affiliation, by):
    """A doctor no longer works in a hospital. -> their open visits there, which are kept for a person to decide on."""
    doctor = lock(affiliation.doctor_id)
    doctors.end_work(affiliation=affiliation, by=by)
    kept = Appointment.objects.upcoming().filter(doctor=doctor, hospital=affiliation.hospital_id)
    return list(kept.with_people().order_by("starts_at", "pk"))


def settle(*, appointments, choice, message, by, doctor=None):
    """Decide on visits that were left behind: all are cancelled, or all go to another doctor; the patients read why.

    Each by itself, so that one that cannot be moved holds up none of the others. A visit goes to the same time, else
    to the nearest free one of that day. -> (how many are settled, [(visit, why it is not)])
    """
    if not message.strip():
        raise RuleBroken(_("Write what the patients are to know."), field="message")
    if choice == REHOME and doctor is None:
        raise RuleBroken(_("Choose the doctor who sees them."), field="doctor")
    done, refused = 0, []
    for visit in appointments:
        try:
            if choice == REHOME:
                _to_another(visit, doctor, message, by)
            else:
                cancel(appointment=visit, by=by, reason=message)
            done += 1
        except RuleBroken as refusal:
            refused.append((visit, refusal.sentence))
    return done, refused


def _to_another(visit, doctor, message, by):
    start = slots.quantum(visit.starts_at)
    try:
        return rehome(appointment=visit, doctor=doctor, start=start, by=by, reason=message)
    except RuleBroken as refusal:
        if refusal.field != "slot":
            raise
    on = openings.local_day(visit.starts_at, visit.hospital.zone)
    near = openings.nearest(
        doctor, visit.hospital, visit.visit_type, start, patient=visit.patient, moving=visit, notice=False, most=8
    )
    same_day = [slot for slot in near if openings.local_day(slot.starts_at, visit.hospital.zone) == on]
    if not same_day:
        raise RuleBroken(_("%(name)s has no free time on that day.") % {"name": doctor.name})
    best = min(same_day, key=lambda slot: abs(slot.start - start))
    return rehome(appointment=visit, doctor=doctor, start=best.start, by=by, reason=message)
