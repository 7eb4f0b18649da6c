"""Of which kinds letters come: the inbox has everything, some letters cannot be switched off."""

import re
from pathlib import Path

import pytest

from accounts import kinds, workflow
from accounts.models import Mail, MailChoice, Notification
from accounts.notify import notify

ROOT = Path(__file__).parents[2]
URL = "/notifications/choose-letters/"


def letters(user, code):
    Mail.objects.all().delete()
    notify(user, code, "Something happened.")
    return Mail.objects.count()


def test_what_is_switched_off_comes_to_the_inbox_alone(patient):
    workflow.choose_letters(user=patient.user, wanted=set(), by=patient.user)
    assert letters(patient.user, "chat.sent") == 0
    assert Notification.objects.filter(kind="chat.sent").count() == 1


def test_it_can_be_switched_on_again(patient):
    for wanted, there in ((set(), 0), ({"messages"}, 1)):
        workflow.choose_letters(user=patient.user, wanted=wanted, by=patient.user)
        assert letters(patient.user, "chat.sent") == there
        assert letters(patient.user, "billing.paid") == 0


@pytest.mark.parametrize("code", ["appointments.cancelled", "accounts.second_step_reset", "patients.access_ended"])
def test_some_cannot_be_switched_off(patient, code):
    workflow.choose_letters(user=patient.user, wanted=set(), by=patient.user)
    assert letters(patient.user, code) == 1


def test_nobody_chooses_for_another(patient, other_patient):
    workflow.choose_letters(user=patient.user, wanted=set(), by=patient.user)
    assert letters(other_patient.user, "chat.sent") == 1


def test_the_page_keeps_what_was_chosen(patient, sign_in):
    browser = sign_in(patient)
    assert browser.get(URL).content.decode().count("checked") == len(browser.get(URL).context["form"]["wanted"])
    browser.post(URL, {"wanted": ["messages", "tests"]})
    page = browser.get(URL).content.decode()
    assert set(re.findall(r'value="(\w+)"[^>]*checked|checked[^>]*value="(\w+)"', page)) == {
        ("messages", ""),
        ("tests", ""),
    }


def test_what_is_not_on_the_page_is_refused_and_what_is_not_offered_stays(patient, sign_in):
    for name in ("account", "requests", "weather"):
        assert sign_in(patient).post(URL, {"wanted": [name]}).status_code == 422
    workflow.choose_letters(user=patient.user, wanted=set(), by=patient.user)
    assert not MailChoice.objects.filter(kind__in=("account", "requests", "work")).exists()


def test_who_works_here_chooses_about_work_as_well(doctor, sign_in):
    page = sign_in(doctor).get(URL).content.decode()
    assert "Visits that patients or the reception ask for" in page
    assert "The safety of your account" in page


def test_every_code_has_a_kind_and_every_kind_is_in_use():
    assert set(kinds.CODES.values()) == set(kinds.TABLE)
    for code in ("appointments.booked_at_desk", "appointments.review_answered", "appointments.reminded"):
        assert kinds.of(code) not in ("visits", "account")
    text = "".join(path.read_text() for path in ROOT.glob("*/workflow/*.py"))
    for app in set(re.findall(r'kind="(\w+)\.', text)):
        assert kinds.of(f"{app}.something")
