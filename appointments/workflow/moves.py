"""Moving a visit: to another time, or to another doctor. The appointment stays the same, its old time is given up only
when the new one is claimed.

Lock order: the doctors' rows by key, then the appointment, then claims.
"""

from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.notify import notify
from appointments import openings, slots
from appointments.calendar import file_of
from appointments.models import Appointment, Claim, Move
from appointments.workflow import booking, charging, listing, visits
from appointments.workflow.notice import refuse_if_too_late, speaks_as_patient
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients import workflow as patients

S = Appointment.State


def reschedule(*, appointment, hospital, start, by, reason=""):
    """A visit moves to another time of its doctor, in one of the doctor's hospitals. -> Appointment

    A doctor without instant confirmation answers again when the patient has moved it; what the doctor or the staff
    move stays as it was. Raises RuleBroken with the nearest free slots as offers when the time cannot be had.
    """
    try:
        return _reschedule(appointment=appointment, hospital=hospital, start=start, by=by, reason=reason)
    except RuleBroken as refusal:
        if refusal.field == "slot":
            notice = speaks_as_patient(appointment, by)
            facts = {"patient": appointment.patient, "moving": appointment, "notice": notice}
            refusal.offers = openings.nearest(appointment.doctor, hospital, appointment.visit_type, start, **facts)
        raise


@one_transaction
def _reschedule(*, appointment, hospital, start, by, reason):
    doctor = listing.lock(appointment.doctor_id)
    row = _locked(appointment)
    by_patient = speaks_as_patient(row, by)
    refuse_if_too_late(row, by)
    booking.check_bookable(doctor, hospital)
    if (row.hospital_id, slots.quantum(row.starts_at)) == (hospital.pk, start):
        raise RuleBroken(_("This is the time that it has already. Choose another one."), field="slot")
    slot = openings.find_slot(doctor, hospital, row.visit_type, start, moving=row, notice=by_patient)
    elsewhere = row.hospital_id != hospital.pk
    fee = doctor.fees_in(hospital)[row.visit_type] if elsewhere else row.fee
    before, was_confirmed = row.starts_at, row.state == S.CONFIRMED
    # Whoever chooses another hospital pays its fee; whoever is sent there pays no more than was agreed.
    _take(row, doctor, hospital, slot, fee if by_patient else min(fee, row.fee), by)
    if row.state == S.CONFIRMED and by_patient and not doctor.confirms_instantly:
        _ask_again(row, by)
    elif row.grant_id:
        patients.renew_access(grant=row.grant, ends_at=row.ends_at + visits.GRANT_AFTER, by=by)
    charging.charge_again(row, by=by)
    _remember(row, doctor, before, reason, by, "appointments.rescheduled")
    _tell(row, by, by_patient, was_confirmed=was_confirmed)
    listing.refresh(doctor)
    return row


@one_transaction
def rehome(*, appointment, doctor, start, by, reason, hospital=None):
    """A visit goes to another doctor, who is approved and works in that hospital (its own, unless another is named).

    The state stays, access to the record goes over to the new doctor, and the patient never pays more than was agreed.
    Raises RuleBroken when that doctor does not offer such a visit or is not free then.
    """
    if not reason.strip():
        raise RuleBroken(_("Say why, so that the patient knows."), field="reason")
    both = {
        d.pk: d
        for d in Doctor.objects.select_for_update().filter(pk__in=[appointment.doctor_id, doctor.pk]).order_by("pk")
    }
    row = _locked(appointment)
    old, new = both[row.doctor_id], both[doctor.pk]
    hospital = hospital or row.hospital
    if old.pk == new.pk:
        raise RuleBroken(_("It is with this doctor already."), field="doctor")
    if row.patient.user_id == new.user_id:
        raise RuleBroken(_("Nobody is their own patient. Choose another doctor."), field="doctor")
    booking.check_bookable(new, hospital)
    if openings.minutes_of(new, row.visit_type) is None:
        words = _("%(name)s does not offer this kind of visit: %(type)s.")
        raise RuleBroken(words % {"name": new.name, "type": row.get_visit_type_display()}, field="doctor")
    slot = openings.find_slot(new, hospital, row.visit_type, start, moving=row, notice=False)
    before = row.starts_at
    _take(row, new, hospital, slot, min(row.fee, new.fees_in(hospital)[row.visit_type]), by)
    row.join_url = ""  # the other doctor's room
    if row.grant_id:
        patients.limit_access(grant=row.grant, ends_at=clock.now(), by=by)
        row.grant = visits.grant_for(row, by=by)
    row.save(update_fields=["grant", "join_url"])
    charging.charge_again(row, by=by)
    _remember(row, old, before, reason, by, "appointments.rehomed")
    for one in (old, new):
        notify(one.user, "appointments.rehomed", _("A visit went to another doctor."), path=row.get_absolute_url())
        listing.refresh(one)
    patients.tell(
        patient=row.patient,
        kind="appointments.rehomed",
        text=_("Another doctor sees you now. Read who and when."),
        path=row.get_absolute_url(),
        calendar=file_of(row) if row.state == S.CONFIRMED else "",
    )
    return row


