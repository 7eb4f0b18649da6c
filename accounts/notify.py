"""Telling people: a line in the inbox and a letter in the outbox, both inside the caller's transaction."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from accounts import kinds, tasks
from accounts.models import Mail, MailChoice, Notification

_letters = ContextVar("letters", default=True)


@contextmanager
def without_letters():
    """Inside the block only the inbox is told: demo data lives through weeks that nobody needs mails about."""
    token = _letters.set(False)
    try:
        yield
    finally:
        _letters.reset(token)


def notify(user, kind, text, *, path="", mail=True, calendar=""):
    """Tell one person what happened. `text` is a sentence without medical words, `path` where it can be acted on.

    kind: its code; accounts.kinds says of which kind that is, and the person whether letters come of it.
    calendar: what goes with the letter as a file for calendars.
    """
    Notification.objects.create(recipient=user, kind=kind, text=text[:240], path=path)
    if mail and user.is_active and _letters.get() and wants_mail(user, kind):
        link = settings.SITE_URL + path if path else settings.SITE_URL
        facts = {"name": user.name, "text": text, "link": link, "site": settings.SITE_NAME}
        post(
            user.email,
            text,
            render_to_string("mail/notification.txt", facts),
            html=render_to_string("mail/notification.html", facts),
            calendar=calendar,
        )


def wants_mail(user, code):
    """Does this person get letters about what has this code?"""
    name = kinds.of(code)
    if kinds.TABLE[name].fixed:
        return True
    chosen = MailChoice.objects.filter(user=user, kind=name).values_list("wanted", flat=True).first()
    return kinds.TABLE[name].mail if chosen is None else chosen


def send_letter(to, subject, template, **facts):
    """A letter to an address that may have no account: the text and the page `mail/<template>` with these facts."""
    post(
        to,
        subject,
        render_to_string(f"mail/{template}.txt", facts),
        html=render_to_string(f"mail/{template}.html", facts),
    )


def post(to, subject, body, *, html="", calendar=""):
    """Put a letter into the outbox; it leaves once the transaction has succeeded."""
    mail = Mail.objects.create(to=to, subject=" ".join(subject.split())[:200], body=body, html=html, calendar=calendar)
    transaction.on_commit(lambda: tasks.deliver_mail.enqueue(str(mail.pk)), robust=True)
    return mail
