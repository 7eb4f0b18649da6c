"""What a record warns of, and who may open it."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.notify import notify
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients.models import AccessGrant, Allergy, Patient

# What the trail calls an opening of a record; the patient reads these lines.
OPENED = "patients.record_opened"


@one_transaction
def list_allergy(*, patient, substance, by, reaction="", severity=""):
    """One more thing the patient must not get. Raises RuleBroken when it is on the list already."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    if patient.allergies.current().filter(substance__iexact=substance.strip()).exists():
        raise RuleBroken(_("%(what)s is on the list already.") % {"what": substance.strip()}, field="substance")
    allergy = patient.allergies.create(
        substance=substance.strip(),
        reaction=reaction.strip(),
        severity=severity,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    _set_status(patient, Patient.AllergyStatus.LISTED)
    record("patients.allergy_listed", by=by, about=patient)
    return allergy


@one_transaction
def deny_allergies(*, patient, by):
    """The patient says: none known. Raises RuleBroken while there is a list."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    if patient.allergies.current().exists():
        raise RuleBroken(_("There are allergies on the list. Mark those that are wrong first."))
    _set_status(patient, Patient.AllergyStatus.NONE_KNOWN)
    record("patients.allergies_denied", by=by, about=patient)


@one_transaction
def correct_allergy(*, allergy, reason, by):
    """An allergy was entered in error: it stays readable, marked, and no longer warns. With the last one gone,
    nobody has said "none", so the status is back at "not asked".
    """
    patient = Patient.objects.select_for_update().get(pk=allergy.patient_id)
    marked = Allergy.objects.filter(pk=allergy.pk, wrong_at=None).update(
        wrong_at=clock.now(), wrong_by=by, wrong_reason=reason.strip()
    )
    if not marked:
        raise RuleBroken(_("This allergy is marked as wrong already."))
    if not patient.allergies.current().exists():
        _set_status(patient, Patient.AllergyStatus.NOT_ASKED)
    record("patients.allergy_corrected", by=by, about=patient, allergy=str(allergy.pk))


def _set_status(patient, status):
    patient.allergy_status = status
    patient.save(update_fields=["allergy_status"])


@one_transaction
def grant_access(*, patient, carer, reason, by, ends_at=None):
    """A carer may open the record from now on, until `ends_at` (None: until it is ended)."""
    grant = AccessGrant.objects.create(
        patient=patient, carer=carer, reason=reason[:160], starts_at=clock.now(), ends_at=ends_at
    )
    record("patients.access_granted", by=by, about=patient, carer=str(carer.pk))
    return grant


@one_transaction
def end_access(*, grant, by):
    """The patient ends a carer's access: every live grant of that carer, from now on."""
    now = clock.now()
    live = AccessGrant.objects.live().filter(patient=grant.patient_id, carer=grant.carer_id)
    if not live.update(ends_at=now, ended_by=by):
        raise RuleBroken(_("This access has ended already."))
    record("patients.access_ended", by=by, about=grant.patient, carer=str(grant.carer_id))
    notify(
        grant.carer, "patients.access_ended", _("A patient has ended your access to their record."), path="/patients/"
    )


@one_transaction
def limit_access(*, grant, ends_at, by):
    """A grant gets its last moment, never a later one than it had."""
    longer = Q(ends_at=None) | Q(ends_at__gt=ends_at)
    AccessGrant.objects.filter(longer, pk=grant.pk, ended_by=None).update(ends_at=ends_at)
    record(
        "patients.access_limited", by=by, about=grant.patient, carer=str(grant.carer_id), ends_at=ends_at.isoformat()
    )


@one_transaction
def renew_access(*, grant, ends_at, by):
    """A grant runs to this moment, be it earlier or later than before, and also when it had run out.

    Never later once the patient has ended the carer's access: what was ended stays ended.
    """
    if grant.ends_at and grant.ends_at < ends_at and _was_ended(grant):
        return
    if AccessGrant.objects.filter(pk=grant.pk, ended_by=None).update(ends_at=ends_at):
        facts = {"carer": str(grant.carer_id), "ends_at": ends_at.isoformat()}
        record("patients.access_renewed", by=by, about=grant.patient, **facts)


def _was_ended(grant):
    """Ending is said to the carer, not to one grant: it also counts for those that had run out by then."""
    ended = AccessGrant.objects.filter(patient=grant.patient_id, carer=grant.carer_id, ends_at__gte=grant.starts_at)
    return ended.exclude(ended_by=None).exists()


@one_transaction
def open_record(*, patient, by, why):
    """A carer opens a record: the line in the trail that the patient will read. The one verb that a GET may call.

    -> the patient with their account. Raises RuleBroken when there is no live grant; pages answer 404.
    """
    row = Patient.objects.as_carer(by).select_related("user").filter(pk=patient.pk).first()
    if not row:
        raise RuleBroken(_("You may not open this record."))
    record(OPENED, by=by, about=row, reason=why)
    return row
