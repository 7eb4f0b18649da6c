"""Hospitals are entered, changed, suspended, and people work in them."""

from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.workflow import change_groups
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals.models import Hospital, Staff

# Each role's group: what a person may do comes from there alone.
GROUPS = {Staff.Role.ADMINISTRATOR: "Hospital administrators", Staff.Role.RECEPTIONIST: "Receptionists"}


def lock(hospital):
    """The row of a hospital as it is now, locked; before it the rows of its doctors. -> Hospital"""
    announce("hospitals.changing", hospital=hospital)
    return Hospital.objects.select_for_update().get(pk=hospital.pk)


@one_transaction
def save_hospital(*, hospital, by, fees=None):
    """A hospital is entered or changed in the panel. What copies its name, city or fees follows.

    fees: {visit type: amount}, or None to leave them. The state of a known hospital stays: the row may have been read
    before a suspension.
    """
    new = hospital.pk is None
    if new:
        hospital.save()
    else:
        lock(hospital)
        names = [f.name for f in Hospital._meta.fields if f.name not in ("id", "state", "state_reason")]
        hospital.save(update_fields=names)
    if fees is not None:
        hospital.fees.exclude(visit_type__in=fees).delete()
        for visit_type, amount in sorted(fees.items()):
            hospital.fees.update_or_create(visit_type=visit_type, defaults={"amount": amount})
    record("hospitals.added" if new else "hospitals.changed", by=by, about=hospital)
    announce("hospitals.changed", hospital=hospital)
    return hospital


@one_transaction
def set_state(*, hospital, state, reason, by):
    """A hospital is suspended or reinstated. Called by the verbs that also see to its bookings."""
    hospital = lock(hospital)
    if not hospital.can_become(state):
        raise RuleBroken(_("This hospital is already %(state)s.") % {"state": hospital.get_state_display().lower()})
    hospital.state, hospital.state_reason = state, reason[:240]
    hospital.save(update_fields=["state", "state_reason"])
    record(
        f"hospitals.{'suspended' if state == Hospital.State.SUSPENDED else 'reinstated'}",
        by=by,
        about=hospital,
        reason=reason,
    )
    announce("hospitals.changed", hospital=hospital)
    return hospital


@one_transaction
def appoint(*, hospital, user, by, role=Staff.Role.ADMINISTRATOR):
    """A person works for the hospital in that role from now on, and is in its group. Again is harmless."""
    staff, _created = Staff.objects.get_or_create(
        hospital=hospital, user=user, role=role, defaults={"started_at": clock.now()}
    )
    if staff.ended_at:
        staff.started_at, staff.ended_at = clock.now(), None
        staff.save(update_fields=["started_at", "ended_at"])
    change_groups(user=user, add=[GROUPS[role]], by=by)
    record("hospitals.appointed", by=by, about=hospital, user=str(user.pk), role=role)
    return staff


@one_transaction
def end_staff(*, staff, by):
    """A person no longer works for the hospital in that role; it counts from their next request on.

    The group stays while the same role is held in another hospital.
    """
    staff.ended_at = clock.now()
    staff.save(update_fields=["ended_at"])
    if not Staff.objects.of(staff.user).filter(role=staff.role).exists():
        change_groups(user=staff.user, remove=[GROUPS[staff.role]], by=by)
    record("hospitals.staff_ended", by=by, about=staff.hospital, user=str(staff.user_id), role=staff.role)
