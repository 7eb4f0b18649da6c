"""Groups, what they may do and what they ask of their people."""

from copy import copy

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import GroupPolicy, User
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction

ADMINISTRATORS = "Administrators"
# What the Administrators need to set right whatever else went wrong.
LIFELINE = {"accounts.open_panel", "accounts.view_user", "accounts.change_user", "auth.view_group", "auth.change_group"}


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
def change_groups(*, user, add=(), remove=(), by):
    """A person's roles change; it counts from their next request on.

    Raises RuleBroken where nobody might be left to open the panel: administrators do not take themselves out, and of two
    who take out each other the second is refused.
    """
    if ADMINISTRATORS in remove and by is not None:
        if user.pk == by.pk:
            raise RuleBroken(_("You cannot take yourself out of the Administrators."), field="groups")
        check_still_administrator(by)
    user.groups.add(*Group.objects.filter(name__in=add))
    user.groups.remove(*Group.objects.filter(name__in=remove))
    record("accounts.groups_changed", by=by, about=user, add=list(add), remove=list(remove))


def check_still_administrator(by):
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
