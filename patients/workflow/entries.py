"""What is written into a record: by a doctor while the record is open to them, or by the patient, whose word is marked as such.

Lock order: the patient's row, then the line.
"""

from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import check_stamp, stamp
from healthstack.lib.transactions import one_transaction
from patients.models import Condition, Immunization, Patient

STANDS = ("status", "onset_on", "resolved_on", "note", "is_confirmed")


def may_write(patient, by):
    """-> the patient's row, locked. Raises RuleBroken when the record is not open to this person (any more)."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    if not Patient.objects.visible_to(by).filter(pk=patient.pk).exists():
        raise RuleBroken(_("You may not write into this record."))
    return patient


def noon(day):
    """The middle of that day on the site's own wall."""
    return datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())


def written(patient, by):
    """{column: value} of every new line."""
    return {
        "patient": patient,
        "is_confirmed": not patient.speaks_for_it(by),
        "recorded_by": by,
        "recorded_at": clock.now(),
    }


@one_transaction
def list_condition(*, patient, by, diagnosis=None, text="", status="active", onset_on=None, resolved_on=None, note=""):
    """One more condition: a code of the ICD-10, or own words. -> Condition"""
    patient = may_write(patient, by)
    text = diagnosis.title if diagnosis else " ".join(text.split())
    if not text:
        raise RuleBroken(_("Say what it is, or choose a code."), field="text")
    there = Condition.objects.of(patient).current().filter(status=Condition.Status.ACTIVE)
    same = there.filter(diagnosis=diagnosis) if diagnosis else there.filter(text__iexact=text)
    if status == Condition.Status.ACTIVE and same.exists():
        raise RuleBroken(_("%(what)s is on the list already.") % {"what": text}, field="text")
    _check_days(patient, status, onset_on, resolved_on)
    condition = Condition.objects.create(
        **written(patient, by),
        diagnosis=diagnosis,
        text=text,
        status=status,
        onset_on=onset_on,
        resolved_on=resolved_on,
        note=note.strip(),
    )
    record("patients.condition_listed", by=by, about=patient, condition=str(condition.pk))
    return condition


def condition_stamp(condition):
    """What somebody saw of it who is about to change it."""
    return stamp(condition, STANDS)


@one_transaction
def update_condition(*, condition, by, status, onset_on=None, resolved_on=None, note="", is_confirmed=None, seen=""):
    """How a condition stands by now. A patient changes what they said themselves; a doctor may also confirm that.

    seen: the stamp of what the person saw; raises Stale when somebody was faster.
    """
    patient = may_write(condition.patient, by)
    row = Condition.objects.select_for_update().get(pk=condition.pk)
    _check_theirs(row, patient, by)
    if row.wrong_at:
        raise RuleBroken(_("This line is marked as wrong."))
    check_stamp(seen, condition_stamp(row))
    _check_days(patient, status, onset_on, resolved_on)
    row.status, row.onset_on, row.resolved_on, row.note = status, onset_on, resolved_on, note.strip()
    if is_confirmed and not patient.speaks_for_it(by):
        row.is_confirmed = True
    row.save(update_fields=STANDS)
    record("patients.condition_updated", by=by, about=patient, condition=str(row.pk))
    return row


def _check_days(patient, status, onset_on, resolved_on):
    today = clock.today()
    if onset_on and onset_on > today:
        raise RuleBroken(_("It cannot begin in the future."), field="onset_on")
    # Of some people only the year of birth is known, and of some conditions as well: both are kept as 1 January.
    if onset_on and onset_on.year < patient.born_on.year:
        raise RuleBroken(_("It cannot begin before the birth."), field="onset_on")
    if resolved_on and status == Condition.Status.ACTIVE:
        raise RuleBroken(
            _("What is active is not over yet: leave the day empty, or choose Resolved."), field="resolved_on"
        )
    if resolved_on and resolved_on > today:
        raise RuleBroken(_("It cannot be over in the future."), field="resolved_on")
    if onset_on and resolved_on and resolved_on < onset_on:
        raise RuleBroken(_("It cannot be over before it began."), field="resolved_on")


@one_transaction
def list_immunization(*, patient, by, vaccine, given_on, dose=None, lot="", place=""):
    """One more vaccination. -> Immunization"""
    patient = may_write(patient, by)
    vaccine = " ".join(vaccine.split())
    if not patient.born_on <= given_on <= clock.today():
        raise RuleBroken(_("Enter a day between the birth and today"), field="given_on")
    same = Immunization.objects.of(patient).current().filter(vaccine__iexact=vaccine, given_on=given_on)
    if same.exists():
        raise RuleBroken(_("%(what)s is on the list for that day already.") % {"what": vaccine}, field="vaccine")
    row = Immunization.objects.create(
        **written(patient, by),
        vaccine=vaccine,
        given_on=given_on,
        at=noon(given_on),
        dose=dose,
        lot=lot.strip(),
        place=place.strip(),
    )
    record("patients.immunization_listed", by=by, about=patient, immunization=str(row.pk))
    return row


@one_transaction
def mark_wrong(*, entry, reason, by):
    """A line of the record was entered in error: it stays readable, struck through, and counts no more."""
    patient = may_write(entry.patient, by)
    _check_theirs(entry, patient, by)
    if not reason.strip():
        raise RuleBroken(_("Say why it is wrong"), field="reason")
    rows = type(entry).objects.filter(pk=entry.pk, wrong_at=None)
    if not rows.update(wrong_at=clock.now(), wrong_by=by, wrong_reason=reason.strip()[:160]):
        raise RuleBroken(_("This is marked as wrong already."))
    kind = entry._meta.model_name
    record("patients.marked_wrong", by=by, about=patient, kind=kind, entry=str(entry.pk))


def _check_theirs(entry, patient, by):
    """What a doctor wrote or confirmed, a patient does not change: they ask the doctor."""
    if entry.is_confirmed and patient.speaks_for_it(by):
        raise RuleBroken(_("A doctor wrote or confirmed this. Ask the doctor to correct it."))
