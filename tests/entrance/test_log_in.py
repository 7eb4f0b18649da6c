"""Logging in: who gets in, who does not, and what a guesser learns (security 1, 2, 3, 8, 11, 12)."""

import re
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from healthstack.sign_in import Adapter
from tests.entrance.steps import CODE, LOGIN, fail, is_in, later, letters, log_in
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def bare(response):
    """The page without what differs between any two answers."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r'value="[^"]*@example.org"', "", text)


def test_the_right_password_opens_the_house(client, patient):
    response = log_in(client, "patient@example.org")
    assert response.status_code == 302
    assert response.url == "/dashboard/"
    assert is_in(client)


def test_the_address_may_be_typed_in_capitals_and_with_spaces(client, patient):
    assert log_in(client, "  Patient@Example.org ").status_code == 302


def test_an_unknown_person_and_a_wrong_password_get_the_same_answer(client, patient):
    wrong = log_in(client, "patient@example.org", "wrong")
    unknown = log_in(client, "nobody@example.org", "wrong")
    assert wrong.status_code == unknown.status_code == 422
    assert bare(wrong) == bare(unknown)
    assert dict(wrong.headers).keys() == dict(unknown.headers).keys()


@pytest.mark.parametrize(
    "email", ["patient@example.org", "nobody@example.org", "closed@example.org", "none@example.org"]
)
def test_the_same_work_is_done_for_everybody(client, patient, disabled, email):
    UserFactory(email="none@example.org", password=None)  # an account that has no password
    with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as encode:
        assert log_in(client, email, "wrong").status_code == 422
    assert encode.call_count == 1


def test_a_failed_try_keeps_the_address_and_not_the_password(client, patient):
    page = log_in(client, "patient@example.org", "wrong-secret").content.decode()
    assert 'value="patient@example.org"' in page
    assert "wrong-secret" not in page


def test_every_field_says_what_it_wants(client, db):
    response = log_in(client, "", "")
    assert response.status_code == 422
    page = response.content.decode()
    assert '<a href="#id_login">Enter your e-mail address</a>' in page
    assert '<a href="#id_password">Enter your password</a>' in page
    assert "<title>Error: Log in" in page
    assert "Enter an e-mail address such as" in log_in(client, "nobody", "x").content.decode()


def test_eight_failures_shut_the_door_for_this_account_from_this_address_only(client, patient, other_patient):
    assert fail(client, "patient@example.org", 8) == [422] * 8
    shut = log_in(client, "patient@example.org")
    assert shut.status_code == 429
    assert "Too many tries. Wait fifteen minutes, or reset your password." in shut.content.decode()
    assert not is_in(client)
    assert log_in(Client(), "other.patient@example.org").status_code == 302
    assert log_in(Client(), "patient@example.org", address="192.0.2.99").status_code == 302


def test_an_unknown_account_is_shut_in_the_same_way(client, db):
    assert fail(client, "nobody@example.org", 9) == [422] * 8 + [429]


def test_another_spelling_of_the_address_is_no_new_account(client, patient):
    fail(client, "patient@example.org", 7)
    assert log_in(client, " PATIENT@example.org", "wrong").status_code == 422
    assert log_in(client, "patient@EXAMPLE.org").status_code == 429


def test_after_fifteen_minutes_the_right_password_works_again(client, patient):
    fail(client, "patient@example.org", 8)
    with later(minutes=14):
        assert log_in(client, "patient@example.org").status_code == 429
    with later(minutes=15, seconds=5):
        assert log_in(client, "patient@example.org").status_code == 302


def test_logging_in_between_does_not_buy_new_tries(client, patient):
    fail(client, "patient@example.org", 7)
    assert log_in(Client(), "patient@example.org").status_code == 302
    assert fail(Client(), "patient@example.org", 2) == [422, 429]


def test_a_forged_address_changes_nothing(patient):
    statuses = [
        log_in(Client(), "patient@example.org", "wrong", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
        for n in range(9)
    ]
    assert statuses == [422] * 8 + [429]


def test_behind_our_proxy_only_what_the_proxy_wrote_counts(patient, settings):
    settings.TRUSTED_PROXY_COUNT = settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def wrong(chain):
        return log_in(Client(), "patient@example.org", "wrong", headers={"X-Forwarded-For": chain}).status_code

    assert [wrong(f"203.0.113.{n}, 198.51.100.7") for n in range(9)] == [422] * 8 + [429]
    assert wrong("198.51.100.7, 198.51.100.8") == 422


def test_all_of_an_ipv6_network_is_one_address(patient):
    statuses = [
        log_in(Client(), "patient@example.org", "x", address=f"2001:db8:1:2::{n:x}").status_code for n in range(9)
    ]
    assert statuses == [422] * 8 + [429]
    assert log_in(Client(), "patient@example.org", address="2001:db8:1:3::1").status_code == 302


def test_many_accounts_from_one_address_are_slowed_down_too(client, db):
    statuses = [log_in(client, f"person{n}@example.org", "").status_code for n in range(61)]
    assert statuses == [422] * 60 + [429]
    page = log_in(client, "more@example.org", "wrong")
    assert page.status_code == 429
    assert "<h1>Too many tries</h1>" in page.content.decode()
    assert 'class="brand"' in page.content.decode()  # in our frame
    assert "Content-Security-Policy" in page.headers


@pytest.mark.parametrize("path", ["/record/", "/doctors/neha/book/?slot=20260302T0900&type=check_up", "/?a=1#b"])
def test_after_the_login_one_goes_on_where_one_wanted(client, patient, path):
    page = client.get(LOGIN, {"next": path})
    assert page.context["redirect_field_value"] == path
    assert log_in(client, "patient@example.org", next=path).url == path


EVIL = [
    "//evil.example",
    r"/\evil.example",
    r"\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "http:///evil.example",
    "///evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "//testserver@evil.example",
    "http://localhost/record/",  # one of our hosts, but not the one that was asked
]


@pytest.mark.parametrize("path", EVIL)
def test_nobody_is_led_to_another_host(client, patient, path):
    assert log_in(client, "patient@example.org", next=path).url == "/dashboard/"
    assert client.get(LOGIN, {"next": path}).url == "/dashboard/"
    assert client.post("/accounts/logout/", {"next": path}).url == "/"


def test_the_session_gets_a_new_key_at_the_login(client, patient):
    client.get(LOGIN)
    session = client.session
    session["seen"] = True
    session.save()
    before = session.session_key
    log_in(client, "patient@example.org")
    assert client.session.session_key != before
    thief = Client()
    thief.cookies["session"] = before
    assert not is_in(thief)


def test_a_key_that_somebody_chose_is_not_adopted(client, patient):
    client.cookies["session"] = "a" * 32
    log_in(client, "patient@example.org")
    assert client.cookies["session"].value != "a" * 32
    thief = Client()
    thief.cookies["session"] = "a" * 32
    assert not is_in(thief)


def test_somebody_who_is_in_already_is_sent_on(sign_in, patient):
    assert sign_in(patient).get(LOGIN).url == "/dashboard/"


def test_a_closed_account_is_told_so_only_with_the_right_password(client, disabled):
    assert log_in(client, "closed@example.org", "wrong").status_code == 422
    response = log_in(client, "closed@example.org", follow=True)
    assert "This account is closed" in response.content.decode()
    assert not is_in(client)


def test_who_has_not_typed_in_a_code_is_sent_for_one(client, db):
    from accounts import workflow as accounts

    accounts.create_user(email="new@example.org", name="New", password=PASSWORD, groups=["Patients"], by=None)
    assert log_in(client, "new@example.org").url == CODE
    assert not is_in(client)
    assert letters("new@example.org")[0].subject == "Your HealthStack code"


CLINICAL = [
    "/patients/",
    "/appointments/requests/",
    "/prescriptions/",
    "/prescriptions/written/",
    "/record/",
    "/record/access/",
    "/appointments/day/",
]


def test_a_doctor_who_is_being_checked_gets_in_and_sees_nobody(client, pending_doctor, patient):
    assert log_in(client, "pending@example.org").url == "/dashboard/"
    assert is_in(client)
    found = {path: client.get(path).status_code for path in [*CLINICAL, f"/patients/{patient.pk}/"]}
    assert set(found.values()) <= {403, 404}, found


def test_log_in_as_a_robot_of_forms_would_gets_a_page_and_no_second_way_in(client, patient):
    response = log_in(client, "patient@example.org", "wrong", headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.headers["Content-Type"].startswith("text/html")


def test_our_sentences_replace_every_one_that_the_pages_can_show():
    stock = super(Adapter, Adapter).error_messages
    shown = ["email_password_mismatch", "too_many_login_attempts", "incorrect_code", "incorrect_password"]
    shown += ["enter_current_password", "invalid_password_reset", "email_taken", "rate_limited"]
    assert all(str(Adapter.error_messages[key]) != str(stock[key]) for key in shown)
