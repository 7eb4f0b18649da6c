"""How a person gets in: address, password, second step, and where they are logged in."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils.translation import gettext as _

from accounts import notify as telling
from accounts.audit import record
from accounts.models import User
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction


@one_transaction
def set_password(*, user, password, by, but=None):
    """A person has a new password, and is logged out everywhere but in that session.

    Only the one column is written: the account may be closed at the same moment.
    """
    user.set_password(password)
    user.save(update_fields=["password"])
    record("accounts.password_set", by=by, about=user)
    end_sessions(user=user, but=but, by=by)


@one_transaction
def change_email(*, user, email, by, but=None):
    """A person who has shown that another address is theirs logs in with that one from now on; links for a new password
    that were sent before stop working.

    They are logged out everywhere but in that session, and the address that they had is told. Raises RuleBroken when
    somebody else has the new one.
    """
    email = User.objects.normalize_email(email)
    user = User.objects.select_for_update().get(pk=user.pk)
    if User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise RuleBroken(_("Someone already has this e-mail address."))
    before, user.email = user.email, email
    user.save(update_fields=["email"])
    user.emailaddress_set.all().delete()
    user.emailaddress_set.create(email=email, verified=True, primary=True)
    record("accounts.email_changed", by=by, about=user)
    end_sessions(user=user, but=but, by=by)
    facts = {"name": user.name, "site": settings.SITE_NAME, "support_phone": settings.SUPPORT_PHONE}
    telling.send_letter(before, _("You log in to %(site)s with another address now") % facts, "email_changed", **facts)


@one_transaction
def change_second_step(*, user, steps, by, but=None):
    """A person has turned a second step on or off: they are logged out everywhere but in that session.

    steps: how many ways they have now.
    """
    record("accounts.second_step_changed", by=by, about=user, steps=steps)
    end_sessions(user=user, but=but, by=by)


@one_transaction
def reset_second_step(*, user, by):
    """Somebody who lost phone and codes can log in by the password again. Raises RuleBroken without a second step."""
    User.objects.select_for_update().get(pk=user.pk)
    found = Authenticator.objects.filter(user=user)
    if not found:
        raise RuleBroken(_("This account has no second step."))
    found.delete()
    record("accounts.second_step_reset", by=by, about=user)
    telling.notify(user, "accounts.second_step_reset", _("An administrator has removed the second step of your login."))
    end_sessions(user=user, by=by)


@one_transaction
def see(*, user, session_key, address, agent):
    """A browser is in use: what the person's own list of sessions shows of it."""
    facts = {"ip": address, "user_agent": agent, "last_seen_at": clock.now()}
    if not UserSession.objects.filter(session_key=session_key, user=user).update(**facts):
        fresh = UserSession(session_key=session_key, user=user, created_at=clock.now(), **facts)
        UserSession.objects.bulk_create([fresh], ignore_conflicts=True)  # another of its requests was quicker


@one_transaction
def end_session(*, session, by):
    """One browser is logged out; its next request finds the login."""
    session.end()
    record("accounts.session_ended", by=by, about=session.user)


@one_transaction
def end_sessions(*, user, by, but=None):
    """A person is logged out everywhere, or everywhere but in that session. -> how many were ended."""
    sessions = list(UserSession.objects.filter(user=user).exclude(session_key=but or "").order_by("pk"))
    for session in sessions:
        session.end()
    if sessions:
        record("accounts.sessions_ended", by=by, about=user, sessions=len(sessions))
    return len(sessions)
