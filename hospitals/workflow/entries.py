"""Hospitals are entered, changed, suspended, and people work in them."""

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.notify import notify
from accounts.workflow import change_groups
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals.models import Hospital, Staff

# Each role's group: what a person may do comes from there alone.
GROUPS = {
    Staff.Role.ADMINISTRATOR: "Hospital administrators",
    Staff.Role.RECEPTIONIST: "Receptionists",
    Staff.Role.TECHNICIAN: "Technicians",
}


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


# {new state: (word of the trail, what its administrators are told)}. Reasons stand on the page that the mail leads to.
STEPS = {
    Hospital.State.PENDING: ("sent", ""),
    Hospital.State.APPROVED: ("approved", gettext_lazy("Your hospital is checked. Patients can find it.")),
    Hospital.State.MORE_NEEDED: (
        "asked_more",
        gettext_lazy("Something is missing before we can finish checking your hospital."),
    ),
    Hospital.State.REJECTED: ("rejected", gettext_lazy("We could not confirm your hospital. Read why.")),
    Hospital.State.SUSPENDED: ("suspended", gettext_lazy("Your hospital is suspended. Patients no longer find it.")),
}


@one_transaction
def set_state(*, hospital, state, reason, by):
    """A hospital goes a step, and those who run it are told.

    Called by the verbs of checking, and by those that also see to its bookings. Raises RuleBroken when it is there
    already, or cannot get there from where it is.
    """
    hospital = lock(hospital)
    if not hospital.can_become(state):
        raise RuleBroken(_("This hospital is already %(state)s.") % {"state": hospital.get_state_display().lower()})
    before = hospital.state
    hospital.state, hospital.state_reason = state, reason[:240]
    hospital.save(update_fields=["state", "state_reason"])
    word, text = STEPS[state]
    if before == Hospital.State.SUSPENDED:
        word, text = "reinstated", gettext_lazy("Your hospital is open again. Patients find it.")
    record(f"hospitals.{word}", by=by, about=hospital, reason=reason)
    if text:
        tell_administrators(hospital, f"hospitals.{word}", str(text))
    announce("hospitals.changed", hospital=hospital)
    return hospital


def tell_administrators(hospital, kind, text, *, path=""):
    """Everybody who runs the hospital today is told."""
    path = path or reverse("hospitals:details", args=[hospital.slug])
    running = Staff.objects.current().filter(hospital=hospital, role=Staff.Role.ADMINISTRATOR)
    for row in running.select_related("user").order_by("pk"):
        notify(row.user, kind, text, path=path)


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


# Words that stand where an address on the site has a meaning of its own.
RESERVED = {"register"}


def free_slug(text):
    """An address on the site that no hospital has yet. Names without Latin letters become 'hospital'."""
    base = slugify(text)[:160] or "hospital"
    taken = set(Hospital.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    return base if base not in taken else next(s for n in range(2, 10**6) if (s := f"{base}-{n}") not in taken)
