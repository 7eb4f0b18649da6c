"""The letters: ours, plain, without a medical word, and sent by the worker."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template.loader import get_template, render_to_string
from django.test import Client

from accounts.models import Mail
from accounts.notify import notify
from healthstack import sign_in
from tests.entrance.steps import CHANGE, letters, log_in, sign_up
from tests.factories import PASSWORD

TEMPLATES = Path(settings.BASE_DIR) / "templates"
PAGES = [
    "login signup signup_closed logout confirm_email_verification_code password_reset password_reset_done",
    "password_reset_from_key password_reset_from_key_done password_change reauthenticate account_inactive",
]
LETTERS = [
    "email_confirmation email_confirmation_signup account_already_exists password_reset_key",
    "password_changed password_reset",
]


def ours(name):
    return Path(get_template(name).origin.name).is_relative_to(TEMPLATES)


@pytest.mark.parametrize("name", " ".join(PAGES).split())
def test_every_page_at_the_door_is_ours(name):
    assert ours(f"account/{name}.html")


@pytest.mark.parametrize("name", " ".join(LETTERS).split())
@pytest.mark.parametrize("part", ["subject.txt", "message.txt", "message.html"])
def test_every_letter_is_ours(name, part):
    assert ours(f"account/email/{name}_{part}")


def test_the_page_for_too_many_tries_is_ours():
    assert ours("429.html")


@pytest.mark.parametrize(
    "path",
    [*(TEMPLATES / "account").glob("*.html"), *(TEMPLATES / "accounts").glob("*.html"), TEMPLATES / "429.html"],
    ids=lambda p: p.name,
)
def test_no_page_carries_styles_or_scripts(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"style=|<style|<script|\son\w+=|javascript:", text)


@pytest.mark.parametrize(
    "path", [p for d in ("mail", "account/email") for p in (TEMPLATES / d).glob("*.html")], ids=lambda p: p.name
)
def test_letters_load_nothing(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<img|<link|<script|<iframe|src=|url\(|@import|<table", text)


WORDS = re.compile(r"diagnos|prescri|medicin|allerg|disease|symptom|blood|doctor|patient|health data", re.IGNORECASE)


@pytest.mark.django_db
def test_no_letter_of_the_door_has_a_medical_word(patient, client):
    adapter = sign_in.Adapter()
    adapter.request = None
    for name in " ".join(LETTERS).split():
        facts = {
            "user": patient.user,
            "code": "BCDF-GHJK",
            "password_reset_url": "https://health.example/x",
            "timestamp": patient.user.joined_at,
            "ip": "192.0.2.1",
        }
        adapter.send_mail(f"account/email/{name}", "patient@example.org", facts)
        letter = letters("patient@example.org")[0]
        for text in (letter.subject, letter.body, letter.html):
            assert not WORDS.search(text.replace("patient@example.org", "")), (name, text)
            assert "{" not in text
            assert "None" not in text
        assert "BCDF" not in letter.subject  # a subject is read on locked screens, and is kept
        assert "Hello Priyanka Maurya," in letter.body
        assert settings.SITE_URL in letter.body


@pytest.mark.django_db
def test_a_notice_has_its_text_its_link_and_nothing_escaped_in_plain_text(patient):
    patient.user.name = "Kavya O'Brien & <b>"
    notify(patient.user, "accounts.test", "Dr O'Neill & Sons <wait>", path="/appointments/?a=1&b=2")
    letter = letters("patient@example.org")[0]
    assert letter.subject == "Dr O'Neill & Sons <wait>"
    assert "Hello Kavya O'Brien & <b>," in letter.body
    assert "Dr O'Neill & Sons <wait>" in letter.body
    assert f"{settings.SITE_URL}/appointments/?a=1&b=2" in letter.body
    assert "Dr O&#x27;Neill &amp; Sons &lt;wait&gt;" in letter.html
    assert f'href="{settings.SITE_URL}/appointments/?a=1&amp;b=2"' in letter.html
    assert "<b>" not in letter.html.replace("<body", "")


@pytest.mark.django_db
def test_the_letter_of_a_changed_password_says_when_and_from_where(client, patient):
    log_in(client, "patient@example.org")
    client.post(CHANGE, {"oldpassword": PASSWORD, "password1": "another quiet morning"}, REMOTE_ADDR="192.0.2.44")
    body = letters("patient@example.org")[0].body
    assert "Your password was changed." in body
    assert re.search(r"It was done on \d+ \w+ \d{4} at \d\d:\d\d, from the address 192\.0\.2\.44\.", body)
    assert f"{settings.SITE_URL}/accounts/password/reset/" in body


@pytest.mark.django_db(transaction=True)
def test_letters_leave_at_once_where_tasks_run_at_once(client, mailoutbox):
    sign_up(client)
    assert [mail.to for mail in mailoutbox] == [["kavya@example.org"]]
    assert [kind for _, kind in mailoutbox[0].alternatives] == ["text/html"]
    mail = Mail.objects.get()
    assert mail.sent_at
    assert mail.body == mail.html == ""  # a code is a secret


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_what_the_door_has_posted(settings, mailoutbox):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    sign_up(Client())
    assert not mailoutbox
    assert Mail.objects.get().sent_at is None
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    assert [mail.subject for mail in mailoutbox] == ["Your HealthStack code"]
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    assert len(mailoutbox) == 1


def test_no_template_of_a_library_with_inline_styles_can_be_reached():
    """What urls.py routes of allauth shows pages of ours only; this looks at the names that its views use."""
    from allauth.account import views

    from healthstack.urls import ALLAUTH

    stock = Path(apps.get_app_config("account").path).parent
    shown = {
        view.template_name
        for view in vars(views).values()
        if isinstance(view, type) and isinstance(getattr(view, "template_name", None), str)
    }
    unrouted = ("email", "phone", "set", "code", "passkey", "verification_sent")
    for name in shown:
        if not any(word in name for word in unrouted) or name == "account/confirm_email_verification_code.html":
            assert not Path(get_template(name).origin.name).is_relative_to(stock), name
    assert "account_email" not in ALLAUTH and "account_set_password" not in ALLAUTH


def test_a_notice_is_rendered_without_a_request():
    facts = {
        "name": "Asha",
        "text": "Your visit is confirmed.",
        "link": "https://health.example/",
        "site": "HealthStack",
    }
    assert "Your visit is confirmed." in render_to_string("mail/notification.txt", facts)
    assert "Open HealthStack" in render_to_string("mail/notification.html", facts)
