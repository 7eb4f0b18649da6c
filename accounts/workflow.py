"""Every act on people and letters."""

import logging
from copy import copy
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import files
from accounts import notify as telling
from accounts.audit import record
from accounts.models import GroupPolicy, Leaflet, Mail, Notification, User
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction

log = logging.getLogger(__name__)
ADMINISTRATORS = "Administrators"
# What the Administrators need to set right whatever else went wrong.
LIFELINE = {"accounts.open_panel", "accounts.view_user", "accounts.change_user", "auth.view_group", "auth.change_group"}
# Minutes until the next try of a letter; after the last one it waits in the panel for a person.
PATIENCE = (1, 5, 15, 60, 240, 720, 1440)


@one_transaction
def create_user(*, email, name, groups, by, password=None, phone="", email_verified=False):
    """A person joins, with their groups. Raises RuleBroken when the address is taken."""
    email = User.objects.normalize_email(email)
    if User.objects.filter(email=email).exists():
        raise RuleBroken(_("Someone already has this e-mail address."), field="email")
    user = User.objects.create_user(email=email, password=password, name=name.strip(), phone=phone)
    user.groups.set(Group.objects.filter(name__in=groups))
    if email_verified:
        user.emailaddress_set.create(email=email, verified=True, primary=True)
    record("accounts.created", by=by, about=user, groups=list(groups))
    return user


@one_transaction
def update_profile(*, user, name, phone, by, language=None, zone=None):
    """A person's name and phone change, and how pages speak to them; whatever copies the name follows."""
    announce("accounts.changing", user=user)
    user.name, user.phone = name.strip(), phone
    user.language = user.language if language is None else language
    user.zone = user.zone if zone is None else zone
    user.save(update_fields=["name", "phone", "language", "zone"])
    record("accounts.profile_updated", by=by, about=user)
    announce("accounts.changed", user=user)


@one_transaction
def set_photo(*, user, upload, by):
    """A person shows their face; the picture before is forgotten. Raises RuleBroken when the gate refuses it."""
    before = User.objects.select_for_update().get(pk=user.pk).photo
    user.photo = files.take(upload, owner=user, kinds=files.PORTRAIT, by=by, field="photo")
    user.save(update_fields=["photo"])
    if before:
        files.forget(before, by=by)
    record("accounts.photo_set", by=by, about=user)


@one_transaction
def remove_photo(*, user, by):
    """A person's picture is taken away; their initials stand there again."""
    before = User.objects.select_for_update().get(pk=user.pk).photo
    if not before:
        return
    user.photo = None
    user.save(update_fields=["photo"])
    files.forget(before, by=by)
    record("accounts.photo_removed", by=by, about=user)


@one_transaction
def set_password(*, user, password, by, but=None):
    """A person has a new password, and is logged out everywhere but in that session.

    Only the one column is written: the account may be closed at the same moment.
    """
    user.set_password(password)
    user.save(update_fields=["password"])
    record("accounts.password_set", by=by, about=user)
    end_sessions(user=user, but=but, by=by)


# --- the second step, and where a person is logged in ----------------------------------------------------------------


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
def require_second_step(*, group, required, by):
    """Whether the people of a group must have a second step; it counts from their next request on."""
    policy, _made = GroupPolicy.objects.update_or_create(group=group, defaults={"requires_two_step": required})
    record("accounts.second_step_required", by=by, about=policy, group=group.name, required=required)


def ask_for_second_steps():
    """Require it of the groups that the settings name, where nobody has decided yet. Run after each migrate."""
    for group in Group.objects.filter(name__in=settings.TWO_STEP_GROUPS, policy=None):
        require_second_step(group=group, required=True, by=None)


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


@one_transaction
def change_groups(*, user, add=(), remove=(), by):
    """A person's roles change; it counts from their next request on.

    Raises RuleBroken where nobody might be left to open the panel: administrators do not take themselves out, and of two
    who take out each other the second is refused.
    """
    if ADMINISTRATORS in remove and by is not None:
        if user.pk == by.pk:
            raise RuleBroken(_("You cannot take yourself out of the Administrators."), field="groups")
        _check_still_administrator(by)
    user.groups.add(*Group.objects.filter(name__in=add))
    user.groups.remove(*Group.objects.filter(name__in=remove))
    record("accounts.groups_changed", by=by, about=user, add=list(add), remove=list(remove))


def _check_still_administrator(by):
    """Two administrators who remove each other at the same moment come one after the other, by the lock on the group."""
    Group.objects.select_for_update().filter(name=ADMINISTRATORS).first()
    if not User.objects.active().filter(pk=by.pk, groups__permissions__codename="open_panel").exists():
        raise RuleBroken(_("You are no longer an administrator."))


