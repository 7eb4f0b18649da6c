"""People are invited to work for a hospital, by mail."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import workflow as accounts
from accounts.audit import record
from accounts.models import User
from accounts.notify import send_letter
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals.models import Hospital, Invitation, Staff
from hospitals.workflow.entries import appoint, end_staff, lock, tell_administrators

GOOD_FOR = timedelta(days=7)
MOST_WAITING = 50  # invitations of one hospital that nobody has answered
MOST_A_DAY = 100  # of one hospital, those that were withdrawn included: each is a mail to somebody's address
ENOUGH_FOR = timedelta(minutes=10)  # no second mail to one address about one role


@one_transaction
def invite(*, hospital, email, role, by):
    """A person is asked by mail to work for the hospital in that role. -> (Invitation, token); the table has no token.

    An earlier one to the same address that still waits is withdrawn. Raises RuleBroken for somebody who works there in
    that role, for a hospital that is not approved, when the same was sent some minutes ago, and when too many wait or
    were sent in a day.
    """
    hospital, email = lock(hospital), User.objects.normalize_email(email)
    if hospital.state != Hospital.State.APPROVED:
        raise RuleBroken(_("People can be invited once the hospital is approved."))
    if Staff.objects.current().filter(hospital=hospital, role=role, user__email=email).exists():
        raise RuleBroken(_("This person works here already, in that role."), field="email")
    now = clock.now()
    if hospital.invitations.filter(email=email, role=role, invited_at__gt=now - ENOUGH_FOR).exists():
        raise RuleBroken(
            _(
                "This was sent to this address some minutes ago, and is not sent again. Wait %(n)d minutes, then try again."
            )
            % {"n": ENOUGH_FOR.seconds // 60},
            field="email",
        )
    if hospital.invitations.filter(invited_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise RuleBroken(_("%(n)d invitations were sent in one day. Send the next one tomorrow.") % {"n": MOST_A_DAY})
    waiting = hospital.invitations.waiting()
    waiting.filter(email=email).update(withdrawn_at=clock.now())
    if waiting.count() >= MOST_WAITING:
        raise RuleBroken(_("%(n)d invitations wait for an answer. Withdraw one first.") % {"n": MOST_WAITING})
    token = secrets.token_urlsafe(32)
    invitation = hospital.invitations.create(
        email=email,
        role=role,
        fingerprint=fingerprint(token),
        invited_by=by,
        invited_at=now,
        expires_at=now + GOOD_FOR,
    )
    facts = {
        "by": by.name,
        "hospital": hospital.name,
        "role": invitation.get_role_display(),
        "days": GOOD_FOR.days,
        "site": settings.SITE_NAME,
        "link": settings.SITE_URL + reverse("hospitals:invitation", args=[token]),
    }
    send_letter(email, _("%(hospital)s invites you to %(site)s") % facts, "invitation", **facts)
    record("hospitals.invited", by=by, about=hospital, invitation=str(invitation.pk), role=role)
    return invitation, token


def fingerprint(token):
    """What the table keeps of a token: nobody who reads the table can use it."""
    return hashlib.sha256(token.encode()).hexdigest()


@one_transaction
def withdraw_invitation(*, invitation, by):
    """An invitation no longer counts. Raises RuleBroken when it was accepted, withdrawn or too old before."""
    lock(invitation.hospital)
    if not Invitation.objects.waiting().filter(pk=invitation.pk).update(withdrawn_at=clock.now()):
        raise RuleBroken(_("This invitation no longer waits."))
    record("hospitals.invitation_withdrawn", by=by, about=invitation.hospital, invitation=str(invitation.pk))


@one_transaction
def accept_invitation(*, invitation, by):
    """The person who was invited works for the hospital from now on. An invitation counts once.

    Raises RuleBroken for another person, and when it is too old, used or withdrawn. -> Staff
    """
    hospital = lock(invitation.hospital)
    row = Invitation.objects.select_for_update().filter(pk=invitation.pk)
    row = row.filter(pk__in=Invitation.objects.waiting()).first()
    if row is None or hospital.state != Hospital.State.APPROVED:
        raise RuleBroken(_("This invitation is used up or too old. Ask for a new one."))
    verified = by.emailaddress_set.filter(email__iexact=row.email, verified=True).exists()
    if User.objects.normalize_email(by.email) != row.email or not verified:
        raise RuleBroken(_("This invitation is for another person. Log in with the address it was sent to."))
    row.accepted_at, row.accepted_by = clock.now(), by
    row.save(update_fields=["accepted_at", "accepted_by"])
    staff = appoint(hospital=hospital, user=by, role=row.role, by=by)
    record("hospitals.invitation_accepted", by=by, about=hospital, invitation=str(row.pk))
    tell_administrators(
        hospital,
        "hospitals.invitation_accepted",
        _("%(name)s has accepted your invitation.") % {"name": by.name},
        path=reverse("hospitals:staff", args=[hospital.slug]),
    )
    return staff


@one_transaction
def join_by_invitation(*, invitation, name, password):
    """A new person signs up by an invitation: the link has shown that the address is theirs. -> User"""
    user = accounts.create_user(
        email=invitation.email, name=name, groups=[], by=None, password=password, email_verified=True
    )
    accept_invitation(invitation=invitation, by=user)
    return user


@one_transaction
def dismiss(*, staff, by):
    """Who runs a hospital ends somebody's work there; it counts from their next request on.

    Raises RuleBroken for oneself and for one who no longer works there: a hospital keeps somebody who runs it.
    """
    lock(staff.hospital)
    if staff.user_id == by.pk and staff.role == Staff.Role.ADMINISTRATOR:
        raise RuleBroken(_("You cannot end your own work here. Another administrator can."))
    if not Staff.objects.current().filter(pk=staff.pk).exists():
        raise RuleBroken(_("This person no longer works here."))
    end_staff(staff=staff, by=by)