def _locked(appointment):
    """The fresh row, when it can still be moved. Its doctor's row is locked already."""
    row = visits.fresh(appointment)
    if not row.is_movable:
        raise RuleBroken(row.not_movable)
    return row


def _take(row, doctor, hospital, slot, fee, by):
    """The new time is claimed and the old one given up, or neither: the difference of their claims is exchanged."""
    if slot is None:
        raise booking.taken()
    theirs = Claim.objects.between(slot.start, slot.end).filter(patient=row.patient).exclude(appointment=row)
    if theirs.exists():
        raise booking.elsewhere(row.patient, by)
    row.doctor, row.hospital, row.fee, row.place = doctor, hospital, fee, slot.place
    row.starts_at, row.ends_at, row.busy_until = slot.starts_at, slot.ends_at, slots.moment(slot.busy_until)
    row.sequence += 1
    row.offered_at, row.overbooked_reason = None, ""
    try:
        with transaction.atomic():
            row.save()
            exchange_claims(row)
    except IntegrityError as error:
        # Someone was faster, at another doctor perhaps; their rows are committed by now and say which key refused.
        raise (booking.elsewhere(row.patient, by) if theirs.exists() else booking.taken()) from error


def exchange_claims(row):
    """The claims of a visit become those of its time: what is no longer wanted goes, what is new comes."""
    wanted = {(c.doctor_id, c.quantum, c.place, c.patient_id): c for c in booking.claims_of(row)}
    have = {(c.doctor_id, c.quantum, c.place, c.patient_id): c.pk for c in row.claims.all()}
    gone = [pk for key, pk in have.items() if key not in wanted]
    if gone:
        Claim.objects.filter(pk__in=gone)._raw_delete(row.claims.db)
    Claim.objects.bulk_create([claim for key, claim in wanted.items() if key not in have])


def _ask_again(row, by):
    """The doctor answers anew; until then the record is closed again."""
    row.state, row.confirmed_at = S.REQUESTED, None
    if row.grant_id:
        patients.limit_access(grant=row.grant, ends_at=clock.now(), by=by)
        row.grant = None
    row.save(update_fields=["state", "confirmed_at", "grant"])


def _remember(row, old, before, reason, by, code):
    Move.objects.create(
        appointment=row,
        from_doctor=old,
        to_doctor=row.doctor,
        from_starts_at=before,
        to_starts_at=row.starts_at,
        reason=reason.strip()[:240],
        by=by,
        at=clock.now(),
    )
    record(code, by=by, about=row, **{"from": before.isoformat(), "to": row.starts_at.isoformat()})


def _tell(row, by, by_patient, *, was_confirmed):
    kind, path = "appointments.rescheduled", row.get_absolute_url()
    if by.pk != row.doctor.user_id:
        words = _("A visit has moved to another time.")
        if row.state == S.REQUESTED and by_patient:
            words = _("A patient asks for another time. Please answer.")
        notify(row.doctor.user, kind, words, path=path)
    local = row.starts_at.astimezone(ZoneInfo(row.hospital.zone))
    when = f"{date_format(local, 'j M Y')}, {local:%H:%M}"
    patients.tell(
        patient=row.patient,
        kind=kind,
        text=_("Your visit has moved to %(when)s.") % {"when": when},
        path=path,
        calendar=file_of(row) if was_confirmed else "",
    )