@one_transaction
def save_group(*, group, permissions, by):
    """A group is made, or has another name and these permissions (their keys) from now on. -> Group

    Raises RuleBroken where the Administrators would lose the panel.
    """
    group, held, was = copy(group), set(), ""  # a copy: a lost race runs this again
    new, permissions = group.pk is None, set(permissions)
    if not new:
        before = Group.objects.select_for_update().get(pk=group.pk)
        held, was = set(before.permissions.values_list("pk", flat=True)), before.name
    if was == ADMINISTRATORS:
        lost = Permission.objects.filter(pk__in=held - permissions).values_list("content_type__app_label", "codename")
        if LIFELINE.intersection(f"{app}.{codename}" for app, codename in lost):
            raise RuleBroken(_("Administrators need the panel, the users and the groups."), field="permissions")
    group.save()
    group.permissions.set(permissions)
    names = dict(Permission.objects.filter(pk__in=held ^ permissions).values_list("pk", "codename"))
    record(
        "accounts.group_added" if new else "accounts.group_changed",
        by=by,
        about=group,
        name=group.name,
        add=sorted(names[pk] for pk in permissions - held),
        remove=sorted(names[pk] for pk in held - permissions),
    )
    return group


@one_transaction
def delete_group(*, group, by):
    """A group goes. Raises RuleBroken while people are in it: each of them is taken out by name first."""
    group = Group.objects.select_for_update().get(pk=group.pk)
    people = group.user_set.count()
    if people:
        raise RuleBroken(_("%(n)d people are in this group. Take them out first.") % {"n": people})
    record("accounts.group_deleted", by=by, about=group, name=group.name)
    group.permissions.clear()
    # Without Django's collector, which would empty the group on the quiet; a person who came in meanwhile stops it.
    Group.objects.filter(pk=group.pk)._raw_delete("default")


@one_transaction
def disable_user(*, user, by):
    """A person can no longer log in, and is out with the next request. Nobody closes the own account here, nor that of
    somebody else once no longer an administrator.
    """
    if by is not None:
        if user.pk == by.pk:
            raise RuleBroken(_("You cannot close your own account."))
        _check_still_administrator(by)
    announce("accounts.changing", user=user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record("accounts.disabled", by=by, about=user)
    announce("accounts.changed", user=user)


@one_transaction
def enable_user(*, user, by):
    """A closed account opens again."""
    announce("accounts.changing", user=user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("accounts.enabled", by=by, about=user)
    announce("accounts.changed", user=user)


@one_transaction
def save_leaflet(*, leaflet, by):
    """A page of text is written anew by whoever keeps the site."""
    leaflet.changed_at = clock.now()
    leaflet.save()
    record("accounts.leaflet_saved", by=by, about=leaflet, slug=leaflet.slug, characters=len(leaflet.text))


def write_first_leaflets():
    """The pages of text that a fresh site begins with. Run after each migrate; a page that is there is left alone."""
    for file in sorted((settings.BASE_DIR / "data" / "leaflets").glob("*.md")):
        if not Leaflet.objects.filter(slug=file.stem).exists():
            title, _line, text = file.read_text("utf-8").partition("\n")
            save_leaflet(leaflet=Leaflet(slug=file.stem, title=title.lstrip("# "), text=text.strip()), by=None)


@one_transaction
def read(*, notification, by):
    """The person has seen this line of the inbox."""
    Notification.objects.filter(pk=notification.pk, recipient=by, read_at=None).update(read_at=clock.now())


@one_transaction
def read_all(*, by):
    """The person has seen the whole inbox."""
    Notification.objects.filter(recipient=by, read_at=None).update(read_at=clock.now())


def deliver(*, mail_id):
    """Send one letter of the outbox. Run twice it sends once: the row is taken before the server is asked.

    A server that is away, or a letter that cannot be written down as mail, costs a try, not the letter; the next one
    comes after a growing pause, and the panel shows what was wrong.
    """
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(pk=mail_id, sent_at=None).exclude(next_try_at=None).first()
        if mail is None or mail.next_try_at > clock.now():
            return False
        pause = PATIENCE[min(mail.attempts, len(PATIENCE) - 1)]
        mail.next_try_at = clock.now() + timedelta(minutes=pause)
        mail.attempts += 1
        mail.save(update_fields=["next_try_at", "attempts"])
    try:
        letter = EmailMultiAlternatives(mail.subject, mail.body, to=[mail.to])
        if mail.html:
            letter.attach_alternative(mail.html, "text/html")
        letter.send()
    except Exception as error:  # whatever is wrong with this letter or the server, the others leave
        given_up = mail.attempts > len(PATIENCE)
        Mail.objects.filter(pk=mail.pk).update(
            error=type(error).__name__, **({"next_try_at": None} if given_up else {})
        )
        log.warning("mail %s not sent: %s", mail.pk, type(error).__name__)
        return False
    Mail.objects.filter(pk=mail.pk).update(sent_at=clock.now(), next_try_at=None, body="", html="", error="")
    return True


def deliver_due(*, at_most=200):
    """Try every letter whose time has come; what `tick` does beside the tasks. -> how many were sent."""
    keys = list(Mail.objects.due(clock.now()).values_list("pk", flat=True)[:at_most])
    return sum(deliver(mail_id=key) for key in keys)


@one_transaction
def retry_mail(*, mail, by):
    """A letter that did not leave is due again, whatever its pause. Raises RuleBroken once it has been sent."""
    mail = Mail.objects.select_for_update().get(pk=mail.pk)
    if mail.sent_at:
        raise RuleBroken(_("This mail has been sent already."))
    mail.next_try_at = clock.now()
    mail.save(update_fields=["next_try_at"])
    record("accounts.mail_retried", by=by, about=mail)
