"""Questions about conversations: whose they are, whether one may write in them, what is unread."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from appointments.models import Appointment
from doctors.models import Doctor
from healthstack.lib import clock
from patients.models import AccessGrant, Patient

AFTER_CARE = timedelta(days=30)  # so long after a visit one may still ask


class ConversationQuerySet(models.QuerySet):
    def as_patient(self, user):
        """Those of the patients for whom this person speaks."""
        return self.filter(patient__in=Patient.objects.as_patient(user).values("pk"))

    def as_doctor(self, user):
        """Those of this person as a doctor."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(doctor__in=Doctor.objects.of(user).values("pk"))

    def visible_to(self, user):
        """Those that this person may open: as patient or guardian, or as the doctor. Nobody else reads them."""
        if not user.is_authenticated or not user.has_perm("chat.read_conversation"):
            return self.none()
        mine = Q(patient__in=Patient.objects.as_patient(user).values("pk"))
        return self.filter(mine | Q(doctor__in=Doctor.objects.of(user).values("pk")))

    def with_people(self):
        return self.select_related("patient__user", "patient__guardian", "doctor__user")

    def with_unread(self, user):
        """unread: how many messages came since this person read it. Who writes has read what was there."""
        cursors = self.model.cursors.rel.related_model.objects.filter(conversation=OuterRef("pk"), user=user)
        return self.annotate(unread=F("last") - Coalesce(Subquery(cursors.values("read_to")), 0))

    def unread_by(self, user):
        """One row with one number, to be asked along with something else: all messages that wait for this person."""
        rows = self.visible_to(user).filter(last__gt=0).with_unread(user).order_by().annotate(one=Value(1))
        return rows.values("one").annotate(n=Sum("unread")).values("n")

    def with_last(self):
        """last_text and last_sender of the newest message, for the list."""
        newest = self.model.messages.rel.related_model.objects.filter(
            conversation=OuterRef("pk"), sequence=OuterRef("last")
        )
        return self.annotate(last_text=Subquery(newest.values("text")), last_sender=Subquery(newest.values("sender")))

    def with_care(self):
        """in_care: the doctor may open the record, or a visit with the doctor is to come or was not long ago."""
        grants = AccessGrant.objects.live().filter(patient=OuterRef("patient"), carer=OuterRef("doctor__user"))
        visits = visits_in_care().filter(patient=OuterRef("patient"), doctor=OuterRef("doctor"))
        return self.annotate(in_care=Exists(grants) | Exists(visits))


def visits_in_care():
    """Visits that were agreed upon, and are to come or were less than thirty days ago."""
    agreed = ("confirmed", "checked_in", "in_consultation", "completed")
    return Appointment.objects.filter(state__in=agreed, ends_at__gt=clock.now() - AFTER_CARE)


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the conversations that this person may open."""
        conversations = self.model.conversation.field.related_model.objects.visible_to(user)
        return self.filter(conversation__in=conversations.values("pk"))

    def for_log(self):
        """With all that a line of the log shows."""
        return self.select_related("file", "sender")


class CursorQuerySet(models.QuerySet):
    def read_by_other(self, conversation, user):
        """Up to which message the side that this person is not on has read."""
        doctor, rows = conversation.doctor.user_id, self.filter(conversation=conversation)
        rows = rows.exclude(user=doctor) if user.pk == doctor else rows.filter(user=doctor)
        return rows.aggregate(to=Max("read_to"))["to"] or 0
