"""Acts on visits that are booked: answer, cancel, and the visit itself.

Lock order: the doctor's row, then the appointment, then claims, then its invoice.
"""

from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.notify import notify
from appointments import openings, slots
from appointments.calendar import file_of
from appointments.models import Appointment, Claim
from appointments.workflow import charging, listing
from appointments.workflow.listing import lock
from appointments.workflow.notice import refuse_if_too_late
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals.models import VisitType
from patients import workflow as patients

S = Appointment.State
GRANT_AFTER = timedelta(days=30)


def _move(appointment, state, **stamps):
    """Lock, check, write: one step along the map of states. -> the fresh row"""
    row = fresh(appointment)
    _check_step(row, state)
    return _step(row, state, **stamps)


def fresh(appointment):
    """The row as it is now, locked. Raises RuleBroken when it is another doctor's by now, whose row is not locked."""
    row = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if row.doctor_id != appointment.doctor_id:
        raise RuleBroken(_("This visit went to another doctor in the meantime. Load the page again."))
    return keep_people(appointment, row, "doctor", "patient", "hospital")


def keep_people(before, row, *names):
    """Whoever belongs to the row as before, and was at hand then, is not fetched once more."""
    for name in names:
        field = row._meta.get_field(name)
        if field.is_cached(before) and getattr(before, field.attname) == getattr(row, field.attname):
            setattr(row, name, getattr(before, name))
    return row


def _check_step(row, state):
    if not row.can_become(state):
        raise RuleBroken(_closed_words(row) if not row.is_open else _wrong_step(row))


def _step(row, state, *, reason="", **stamps):
    row.state = state
    for name, value in {"reason": reason[:240], **stamps}.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "reason", *stamps])
    return row


def _closed_words(row):
    return _("This visit is closed already: %(state)s.") % {"state": row.get_state_display()}


def _wrong_step(row):
    return _("This cannot be done now. The visit is: %(state)s.") % {"state": row.get_state_display()}


@one_transaction
def approve(*, appointment, by):
    """The doctor accepts a request whose time has not come yet; the doctor may open the record from now on."""
    lock(appointment.doctor_id)
    row = fresh(appointment)
    if row.can_become(S.CONFIRMED) and row.starts_at <= clock.now():
        raise RuleBroken(_("Its time has passed. The request can no longer be approved."))
    return confirm(row, by=by)


def confirm(row, *, by):
    """row: locked, or inserted by this very act."""
    _check_step(row, S.CONFIRMED)
    stamps = {"grant": grant_for(row, by=by), "invoice": charging.invoice_for(row, by=by)}
    _step(row, S.CONFIRMED, confirmed_at=clock.now(), **stamps)
    record("appointments.approved", by=by, about=row)
    announce("appointments.confirmed", appointment=row, by=by)
    _tell_patient(row, "appointments.approved", _("Your visit is confirmed."), calendar=file_of(row))
    return row


def grant_for(row, *, by):
    """The doctor of the visit may open the record, until thirty days after it."""
    day = date_format(openings.local_day(row.starts_at, row.hospital.zone), "j M Y")
    return patients.grant_access(
        patient=row.patient,
        carer=row.doctor.user,
        reason=_("Visit of %(day)s") % {"day": day},
        ends_at=row.ends_at + GRANT_AFTER,
        by=by,
    )


@one_transaction
def decline(*, appointment, reason, by, offered=None):
    """The doctor refuses a request and says why; the time is free again.

    offered: the quantum of a free time that would do; the patient may book it, nothing holds it. Raises RuleBroken with
    the nearest free slots as offers when it is not free.
    """
    if not reason.strip():
        raise RuleBroken(_("Say why, so that the patient knows what to do."), field="reason")
    if offered is not None:
        _check_offer(appointment, offered)
    return _give_up(appointment, S.DECLINED, reason=reason, by=by, offered=offered)


def _check_offer(row, offered):
    where = (row.doctor, row.hospital, row.visit_type)
    slot = openings.find_slot(*where, offered, moving=row)
    if slot is None or slot.starts_at == row.starts_at:
        raise RuleBroken(
            _("The time that you offer is not free. Choose another one, or none."),
            field="offered",
            offers=openings.nearest(*where, offered, patient=row.patient, moving=row),
        )


def approve_many(*, appointments, by):
    """The doctor accepts several requests, each by itself. -> (the approved, [(request, why not)])"""
    return _each(appointments, lambda row: approve(appointment=row, by=by))


def decline_many(*, appointments, reason, by):
    """The doctor refuses several requests for one reason. -> (the declined, [(request, why not)])

    Raises RuleBroken without a reason, before anything is declined.
    """
    if not reason.strip():
        raise RuleBroken(_("Say why, so that the patients know what to do."), field="reason")
    return _each(appointments, lambda row: decline(appointment=row, reason=reason, by=by))


def _each(appointments, verb):
    done, left = [], []
    for row in sorted(appointments, key=lambda row: (row.starts_at, row.pk)):
        try:
            done.append(verb(row))
        except RuleBroken as refusal:
            left.append((row, refusal.sentence))
    return done, left


@one_transaction
def cancel(*, appointment, by, reason=""):
    """The patient or the doctor calls an open visit off; the time is free again, access to the record ends."""
    return _give_up(appointment, S.CANCELLED, reason=reason, by=by)


