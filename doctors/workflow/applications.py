"""A doctor asks to work in a hospital, and its administrator answers."""

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.notify import notify
from doctors.models import Affiliation, Application, Doctor
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import check_stamp, stamp
from healthstack.lib.transactions import one_transaction
from hospitals.models import Hospital, Staff

PLACE = ("department", "room")  # of a doctor in a hospital: what those who run it may change

S = Application.State
# One who is still being checked may ask already; nobody finds them before both is settled.
MAY_APPLY = (Doctor.State.PENDING, Doctor.State.MORE_NEEDED, Doctor.State.APPROVED)
MOST_WAITING = 10  # applications of one doctor at the same time


@one_transaction
def apply(*, doctor, hospital, by, department=None, message=""):
    """A doctor asks to work in a hospital. -> Application

    Raises RuleBroken for a doctor who was rejected or suspended, a hospital that cannot be found, a department of
    another one, and where the doctor works or has asked already.
    """
    doctor = Doctor.objects.select_for_update().get(pk=doctor.pk)
    if doctor.state not in MAY_APPLY:
        raise RuleBroken(_("You cannot apply at the moment: %(state)s.") % {"state": doctor.get_state_display()})
    if not Hospital.objects.findable().filter(pk=hospital.pk).exists():
        raise RuleBroken(_("This hospital takes no applications at the moment."))
    if department is not None and (department.hospital_id != hospital.pk or department.closed_at):
        raise RuleBroken(_("Choose a department of this hospital."), field="department")
    if doctor.affiliations.current().filter(hospital=hospital).exists():
        raise RuleBroken(_("You work in this hospital already."))
    waiting = doctor.applications.waiting()
    if waiting.filter(hospital=hospital).exists():
        raise RuleBroken(_("You have asked this hospital already. Wait for its answer."))
    if waiting.count() >= MOST_WAITING:
        raise RuleBroken(_("%(n)d applications wait for an answer. Take one back first.") % {"n": MOST_WAITING})
    try:
        with transaction.atomic():
            application = doctor.applications.create(
                hospital=hospital, department=department, message=message.strip(), asked_at=clock.now()
            )
    except IntegrityError as error:
        raise RuleBroken(_("You have asked this hospital already. Wait for its answer.")) from error
    record("doctors.applied", by=by, about=doctor, hospital=hospital.pk)
    running = Staff.objects.current().filter(hospital=hospital, role=Staff.Role.ADMINISTRATOR)
    for row in running.select_related("user").order_by("pk"):
        text = _("A doctor asks to work in your hospital.")
        notify(row.user, "doctors.applied", text, path=reverse("doctors:of_hospital", args=[hospital.slug]))
    return application


@one_transaction
def withdraw(*, application, by):
    """A doctor takes an application back, while nobody has answered."""
    _answer(application, S.WITHDRAWN, by=by)


@one_transaction
def accept(*, application, by, room=""):
    """A hospital takes a doctor in: from today on they work there, in the department they asked for. -> Affiliation"""
    row = _answer(application, S.ACCEPTED, by=by)
    if row.doctor.state not in MAY_APPLY:
        raise RuleBroken(_("This doctor cannot be taken in: %(state)s.") % {"state": row.doctor.get_state_display()})
    if row.hospital.state != Hospital.State.APPROVED:
        raise RuleBroken(_("This hospital cannot take doctors in at the moment."))
    facts = {"department": row.department, "room": room.strip(), "started_on": clock.today(), "ended_on": None}
    affiliation, new = row.doctor.affiliations.get_or_create(hospital=row.hospital, defaults=facts)
    if not new and affiliation.ended_on is not None:
        for name, value in facts.items():
            setattr(affiliation, name, value)
        affiliation.save(update_fields=list(facts))
    notify(
        row.doctor.user,
        "doctors.application_accepted",
        _("%(hospital)s has taken you in. Publish your hours there.") % {"hospital": row.hospital},
        path=reverse("doctors:hospitals"),
    )
    announce("doctors.changed", doctor=row.doctor)
    return affiliation


@one_transaction
def decline(*, application, reason, by):
    """A hospital does not take a doctor in, and says why."""
    if not reason.strip():
        raise RuleBroken(_("Say why, so that the doctor knows."), field="reason")
    row = _answer(application, S.DECLINED, by=by, reason=reason.strip())
    text = _("%(hospital)s has declined your application.") % {"hospital": row.hospital}
    notify(row.doctor.user, "doctors.application_declined", text, path=reverse("doctors:hospitals"))


def _answer(application, state, *, by, reason=""):
    Doctor.objects.select_for_update().get(pk=application.doctor_id)
    row = Application.objects.select_for_update().get(pk=application.pk)
    if row.state != S.ASKED:
        raise RuleBroken(_("This application is settled: %(state)s.") % {"state": row.get_state_display()})
    row.state, row.waits, row.reason = state, None, reason[:240]
    row.answered_at, row.answered_by = clock.now(), by
    row.save(update_fields=["state", "waits", "reason", "answered_at", "answered_by"])
    record(f"doctors.application_{state}", by=by, about=row.doctor, reason=reason, hospital=row.hospital_id)
    return row


@one_transaction
def reassign(*, affiliation, department, room, by, seen=""):
    """A doctor works in another department or room of the hospital from now on.

    seen: the stamp of PLACE as the person saw it; raises Stale when somebody has changed it since.
    """
    doctor = Doctor.objects.select_for_update().get(pk=affiliation.doctor_id)
    row = Affiliation.objects.select_for_update().get(pk=affiliation.pk)
    if row.ended_on is not None:
        raise RuleBroken(_("This has ended already."))
    check_stamp(seen, stamp(row, PLACE))
    if department is not None and (department.hospital_id != row.hospital_id or department.closed_at):
        raise RuleBroken(_("Choose a department of this hospital."), field="department")
    row.department, row.room = department, room.strip()
    row.save(update_fields=["department", "room"])
    record("doctors.reassigned", by=by, about=doctor, hospital=row.hospital_id)
    announce("doctors.changed", doctor=doctor)
    return row


@one_transaction
def end_work(*, affiliation, by):
    """A doctor no longer works in a hospital, from today on. Called by the verb that also sees to the bookings there."""
    doctor = Doctor.objects.select_for_update().get(pk=affiliation.doctor_id)
    row = Affiliation.objects.select_for_update().get(pk=affiliation.pk)
    if row.ended_on is not None:
        raise RuleBroken(_("This has ended already."))
    row.ended_on = clock.today()
    row.save(update_fields=["ended_on"])
    record("doctors.affiliation_ended", by=by, about=doctor, hospital=row.hospital_id)
    text = _("You no longer work in %(hospital)s.") % {"hospital": row.hospital}
    notify(doctor.user, "doctors.affiliation_ended", text, path=reverse("doctors:hospitals"))
    announce("doctors.changed", doctor=doctor)
    return row
