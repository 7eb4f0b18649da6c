"""What the page of a conversation shows: its messages by day, what has been read, who is on the other side."""

from functools import cached_property
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import workflow
from chat.forms import fresh
from chat.models import Cursor, Message
from patients.models import Patient

PAGE = 30  # messages


class Room:
    """A conversation as one person sees it. user: of the two sides, or the guardian of the patient."""

    def __init__(self, conversation, user, *, before=None, after=None, form=None):
        self.conversation, self.user = conversation, user
        self.is_doctor = conversation.doctor.user_id == user.pk
        self.before, self.after = before, after
        rows = Message.objects.filter(conversation=conversation).for_log()
        if after is not None:
            found = list(rows.filter(sequence__gt=after).order_by("sequence")[:PAGE])
            self.earlier = None
        else:
            rows = rows.filter(sequence__lt=before) if before else rows
            found = list(rows.order_by("-sequence")[: PAGE + 1])
            self.earlier = found[PAGE - 1].sequence if len(found) > PAGE else None
            found = found[:PAGE][::-1]
        self.read_by_other = Cursor.objects.read_by_other(conversation, user)
        self.lines = [Line(message, self) for message in found]
        self.last = found[-1].sequence if found else after or 0
        self.day_before = self._day_before() if found and after else None
        self.form = form or fresh()

    def _day_before(self):
        """The day under which the page stands already."""
        rows = Message.objects.filter(conversation=self.conversation, sequence=self.after)
        moment = rows.values_list("sent_at", flat=True).first()
        return moment and timezone.localtime(moment).date()

    def newly_read(self, before):
        """The numbers of this person's messages that the other side has read since; the page says so beside them."""
        rows = Message.objects.filter(conversation=self.conversation, sender=self.user)
        rows = rows.filter(sequence__gt=before, sequence__lte=min(self.read_by_other, self.after or 0))
        return list(rows.order_by("-sequence").values_list("sequence", flat=True)[:PAGE])

    @property
    def days(self):
        """[(date, lines)] as the reader's own calendar has them."""
        by_day = groupby(self.lines, key=lambda line: timezone.localtime(line.message.sent_at).date())
        return [(day, list(lines)) for day, lines in by_day]

    @property
    def other(self):
        """Who is on the other side: a Doctor or a Patient."""
        return self.conversation.patient if self.is_doctor else self.conversation.doctor

    @property
    def for_child(self):
        """The name of the child for whom this person writes, if it is one."""
        patient = self.conversation.patient
        return "" if self.is_doctor or patient.user_id == self.user.pk else patient.name

    @cached_property
    def closed(self):
        """Why nothing can be written here today; empty when it can."""
        return workflow.why_not(patient=self.conversation.patient, doctor=self.conversation.doctor)

    @property
    def may_open_record(self):
        return self.is_doctor and Patient.objects.as_carer(self.user).filter(pk=self.conversation.patient_id).exists()

    @property
    def unread(self):
        return getattr(self.conversation, "unread", 0)


class Line:
    """One message."""

    def __init__(self, message, room):
        self.message, self.mine = message, message.sender_id == room.user.pk
        self.is_read = self.mine and message.sequence <= room.read_by_other
        self.who = _("You") if self.mine else self._name(room)

    def _name(self, room):
        doctor = room.conversation.doctor
        return doctor.name if self.message.sender_id == doctor.user_id else self.message.sender.name
