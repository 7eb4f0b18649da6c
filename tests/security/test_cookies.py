"""Every cookie that the site sets, read from the answers as a browser reads them (security 17)."""

import pytest
from django.test import Client, override_settings

from tests.factories import PASSWORD

OVER_TLS = {
    "SESSION_COOKIE_NAME": "__Host-session",
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "LANGUAGE_COOKIE_SECURE": True,
}


@pytest.fixture
def cookies(db, patient):
    """{name: morsel} of all that is set on the way through the site; one that is taken away carries nothing."""
    with override_settings(**OVER_TLS):
        browser, found = Client(), {}
        for act in (
            lambda: browser.get("/accounts/login/", secure=True),
            lambda: browser.post("/theme/", {"theme": "dark"}, secure=True),
            lambda: browser.post("/accounts/login/", {"login": patient.user.email, "password": PASSWORD}, secure=True),
            lambda: browser.post("/accounts/profile/", {"name": "Priya", "language": "hi"}, secure=True),
            lambda: browser.post("/accounts/profile/set-photo/", secure=True),
            lambda: browser.get("/dashboard/", secure=True),
            lambda: browser.post("/notifications/read-all/", secure=True),
        ):
            found.update({name: cookie for name, cookie in act().cookies.items() if cookie["max-age"] != 0})
        yield found


def test_they_travel_over_tls_alone_and_to_nobody_else(cookies):
    assert set(cookies) == {"__Host-session", "__Host-csrf", "theme", "messages"}
    for name, cookie in cookies.items():
        assert cookie["secure"] and cookie["samesite"] == "Lax" and cookie["path"] == "/", name
        assert not cookie["domain"], name


def test_no_script_reads_one_that_is_a_secret(cookies):
    assert all(cookie["httponly"] for name, cookie in cookies.items() if name != "theme")
    assert cookies["theme"].value == "dark"  # says how the page is drawn, and nothing of anybody


def test_none_says_who_somebody_is(cookies, patient):
    for cookie in cookies.values():
        assert str(patient.user.pk) not in cookie.value and patient.user.email not in cookie.value
