"""Every act of a conversation: begin it, write, read.

Lock order: the person whose file is kept, then the conversation.
"""

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts import files
from accounts import workflow as accounts
from accounts.audit import record
from accounts.models import Notification
from accounts.notify import notify
from chat.models import Conversation, Cursor, Message
from chat.querysets import visits_in_care
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients import workflow as patients
from patients.models import AccessGrant

MOST_BYTES = 4096  # of a text
MOST, WITHIN = 20, timedelta(seconds=10)  # messages of one person
KIND = "chat.sent"


@one_transaction
def begin(*, patient, doctor, by):
    """The conversation of the two, made when it is not there. -> Conversation

    by: the doctor, or whoever speaks for the patient. Raises RuleBroken where nobody of them is in the other's care.
    """
    row = Conversation.objects.filter(patient=patient, doctor=doctor).first()
    if row:
        return row
    if why := why_not(patient=patient, doctor=doctor):
        raise RuleBroken(why)
    return _made(patient, doctor, by)


@one_transaction
def begin_with_visit(*, appointment, by):
    """A visit was confirmed: patient and doctor have a conversation from now on. Again is harmless."""
    if not Conversation.objects.filter(patient=appointment.patient_id, doctor=appointment.doctor_id).exists():
        _made(appointment.patient, appointment.doctor, by)


def _made(patient, doctor, by):
    # Two clicks at one moment: the key lets one row in, and both find it.
    now = clock.now()
    fresh = Conversation(patient=patient, doctor=doctor, begun_at=now, last_at=now)
    Conversation.objects.bulk_create([fresh], ignore_conflicts=True)
    row = Conversation.objects.get(patient=patient, doctor=doctor)
    if row.pk == fresh.pk:
        record("chat.begun", by=by, about=row)
    return row


def why_not(*, patient, doctor):
    """Why the two cannot write to each other today, as a sentence; empty when they can."""
    if doctor.state != "approved" or not doctor.user.is_active:
        return _("%(name)s does not see patients here at the moment.") % {"name": doctor.name}
    grants = AccessGrant.objects.live().filter(patient=patient, carer=doctor.user_id)
    if grants.exists() or visits_in_care().filter(patient=patient, doctor=doctor).exists():
        return ""
    return _("You can write to each other from a confirmed visit until thirty days after it.")


def send(*, conversation, by, client_id, text="", upload=None):
    """The person says something in a conversation: a text, a picture, a PDF. -> Message

    What was sent by the same form before is that message, and nothing is sent again. Raises RuleBroken when care has
    ended, when there is nothing in it or too much, and for more than twenty messages in ten seconds.
    """
    return _again(conversation, client_id, by) or _send(conversation, by, client_id, text.strip(), upload)


@one_transaction
def _send(conversation, by, client_id, text, upload):
    if len(text.encode()) > MOST_BYTES:
        raise RuleBroken(_("This message is too long. Send it in two parts."), field="text")
    if not text and upload is None:
        raise RuleBroken(_("Write a message, or choose a file."), field="text")
    stored = files.take(upload, owner=by, kinds=files.PAPER, by=by, field="file") if upload is not None else None
    row = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if again := _again(row, client_id, by):
        if stored:
            files.forget(stored, by=by)
        return again
    if why := why_not(patient=row.patient, doctor=row.doctor):
        raise RuleBroken(why)
    _refuse_haste(by)
    row.last, row.last_at = row.last + 1, clock.now()
    row.save(update_fields=["last", "last_at"])
    message = Message.objects.create(
        conversation=row,
        sequence=row.last,
        client_id=client_id,
        sender=by,
        text=text,
        file=stored,
        sent_at=row.last_at,
    )
    _move(row, by, row.last)
    _tell(row, by)
    return message


def _again(conversation, client_id, by):
    """What this form has sent before. Another person's is none of this one's."""
    row = Message.objects.filter(conversation=conversation, client_id=client_id).first()
    if row and row.sender_id != by.pk:
        raise RuleBroken(_("That did not work. Load the page again."))
    return row


def _refuse_haste(by):
    now = clock.now()
    recent = Message.objects.filter(sender=by, sent_at__gt=now - WITHIN, sent_at__lte=now)
    if recent.count() >= MOST:
        raise RuleBroken(_("You are writing very fast. Wait ten seconds, then send it again."))


def _tell(row, by):
    """Who is on the other side has one unread line in the inbox, however many messages wait. Never what they say."""
    path, doctor = row.get_absolute_url(), row.doctor
    to = row.patient.speaker if by.pk == doctor.user_id else doctor.user
    if to is None or Notification.objects.filter(recipient=to, kind=KIND, path=path).unread().exists():
        return
    if to.pk == doctor.user_id:
        notify(to, KIND, _("A patient has written to you."), path=path)
    else:
        words = _("%(name)s has written to you.") % {"name": doctor.name}
        patients.tell(patient=row.patient, kind=KIND, text=words, path=path)


@one_transaction
def read(*, conversation, to, by):
    """The person has read a conversation up to this message; never less than before. Its line in the inbox is read too."""
    row = Conversation.objects.select_for_update().get(pk=conversation.pk)
    cursor = _move(row, by, min(to, row.last))
    if cursor.read_to == row.last:
        accounts.read_about(path=row.get_absolute_url(), by=by)
    return cursor


def _move(row, by, to):
    """The conversation is locked: nobody moves this cursor at the same moment."""
    cursor = Cursor.objects.filter(conversation=row, user=by).first()
    if cursor is None:
        return Cursor.objects.create(conversation=row, user=by, read_to=to, read_at=clock.now())
    if to > cursor.read_to:
        cursor.read_to, cursor.read_at = to, clock.now()
        cursor.save(update_fields=["read_to", "read_at"])
    return cursor
