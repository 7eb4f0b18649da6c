"""Drafts, signatures, and what becomes of what is signed."""

import secrets

from django.utils.translation import gettext as _

from accounts.audit import record
from appointments.models import Appointment
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients import workflow as patients
from patients.models import Patient
from prescriptions import dosing
from prescriptions.checking import warnings_of
from prescriptions.models import Medicine, Override, Prescription

SEEN = (Appointment.State.IN_CONSULTATION, Appointment.State.COMPLETED)
State = Prescription.State
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without those that are read for another
OF_A_LINE = (
    "medication name strength dose_quantity dose_unit pattern every period as_needed reason route food days"
    " until_further_notice quantity dose frequency"
).split()


class Warned(RuleBroken):
    """There are warnings to which no reason was given. `warnings`: all of them, those that need none too."""

    def __init__(self, found):
        super().__init__(_("Read the warnings. Change the medicine, or write why it is given all the same."))
        self.warnings = found


def _lock(visit):
    """The patient's row, then the visit's: whatever changes what this patient takes waits its turn."""
    patient = Patient.objects.select_for_update().get(pk=visit.patient_id)
    return patient, Appointment.objects.select_for_update().get(pk=visit.pk)


def _may_open(patient, by):
    if not Patient.objects.as_carer(by).filter(pk=patient.pk).exists():
        raise RuleBroken(_("You may not open this patient's record any more."))


@one_transaction
def draft(*, appointment, diagnosis, medicines, by, advice="", follow_up_on=None, version=None, reasons=None):
    """The doctor of a visit writes, or goes on writing, its prescription. -> Prescription

    medicines: unsaved Medicine rows in their order. version: of the draft that was on the screen; another one means
    that somebody saved in between. reasons: {warning.key: why it is given all the same}. Raises RuleBroken for
    another version, once signed, before the visit began, and when the doctor may not open the record any more; Warned
    when a warning has no reason.
    """
    patient, visit = _lock(appointment)
    if visit.state not in SEEN:
        raise RuleBroken(_("A prescription is written in the visit or after it. Start the visit first."))
    _may_open(patient, by)
    row = Prescription.objects.of_visit(visit).select_for_update().first()
    if row is None or row.state == State.WITHDRAWN:
        row = _edition(visit, row)
    elif not row.is_draft:
        raise RuleBroken(_("This prescription is signed. A signed prescription is never changed, only replaced."))
    elif row.version != version:
        raise RuleBroken(_("This draft was changed in another window. Compare before you save again."))
    else:
        row.version += 1
    row.diagnosis, row.advice, row.follow_up_on = diagnosis.strip(), advice.strip(), follow_up_on
    found = warnings_of(patient, medicines, visit=visit)
    reasons = {key: text.strip() for key, text in (reasons or {}).items() if text.strip()}
    if any(warning.needs_reason and warning.key not in reasons for warning in found):
        raise Warned(found)
    row.save()
    _write_lines(row, medicines)
    _write_reasons(found, medicines, reasons, by)
    record("prescriptions.drafted", by=by, about=row)
    return row


def _edition(visit, last):
    return Prescription(
        appointment=visit,
        edition=last.edition + 1 if last else 1,
        doctor_id=visit.doctor_id,
        patient_id=visit.patient_id,
        drafted_at=clock.now(),
    )


def _write_lines(row, medicines):
    row.medicines.all().delete()
    for position, medicine in enumerate(medicines, 1):
        medicine.prescription, medicine.position = row, position
        if medicine.dosage:
            medicine.dose, medicine.frequency = dosing.written_before(medicine.dosage)
            needed = dosing.amount(medicine.dosage)
            medicine.quantity = medicine.quantity if needed is None else needed
    Medicine.objects.bulk_create(medicines)


def _write_reasons(found, medicines, reasons, by):
    if not any(warning.needs_reason for warning in found):
        return
    # bulk_create gives no keys on every database.
    keys = dict(medicines[0].prescription.medicines.values_list("position", "pk"))
    Override.objects.bulk_create(
        {
            (warning.medicine, warning.key): Override(
                medicine_id=keys[warning.medicine + 1],
                kind=warning.kind,
                ingredient=warning.ingredient,
                sentence=warning.sentence[:400],
                reason=reasons[warning.key],
                by=by,
                at=clock.now(),
            )
            for warning in found
            if warning.needs_reason
        }.values()
    )


