"""The audit trail is read and never written; a mail that failed is made due again, unread."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts import workflow
from accounts.audit import record
from accounts.models import AuditEntry, Mail
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from tests.factories import UserFactory

TRAIL = "/admin/accounts/auditentry/"
MAILS = "/admin/accounts/mail/"


def test_the_trail_is_only_read(desk, administrator):
    record("accounts.enabled", by=administrator, about=administrator)
    entry = AuditEntry.objects.latest("id")
    page = reverse("admin:accounts_auditentry_change", args=[entry.pk])
    assert desk.get(page).status_code == 200
    before = list(AuditEntry.objects.values_list())
    assert desk.post(page, {"code": "x"}).status_code == 403
    assert desk.get(f"{TRAIL}add/").status_code == desk.post(f"{TRAIL}add/").status_code == 403
    assert desk.post(f"{TRAIL}{entry.pk}/delete/").status_code == 404
    assert desk.post(TRAIL, {"action": "delete_selected", "_selected_action": entry.pk}).status_code == 405
    assert list(AuditEntry.objects.values_list()) == before


def lines(page):
    return page.content.decode().count("<tr>") - 1


def test_the_trail_is_searched_by_code_mail_key_and_day(desk, administrator, doctor, hospital):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditentry")  # Django itself would refuse
    with clock.at(clock.now() - timedelta(days=40)):
        record("doctors.suspended", by=administrator, about=doctor, reason="Licence")
    record("hospitals.changed", by=doctor.user, about=hospital)
    record("accounts.disabled", by=administrator, about=doctor.user)
    assert lines(desk.get(TRAIL)) == 3
    assert lines(desk.get(TRAIL, {"q": "doctors."})) == 1
    assert lines(desk.get(TRAIL, {"q": "DOCTOR@example.org"})) == 2  # by that person, and about them
    assert lines(desk.get(TRAIL, {"q": str(doctor.user.pk)})) == 1
    assert lines(desk.get(TRAIL, {"q": str(hospital.pk)})) >= 1
    day = (clock.now() - timedelta(days=7)).date().isoformat()
    assert lines(desk.get(TRAIL, {"since": day})) == 2
    assert lines(desk.get(TRAIL, {"until": day})) == 1
    assert "Dr Neha Sharma" in desk.get(TRAIL).content.decode()  # what it is about has a name


def test_a_reason_that_may_be_medical_is_not_shown(desk, doctor, appointment, administrator):
    record("appointments.declined", by=doctor.user, about=appointment, reason="Needs an oncologist")
    record("doctors.suspended", by=administrator, about=doctor, reason="Licence lapsed")
    page = desk.get(TRAIL).content.decode()
    assert "Licence lapsed" in page and "oncologist" not in page
    entry = AuditEntry.objects.get(code="appointments.declined")
    assert "oncologist" not in desk.get(reverse("admin:accounts_auditentry_change", args=[entry.pk])).content.decode()
    assert "oncologist" not in desk.get("/admin/").content.decode()


@pytest.fixture
def failed(db):
    return Mail.objects.create(
        to="gone@example.org",
        subject="Choose a new password",
        body="secret link",
        html="<p>secret link</p>",
        attempts=8,
        next_try_at=None,
        error="SMTPServerDisconnected",
    )


def test_mails_show_their_fate_and_never_their_text(desk, failed):
    Mail.objects.create(to="sent@example.org", subject="Hello", sent_at=clock.now(), next_try_at=None)
    for address in (MAILS, reverse("admin:accounts_mail_change", args=[failed.pk])):
        page = desk.get(address).content.decode()
        assert "gone@example.org" in page and "SMTPServerDisconnected" in page and "Given up" in page
        assert "secret link" not in page
    assert lines(desk.get(MAILS, {"state": "failed"})) == 1
    assert lines(desk.get(MAILS, {"state": "sent"})) == 1
    assert lines(desk.get(MAILS, {"q": "gone@"})) == 1


def test_a_failed_mail_is_due_again(desk, administrator, failed):
    desk.post(reverse("admin:accounts_mail_retry"), {"only": failed.pk})
    failed = Mail.objects.get(pk=failed.pk)
    assert failed.next_try_at is not None and failed in Mail.objects.due(clock.now())
    line = AuditEntry.objects.about(failed).get()
    assert (line.code, line.by) == ("accounts.mail_retried", administrator)
    assert workflow.deliver(mail_id=failed.pk)
    assert Mail.objects.get(pk=failed.pk).sent_at


def test_retry_mail_refuses_what_has_left(failed):
    Mail.objects.filter(pk=failed.pk).update(sent_at=clock.now())
    with pytest.raises(RuleBroken):
        workflow.retry_mail(mail=failed, by=UserFactory())


def test_a_mail_that_was_sent_is_not_sent_again(desk):
    mail = Mail.objects.create(
        to="sent@example.org", subject="Hello", sent_at=clock.now(), next_try_at=None, attempts=1
    )
    desk.post(reverse("admin:accounts_mail_retry"), {"pick": mail.pk})
    assert Mail.objects.get(pk=mail.pk).next_try_at is None and not AuditEntry.objects.about(mail).exists()


def test_mails_are_only_read(desk, failed):
    page = reverse("admin:accounts_mail_change", args=[failed.pk])
    assert desk.post(page, {"to": "thief@example.org"}).status_code == 403
    assert desk.get(f"{MAILS}add/").status_code == 403
    assert Mail.objects.get(pk=failed.pk).to == "gone@example.org"
