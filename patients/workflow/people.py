"""Who is a patient, who speaks for whom, and which hospitals know them."""

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import workflow as accounts
from accounts.audit import record
from accounts.models import User
from accounts.notify import notify
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import check_stamp, stamp
from healthstack.lib.transactions import one_transaction
from hospitals.models import Hospital
from patients.models import Patient, Registration

PATIENTS = "Patients"
MOST_DEPENDANTS = 20
OWN_DETAILS = ("name", "born_on", "gender", "blood_group", "emergency_name", "emergency_phone")


@one_transaction
def sign_up(*, email, password, name, born_on, gender=Patient.Gender.UNKNOWN):
    """A person becomes a patient with a login: user, group and patient together, or none of them."""
    user = accounts.create_user(email=email, password=password, name=name, groups=[PATIENTS], by=None)
    patient = Patient.objects.create(
        user=user, name=user.name, born_on=born_on, gender=gender, consented_at=clock.now()
    )
    record("patients.signed_up", by=user, about=patient)
    return patient


@one_transaction
def join(*, user, born_on, by, gender=Patient.Gender.UNKNOWN):
    """A person who has an account for other reasons becomes a patient as well. -> Patient

    Raises RuleBroken for one who is a patient already: nobody has two records.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if Patient.objects.of(user).exists():
        raise RuleBroken(_("You have a record already."))
    accounts.change_groups(user=user, add=[PATIENTS], by=by)
    patient = Patient.objects.create(
        user=user, name=user.name, born_on=born_on, gender=gender, consented_at=clock.now(), added_by=by
    )
    record("patients.joined", by=by, about=patient)
    return patient


def own_stamp(patient):
    """The details of a patient in short, as a page shows them."""
    return stamp(patient, OWN_DETAILS)


@one_transaction
def update_profile(*, patient, by, seen=""):
    """A patient's details change, typed by the patient or the guardian. `patient` carries the new values; the name is
    the account's too.

    seen: the stamp of what the person saw; raises Stale when it was changed since, in another window or at home.

    Only these columns are written: the row may have been read before an allergy was listed. Another date of birth may
    end a guardianship earlier, and never lets it last longer. Raises RuleBroken when the patient would be of age.
    """
    check_stamp(seen, own_stamp(Patient.objects.select_for_update().get(pk=patient.pk)))
    columns = OWN_DETAILS
    if patient.guardian_id and patient.user_id is None:
        if patient.is_of_age:
            raise RuleBroken(_too_old(), field="born_on")
        patient.guardian_until = min(patient.guardian_until, patient.of_age_on)
        columns = (*columns, "guardian_until")
    patient.save(update_fields=columns)
    record("patients.profile_updated", by=by, about=patient)
    if patient.user_id and patient.user.name != patient.name:
        accounts.update_profile(user=patient.user, name=patient.name, phone=patient.user.phone, by=by)


@one_transaction
def add_dependant(*, guardian, name, born_on, by, gender=Patient.Gender.UNKNOWN, blood_group="", anyway=False):
    """A guardian adds somebody under age, and speaks for them until the birthday that ends it. -> Patient

    Raises RuleBroken for somebody of age, and for a second one of the same name and day of birth unless told `anyway`.
    """
    patient = Patient(
        guardian=guardian,
        name=name.strip(),
        born_on=born_on,
        gender=gender,
        blood_group=blood_group,
        consented_at=clock.now(),
        added_by=by,
    )
    if patient.is_of_age:
        raise RuleBroken(_too_old(), field="born_on")
    # The own row is the queue: a second click waits here, and then finds what the first one added.
    Patient.objects.select_for_update().filter(user=guardian).first()
    mine = Patient.objects.dependants_of(guardian)
    if mine.count() >= MOST_DEPENDANTS:
        raise RuleBroken(_("You speak for %(n)d children already. More cannot be added.") % {"n": MOST_DEPENDANTS})
    if not anyway:
        twins = mine.filter(born_on=born_on, name__iexact=patient.name)
        if twins.exists():
            raise RuleBroken(
                _("You have a child of that name and date of birth already."), offers=twins[:3], field="anyway"
            )
    patient.guardian_until = patient.of_age_on
    patient.save(force_insert=True)
    record("patients.dependant_added", by=by, about=patient)
    return patient


def _too_old():
    return _("This person is of age. Only somebody under %(age)d can be added here.") % {
        "age": settings.AGE_OF_MAJORITY
    }


@one_transaction
def register(*, hospital, name, born_on, by, phone="", gender=Patient.Gender.UNKNOWN, anyway=False):
    """The reception registers somebody without a login; the hospital knows them from now on. -> Patient

    Raises RuleBroken, with those it may be as offers, when the hospital knows somebody born that day of the same name
    or phone, unless told `anyway`.
    """
    # Two desks that register the same person at once: the second waits here, and is asked.
    Hospital.objects.select_for_update().get(pk=hospital.pk)
    name = name.strip()
    if not anyway:
        same = Q(name__iexact=name)
        if phone:
            same |= Q(phone=phone) | Q(user__phone=phone)
        twins = Patient.objects.known_to(hospital).filter(same, born_on=born_on).select_related("user", "guardian")
        if found := list(twins.order_by("name", "pk")[:5]):
            raise RuleBroken(_("Somebody like this is registered here already."), offers=found, field="anyway")
    patient = Patient.objects.create(name=name, born_on=born_on, phone=phone, gender=gender, added_by=by)
    know(hospital=hospital, patient=patient, by=by)
    record("patients.registered", by=by, about=patient, hospital=hospital.pk)
    return patient


@one_transaction
def end_guardianship(*, patient, by):
    """The guardian gives it up: from now on they see nothing more and are told nothing more."""
    row = Patient.objects.select_for_update().get(pk=patient.pk)
    if not row.has_guardian or row.guardian_id != by.pk:
        raise RuleBroken(_("You do not speak for this person any more."))
    row.guardian = row.guardian_until = None
    row.save(update_fields=["guardian", "guardian_until"])
    record("patients.guardianship_ended", by=by, about=row)


@one_transaction
def know(*, hospital, patient, by):
    """The hospital knows the patient from now on. Again is harmless, also at the same moment."""
    Registration.objects.bulk_create(
        [Registration(hospital=hospital, patient=patient, registered_by=by, registered_at=clock.now())],
        ignore_conflicts=True,
    )


def tell(*, patient, kind, text, path="", calendar=""):
    """Tell whoever speaks for the patient. A guardian reads for whom it is; where nobody speaks, nobody is told."""
    speaker = patient.speaker
    if speaker:
        words = text if patient.user_id else _("For %(name)s: %(text)s") % {"name": patient.name, "text": text}
        notify(speaker, kind, words, path=path, calendar=calendar)


@one_transaction
def follow_name(*, user):
    """The name of an account changed: its patient's follows."""
    Patient.objects.filter(user=user).exclude(name=user.name).update(name=user.name)
