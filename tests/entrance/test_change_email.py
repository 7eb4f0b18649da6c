"""Another address to log in with: the password, the code, and nothing before it is typed in (security 1, 5, 6, 15)."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts import workflow
from accounts.models import Mail, User
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from tests.entrance.steps import LOGIN, PROFILE, RESET, Away, code_for, is_in, later, letters, link_for, log_in
from tests.factories import PASSWORD, UserFactory, trail

pytestmark = pytest.mark.django_db
PAGE, CONFIRM = "/accounts/change-email/", "/accounts/change-email/confirm/"
OLD, NEW = "patient@example.org", "priyanka@example.org"


@pytest.fixture
def me(patient, client):
    log_in(client, OLD)
    return client


def ask(me, email=NEW, password=PASSWORD, **how):
    return me.post(PAGE, {"email": email, "password": password}, **how)


def confirm(me, code=None, **how):
    return me.post(CONFIRM, {"code": code or code_for(NEW)}, **how)


class TestChange:
    def test_from_the_profile_to_the_new_address(self, me, patient):
        assert PAGE in me.get(PROFILE).content.decode()
        assert ask(me).url == CONFIRM
        assert f"We have sent a code to <b>{NEW}</b>" in me.get(CONFIRM).content.decode()
        page = confirm(me, follow=True).content.decode()
        assert f"From now on you log in with {NEW}." in page and f"You log in with {NEW}." in page
        assert log_in(Client(), OLD).status_code == 422
        assert log_in(Client(), NEW).url == "/dashboard/"
        address = EmailAddress.objects.get(user=patient.user)
        assert (address.email, address.verified, address.primary) == (NEW, True, True)
        assert trail(patient.user)[:2].count("accounts.email_changed") == 1

    def test_until_the_code_is_typed_in_the_old_one_logs_in(self, me, patient):
        ask(me)
        assert log_in(Client(), OLD).url == "/dashboard/"
        assert log_in(Client(), NEW).status_code == 422
        assert list(EmailAddress.objects.values_list("email", flat=True)) == [OLD]
        assert not letters(OLD)

    def test_the_old_address_is_told_and_by_nothing_more(self, me):
        ask(me)
        confirm(me)
        letter = letters(OLD)[0]
        assert letter.subject == "You log in to HealthStack with another address now"
        assert "Was it not you?" in letter.body and NEW not in letter.body + letter.html

    def test_everybody_else_is_logged_out(self, me):
        elsewhere = Client()
        log_in(elsewhere, OLD)
        elsewhere.get(PROFILE)
        ask(me)
        confirm(me)
        assert is_in(me) and not is_in(elsewhere)

    def test_links_for_a_new_password_die(self, me):
        Client().post(RESET, {"email": OLD})
        link = link_for(OLD)
        ask(me)
        confirm(me)
        assert "no longer works" in Client().get(link).content.decode()
        Client().post(RESET, {"email": OLD})
        assert [mail.subject for mail in letters(OLD)].count("A new password for HealthStack") == 1
        Client().post(RESET, {"email": NEW})
        assert link_for(NEW)

    def test_capitals_are_the_same_address(self, me):
        ask(me, " Priyanka@Example.ORG ")
        confirm(me)
        assert User.objects.filter(email=NEW).exists()

    def test_mails_wait_while_the_server_is_away(self, me, settings):
        settings.EMAIL_BACKEND = f"{Away.__module__}.Away"
        ask(me)
        assert confirm(me).url == PROFILE
        assert User.objects.get(email=NEW) and letters(OLD)[0].sent_at is None

    def test_the_mail_with_the_code_names_nobody(self, me):
        ask(me)
        letter = letters(NEW)[0]
        assert "Priyanka" not in letter.body + letter.html + letter.subject and OLD not in letter.body


class TestGuarded:
    def test_nobody_without_the_password(self, me):
        for password in ("", "a wrong password"):
            answer = ask(me, password=password)
            assert answer.status_code == 422 and "password" in answer.content.decode()
        assert not Mail.objects.exists() and me.get(CONFIRM).url == PAGE

    def test_guessing_the_password_is_slowed_down_as_at_the_door(self, me):
        answers = {ask(me, password=f"wrong {n}").status_code for n in range(9)}
        assert answers == {422, 429}

    def test_a_stranger_is_sent_to_the_login(self, client):
        for path in (PAGE, CONFIRM):
            assert client.get(path).url.startswith(LOGIN) and client.post(path).url.startswith(LOGIN)

    def test_three_wrong_codes_end_it(self, me):
        ask(me)
        assert [confirm(me, "BBBB-BBBB").status_code for _n in range(3)] == [422, 422, 302]
        assert confirm(me).url == PAGE
        assert User.objects.filter(email=OLD).exists()

    def test_the_code_works_for_fifteen_minutes(self, me):
        ask(me)
        with later(minutes=16):
            assert confirm(me).url == PAGE
        assert User.objects.filter(email=OLD).exists()

    def test_in_another_browser_the_code_is_worth_nothing(self, me):
        ask(me)
        elsewhere = Client()
        log_in(elsewhere, OLD)
        assert confirm(elsewhere).url == PAGE

    def test_the_code_works_once(self, me):
        ask(me)
        code = code_for(NEW)
        confirm(me, code)
        assert confirm(me, code).url == PAGE

    def test_a_new_code_ends_the_one_before(self, me, monkeypatch):
        ask(me)
        first = code_for(NEW)
        with later(seconds=11), clock.at(clock.now() + timedelta(seconds=11)):
            assert me.post(CONFIRM, {"action": "resend"}).url == CONFIRM
        second = code_for(NEW)
        assert first != second and confirm(me, first).status_code == 422
        assert confirm(me, second).url == PROFILE

    def test_a_code_for_one_address_does_not_do_for_another(self, me):
        ask(me)
        code = code_for(NEW)
        ask(me, "third@example.org")
        assert confirm(me, code).status_code == 422

    def test_nothing_beyond_the_fields_counts(self, me, other_patient):
        fields = {"user": other_patient.user.pk, "id": other_patient.user.pk, "verified": "on", "primary": "on"}
        me.post(PAGE, {"email": NEW, "password": PASSWORD, **fields})
        assert User.objects.filter(email=OLD).exists() and EmailAddress.objects.filter(email=NEW).count() == 0
        me.post(CONFIRM, {"code": code_for(NEW), "email": "third@example.org", **fields})
        assert User.objects.get(email=NEW) and not User.objects.filter(email="third@example.org").exists()


class TestSilence:
    """An address that somebody has is answered as one that nobody has."""

    def words(self, answer, email):
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        return answer.status_code, re.sub(
            r"[0-9a-f]{12}|data-left=.[0-9]+", "", text.replace(email, "ADDRESS").replace(quote(email), "ADDRESS")
        )

    def test_every_answer_is_the_same(self, sign_in, patient, other_patient):
        seen = []
        for email in (NEW, other_patient.user.email):
            me = sign_in(patient)
            asked = ask(me, email)
            assert (asked.status_code, asked.url) == (302, CONFIRM)
            with later(seconds=11):
                again = me.post(CONFIRM, {"action": "resend"})
            assert again.url == CONFIRM
            page, wrong = me.get(CONFIRM), confirm(me, "BBBB-BBBB")
            seen.append((self.words(page, email), self.words(wrong, email)))
        assert seen[0] == seen[1]

    def test_its_owner_gets_a_letter_without_a_code_and_once(self, me, other_patient):
        taken = other_patient.user.email
        ask(me, taken)
        with later(seconds=11):
            me.post(CONFIRM, {"action": "resend"})
        letter = Mail.objects.get(to=taken)
        assert letter.subject == "You have an account at HealthStack already"
        assert not re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", letter.body) and "Priyanka" not in letter.body

    def test_the_right_code_would_not_give_it_away_either(self, me, other_patient):
        ask(me, other_patient.user.email)
        answer = confirm(me, me.session["change_email"]["code"])
        assert answer.status_code == 422
        assert User.objects.filter(email=other_patient.user.email).get() == other_patient.user

    def test_who_was_quicker_keeps_the_address(self, me):
        ask(me)
        other = UserFactory(email=NEW)
        assert confirm(me).status_code == 422
        with pytest.raises(RuleBroken, match="already has this e-mail"):
            workflow.change_email(user=User.objects.get(email=OLD), email=NEW, by=None)
        assert User.objects.get(email=NEW) == other


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the new e-mail address"),
        ("nonsense", "Enter an e-mail address such as"),
        (OLD, "This is the address that you have already"),
        (OLD.upper(), "This is the address that you have already"),
        ("x" * 250 + "@example.org", "at most 254 characters"),
        ("a\x00b@example.org", "Null characters are not allowed"),
        ("a\r\nBcc: b@example.org", "Enter an e-mail address such as"),
    ],
)
def test_what_is_no_address_is_said(me, typed, sentence):
    answer = ask(me, typed)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert PASSWORD not in answer.content.decode() and not Mail.objects.exists()
