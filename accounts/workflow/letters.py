"""The inbox, and the letters that leave the house."""

import logging
from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import kinds
from accounts.audit import record
from accounts.models import Mail, MailChoice, Notification, User
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction

log = logging.getLogger(__name__)
# Minutes until the next try of a letter; after the last one it waits in the panel for a person.
PATIENCE = (1, 5, 15, 60, 240, 720, 1440)


@one_transaction
def read(*, notification, by):
    """The person has seen this line of the inbox."""
    Notification.objects.filter(pk=notification.pk, recipient=by, read_at=None).update(read_at=clock.now())


@one_transaction
def read_all(*, by):
    """The person has seen the whole inbox."""
    Notification.objects.filter(recipient=by, read_at=None).update(read_at=clock.now())


@one_transaction
def read_about(*, path, by):
    """The person has seen what the lines with this path lead to, by another way than the inbox."""
    Notification.objects.filter(recipient=by, read_at=None, path=path).update(read_at=clock.now())


@one_transaction
def choose_letters(*, user, wanted, by):
    """Of which kinds a person gets letters; of those that cannot be switched off, always.

    wanted: names of kinds. Those that the person was not offered stay as they were.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    has = dict(MailChoice.objects.filter(user=user).values_list("kind", "wanted"))
    for name, kind in kinds.offered(by).items():
        is_wanted = name in wanted
        if kind.fixed or has.get(name, kind.mail) == is_wanted:
            continue
        MailChoice.objects.update_or_create(user=user, kind=name, defaults={"wanted": is_wanted})
    record("accounts.letters_chosen", by=by, about=user)


def deliver(*, mail_id):
    """Send one letter of the outbox. Run twice it sends once: the row is taken before the server is asked.

    A server that is away, or a letter that cannot be written down as mail, costs a try, not the letter; the next one
    comes after a growing pause, and the panel shows what was wrong.
    """
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(pk=mail_id, sent_at=None).exclude(next_try_at=None).first()
        if mail is None or mail.next_try_at > clock.now():
            return False
        pause = PATIENCE[min(mail.attempts, len(PATIENCE) - 1)]
        mail.next_try_at = clock.now() + timedelta(minutes=pause)
        mail.attempts += 1
        mail.save(update_fields=["next_try_at", "attempts"])
    try:
        letter = EmailMultiAlternatives(mail.subject, mail.body, to=[mail.to])
        if mail.html:
            letter.attach_alternative(mail.html, "text/html")
        if mail.calendar:
            letter.attach("visit.ics", mail.calendar, "text/calendar")
        letter.send()
    except Exception as error:  # whatever is wrong with this letter or the server, the others leave
        given_up = mail.attempts > len(PATIENCE)
        Mail.objects.filter(pk=mail.pk).update(
            error=type(error).__name__, **({"next_try_at": None} if given_up else {})
        )
        log.warning("mail %s not sent: %s", mail.pk, type(error).__name__)
        return False
    Mail.objects.filter(pk=mail.pk).update(
        sent_at=clock.now(), next_try_at=None, body="", html="", calendar="", error=""
    )
    return True


def deliver_due(*, at_most=200):
    """Try every letter whose time has come; what `tick` does beside the tasks. -> how many were sent."""
    keys = list(Mail.objects.due(clock.now()).values_list("pk", flat=True)[:at_most])
    return sum(deliver(mail_id=key) for key in keys)


@one_transaction
def retry_mail(*, mail, by):
    """A letter that did not leave is due again, whatever its pause. Raises RuleBroken once it has been sent."""
    mail = Mail.objects.select_for_update().get(pk=mail.pk)
    if mail.sent_at:
        raise RuleBroken(_("This mail has been sent already."))
    mail.next_try_at = clock.now()
    mail.save(update_fields=["next_try_at"])
    record("accounts.mail_retried", by=by, about=mail)
