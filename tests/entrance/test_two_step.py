"""The second step of logging in: turned on, asked for, used up, required, taken away (security 9, 15)."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import workflow as accounts
from accounts.models import AuditEntry, GroupPolicy
from healthstack import two_step
from healthstack.lib.rules import RuleBroken
from tests.entrance.steps import AGAIN, LOGIN, PROFILE, is_in, later, letters, log_in
from tests.factories import PASSWORD, UserFactory, inbox, trail

pytestmark = pytest.mark.django_db
MAIL = "patient@example.org"
STEPS, APP, SECOND = "/accounts/two-step/", "/accounts/two-step/app/", "/accounts/two-step/log-in/"
CODES, NEW_CODES, KEY = STEPS + "codes/", STEPS + "codes/new/", STEPS + "passkeys/add/"


def code_of(secret, *, off=0):
    counter = list(auth.yield_hotp_counters_from_time())[1] + off
    return auth.format_hotp_value(auth.hotp_value(secret, counter))


def secret_of(user):
    return auth.decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"])


def again(client, url):
    """Open a guarded page: the password is asked first."""
    asked = client.get(url)
    if asked.status_code == 302 and asked.url.startswith(AGAIN):
        client.post(asked.url, {"password": PASSWORD, "next": url})
    return client.get(url)


def turn_on(client):
    """-> (the secret, the recovery codes)."""
    page = again(client, APP).content.decode()
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    done = client.post(APP, {"code": code_of(secret)}, follow=True)
    assert done.status_code == 200
    codes = re.findall(r"<li>(\d{8})</li>", done.content.decode())
    cache.clear()  # the code just used may come again in the next test line, as in the next half minute
    return secret, codes


@pytest.fixture
def guarded(client, patient):
    """A patient with a second step. -> (user, secret, recovery codes)."""
    log_in(client, MAIL)
    secret, codes = turn_on(client)
    return patient.user, secret, codes


def half_in(email=MAIL):
    """A browser behind the password and before the second step."""
    client = Client()
    assert log_in(client, email).url == SECOND
    return client


def test_it_is_turned_on_with_a_code_of_the_app(client, patient, django_capture_on_commit_callbacks):
    log_in(client, MAIL)
    with django_capture_on_commit_callbacks(execute=True):
        secret, codes = turn_on(client)
    assert len(codes) == len(set(codes)) == 10
    assert secret_of(patient.user) == secret
    assert trail(patient.user)[0] == "accounts.second_step_changed"
    assert letters(MAIL)[0].subject == "Two-step login is on"
    page = client.get(STEPS).content.decode()
    assert "10 codes are left" in page and "Turn it off" in page


def test_the_password_is_asked_before_anything_changes(client, guarded):
    client = half_in()
    client.post(SECOND, {"code": code_of(guarded[1])})
    for url in (STEPS + "app/remove/", NEW_CODES, KEY):
        for send in (client.get, client.post):
            assert send(url).url.startswith(AGAIN)
    assert Authenticator.objects.filter(type="totp").exists()


def test_the_drawing_stands_in_the_page_and_names_the_site(client, patient):
    log_in(client, MAIL)
    page = again(client, APP).content.decode()
    assert '<svg class="qr" role="img"' in page
    assert "<?xml" not in page and "data:image" not in page


def test_a_wrong_code_turns_nothing_on(client, patient):
    log_in(client, MAIL)
    again(client, APP)
    for code in ("000000", "", "abc", "९९९९९९", "1" * 500):
        answer = client.post(APP, {"code": code})
        assert answer.status_code == 422
        assert '<a href="#id_code">' in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_secrets_lie_sealed_in_the_database(guarded):
    _user, secret, codes = guarded
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)
    seed = auth.decrypt(Authenticator.objects.get(type="recovery_codes").data["seed"])
    assert seed not in kept


def test_another_secret_key_opens_nothing_and_the_one_before_may_be_named(guarded, settings):
    _user, secret, _codes = guarded
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    answer = half_in().post(SECOND, {"code": code_of(secret)})
    assert answer.status_code == 422
    settings.SECRET_KEY_FALLBACKS = [before]
    assert half_in().post(SECOND, {"code": code_of(secret)}).status_code == 302


def test_the_password_alone_no_longer_lets_in(guarded):
    client = half_in()
    assert not is_in(client)
    assert client.get("/dashboard/").url.startswith(LOGIN)
    answer = client.post(SECOND, {"code": code_of(guarded[1])})
    assert (answer.status_code, answer.url) == (302, "/dashboard/")
    assert is_in(client)


def test_the_page_of_the_second_step_is_for_those_on_the_way_in(client, sign_in, guarded, other_patient):
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get(SECOND).url == LOGIN
    assert sign_in(other_patient).get(SECOND).url == "/dashboard/"


def test_a_code_works_once(guarded):
    code = code_of(guarded[1])
    assert half_in().post(SECOND, {"code": code}).status_code == 302
    for _try in range(2):
        again = half_in().post(SECOND, {"code": code})
        assert again.status_code == 422
        assert "each works once" in again.content.decode()


def test_a_used_code_stays_used_for_as_long_as_it_would_be_good(guarded):
    with time_machine.travel("2026-03-02 04:30:01+00:00", tick=False) as clock:
        code = code_of(guarded[1])
        assert half_in().post(SECOND, {"code": code}).status_code == 302
        clock.shift(31)
        assert auth.validate_totp_code(guarded[1], code)  # within the tolerance
        assert half_in().post(SECOND, {"code": code}).status_code == 422


def test_the_code_that_turned_it_on_does_not_let_in(client, patient):
    log_in(client, MAIL)
    page = again(client, APP).content.decode()
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    code = code_of(secret)
    client.post(APP, {"code": code})
    assert half_in().post(SECOND, {"code": code}).status_code == 422


def test_an_old_code_does_not_let_in(guarded):
    assert half_in().post(SECOND, {"code": code_of(guarded[1], off=-3)}).status_code == 422


def test_a_recovery_code_lets_in_once(guarded):
    code = guarded[2][3]
    assert half_in().post(SECOND, {"code": f"{code[:4]} {code[4:]}"}).status_code == 302
    cache.clear()
    assert half_in().post(SECOND, {"code": code}).status_code == 422
    assert half_in().post(SECOND, {"code": guarded[2][4]}).status_code == 302


def test_recovery_codes_are_shown_once_and_made_anew(client, guarded):
    page = client.get(CODES).content.decode()
    assert not any(code in page for code in guarded[2])
    assert "not shown again" in page
    done = client.post(NEW_CODES, follow=True).content.decode()
    fresh = re.findall(r"<li>(\d{8})</li>", done)
    assert len(fresh) == 10 and not set(fresh) & set(guarded[2])
    assert half_in().post(SECOND, {"code": guarded[2][0]}).status_code == 422
    assert half_in().post(SECOND, {"code": fresh[0]}).status_code == 302


def test_nobody_without_a_second_step_has_codes(client, patient):
    log_in(client, MAIL)
    assert client.get(CODES).status_code == 404
    again(client, NEW_CODES)
    assert client.post(NEW_CODES).status_code == 422


def test_guessing_the_code_is_stopped(guarded):
    client = half_in()
    answers = [client.post(SECOND, {"code": f"{n:06}"}) for n in range(9)]
    assert [a.status_code for a in answers] == [422] * 8 + [429]
    assert "Too many tries. Wait fifteen minutes." in answers[-1].content.decode()
    assert client.post(SECOND, {"code": code_of(guarded[1])}).status_code == 429
    with later(minutes=16):
        assert half_in().post(SECOND, {"code": code_of(guarded[1])}).status_code == 302


def test_it_is_turned_off_again(client, guarded):
    assert client.post(STEPS + "app/remove/", follow=True).status_code == 200
    assert not Authenticator.objects.exists()  # the codes go with it
    assert letters(MAIL)[0].subject == "Two-step login was turned off"
    assert log_in(Client(), MAIL).url == "/dashboard/"


@pytest.mark.parametrize("act", ["on", "off"])
def test_a_change_of_the_second_step_logs_out_everywhere_else(client, patient, act):
    log_in(client, MAIL)
    if act == "off":
        secret, _codes = turn_on(client)
        other = half_in()
        other.post(SECOND, {"code": code_of(secret)})
    else:
        other = Client()
        log_in(other, MAIL)
    assert is_in(other)
    if act == "off":
        client.post(STEPS + "app/remove/")
    else:
        turn_on(client)
    assert is_in(client)
    assert not is_in(other)


@pytest.mark.parametrize(
    "credential",
    ["", "null", "[]", "[1]", "7", '"x"', "{}", '{"id": 5}', '{"response": []}', "{", '{"id":"YQ","response":{}}'],
)
def test_a_key_that_makes_no_sense_is_refused_and_breaks_nothing(client, guarded, credential):
    client = half_in()
    client.get(SECOND)
    assert client.post(SECOND, {"credential": credential}).status_code == 422
    assert not is_in(client)
    client.post(SECOND, {"code": code_of(guarded[1])})
    again(client, KEY)
    assert client.post(KEY, {"credential": credential, "name": "x"}).status_code == 422
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_nobody_removes_the_key_of_another(client, guarded, other_patient):
    theirs = Authenticator.objects.create(user=other_patient.user, type="webauthn", data={"name": "Key"})
    url = reverse("mfa_remove_webauthn", args=[theirs.pk])
    assert client.post(url).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_a_change_is_written_down_and_ends_what_is_open_elsewhere(client, patient):
    log_in(client, MAIL)
    accounts.change_second_step(user=patient.user, steps=1, by=patient.user)
    assert not is_in(client)
    line = AuditEntry.objects.about(patient.user).get(code="accounts.second_step_changed")
    assert (line.by, line.facts) == (patient.user, {"steps": 1})


# --- required ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def required(administrator):
    group = Group.objects.get(name="Administrators")
    accounts.require_second_step(group=group, required=True, by=administrator)
    return administrator


def test_who_owes_a_second_step_is_led_there_and_opens_nothing_else(client, required):
    log_in(client, "admin@example.org")
    for url in ("/dashboard/", "/admin/", PROFILE, "/notifications/", "/admin/accounts/user/"):
        for send in (client.get, client.post):
            assert send(url).url == STEPS, url
    page = client.get(STEPS).content.decode()
    assert "Your role needs a second step" in page
    assert client.get("/dashboard/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == STEPS
    assert client.get("/doctors/").status_code == 200  # as for everybody


def test_once_it_is_there_everything_opens(client, required):
    log_in(client, "admin@example.org")
    turn_on(client)
    assert client.get("/admin/").status_code == 200
    assert "Your role needs" not in client.get(STEPS).content.decode()


def test_the_way_out_stays_open(client, required):
    log_in(client, "admin@example.org")
    assert client.post("/accounts/logout/").url == "/"


def test_who_turns_it_off_is_led_back_at_once(client, required):
    log_in(client, "admin@example.org")
    turn_on(client)
    client.post(STEPS + "app/remove/")
    assert client.get("/admin/").url == STEPS


def test_it_counts_from_the_next_request_on(sign_in, doctor, administrator):
    client = sign_in(doctor)
    assert client.get("/dashboard/").status_code == 200
    group = Group.objects.get(name="Doctors")
    accounts.require_second_step(group=group, required=True, by=administrator)
    assert client.get("/dashboard/").url == STEPS
    accounts.require_second_step(group=group, required=False, by=administrator)
    assert client.get("/dashboard/").status_code == 200
    assert trail(GroupPolicy.objects.get(group=group)) == ["accounts.second_step_required"] * 2


def test_other_groups_are_not_asked(client, required, patient):
    log_in(client, MAIL)
    assert client.get("/dashboard/").status_code == 200


def test_a_fresh_site_asks_administrators_for_it_and_never_overrules_one(db, settings):
    settings.TWO_STEP_GROUPS = ["Administrators"]
    accounts.ask_for_second_steps()
    policy = GroupPolicy.objects.get(group__name="Administrators")
    assert policy.requires_two_step
    accounts.require_second_step(group=policy.group, required=False, by=None)
    accounts.ask_for_second_steps()
    policy.refresh_from_db()
    assert not policy.requires_two_step
    assert GroupPolicy.objects.count() == 1


def test_an_administrator_lets_in_again_whoever_lost_everything(client, guarded, administrator):
    user = guarded[0]
    accounts.reset_second_step(user=user, by=administrator)
    assert not is_in(client)
    assert log_in(Client(), MAIL).url == "/dashboard/"
    assert "accounts.second_step_reset" in inbox(user)
    assert "accounts.second_step_reset" in trail(user)
    with pytest.raises(RuleBroken, match="no second step"):
        accounts.reset_second_step(user=UserFactory(), by=administrator)


def test_the_pages_of_the_second_step_ask_for_the_login(client, db):
    for name in ("mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes"):
        assert client.get(reverse(name)).url.startswith(LOGIN)


def test_the_default_of_the_settings_is_there(settings):
    assert settings.MFA_ADAPTER == "healthstack.two_step.Adapter"
    assert two_step.Adapter().get_totp_issuer() == settings.SITE_NAME
