"""What people do at the door, as one line each."""

import re
from datetime import timedelta

import time_machine
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import resolve
from django.utils import timezone

from accounts.models import Mail
from healthstack import sign_in
from tests.factories import PASSWORD

LOGIN, SIGN_UP = "/accounts/login/", "/accounts/signup/patient/"
CODE, RESET, CHANGE = "/accounts/confirm-email/", "/accounts/password/reset/", "/accounts/password/change/"
AGAIN, LOGOUT, PROFILE = "/accounts/reauthenticate/", "/accounts/logout/", "/accounts/profile/"

OUR_CODE_PAGE = resolve(CODE).func is sign_in.confirm_code
CODES_AGAIN = bool(getattr(settings, "ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND", False))
OUR_REAUTHENTICATION = "reauthenticate" in settings.ACCOUNT_FORMS


def log_in(client, email, password=PASSWORD, *, follow=False, headers=None, address="192.0.2.1", **more):
    facts = {"login": email, "password": password, **more}
    return client.post(LOGIN, facts, REMOTE_ADDR=address, headers=headers, follow=follow)


def fail(client, email, times, **how):
    """Wrong passwords, so many; -> the statuses."""
    return [log_in(client, email, f"wrong {n}", **how).status_code for n in range(times)]


def form(**changed):
    """What a new patient types."""
    facts = {
        "name": "Kavya O'Brien",
        "email": "kavya@example.org",
        "password1": PASSWORD,
        "born_on": "27 3 2004",
        "consent": "on",
    }
    return {key: value for key, value in {**facts, **changed}.items() if value is not None}


def sign_up(client, **changed):
    return client.post(SIGN_UP, form(**changed))


def letters(to):
    """The letters to an address, newest first, as they lie in the outbox."""
    return list(Mail.objects.filter(to=to).order_by("-created_at", "-pk"))


def code_for(to):
    return re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", letters(to)[0].body)[0]


def link_for(to):
    """The path of the newest link for a new password."""
    return re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", letters(to)[0].body)[1]


def later(**span):
    """The clocks of Django and allauth, that much later: later(minutes=14)."""
    return time_machine.travel(timezone.localtime() + timedelta(**span))


def is_in(client):
    """Does a page that only people who are logged in may see open?"""
    return client.get(PROFILE).status_code == 200


class Away(BaseEmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages):
        raise ConnectionRefusedError(111, "Connection refused")
