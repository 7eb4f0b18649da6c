"""What can be reached without logging in is a list; everything else asks who is there."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

PUBLIC = {
    "home",
    "theme",
    "find",
    "find-counts",
    "search",
    "doctor",
    "hospitals",
    "hospital",
    "hospitals:photo",
    "hospitals:invitation",  # for people without an account yet; the token opens it
    "billing:callback",  # of a payment service; its signature opens it
    "laboratory:tests",
    "laboratory:test",
    "leaflet",
    "prescriptions:verify",  # whether a paper is genuine, and nothing of what is on it
    "portrait",  # of a doctor who can be found
    "health-live",
    "health-ready",
    "mails",  # in DEBUG and in tests only
    "account_login",
    "account_logout",  # a person who is not logged in is sent to the front door
    "account_signup",
    "account_claim",
    "account_signup_doctor",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",  # somebody on the way in, behind the password
    "admin:login",  # leads to the one door for everyone
}
SAMPLES = {
    "uuid": "019cac61-8c40-7bf3-9a76-4789170cea92",
    "slug": "nobody",
    "str": "0000000000000000",
    "word": "nobody",
    "int": "1",
    "path": "1",
}


def patterns(entries, before="/", namespace=""):
    """(name, address with samples for keys, view) of everything that can be asked for."""
    for one in entries:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield f"{namespace}{one.name}", route, one.callback
        else:
            yield from patterns(one.url_patterns, route, f"{one.namespace}:" if one.namespace else namespace)


def address(route):
    return re.sub(r"<(\w+):\w+>", lambda part: SAMPLES[part[1]], route)


EVERYTHING = list(patterns(get_resolver().url_patterns))
ASKED = [(name, address(route)) for name, route, _view in EVERYTHING if "(?P" not in route]


def test_the_list_of_what_needs_no_login_is_this_one():
    assert {name for name, _route, view in EVERYTHING if not getattr(view, "login_required", True)} == PUBLIC


def test_one_form_needs_no_mark_of_ours():
    """A callback is signed by who sends it, and listens to no cookie."""
    exempt = {name for name, _route, view in EVERYTHING if getattr(view, "csrf_exempt", False)}
    assert exempt == {"billing:callback"}


def test_every_address_is_asked_here():
    left_out = {name for name, route, _view in EVERYTHING if "(?P" in route}
    assert left_out == {"account_reset_password_from_key", "admin:None"}
    assert len(ASKED) > 70


@pytest.mark.django_db
def test_everything_else_sends_a_visitor_to_the_login():
    wrong, visitor = [], Client()
    for name, there in [*ASKED, ("nothing in the panel", "/admin/nothing/"), ("the panel", "/admin/accounts/")]:
        for method in ("get", "head", "post"):
            answer = getattr(visitor, method)(there)
            at_login = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
            if at_login == (name in PUBLIC - {"admin:login", "account_email_verification_sent", "mfa_authenticate"}):
                wrong.append(f"{name}: {method} {there} {answer.status_code}")
    assert not wrong, "\n".join(wrong)