@one_transaction
def share_link(*, appointment, url, by):
    """The doctor says where a video visit takes place. An empty address takes it back.

    Raises RuleBroken for a visit in person, one that is over, and an address that is not https.
    """
    lock(appointment.doctor_id)
    row = fresh(appointment)
    if row.visit_type != VisitType.VIDEO:
        raise RuleBroken(_("Only a video visit has a link."))
    if not row.is_open:
        raise RuleBroken(_closed_words(row))
    if url and not url.startswith("https://"):
        raise RuleBroken(_("Enter an address that begins with https://"), field="join_url")
    row.join_url = url
    row.save(update_fields=["join_url"])
    record("appointments.link_shared", by=by, about=row, given=bool(url))
    if url:
        _tell_patient(
            row, "appointments.link_shared", _("Your video visit has a link. You find it on the visit’s page.")
        )
    return row


@one_transaction
def no_show(*, appointment, by):
    """A person says that the patient did not come. Never before the visit's time."""
    if appointment.starts_at > clock.now():
        raise RuleBroken(_("The visit has not begun yet."))
    return _give_up(appointment, S.NO_SHOW, by=by)


@one_transaction
def expire(*, appointment, by=None):
    """A request that nobody answered before its time is over."""
    if appointment.starts_at > clock.now():
        raise RuleBroken(_("There is still time to answer."))
    return _give_up(appointment, S.EXPIRED, by=by)


PAST = {
    S.DECLINED: ("declined", _("Your request was declined.")),
    S.CANCELLED: ("cancelled", _("Your visit was cancelled.")),
    S.NO_SHOW: ("no_show", _("You were marked as not come.")),
    S.EXPIRED: ("expired", _("Your request was not answered in time. Book another time.")),
}


def _give_up(appointment, state, *, by, reason="", offered=None):
    doctor = lock(appointment.doctor_id)
    if state == S.CANCELLED:
        refuse_if_too_late(Appointment.objects.get(pk=appointment.pk), by)
    stamps = {"closed_at": clock.now(), "closed_by": by}
    if offered is not None:
        stamps["offered_at"] = slots.moment(offered)
    row = _move(appointment, state, reason=reason.strip(), **stamps)
    row.claims.all()._raw_delete(row.claims.db)
    (charging.let_go if state == S.NO_SHOW else charging.give_up)(row, by=by)
    if row.grant_id and state != S.NO_SHOW:
        row.grant.patient = row.patient
        patients.limit_access(grant=row.grant, ends_at=clock.now(), by=by)
    word, words = PAST[state]
    if offered is not None:
        words = _("Your request was declined. Another time is offered to you.")
    record(f"appointments.{word}", by=by, about=row, reason=reason)
    if by is not None and row.patient.speaks_for_it(by):
        text = _("A patient has cancelled a visit.")
        notify(row.doctor.user, f"appointments.{word}", text, path=row.get_absolute_url())
    else:
        # Taken out of the calendars of those who had it in them.
        had = state in (S.CANCELLED, S.DECLINED) and (row.confirmed_at or row.sequence)
        calendar = file_of(row) if had else ""
        _tell_patient(row, f"appointments.{word}", words, calendar=calendar)
    listing.refresh(doctor)
    return row


@one_transaction
def check_in(*, appointment, by):
    """The patient has come, on the day of the visit."""
    today = openings.local_day(clock.now(), appointment.hospital.zone)
    if openings.local_day(appointment.starts_at, appointment.hospital.zone) != today:
        raise RuleBroken(_("Patients are checked in on the day of the visit."))
    row = _move(appointment, S.CHECKED_IN, checked_in_at=clock.now())
    record("appointments.checked_in", by=by, about=row)
    return row


@one_transaction
def start(*, appointment, by):
    """The doctor calls the patient in. One patient at a time: the visit before must be finished."""
    lock(appointment.doctor_id)
    inside = (
        Appointment.objects.filter(doctor=appointment.doctor_id, state=S.IN_CONSULTATION)
        .select_related("patient")
        .first()
    )
    if inside and inside.pk != appointment.pk:
        raise RuleBroken(_("Finish the visit with %(name)s first.") % {"name": inside.patient.name})
    row = _move(appointment, S.IN_CONSULTATION, started_at=clock.now())
    record("appointments.started", by=by, about=row)
    return row


@one_transaction
def complete(*, appointment, by):
    """The visit is over; access to the record goes on for thirty days from now, unless the patient has ended it."""
    row = _move(appointment, S.COMPLETED, completed_at=clock.now())
    if row.grant_id:
        row.grant.patient = row.patient
        patients.renew_access(grant=row.grant, ends_at=clock.now() + GRANT_AFTER, by=by)
    record("appointments.completed", by=by, about=row)
    _tell_patient(row, "appointments.completed", _("Your visit is complete."))
    return row


def _tell_patient(row, kind, text, *, calendar=""):
    patients.tell(patient=row.patient, kind=kind, text=text, path=row.get_absolute_url(), calendar=calendar)


def expire_due(*, at_most=500):
    """Every request whose time has come without an answer expires. Run by tick, safe to run twice."""
    due = Appointment.objects.requested().filter(starts_at__lte=clock.now()).order_by("starts_at", "pk")[:at_most]
    for row in due.select_related("hospital"):
        try:
            expire(appointment=row)
        except RuleBroken:
            continue  # answered or cancelled in the meantime


def purge_claims(*, before=None):
    """Claims of times that are over are only weight: forget them, doctor by doctor. Run by tick."""
    edge = slots.quantum(before or clock.now() - timedelta(days=1))
    doctors = Claim.objects.filter(quantum__lt=edge).order_by("doctor").values_list("doctor", flat=True).distinct()
    for key in list(doctors):
        Claim.objects.filter(doctor=key, quantum__lt=edge)._raw_delete("default")
