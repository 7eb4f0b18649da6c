"""A patient without a login takes the own record over: the code, and what becomes of it."""

import hashlib
import secrets
from datetime import datetime, time, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from accounts import workflow as accounts
from accounts.audit import record
from accounts.models import User
from accounts.notify import post
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients.models import ClaimCode, Patient
from patients.workflow.people import PATIENTS

# Letters that nobody confuses, and no vowels that make words.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LASTS, MADE_AHEAD = timedelta(days=14), timedelta(days=30)
NO_SUCH_CODE = _later(
    "This code and this date of birth do not belong together, or the code is used up or too old. Ask for a new one."
)


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


def begin_claim(*, code, born_on, email, password):
    """A patient without an account asks for the own record with a new one. -> User

    Nothing is joined yet, and the code is not used up: that is `finish_claim`, once the address is known to be theirs.
    Until then the account has neither a name nor a role, so that a mail to a wrong address names nobody. Who types the
    code later, say with another address, takes the place of who typed it before. Raises RuleBroken as `check_code`
    does, and when the address is taken.
    """
    user = _begin_claim(code=code, born_on=born_on, email=email, password=password)
    if user is None:  # outside of the transaction, since the wrong try in it must stay
        raise RuleBroken(NO_SUCH_CODE)
    return user


@one_transaction
def _begin_claim(*, code, born_on, email, password):
    found = _look_up(code=code, born_on=born_on)
    if found is None:
        return None
    user = accounts.create_user(email=email, password=password, name="", groups=[], by=None)
    found.claimant = user
    found.save(update_fields=["claimant"])
    record("patients.claim_begun", by=user, about=found.patient)
    return user


@one_transaction
def finish_claim(*, user):
    """The address of an account was confirmed: the record for which it was made is its own now. -> Patient, or None
    where it was made for none.

    Raises RuleBroken when the code was used, replaced or too old by then.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    asked = ClaimCode.objects.filter(claimant=user)
    if not asked.exists() or Patient.objects.of(user).exists():
        return None
    found = asked.filter(pk__in=ClaimCode.objects.waiting()).select_for_update().order_by("-made_at").first()
    patient = _join(found, user) if found else None
    if patient is None:
        raise RuleBroken(NO_SUCH_CODE)
    return patient


def claim(*, code, born_on, user):
    """A patient takes over the own record with the account that they have. -> Patient

    Raises RuleBroken as `check_code` does, while the account's address is not confirmed, and for one that is a patient
    already.
    """
    patient = _claim(code=code, born_on=born_on, user=user)
    if patient is None:
        raise RuleBroken(NO_SUCH_CODE)
    return patient


@one_transaction
def _claim(*, code, born_on, user):
    user = User.objects.select_for_update().get(pk=user.pk)
    found = _look_up(code=code, born_on=born_on)
    return _join(found, user) if found else None


def _join(found, user):
    """The code's patient gets this account; the guardian's say is over, the code is used up. None: it has one already."""
    patient = Patient.objects.select_for_update().get(pk=found.patient_id)
    if patient.user_id or not patient.is_of_age:
        return None
    if not user.emailaddress_set.filter(email=user.email, verified=True).exists():
        raise RuleBroken(_("Confirm your e-mail address first."))
    if Patient.objects.of(user).exists():
        raise RuleBroken(_("You have a record already."))
    accounts.change_groups(user=user, add=[PATIENTS], by=user)
    if not user.name:
        accounts.update_profile(user=user, name=patient.name, phone=patient.phone, by=user)
    patient.user, patient.guardian, patient.guardian_until = user, None, None
    patient.name, patient.consented_at = user.name, clock.now()
    patient.save(update_fields=["user", "guardian", "guardian_until", "name", "consented_at"])
    found.used_at = clock.now()
    found.save(update_fields=["used_at"])
    record("patients.claimed", by=user, about=patient)
    return patient
