"""Acts on a doctor's hours and leave, and the suspensions that end what is offered in them."""

from datetime import timedelta
from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit import record
from appointments import openings, slots
from appointments.models import Appointment, Hours, Leave
from appointments.workflow.listing import lock, refresh
from doctors import workflow as doctors
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals import workflow as hospitals
from hospitals.models import Hospital, VisitType


@one_transaction
def publish(*, doctor, rows, by, expected=None, accept=True):
    """A doctor's hours become these. -> the open visits that now lie outside of them, which are kept.

    rows: unsaved or existing Hours of this doctor; existing ones that are left out end, except in hospitals that are
    closed to bookings. expected: the `fingerprint` of the hours that the doctor saw. accept: whether visits may come
    to lie outside. Raises RuleBroken when two rows overlap, since nobody is in two places at once, when the doctor does
    not work in a hospital, when the hours are others by now, or with the visits as offers when they are not accepted.
    """
    doctor = lock(doctor.pk)
    existing = list(Hours.objects.filter(doctor=doctor).select_related("hospital"))
    if expected is not None and expected != fingerprint(existing):
        raise RuleBroken(
            _(
                "These hours were changed elsewhere since you opened the page. What you typed is below; publish again to put "
                "it in their place."
            ),
            field="version",
        )
    works_in = set(doctor.affiliations.current().values_list("hospital", flat=True))
    for row in rows:
        if row.hospital_id not in works_in:
            raise RuleBroken(_("Choose a hospital in which you work."))
    keys = {row.pk for row in rows if row.pk}
    resting = [row for row in existing if row.pk not in keys and row.hospital.state != Hospital.State.APPROVED]
    clash = slots.overlapping([openings.as_hours(row) for row in [*rows, *resting]])
    if clash:
        raise RuleBroken(
            _("Two of your hours overlap: %(one)s and %(other)s. You can only be in one place at a time.")
            % {"one": _span(clash[0]), "other": _span(clash[1])}
        )
    left = stranded(doctor, rows)
    if not accept:
        before = {visit.pk for visit in stranded(doctor)}
        newly = [visit for visit in left if visit.pk not in before]
        if newly:
            words = ngettext(
                "%(n)d booked visit would lie outside your hours.",
                "%(n)d booked visits would lie outside your hours.",
                len(newly),
            )
            raise RuleBroken(words % {"n": len(newly)}, field="stranded", offers=newly)
    Hours.objects.filter(doctor=doctor).exclude(pk__in=keys | {row.pk for row in resting}).delete()
    for row in rows:
        row.doctor = doctor
        row.save()
    record("appointments.hours_published", by=by, about=doctor, rows=len(rows))
    refresh(doctor)
    return left


def fingerprint(rows):
    """A short text that differs when one of these rows of hours differs."""
    columns = ("pk", "hospital_id", "weekday", "from_minute", "to_minute", "visit", "buffer", "places", "video", "once")
    facts = sorted(
        (*(getattr(row, column) for column in columns), str(row.valid_from), str(row.valid_until)) for row in rows
    )
    return sha256(repr(facts).encode()).hexdigest()[:32]


def _span(row):
    return f"{row.from_minute // 60:02}:{row.from_minute % 60:02}–{row.to_minute // 60 % 24:02}:{row.to_minute % 60:02}"


def stranded(doctor, rows=None):
    """The doctor's upcoming visits that no row of hours covers: of these rows, or of those in the table."""
    if rows is None:
        rows = Hours.objects.offered().filter(doctor=doctor).select_related("hospital")
    rows = [openings.as_hours(row) for row in rows if row.hospital.state == Hospital.State.APPROVED]
    upcoming = Appointment.objects.upcoming().filter(doctor=doctor).with_people().order_by("starts_at", "pk")
    return [visit for visit in upcoming if not any(_covers(row, visit) for row in rows)]


def _covers(row, visit):
    if row.room != visit.hospital_id:
        return False
    begin, end = slots.quantum(visit.starts_at), slots.quantum(visit.ends_at)
    on = openings.local_day(visit.starts_at, row.zone)
    by_video = visit.visit_type == VisitType.VIDEO
    return row.video == by_video and any(a <= begin and end <= b for a, b in slots.spans(row, on - timedelta(1), 2))


@one_transaction
def take_leave(*, doctor, starts_at, ends_at, by, note=""):
    """The doctor is away. Raises RuleBroken with the visits in the way as offers: nobody's visit vanishes in silence."""
    if ends_at <= starts_at:
        raise RuleBroken(_("The leave must end after it begins."), field="ends_at")
    if ends_at <= clock.now():
        raise RuleBroken(_("This leave is over already."), field="ends_at")
    doctor = lock(doctor.pk)
    in_the_way = Appointment.objects.open().filter(doctor=doctor, starts_at__lt=ends_at, busy_until__gt=starts_at)
    in_the_way = list(in_the_way.with_people().order_by("starts_at", "pk"))
    if in_the_way:
        raise RuleBroken(
            _("You have %(n)d visits in that time. Cancel or move them first.") % {"n": len(in_the_way)}
            if len(in_the_way) > 1
            else _("You have a visit in that time. Cancel or move it first."),
            offers=in_the_way,
        )
    leave = Leave.objects.create(doctor=doctor, starts_at=starts_at, ends_at=ends_at, note=note.strip())
    record("appointments.leave_taken", by=by, about=doctor)
    refresh(doctor)
    return leave


@one_transaction
def end_leave(*, leave, by):
    """The doctor is there after all: the leave goes, its times are free again."""
    doctor = lock(leave.doctor_id)
    leave.delete()
    record("appointments.leave_ended", by=by, about=doctor)
    refresh(doctor)


@one_transaction
def suspend_doctor(*, doctor, reason, by):
    """A doctor is no longer found or booked. -> the open visits, which are kept for a person to decide on."""
    if not reason.strip():
        raise RuleBroken(_("Say why."), field="reason")
    doctor = doctors.set_state(doctor=doctor, state=Doctor.State.SUSPENDED, reason=reason, by=by)
    return list(Appointment.objects.upcoming().filter(doctor=doctor).with_people().order_by("starts_at", "pk"))


@one_transaction
def reinstate_doctor(*, doctor, by):
    """A doctor is found and booked again; also how a doctor who was being checked is approved."""
    return doctors.set_state(doctor=doctor, state=Doctor.State.APPROVED, reason="", by=by)


@one_transaction
def suspend_hospital(*, hospital, reason, by):
    """A hospital is no longer found, and nobody is booked there. -> its open visits, which are kept."""
    if not reason.strip():
        raise RuleBroken(_("Say why."), field="reason")
    hospital = hospitals.set_state(hospital=hospital, state=Hospital.State.SUSPENDED, reason=reason, by=by)
    return list(Appointment.objects.upcoming().filter(hospital=hospital).with_people().order_by("starts_at", "pk"))


@one_transaction
def reinstate_hospital(*, hospital, by):
    """A hospital is found again."""
    return hospitals.set_state(hospital=hospital, state=Hospital.State.APPROVED, reason="", by=by)
