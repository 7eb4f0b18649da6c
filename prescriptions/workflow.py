"""Every act on prescriptions."""

from django.utils.translation import gettext as _

from accounts.audit import record
from appointments.models import Appointment
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients import workflow as patients
from patients.models import Patient
from prescriptions.models import Medicine, Prescription

SEEN = (Appointment.State.IN_CONSULTATION, Appointment.State.COMPLETED)


@one_transaction
def draft(*, appointment, diagnosis, medicines, by, advice="", follow_up_on=None, version=None):
    """The doctor of a visit writes, or goes on writing, its prescription. -> Prescription

    medicines: unsaved Medicine rows in their order. version: of the draft that was on the screen; another one means
    that somebody saved in between. Raises RuleBroken for that, once signed, before the visit began, and when the
    doctor may not open the record any more.
    """
    visit = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if visit.state not in SEEN:
        raise RuleBroken(_("A prescription is written in the visit or after it. Start the visit first."))
    if not Patient.objects.as_carer(by).filter(pk=visit.patient_id).exists():
        raise RuleBroken(_("You may not open this patient's record any more."))
    row = Prescription.objects.select_for_update().filter(appointment=visit).first()
    if row is None:
        row = Prescription(
            appointment=visit, doctor_id=visit.doctor_id, patient_id=visit.patient_id, drafted_at=clock.now()
        )
    elif row.is_signed:
        raise RuleBroken(_("This prescription is signed. A signed prescription is never changed."))
    elif row.version != version:
        raise RuleBroken(_("This draft was changed in another window. Compare before you save again."))
    else:
        row.version += 1
    row.diagnosis, row.advice, row.follow_up_on = diagnosis.strip(), advice.strip(), follow_up_on
    row.save()
    row.medicines.all().delete()
    for position, medicine in enumerate(medicines, 1):
        medicine.prescription, medicine.position = row, position
    Medicine.objects.bulk_create(medicines)
    record("prescriptions.drafted", by=by, about=row)
    return row


@one_transaction
def sign(*, prescription, by):
    """The doctor signs: from now on the patient can read it, and nobody can change it."""
    visit = Appointment.objects.select_for_update().get(pk=prescription.appointment_id)
    row = Prescription.objects.select_for_update().get(pk=prescription.pk)
    if not row.can_become(Prescription.State.SIGNED):
        raise RuleBroken(_("This prescription is signed already."))
    if not row.medicines.exists() and not row.advice:
        raise RuleBroken(_("Write at least one medicine or some advice before you sign."))
    if not Patient.objects.as_carer(by).filter(pk=visit.patient_id).exists():
        raise RuleBroken(_("You may not open this patient's record any more."))
    row.state, row.signed_at, row.signed_by = Prescription.State.SIGNED, clock.now(), by
    row.save(update_fields=["state", "signed_at", "signed_by"])
    record("prescriptions.signed", by=by, about=row)
    patients.tell(
        patient=row.patient,
        kind="prescriptions.signed",
        text=_("A new prescription is ready."),
        path=row.get_absolute_url(),
    )
    return row
