"""Letters leave through the outbox: an act never waits for the post."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from accounts import tasks, workflow
from accounts.models import Mail, Notification
from accounts.notify import notify, post
from accounts.workflow import PATIENCE
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from tests.factories import PatientFactory, trail


@pytest.fixture
def server(monkeypatch):
    """The mail server: `server.away = True` and it does not answer."""

    class Server:
        away = False
        asked = 0

    real = EmailBackend.send_messages

    def send(backend, letters):
        Server.asked += 1
        if Server.away:
            raise SMTPServerDisconnected("please run connect() first")
        return real(backend, letters)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return Server


@pytest.fixture
def letter(db):
    """In the outbox, not on its way: nothing was committed yet."""
    return post("patient@example.org", "Your code", "It is 123456.", html="<p>It is 123456.</p>")


def test_it_leaves_once_and_its_secrets_are_wiped(letter, server):
    assert workflow.deliver(mail_id=letter.pk)
    assert not workflow.deliver(mail_id=letter.pk)
    assert server.asked == 1
    sent = mail.outbox[0]
    assert (sent.to, sent.subject, sent.body) == (["patient@example.org"], "Your code", "It is 123456.")
    assert sent.alternatives[0][0] == "<p>It is 123456.</p>"
    letter.refresh_from_db()
    assert (letter.body, letter.html, letter.error, letter.next_try_at) == ("", "", "", None)
    assert letter.sent_at


def test_a_server_that_is_away_costs_a_try_and_not_the_letter(letter, server, at):
    now = at(clock.now())
    server.away = True
    assert not workflow.deliver(mail_id=letter.pk)
    letter.refresh_from_db()
    assert (letter.attempts, letter.error, letter.sent_at) == (1, "SMTPServerDisconnected", None)
    assert letter.next_try_at == now + timedelta(minutes=1)
    assert letter.body == "It is 123456."
    assert list(Mail.objects.failed()) == [letter]


def test_before_its_time_it_is_not_tried_again(letter, server, at):
    now = at(clock.now())
    server.away = True
    workflow.deliver(mail_id=letter.pk)
    server.away = False
    at(now + timedelta(seconds=59))
    assert workflow.deliver_due() == 0
    at(now + timedelta(seconds=60))
    assert workflow.deliver_due() == 1
    assert len(mail.outbox) == 1


def test_the_pause_grows_and_after_the_last_one_a_person_is_asked(letter, server, at):
    server.away = True
    pauses = []
    while letter.next_try_at:
        now = at(letter.next_try_at)
        workflow.deliver_due()
        letter.refresh_from_db()
        pauses.append(letter.next_try_at and letter.next_try_at - now)
    assert pauses == [*(timedelta(minutes=m) for m in PATIENCE), None]
    assert pauses[:-1] == sorted(pauses[:-1])
    assert list(Mail.objects.failed()) == [letter]
    assert not Mail.objects.due(clock.now() + timedelta(days=365)).exists()


def test_a_person_can_have_it_tried_again(letter, server, administrator, at):
    server.away = True
    at(clock.now())
    workflow.deliver(mail_id=letter.pk)
    server.away = False
    workflow.retry_mail(mail=letter, by=administrator)
    assert trail(letter) == ["accounts.mail_retried"]
    assert workflow.deliver_due() == 1


def test_what_has_left_is_not_sent_again(letter, server, administrator):
    workflow.deliver(mail_id=letter.pk)
    with pytest.raises(RuleBroken, match="sent already"):
        workflow.retry_mail(mail=letter, by=administrator)
    assert workflow.deliver_due() == 0


def test_one_letter_that_fails_does_not_hold_up_the_others(db, monkeypatch, at):
    at(clock.now())
    letters = [post(f"p{n}@example.org", "Hello", "…") for n in range(3)]
    real = EmailBackend.send_messages

    def send(backend, some):
        if some[0].to == ["p1@example.org"]:
            raise OSError("mailbox full")
        return real(backend, some)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    assert workflow.deliver_due() == 2
    assert [m.pk for m in Mail.objects.failed()] == [letters[1].pk]


def test_a_letter_that_cannot_be_written_down_waits_like_one_whose_server_is_away(db, monkeypatch, at):
    now = at(clock.now())
    letters = [post(f"p{n}@example.org", "Hello", "…") for n in range(4)]
    errors = {
        "p0@example.org": ValueError("a header in two lines"),
        "p2@example.org": UnicodeEncodeError("ascii", "é", 0, 1, ""),
    }
    real = EmailBackend.send_messages

    def send(backend, some):
        if error := errors.get(some[0].to[0]):
            raise error
        return real(backend, some)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    assert workflow.deliver_due() == 2
    assert {m.to: m.error for m in Mail.objects.failed()} == {
        "p0@example.org": "ValueError",
        "p2@example.org": "UnicodeEncodeError",
    }
    letters[0].refresh_from_db()
    assert (letters[0].attempts, letters[0].next_try_at) == (1, now + timedelta(minutes=1))
    for minutes in PATIENCE:
        now = at(now + timedelta(minutes=minutes))
        assert workflow.deliver_due() == 0
    letters[0].refresh_from_db()
    assert (letters[0].error, letters[0].next_try_at) == ("ValueError", None)


def test_a_letter_that_is_gone_is_nobodys_error(letter):
    letter.delete()
    assert not workflow.deliver(mail_id=letter.pk)


def test_the_task_of_the_tick_sends_what_is_due(letter, server):
    tasks.deliver_mails.enqueue()
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
class TestAfterTheCommit:
    def test_a_letter_leaves_when_the_act_has_succeeded(self, server):
        patient = PatientFactory()
        with transaction.atomic():
            notify(patient.user, "accounts.test", "Your visit is confirmed.")
            assert server.asked == 0
        assert [m.subject for m in mail.outbox] == ["Your visit is confirmed."]

    def test_an_act_that_fails_sends_nothing(self, server):
        patient = PatientFactory()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            notify(patient.user, "accounts.test", "Your visit is confirmed.")
            raise ZeroDivisionError
        assert not mail.outbox
        assert not Mail.objects.exists()

    def test_with_the_server_away_the_act_stands(self, server):
        server.away = True
        patient = PatientFactory()
        with transaction.atomic():
            notify(patient.user, "accounts.test", "Your visit is confirmed.")
        assert Notification.objects.filter(recipient=patient.user).exists()
        letter = Mail.objects.get()
        assert (letter.attempts, letter.sent_at) == (1, None)
        server.away = False
        Mail.objects.update(next_try_at=clock.now())
        assert workflow.deliver_due() == 1
        assert len(mail.outbox) == 1
