"""A hospital registers itself, and is checked."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import AuditEntry, User
from accounts.notify import notify
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals.models import Hospital, Staff
from hospitals.workflow.entries import appoint, free_slug, set_state, tell_administrators

S = Hospital.State
MOST_WAITING = 3  # hospitals of one person that are being checked
ASKED = "hospitals.administrator_asked"


@one_transaction
def register(*, hospital, by, sure=False):
    """A person registers a hospital, and runs it; nobody finds it until it is checked. `hospital` is the unsaved row.

    sure: it is another one than those of the same name and PIN code. Raises RuleBroken with these as offers otherwise,
    while the person's address is not checked, and when too many of theirs are waiting.
    """
    if not by.emailaddress_set.filter(email__iexact=by.email, verified=True).exists():
        raise RuleBroken(_("Confirm your e-mail address first: log out, log in again, and type in the code."))
    User.objects.select_for_update().get(pk=by.pk)
    waiting = Hospital.objects.filter(registered_by=by, state__in=(S.PENDING, S.MORE_NEEDED))
    if waiting.count() >= MOST_WAITING:
        raise RuleBroken(
            _("%(n)d hospitals that you registered are still being checked. Wait until one of them is.")
            % {"n": MOST_WAITING}
        )
    doubles = list(Hospital.objects.doubles_of(hospital.name, hospital.postcode)[:5])
    if doubles and not sure:
        raise RuleBroken(_("A hospital of this name and PIN code is here already."), offers=doubles)
    hospital.pk = None  # in case a lost race runs this again
    hospital.slug = free_slug(hospital.name)
    hospital.state, hospital.state_reason = S.PENDING, ""
    hospital.registered_by, hospital.registered_at = by, clock.now()
    hospital.save(force_insert=True)
    record("hospitals.registered", by=by, about=hospital, sure=bool(doubles))
    appoint(hospital=hospital, user=by, role=Staff.Role.ADMINISTRATOR, by=by)
    announce("hospitals.changed", hospital=hospital)
    return hospital


@one_transaction
def ask_administrator(*, hospital, by):
    """A person asks those who run a hospital to be taken in; where nobody does, the administrators of the site.

    Raises RuleBroken for a second time within a day, and for somebody who runs it already.
    """
    if Hospital.objects.run_by(by).filter(pk=hospital.pk).exists():
        raise RuleBroken(_("You run this hospital already."))
    since = clock.now() - timedelta(days=1)
    if AuditEntry.objects.about(hospital).filter(code=ASKED, by=by, at__gte=since).exists():
        raise RuleBroken(_("You have asked already. Wait for an answer."))
    record(ASKED, by=by, about=hospital)
    text = _("%(name)s (%(email)s) would like to work for %(hospital)s on %(site)s.") % {
        "name": by.name,
        "email": by.email,
        "hospital": hospital.name,
        "site": settings.SITE_NAME,
    }
    if Staff.objects.current().filter(hospital=hospital, role=Staff.Role.ADMINISTRATOR).exists():
        tell_administrators(hospital, ASKED, text)
    else:
        for user in User.objects.active().filter(groups__name="Administrators").order_by("pk"):
            notify(user, ASKED, text, path=f"/admin/hospitals/hospital/{hospital.pk}/change/")


@one_transaction
def send_for_checking(*, hospital, by):
    """A hospital that was asked for more, or was rejected, asks to be looked at again."""
    return set_state(hospital=hospital, state=S.PENDING, reason="", by=by)


@one_transaction
def approve_hospital(*, hospital, by):
    """A hospital that was being checked is what it says. Found from now on."""
    if hospital.state == S.SUSPENDED:
        raise RuleBroken(_("This hospital is suspended. Reinstate it instead."))
    return set_state(hospital=hospital, state=S.APPROVED, reason="", by=by)


@one_transaction
def ask_more_hospital(*, hospital, reason, by):
    """Something is missing. Those who run it read what, add it, and send it again."""
    if not reason.strip():
        raise RuleBroken(_("Say what is missing."), field="reason")
    return set_state(hospital=hospital, state=S.MORE_NEEDED, reason=reason.strip(), by=by)


@one_transaction
def reject_hospital(*, hospital, reason, by):
    """The hospital could not be confirmed. Those who run it read why, and may send it again."""
    if not reason.strip():
        raise RuleBroken(_("Say why."), field="reason")
    return set_state(hospital=hospital, state=S.REJECTED, reason=reason.strip(), by=by)
