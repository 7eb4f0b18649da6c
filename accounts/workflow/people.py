"""People and what they say of themselves."""

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from accounts import files
from accounts.audit import record
from accounts.models import User
from accounts.workflow.groups import check_still_administrator
from healthstack.lib.announce import announce
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import check_stamp, stamp
from healthstack.lib.transactions import one_transaction


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


def own_stamp(user):
    """The profile of a person in short, as a page shows it."""
    return stamp(user, ("name", "phone", "language", "zone"))


@one_transaction
def update_profile(*, user, name, phone, by, language=None, zone=None, seen=""):
    """A person's name and phone change, and how pages speak to them; whatever copies the name follows.

    seen: the stamp of what the person saw; raises Stale when it was changed since, in another window or elsewhere.
    """
    announce("accounts.changing", user=user)
    check_stamp(seen, own_stamp(User.objects.select_for_update().get(pk=user.pk)))
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
def disable_user(*, user, by):
    """A person can no longer log in, and is out with the next request. Nobody closes the own account here, nor that of
    somebody else once no longer an administrator.
    """
    if by is not None:
        if user.pk == by.pk:
            raise RuleBroken(_("You cannot close your own account."))
        check_still_administrator(by)
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
