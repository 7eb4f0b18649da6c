"""A patient asks for a time and holds it.

Lock order: the doctor's row, then the appointment, then claims. The keys of Claim have the last word.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.notify import notify
from appointments import openings, slots
from appointments.models import Appointment, Claim
from appointments.workflow import listing
from appointments.workflow.listing import lock
from appointments.workflow.visits import confirm, keep_people
from doctors.models import Affiliation, Doctor
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals.models import Hospital, VisitType
from patients import workflow as patients

FAR_AHEAD = timedelta(366)  # what patients may book ends sooner, by the doctor's own limit


def book(*, doctor, hospital, patient, visit_type, start, by, message="", request_key=None, at_desk=False):
    """A patient asks for a time, and holds it from now on. -> Appointment

    start: the quantum at which the visit begins. request_key: from the form; the same key again gives the same visit.
    at_desk: booked at the hospital's reception, which need not keep to the doctor's notice; who comes the same day has
    come already, so that this visit is confirmed at once.
    Raises RuleBroken with the nearest free slots as offers when the time is gone, cannot be had, or the patient is
    somewhere else then.
    """
    try:
        return _book(
            doctor=doctor,
            hospital=hospital,
            patient=patient,
            visit_type=visit_type,
            start=start,
            by=by,
            message=message,
            request_key=request_key,
            at_desk=at_desk,
        )
    except RuleBroken as refusal:
        if refusal.field == "slot":
            refusal.offers = openings.nearest(doctor, hospital, visit_type, start, patient=patient, notice=not at_desk)
        raise


def overbook(*, doctor, hospital, patient, visit_type, start, reason, by, request_key=None):
    """A patient is booked over what is free, by the doctor or at the reception, who say why. -> Appointment

    It takes a seat beside the places, within the doctor's hours, and has no pause. What the doctor books is confirmed;
    what the reception books waits for the doctor's answer. Is the time free after all, it is booked as any other.
    Raises RuleBroken without a reason, outside of the hours, when as many are booked over already, or when the patient
    is somewhere else then.
    """
    if not reason.strip():
        raise RuleBroken(_("Say why the patient is seen at a time that is not free."), field="reason")
    if not clock.now() < slots.moment(start) <= clock.now() + FAR_AHEAD:
        raise RuleBroken(_("Choose a time from now on, at most a year ahead."), field="time")
    return _book(
        doctor=doctor,
        hospital=hospital,
        patient=patient,
        visit_type=visit_type,
        start=start,
        by=by,
        message="",
        request_key=request_key,
        at_desk=True,
        over=reason.strip()[:240],
    )


@one_transaction
def _book(*, doctor, hospital, patient, visit_type, start, by, message, request_key, at_desk, over=""):
    doctor = keep_people(doctor, lock(doctor.pk), "user")
    free = openings.free_around(doctor, hospital, visit_type, start, notice=not at_desk)
    slot = next((slot for slot in free if slot.start == start), None)
    is_elsewhere = slot is not None and _is_elsewhere(patient, slot)
    # The same form again finds its own visit in the way; only then is it looked for.
    if (slot is None or is_elsewhere) and (again := _again(by, request_key)):
        return again
    if patient.user_id == doctor.user_id:
        raise RuleBroken(_("You cannot book a visit with yourself."))
    check_bookable(doctor, hospital)
    by_doctor = bool(over) and by.pk == doctor.user_id
    if slot is not None:
        over = ""
    elif over:
        slot = _beside(doctor, hospital, visit_type, start)
        is_elsewhere = _is_elsewhere(patient, slot)
    else:
        raise taken()
    if is_elsewhere:
        raise elsewhere(patient, by)
    appointment = Appointment(
        doctor=doctor,
        hospital=hospital,
        patient=patient,
        visit_type=visit_type,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        busy_until=slots.moment(slot.busy_until),
        place=slot.place,
        fee=doctor.fees_in(hospital)[visit_type],
        message=message.strip(),
        overbooked_reason=over,
        booked_by=by,
        request_key=request_key,
        requested_at=clock.now(),
    )
    try:
        with transaction.atomic():
            appointment.save(force_insert=True)
            Claim.objects.bulk_create(claims_of(appointment))  # ascending quanta, one statement
    except IntegrityError as error:
        # Someone was faster, at another doctor perhaps; their rows are committed by now and say which key refused.
        if again := _again(by, request_key):
            return again
        raise (elsewhere(patient, by) if _is_elsewhere(patient, slot) else taken()) from error
    patients.know(hospital=hospital, patient=patient, by=by)
    facts = {"reason": over} if over else {}
    record("appointments.overbooked" if over else "appointments.booked", by=by, about=appointment, **facts)
    if by_doctor:
        confirm(appointment, by=by)
    else:
        _tell_doctor(appointment, at_desk, by)
    if visit_type == VisitType.CHECK_UP and not at_desk:
        listing.took(doctor, slot, free)
    else:
        listing.refresh(doctor)
    return appointment


def _tell_doctor(row, at_desk, by):
    """The doctor hears of it; what needs no answer is confirmed at once."""
    doctor, path = row.doctor, row.get_absolute_url()
    today = openings.local_day(clock.now(), row.hospital.zone)
    if row.overbooked_reason:
        words = _("The reception asks whether you see one more patient at a time that is not free.")
        notify(doctor.user, "appointments.overbooked", words, path=path)
    elif at_desk and openings.local_day(row.starts_at, row.hospital.zone) == today:
        confirm(row, by=by)
        words = _("The reception has booked a visit for today.")
        notify(doctor.user, "appointments.booked_at_desk", words, path=path)
    elif doctor.confirms_instantly:
        confirm(row, by=None)
    else:
        notify(doctor.user, "appointments.booked", _("A patient asks for a visit."), path=path)


def _beside(doctor, hospital, visit_type, start):
    """The seat beside the places. Raises RuleBroken when there is none."""
    if openings.minutes_of(doctor, visit_type) is None:
        words = _("%(name)s does not offer this kind of visit: %(type)s.")
        raise RuleBroken(words % {"name": doctor.name, "type": VisitType(visit_type).label}, field="visit_type")
    slot, is_there = openings.find_squeeze(doctor, hospital, visit_type, start)
    if slot:
        return slot
    if is_there:
        raise RuleBroken(_("No more patients can be booked at that time. Choose another one."), field="time")
    words = _("%(name)s is not there for the whole of such a visit. Choose a time within the hours.")
    raise RuleBroken(words % {"name": doctor.name}, field="time")


def _again(by, request_key):
    """The visit that the same form has made already, if any."""
    return Appointment.objects.filter(booked_by=by, request_key=request_key).first() if request_key else None


def _is_elsewhere(patient, slot):
    return Claim.objects.between(slot.start, slot.end).filter(patient=patient).exists()


def elsewhere(patient, by):
    words = _("You have another visit at that time. Choose a different time.")
    if by.pk != patient.user_id:
        words = _("%(name)s has another visit at that time. Choose a different time.") % {"name": patient.name}
    return RuleBroken(words, field="slot")


def taken():
    return RuleBroken(_("That time has just been taken. Choose a time that is still free."), field="slot")


def check_bookable(doctor, hospital):
    here = Affiliation.objects.current().filter(doctor=doctor, hospital=hospital)
    # Said by the columns: by sub-queries, SQLite would gather every account and every hospital first.
    open_for_both = here.filter(doctor__user__is_active=True, hospital__state=Hospital.State.APPROVED)
    if doctor.state != Doctor.State.APPROVED or not open_for_both.exists():
        raise RuleBroken(_("This doctor cannot be booked here at the moment."))


def claims_of(appointment):
    start, end = slots.quantum(appointment.starts_at), slots.quantum(appointment.ends_at)
    return [
        Claim(
            doctor_id=appointment.doctor_id,
            quantum=q,
            place=appointment.place,
            patient_id=appointment.patient_id if q < end else None,
            appointment=appointment,
        )
        for q in range(start, slots.quantum(appointment.busy_until))
    ]
