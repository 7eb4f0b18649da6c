"""Every act on patients, their allergies and the access to their record."""

import hashlib
import secrets
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from accounts import workflow as accounts
from accounts.audit import record
from accounts.notify import notify, post
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals.models import Hospital
from patients.models import AccessGrant, Allergy, ClaimCode, Patient, Registration

PATIENTS = "Patients"
# What the trail calls an opening of a record; the patient reads these lines.
OPENED = "patients.record_opened"
MOST_DEPENDANTS = 20
# Of the codes with which a record is taken over. Letters that nobody confuses, and no vowels that make words.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LASTS, MADE_AHEAD = timedelta(days=14), timedelta(days=30)
NO_SUCH_CODE = _later(
    "This code and this date of birth do not belong together, or the code is used up or too old. Ask for a new one."
)
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
def update_profile(*, patient, by):
    """A patient's details change, typed by the patient or the guardian. `patient` carries the new values; the name is
    the account's too.

    Only these columns are written: the row may have been read before an allergy was listed. Another date of birth may
    end a guardianship earlier, and never lets it last longer. Raises RuleBroken when the patient would be of age.
    """
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
def invite(*, patient, by, email=""):
    """Make the code with which a patient without a login takes the record over, and mail it where wanted. -> (code,
    its ClaimCode)

    The guardian makes it in the last thirty days before the patient is of age, the reception of a hospital from then
    on; it works from that birthday, for fourteen days. Codes made before stop working. Raises RuleBroken.
    """
    row = Patient.objects.select_for_update().get(pk=patient.pk)
    if row.user_id:
        raise RuleBroken(_("%(name)s has a login already.") % {"name": row.name})
    begins = row.of_age_on
    if row.has_guardian and row.guardian_id == by.pk:
        if begins - clock.today() > MADE_AHEAD:
            raise RuleBroken(
                _("It is too early. A code can be made from %(day)s on.")
                % {"day": date_format(begins - MADE_AHEAD, "j M Y")}
            )
    elif not row.is_of_age:
        raise RuleBroken(_("%(name)s is under age. A parent adds the child to the own account.") % {"name": row.name})
    code = "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _n in range(3))
    ClaimCode.objects.waiting().filter(patient=row).update(expires_at=clock.now())
    made = ClaimCode.objects.create(
        patient=row,
        fingerprint=_fingerprint(code),
        made_by=by,
        made_at=clock.now(),
        expires_at=max(clock.now(), _midnight(begins)) + CODE_LASTS,
    )
    record("patients.invited", by=by, about=row)
    if email:
        post(email, _("Your code"), _letter(code, made))
    return code, made


def _midnight(day):
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def _letter(code, made):
    """No name and nothing of the record: a mail may come to the wrong place, and the code alone opens nothing."""
    return _(
        "Hello,\n\nwith this code and your date of birth you take over your record at %(site)s:\n\n    %(code)s\n\n"
        "%(link)s\n\nIt works once, until %(day)s. If you do not know what this is about, you need not do anything."
    ) % {
        "site": settings.SITE_NAME,
        "code": code,
        "link": settings.SITE_URL + reverse("account_claim"),
        "day": date_format(made.expires_at, "j M Y"),
    }


def _fingerprint(code):
    """What the table keeps of a code, however it was typed."""
    return hashlib.sha256("".join(c for c in code.upper() if c in LETTERS).encode()).hexdigest()


def check_code(*, code, born_on):
    """Raises RuleBroken unless the code waits for somebody born that day who is of age. One sentence for all that can
    be wrong; five wrong dates of birth end a code.
    """
    if _look_up(code=code, born_on=born_on) is None:
        raise RuleBroken(NO_SUCH_CODE)


@one_transaction
def _look_up(*, code, born_on):
    """-> the locked ClaimCode, or None; then a wrong date of birth has been counted."""
    rows = ClaimCode.objects.waiting().select_for_update().filter(fingerprint=_fingerprint(code))
    found = rows.first()
    if found is None:
        return None
    patient = Patient.objects.get(pk=found.patient_id)
    if patient.born_on != born_on:
        found.tries += 1
        found.save(update_fields=["tries"])
        return None
    return found if patient.is_of_age and patient.user_id is None else None


def claim(*, code, born_on, email="", password="", user=None):
    """A patient takes over the own record: with a new account, or with the one they have. -> Patient

    User, group and patient together, or none of them; the guardian's say is over, the code is used up. Raises
    RuleBroken as `check_code` does, when the address is taken, and for an account that is a patient already.
    """
    patient = _claim(code=code, born_on=born_on, email=email, password=password, user=user)
    if patient is None:  # outside of the transaction, since the wrong try in it must stay
        raise RuleBroken(NO_SUCH_CODE)
    return patient


@one_transaction
def _claim(*, code, born_on, email, password, user):
    found = _look_up(code=code, born_on=born_on)
    if found is None:
        return None
    patient = Patient.objects.select_for_update().get(pk=found.patient_id)
    if user is None:
        user = accounts.create_user(
            email=email, password=password, name=patient.name, phone=patient.phone, groups=[PATIENTS], by=None
        )
    elif Patient.objects.of(user).exists():
        raise RuleBroken(_("You have a record already."))
    else:
        accounts.change_groups(user=user, add=[PATIENTS], by=user)
    patient.user, patient.guardian, patient.guardian_until = user, None, None
    patient.name, patient.consented_at = user.name, clock.now()
    patient.save(update_fields=["user", "guardian", "guardian_until", "name", "consented_at"])
    found.used_at = clock.now()
    found.save(update_fields=["used_at"])
    record("patients.claimed", by=user, about=patient)
    return patient


@one_transaction
def know(*, hospital, patient, by):
    """The hospital knows the patient from now on. Again is harmless, also at the same moment."""
    Registration.objects.bulk_create(
        [Registration(hospital=hospital, patient=patient, registered_by=by, registered_at=clock.now())],
        ignore_conflicts=True,
    )


def tell(*, patient, kind, text, path=""):
    """Tell whoever speaks for the patient. A guardian reads for whom it is; where nobody speaks, nobody is told."""
    speaker = patient.speaker
    if speaker:
        words = text if patient.user_id else _("For %(name)s: %(text)s") % {"name": patient.name, "text": text}
        notify(speaker, kind, words, path=path)


@one_transaction
def follow_name(*, user):
    """The name of an account changed: its patient's follows."""
    Patient.objects.filter(user=user).exclude(name=user.name).update(name=user.name)


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

    Raises RuleBroken when there is no live grant; pages ask `visible_to` first and answer 404.
    """
    if not Patient.objects.as_carer(by).filter(pk=patient.pk).exists():
        raise RuleBroken(_("You may not open this record."))
    record(OPENED, by=by, about=patient, reason=why)
