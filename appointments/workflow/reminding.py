"""Reminders of visits, once for each time that a visit has."""

from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.audit import record
from appointments.models import Appointment, Reminder
from appointments.reminders import BEFORE, DAY, SOON, is_due
from healthstack.lib import clock
from healthstack.lib.transactions import one_transaction
from patients import workflow as patients

S = Appointment.State


@one_transaction
def remind(*, appointment, kind):
    """Recall a confirmed visit to whoever speaks for the patient, when it is time. -> whether somebody was told

    Again is harmless. A visit that was moved has another time, and is recalled again.
    """
    row = Appointment.objects.select_for_update().filter(pk=appointment.pk, state=S.CONFIRMED).first()
    if row is None or not _due(row, kind):
        return False
    facts = {"appointment": row, "user": row.patient.speaker, "kind": kind, "starts_at": row.starts_at}
    if facts["user"] is None or Reminder.objects.filter(**facts).exists():
        return False
    Reminder.objects.create(**facts, sent_at=clock.now())
    record("appointments.reminded", by=None, about=row, kind=kind)
    local = row.starts_at.astimezone(ZoneInfo(row.hospital.zone))
    when = f"{date_format(local, 'j M Y')}, {local:%H:%M}"
    patients.tell(
        patient=row.patient,
        kind="appointments.reminded",
        text=_("You have a visit on %(when)s.") % {"when": when},
        path=row.get_absolute_url(),
    )
    return True


def _due(row, kind):
    moved_at = row.moves.aggregate(at=Max("at"))["at"]
    arranged_at = max(filter(None, (row.confirmed_at, moved_at)))
    return is_due(kind, starts_at=row.starts_at, arranged_at=arranged_at, now=clock.now())


def remind_due(*, at_most=500):
    """Every reminder whose time has come. Run by tick, safe to run twice. -> how many were sent"""
    now, sent = clock.now(), 0
    for kind in (SOON, DAY):
        told = Reminder.objects.filter(appointment=OuterRef("pk"), starts_at=OuterRef("starts_at"), kind=kind)
        rows = Appointment.objects.filter(state=S.CONFIRMED, starts_at__gt=now, starts_at__lte=now + BEFORE[kind])
        if kind == DAY:
            rows = rows.filter(starts_at__gt=now + BEFORE[SOON])
        for row in rows.filter(~Exists(told)).order_by("starts_at", "pk")[:at_most]:
            sent += remind(appointment=row, kind=kind)
    return sent
