"""The second step in a real browser: with an app, with a passkey, and the warning before one is logged out."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import expect

from tests.entrance.test_two_step import code_of
from tests.factories import PASSWORD
from tests.journeys.conftest import DESK, PHONE, PLAIN_PHONE, fill, log_in, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MAIL = "patient@example.org"


def type_password(page):
    """Guarded pages ask for it first."""
    title(page, "Your password again")
    fill(page, password=PASSWORD)
    page.get_by_role("button", name="Continue").click()


def log_out(page):
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    cache.clear()  # the code that was used may be used by the next line of the test, as half a minute later


@pytest.mark.parametrize("screen", [DESK, PLAIN_PHONE], ids=str)
def test_an_app_becomes_the_second_step(screen, browse, patient):
    page = browse(screen, patient)
    page.goto("/accounts/profile/")
    page.get_by_role("link", name="Two-step login").click()
    page.get_by_role("link", name="Turn it on").click()
    type_password(page)
    title(page, "Turn on the app")
    expect(page.get_by_role("img", name="Code to scan with your app")).to_be_visible()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    fill(page, code="123456")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    assert page.locator("#secret").inner_text().replace(" ", "") == secret
    fill(page, code=code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    title(page, "Recovery codes")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    log_out(page)
    log_in(page, MAIL)
    title(page, "Second step")
    fill(page, code=code_of(secret))
    page.get_by_role("button", name="Log in", exact=True).click()
    title(page, re.compile("Dashboard|Good|Hello|Your"))
    log_out(page)
    log_in(page, MAIL)
    fill(page, code=codes[0])
    page.get_by_role("button", name="Log in", exact=True).click()
    page.goto("/accounts/two-step/")
    expect(page.get_by_role("main")).to_contain_text("9 codes are left")


def test_a_passkey_becomes_the_second_step(browse, patient):
    page = browse(PHONE, patient)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    facts = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**facts, "automaticPresenceSimulation": True}})
    page.goto("/accounts/two-step/")
    page.get_by_role("link", name="Add a passkey").click()
    type_password(page)
    fill(page, name="My phone")
    page.get_by_role("button", name="Add it").click()
    title(page, "Recovery codes")
    assert Authenticator.objects.filter(user=patient.user, type="webauthn").count() == 1
    log_out(page)
    log_in(page, MAIL)
    title(page, "Second step")
    page.get_by_role("button", name="Use the passkey").click()
    page.wait_for_url("**/dashboard/")
    page.goto("/accounts/two-step/")
    page.get_by_role("link", name="Remove My phone").click()
    type_password(page)
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("status").first).to_contain_text("The passkey is removed.")
    assert not Authenticator.objects.exists()


def test_a_device_that_does_not_answer_is_said(browse, patient):
    page = browse(DESK, patient)
    page.goto("/accounts/two-step/")
    page.get_by_role("link", name="Add a passkey").click()
    type_password(page)
    refuse = "navigator.credentials.create = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    page.evaluate(f"() => {{ {refuse}; }}")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert")).to_contain_text("Your device did not answer")


def test_two_minutes_before_the_end_the_page_asks(browse, patient, settings):
    settings.IDLE_SECONDS_OF_PATIENTS = 123
    page = browse(DESK, patient)
    page.goto("/accounts/profile/")
    box = page.get_by_role("alertdialog", name="Are you still there?")
    expect(box).to_be_visible()
    settings.IDLE_SECONDS_OF_PATIENTS = 1800
    box.get_by_role("button", name="Stay logged in").click()
    expect(box).to_be_hidden()
    title(page, "Profile")


def test_who_does_not_answer_is_led_to_the_login(browse, patient, settings):
    settings.IDLE_SECONDS_OF_PATIENTS = 4
    page = browse(PHONE, patient)
    page.goto("/accounts/profile/")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.wait_for_url("**/accounts/login/?**")
    expect(page.get_by_role("main")).to_contain_text("You were logged out to protect your records.")
    log_in_again = page.get_by_role("button", name="Log in", exact=True)
    fill(page, login=MAIL, password=PASSWORD)
    settings.IDLE_SECONDS_OF_PATIENTS = 1800
    log_in_again.click()
    title(page, "Profile")
