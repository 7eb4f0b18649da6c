"""What patients and doctors write to each other."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import StoredFile, User
from chat import querysets
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.fields import ExactCharField
from healthstack.lib.keys import uuid7
from patients.models import Patient


class Conversation(models.Model):
    """One patient and one doctor. It stays when care has ended; nothing is written into it then."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_index=False)
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="+", db_index=False)
    last = models.PositiveIntegerField(default=0)  # the number of its newest message
    last_at = models.DateTimeField(default=clock.now)
    begun_at = models.DateTimeField(default=clock.now)

    objects = querysets.ConversationQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("patient", "doctor"), name="one_conversation_per_pair"),)
        indexes = (
            models.Index(fields=("patient", "last_at", "id"), name="chats_of_patient"),
            models.Index(fields=("doctor", "last_at", "id"), name="chats_of_doctor"),
        )
        permissions = (
            ("begin_conversation", "Can begin a conversation in care"),
            ("read_conversation", "Can read the own conversations"),
        )

    def __str__(self):
        return str(self.pk)

    def get_absolute_url(self):
        return reverse("chat:detail", args=[self.pk])


class Message(models.Model):
    """Something that was said. Never changed, never deleted; numbered without gaps in its conversation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="messages", db_index=False)
    sequence = models.PositiveIntegerField()
    client_id = ExactCharField(max_length=36)  # given by the form: what arrives twice is there once
    sender = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField(_("message"), blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(default=clock.now)

    objects = querysets.MessageQuerySet.as_manager()

    class Meta:
        ordering = ("sequence",)
        constraints = (
            models.UniqueConstraint(fields=("conversation", "sequence"), name="one_message_per_number"),
            models.UniqueConstraint(fields=("conversation", "client_id"), name="one_message_per_form"),
            models.CheckConstraint(condition=~Q(text="") | Q(file__isnull=False), name="message_says_something"),
        )
        indexes = (models.Index(fields=("sender", "sent_at"), name="messages_of_sender"),)
        permissions = (("send_message", "Can write in the own conversations"),)

    def __str__(self):
        return str(self.sequence)


class Cursor(models.Model):
    """Up to which message a person has read a conversation. It only ever moves on."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="cursors", db_index=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    read_to = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(default=clock.now)

    objects = querysets.CursorQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("conversation", "user"), name="one_cursor_per_person"),)

    def __str__(self):
        return f"{self.user_id}: {self.read_to}"
