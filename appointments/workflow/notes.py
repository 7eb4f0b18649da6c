"""The note of a visit: written and signed by its doctor, read by the patient once it is signed, then only added to.

Lock order: the doctor's row, then the note.
"""

from django.utils.translation import gettext as _

from accounts.audit import record
from appointments.models import Addendum, Appointment, Note
from appointments.workflow.listing import lock
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import check_stamp
from healthstack.lib.transactions import one_transaction
from patients import workflow as patients
from patients.models import Patient


@one_transaction
def write_note(*, appointment, text, by, seen=""):
    """The doctor writes the draft, once the visit has begun and while the record is open to them. -> Note

    seen: the version that the person saw, "0" for none; raises Stale when another window was faster.
    """
    visit = _own_visit(appointment, by)
    if not visit.started_at:
        raise RuleBroken(_("The note is written once the visit has begun."))
    if not Patient.objects.as_carer(by).filter(pk=visit.patient_id).exists():
        raise RuleBroken(_("You may not write into this record."))
    note = Note.objects.select_for_update().filter(appointment=visit).first()
    if note and note.signed_at:
        raise RuleBroken(_("This note is signed. You can add to it."))
    check_stamp(seen, str(note.version) if note else "0")
    text = _words(text)
    if note:
        note.text, note.version, note.written_at = text, note.version + 1, clock.now()
        note.save(update_fields=["text", "version", "written_at"])
    else:
        facts = {"patient": visit.patient, "written_by": by, "written_at": clock.now()}
        note = Note.objects.create(appointment=visit, text=text, **facts)
    record("appointments.note_written", by=by, about=visit.patient, note=str(note.pk), version=note.version)
    return note


@one_transaction
def sign_note(*, appointment, by, seen=""):
    """The draft becomes what was written down of the visit. The patient is told, and can read it. -> Note"""
    visit = _own_visit(appointment, by)
    note = Note.objects.select_for_update().filter(appointment=visit).first()
    if not note:
        raise RuleBroken(_("There is no note to sign yet."))
    if note.signed_at:
        raise RuleBroken(_("This note is signed already."))
    check_stamp(seen, str(note.version))
    note.signed_at = clock.now()
    note.save(update_fields=["signed_at"])
    record("appointments.note_signed", by=by, about=visit.patient, note=str(note.pk))
    _tell(note, visit, _("%(name)s has written a note of your visit."))
    return note


@one_transaction
def amend_note(*, appointment, text, by):
    """Whoever wrote a signed note adds to it; what was signed stays. -> Addendum"""
    visit = _own_visit(appointment, by)
    note = Note.objects.select_for_update().filter(appointment=visit).first()
    if not note or not note.signed_at:
        raise RuleBroken(_("There is no signed note to add to."))
    addition = Addendum.objects.create(note=note, text=_words(text), written_by=by, written_at=clock.now())
    record("appointments.note_amended", by=by, about=visit.patient, note=str(note.pk))
    _tell(note, visit, _("%(name)s has added to the note of your visit."))
    return addition


def _own_visit(appointment, by):
    doctor = lock(appointment.doctor_id)
    if doctor.user_id != by.pk:
        raise RuleBroken(_("The note is for the doctor of the visit."))
    return Appointment.objects.select_related("doctor__user", "patient__user", "patient__guardian").get(
        pk=appointment.pk
    )


def _words(text):
    text = text.strip()
    if not text:
        raise RuleBroken(_("Write something down"), field="text")
    if len(text) > Note.LONGEST:
        raise RuleBroken(_("Write at most %(most)d characters") % {"most": Note.LONGEST}, field="text")
    return text


def _tell(note, visit, words):
    kind = "appointments.note_signed"
    text = words % {"name": visit.doctor.name}
    patients.tell(patient=visit.patient, kind=kind, text=text, path=note.get_absolute_url())
