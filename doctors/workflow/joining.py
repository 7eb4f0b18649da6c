"""A doctor joins: signs up, sends papers, asks to be checked, and is answered."""

from django.utils.translation import gettext as _

from accounts import files
from accounts import workflow as accounts
from accounts.audit import record
from accounts.models import User
from doctors.models import Doctor, Document
from doctors.workflow.entries import PENDING, USUAL_MINUTES, free_slug, set_state
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.people import without_title
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction

S = Doctor.State
# While a doctor may add to what is checked.
OPEN = (S.PENDING, S.MORE_NEEDED, S.REJECTED)
MOST_DOCUMENTS = 12  # at the same time


@one_transaction
def sign_up(*, email, password, name, doctor, specialties, languages):
    """A person becomes a doctor who is still to be checked: user, group and doctor together, or none of them.

    `doctor` is the unsaved row. Raises RuleBroken when the address or the registration is somebody's already.
    """
    _check_free(doctor)
    user = accounts.create_user(email=email, password=password, name=without_title(name), groups=[PENDING], by=None)
    return _begin(doctor, user, specialties, languages, "doctors.signed_up")


@one_transaction
def join(*, user, doctor, specialties, languages, by):
    """A person who has an account for other reasons becomes a doctor as well, who is still to be checked. -> Doctor

    `doctor` is the unsaved row. Raises RuleBroken for one who is a doctor already, in whatever state, and when the
    registration is somebody's.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if Doctor.objects.filter(user=user).exists():
        raise RuleBroken(_("You are here as a doctor already."))
    _check_free(doctor)
    accounts.change_groups(user=user, add=[PENDING], by=by)
    return _begin(doctor, user, specialties, languages, "doctors.joined")


def _check_free(doctor):
    taken = Doctor.objects.filter(
        council__iexact=doctor.council, registration_number__iexact=doctor.registration_number
    )
    if taken.exists():
        raise RuleBroken(_("A doctor with this number of this council is here already."), field="registration_number")


def _begin(doctor, user, specialties, languages, code):
    doctor.pk = None  # in case a lost race runs this again
    doctor.user, doctor.state, doctor.state_reason = user, S.PENDING, ""
    doctor.slug = free_slug(f"dr {without_title(user.name)}")
    doctor.save(force_insert=True)
    doctor.specialties.set(specialties)
    doctor.languages.set(languages)
    for visit_type, minutes in USUAL_MINUTES.items():
        doctor.offers.create(visit_type=visit_type, minutes=minutes)
    record(code, by=user, about=doctor)
    announce("doctors.changed", doctor=doctor)
    return doctor


@one_transaction
def send_document(*, doctor, kind, upload, by, instead=None):
    """A doctor adds a paper to what is checked. -> Document. instead: an earlier one, which goes.

    Raises RuleBroken when nothing is to be checked now, there are too many, or the gate refuses the file.
    """
    _still_open(doctor)
    file = files.take(upload, owner=doctor.user, kinds=files.PAPER, by=by, field="file")
    doctor = _still_open(Doctor.objects.select_for_update().get(pk=doctor.pk))
    if instead is not None:
        _take_back(instead, by)
    if doctor.documents.current().count() >= MOST_DOCUMENTS:
        raise RuleBroken(
            _("There are %(n)d documents already. Remove one first.") % {"n": MOST_DOCUMENTS}, field="file"
        )
    document = doctor.documents.create(kind=kind, file=file)
    record("doctors.document_sent", by=by, about=doctor, document=str(document.pk), kind=kind)
    return document


@one_transaction
def withdraw_document(*, document, by):
    """A doctor takes a paper back, while it is not settled who they are."""
    _still_open(Doctor.objects.select_for_update().get(pk=document.doctor_id))
    _take_back(document, by)


def _still_open(doctor):
    if doctor.state not in OPEN:
        raise RuleBroken(
            _("Nothing is being checked at the moment: %(state)s.") % {"state": doctor.get_state_display()}
        )
    return doctor


def _take_back(document, by):
    """One that somebody has judged stays as a row; one that nobody has looked at goes, with its content."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.withdrawn_at:
        raise RuleBroken(_("This document has been removed already."))
    record("doctors.document_withdrawn", by=by, about=document.doctor, document=str(document.pk), kind=document.kind)
    if document.verdict == Document.Verdict.WAITING:
        document.delete()
        files.forget(document.file, by=by)
    else:
        document.withdrawn_at = clock.now()
        document.save(update_fields=["withdrawn_at"])


@one_transaction
def send_for_checking(*, doctor, by):
    """A doctor who was asked for more, or was rejected, asks to be looked at again.

    Raises RuleBroken without a registration certificate and a proof of identity that were not refused.
    """
    missing = missing_documents(doctor=doctor)
    if missing:
        raise RuleBroken(_("Add these first: %(what)s.") % {"what": ", ".join(str(kind.label) for kind in missing)})
    return set_state(doctor=doctor, state=S.PENDING, reason="", by=by)


def missing_documents(*, doctor):
    """Which kinds of paper are still wanted from the doctor. -> [Document.Kind]"""
    good = set(
        doctor.documents.current().exclude(verdict=Document.Verdict.REFUSED).values_list("kind", flat=True).order_by()
    )
    return [kind for kind in (Document.Kind.REGISTRATION, Document.Kind.IDENTITY) if kind not in good]


@one_transaction
def judge_document(*, document, verdict, by, reason=""):
    """An administrator accepts a paper, or refuses it with a reason that the doctor reads.

    Raises RuleBroken for a refusal without a reason, and for a paper that was taken back.
    """
    V = Document.Verdict
    if verdict == V.REFUSED and not reason.strip():
        raise RuleBroken(_("Say why, so that the doctor knows what to send."), field="reason")
    Doctor.objects.select_for_update().get(pk=document.doctor_id)
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.withdrawn_at:
        raise RuleBroken(_("The doctor has taken this document back."))
    document.verdict, document.verdict_reason = verdict, reason.strip()[:240] if verdict == V.REFUSED else ""
    document.verdict_by, document.verdict_at = by, clock.now()
    document.save(update_fields=["verdict", "verdict_reason", "verdict_by", "verdict_at"])
    word = "accepted" if verdict == V.ACCEPTED else "refused"
    record(f"doctors.document_{word}", by=by, about=document.doctor, reason=reason, document=str(document.pk))
    return document


@one_transaction
def approve_doctor(*, doctor, by):
    """A doctor who was being checked is who they say. Found and booked from now on."""
    if doctor.state == S.SUSPENDED:
        raise RuleBroken(_("This doctor is suspended. Reinstate them instead."))
    return set_state(doctor=doctor, state=S.APPROVED, reason="", by=by)


@one_transaction
def ask_more_doctor(*, doctor, reason, by):
    """Something is missing. The doctor reads what, adds it, and sends it again."""
    if not reason.strip():
        raise RuleBroken(_("Say what is missing."), field="reason")
    return set_state(doctor=doctor, state=S.MORE_NEEDED, reason=reason.strip(), by=by)


@one_transaction
def reject_doctor(*, doctor, reason, by):
    """The registration could not be confirmed. The doctor reads why, and may send it again."""
    if not reason.strip():
        raise RuleBroken(_("Say why."), field="reason")
    return set_state(doctor=doctor, state=S.REJECTED, reason=reason.strip(), by=by)
