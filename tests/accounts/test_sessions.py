"""Where one is logged in: the list, ending one, ending all others, and what ends them by itself (security 15, 16, 18)."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts import workflow as accounts
from accounts.sessions import device_words
from tests.entrance.steps import CHANGE, is_in, link_for, log_in
from tests.factories import PASSWORD, trail

pytestmark = pytest.mark.django_db
MAIL, LIST = "patient@example.org", "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def browser(agent=FIREFOX, address="192.0.2.1", email=MAIL):
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    log_in(client, email, address=address)
    client.get(LIST)
    return client


def session_of(client):
    return UserSession.objects.get(session_key=client.session.session_key)


def test_the_list_names_every_browser_and_this_one(patient):
    here, _phone = browser(), browser(IPHONE, "198.51.100.4")
    page = here.get(LIST).content.decode()
    assert "Firefox on Windows" in page and "Safari on iPhone" in page
    assert "From 192.0.2.1" in page and "From 198.51.100.4" in page
    assert page.count("This one") == 1
    assert page.index("Firefox on Windows") < page.index("This one")


def test_one_browser_is_logged_out(patient):
    here, phone = browser(), browser(IPHONE)
    answer = here.post(f"{LIST}{session_of(phone).pk}/end-session/", follow=True)
    page = answer.content.decode()
    assert "That session has ended." in page and "iPhone" not in page
    assert is_in(here) and not is_in(phone)
    assert trail(patient.user)[0] == "accounts.session_ended"


def test_everywhere_else_is_one_button(patient):
    here, others = browser(), [browser(IPHONE), browser()]
    assert here.post(f"{LIST}end-sessions/", follow=True).status_code == 200
    assert is_in(here) and not any(is_in(other) for other in others)
    assert "Log out everywhere else" not in here.get(LIST).content.decode()


def test_nobody_ends_the_session_of_another(patient, other_patient):
    here, theirs = browser(), browser(email="other.patient@example.org")
    assert here.post(f"{LIST}{session_of(theirs).pk}/end-session/").status_code == 404
    here.post(f"{LIST}end-sessions/")
    assert is_in(theirs)


def test_a_new_password_logs_out_everywhere_else(patient):
    here, phone = browser(), browser(IPHONE)
    here.post(CHANGE, {"oldpassword": PASSWORD, "password1": "a slow train through the hills"})
    assert is_in(here) and not is_in(phone)
    page = here.get(LIST).content.decode()
    assert "iPhone" not in page and page.count("Firefox on Windows") == 1


def test_a_password_by_mail_logs_out_everywhere(patient):
    here = browser()
    stranger = Client()
    stranger.post("/accounts/password/reset/", {"email": MAIL})
    form = stranger.get(link_for(MAIL))
    stranger.post(form.url, {"password1": "a slow train through the hills"})
    assert not is_in(here)
    assert not UserSession.objects.filter(user=patient.user).exists()


def test_a_closed_account_is_out_with_the_next_request(patient, administrator):
    here = browser()
    accounts.disable_user(user=patient.user, by=administrator)
    assert not is_in(here)


def test_a_logged_out_browser_leaves_the_list(patient):
    here, phone = browser(), browser(IPHONE)
    phone.post("/accounts/logout/")
    assert "iPhone" not in here.get(LIST).content.decode()


def test_an_old_cookie_opens_nothing_after_logging_out(patient):
    here = browser()
    cookie = here.cookies["session"].value
    here.post("/accounts/logout/")
    replay = Client()
    replay.cookies["session"] = cookie
    assert not is_in(replay)


def test_a_browser_forgets_what_it_kept_of_whoever_logs_out(patient):
    here = browser()
    assert "Clear-Site-Data" not in here.get(LIST)
    assert here.post("/accounts/logout/")["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in here.get("/")


def test_the_verb_says_how_many_it_ended(patient):
    browser(), browser()
    assert accounts.end_sessions(user=patient.user, by=None) == 2
    assert accounts.end_sessions(user=patient.user, by=None) == 0
    assert trail(patient.user)[0] == "accounts.sessions_ended"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
        ("<script>Firefox", "Firefox"),
    ],
)
def test_a_browser_is_called_by_its_name(agent, words):
    assert device_words(agent) == words


def test_the_list_costs_the_same_with_many(patient, django_assert_max_num_queries):
    here = browser()
    for n in range(30):
        UserSession.objects.create(user=patient.user, session_key=f"s{n}", ip="192.0.2.7")
    with django_assert_max_num_queries(8):
        here.get(LIST)