@one_transaction
def sign(*, prescription, by):
    """The doctor signs: from now on the patient can read it, and nobody can change it. The edition before, if it is
    valid, is replaced by it. What is warned of is looked at again: since the draft, somebody else may have prescribed.
    """
    patient, visit = _lock(prescription.appointment)
    row = Prescription.objects.select_for_update().get(pk=prescription.pk)
    if not row.can_become(State.SIGNED):
        raise RuleBroken(_("This prescription is signed already."))
    lines = list(row.medicines.prefetch_related("overrides"))
    if not lines and not row.advice:
        raise RuleBroken(_("Write at least one medicine or some advice before you sign."))
    _may_open(patient, by)
    found = warnings_of(patient, lines, visit=visit)
    if unanswered(found, lines):
        raise Warned(found)
    now = clock.now()
    row.state, row.signed_at, row.signed_by, row.code = State.SIGNED, now, by, _code()
    row.save(update_fields=["state", "signed_at", "signed_by", "code"])
    for line in lines:
        line.ends_on = line.last_day(clock.local(now).date())
    Medicine.objects.bulk_update(lines, ["ends_on"])
    before = Prescription.objects.of_visit(visit).signed().exclude(pk=row.pk).select_for_update().first()
    record("prescriptions.signed", by=by, about=row)
    if before:
        before.state, before.replaced_by = State.REPLACED, row
        before.save(update_fields=["state", "replaced_by"])
        record("prescriptions.replaced", by=by, about=before)
    patients.tell(
        patient=patient,
        kind="prescriptions.replaced" if before else "prescriptions.signed",
        text=_("A prescription was replaced by a new one.") if before else _("A new prescription is ready."),
        path=row.get_absolute_url(),
    )
    return row


def unanswered(found, lines):
    """Is there a warning for whose line no reason is kept?"""
    kept = {(n, override.key) for n, line in enumerate(lines) for override in line.overrides.all()}
    return any(warning.needs_reason and (warning.medicine, warning.key) not in kept for warning in found)


def _code():
    return "".join(secrets.choice(LETTERS) for _n in range(16))


@one_transaction
def replace(*, prescription, by):
    """A new draft with what a signed prescription says; that one stays valid until this is signed. -> Prescription

    Without the reasons to its warnings: they are given anew, or not.
    """
    patient, visit = _lock(prescription.appointment)
    last = Prescription.objects.of_visit(visit).select_for_update().first()
    _may_open(patient, by)
    if last.is_draft:
        raise RuleBroken(_("There is a draft that replaces it already."))
    if last.pk != prescription.pk or not last.can_become(State.REPLACED):
        raise RuleBroken(_("Only a prescription that is valid can be replaced."))
    row = _edition(visit, last)
    row.diagnosis, row.advice, row.follow_up_on = last.diagnosis, last.advice, last.follow_up_on
    row.save()
    _write_lines(row, copies(last.medicines.all()))
    record("prescriptions.drafted", by=by, about=row, instead_of=str(last.pk))
    return row


def copies(lines):
    """The same medicines, unsaved."""
    return [Medicine(**{name: getattr(line, name) for name in OF_A_LINE}) for line in lines]


@one_transaction
def withdraw(*, prescription, reason, by):
    """The doctor withdraws what is signed: it stays readable, is marked, and nothing is given on it any more."""
    patient, _visit = _lock(prescription.appointment)
    row = Prescription.objects.select_for_update().get(pk=prescription.pk)
    if not row.can_become(State.WITHDRAWN):
        raise RuleBroken(_("Only a prescription that is valid can be withdrawn."))
    if not reason.strip():
        raise RuleBroken(_("Write why it is withdrawn."), field="reason")
    row.state, row.withdrawn_at, row.withdrawn_by = State.WITHDRAWN, clock.now(), by
    row.withdrawn_reason = reason.strip()
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record("prescriptions.withdrawn", by=by, about=row)
    patients.tell(
        patient=patient,
        kind="prescriptions.withdrawn",
        text=_("A prescription was withdrawn. Read why before you take more of it."),
        path=row.get_absolute_url(),
    )
    return row
