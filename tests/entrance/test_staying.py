"""How long one stays logged in: the pause that is too long, the day that is too long, and what does not count (security 14)."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import workflow as accounts
from healthstack.lib import clock
from healthstack.presence import Place
from healthstack.templatetags.hs import when
from tests.entrance.steps import LOGIN, PROFILE, is_in, log_in

pytestmark = pytest.mark.django_db
MAIL = "patient@example.org"
STAY = "/accounts/stay/"
SAID = "You were logged out to protect your records."


@pytest.fixture(autouse=True)
def _pauses(settings):
    settings.IDLE_SECONDS_OF_STAFF, settings.IDLE_SECONDS_OF_PATIENTS = 15 * 60, 30 * 60
    settings.SESSION_COOKIE_AGE = 12 * 3600


@pytest.fixture
def minute(at):
    """minute(n): the clock stands n minutes after ten."""
    start = at("2026-03-02 10:00")
    return lambda n: at(start + timedelta(minutes=n))


def test_a_patient_may_pause_half_an_hour(sign_in, patient, minute):
    client = sign_in(patient)
    assert is_in(client)
    minute(29)
    assert is_in(client)
    minute(29 + 30)
    assert not is_in(client)


def test_whoever_sees_the_data_of_others_may_pause_a_quarter(sign_in, doctor, minute):
    client = sign_in(doctor)
    assert is_in(client)
    minute(14)
    assert is_in(client)
    minute(14 + 15)
    assert not is_in(client)


def test_a_patient_who_is_also_a_doctor_counts_as_staff(sign_in, many_hats, minute):
    client = sign_in(many_hats)
    assert is_in(client)
    minute(16)
    assert not is_in(client)


def test_a_role_given_meanwhile_counts_at_once(sign_in, patient, minute, administrator):
    client = sign_in(patient)
    assert is_in(client)
    minute(20)
    accounts.change_groups(user=patient.user, add=["Administrators"], by=administrator)
    assert not is_in(client)


def test_twelve_hours_are_the_longest_day(sign_in, patient, minute):
    client = sign_in(patient)
    for n in range(0, 720, 20):
        minute(n)
        assert is_in(client), n
    minute(720)
    assert not is_in(client)


def test_the_login_says_why_and_leads_back(sign_in, patient, minute):
    client = sign_in(patient)
    client.get(PROFILE)
    minute(31)
    door = client.get("/appointments/?show=past")
    assert door["Clear-Site-Data"] == '"cache", "storage"'
    assert door.url == f"{LOGIN}?next=%2Fappointments%2F%3Fshow%3Dpast&idle=1"
    assert SAID in client.get(door.url).content.decode()
    assert SAID not in client.get(LOGIN).content.decode()
    facts = {"login": MAIL, "password": "a quiet morning by the river", "next": "/appointments/?show=past"}
    assert client.post(LOGIN, facts).url == "/appointments/?show=past"


def test_an_act_that_came_too_late_is_not_done(sign_in, patient, minute):
    client = sign_in(patient)
    client.get(PROFILE)
    minute(31)
    answer = client.post(
        PROFILE, {"name": "Somebody Else", "phone": ""}, headers={"referer": "http://testserver/x/?a=1"}
    )
    assert answer.url == f"{LOGIN}?next=%2Fx%2F%3Fa%3D1&idle=1"
    patient.user.refresh_from_db()
    assert patient.user.name == "Priyanka Maurya"


def test_where_one_is_led_back_to_is_never_another_site(sign_in, patient, minute):
    client = sign_in(patient)
    client.get(PROFILE)
    minute(31)
    answer = client.post(PROFILE, {}, headers={"referer": "https://evil.example/"})
    assert answer.url == f"{LOGIN}?next=%2Fdashboard%2F&idle=1"


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(sign_in, patient, minute):
    client = sign_in(patient)
    client.get(PROFILE)
    minute(31)
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/appointments/"}
    answer = client.get("/appointments/", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"{LOGIN}?next=%2Fappointments%2F&idle=1"


def test_what_a_page_fetches_by_itself_is_no_click(sign_in, patient, minute):
    client = sign_in(patient)
    client.get(PROFILE)
    for n in (10, 20, 29):
        minute(n)
        assert client.get(PROFILE, headers={"X-Background": "1"}).status_code == 200
    minute(30)
    assert not is_in(client)


def test_a_click_of_another_tab_counts_for_all(sign_in, patient, minute):
    client = sign_in(patient)
    client.get(PROFILE)
    minute(20)
    client.get(PROFILE)
    minute(35)
    assert client.get(STAY, headers={"X-Background": "1"}).content == b"900"


def test_the_page_knows_how_long_is_left_and_asking_does_not_extend(sign_in, patient, minute):
    client = sign_in(patient)
    page = client.get(PROFILE).content.decode()
    assert '<dialog id="idle"' in page and 'data-left="1800"' in page and 'data-warn="120"' in page
    minute(20)
    for _time in range(2):
        assert client.get(STAY, headers={"X-Background": "1"}).content == b"600"


def test_staying_is_one_button(sign_in, patient, minute):
    client = sign_in(patient)
    client.get(PROFILE)
    minute(29)
    assert client.post(STAY, headers={"X-Background": "1"}).content == b"1800"
    minute(50)
    assert client.post(STAY, headers={"referer": "http://testserver/appointments/"}).url.endswith("/appointments/")
    assert client.post(STAY, headers={"referer": "https://evil.example/"}).url == "/dashboard/"
    minute(79)
    assert is_in(client)


def test_towards_the_end_of_the_day_the_day_is_what_is_left(sign_in, patient, minute):
    client = sign_in(patient)
    for n in range(0, 715, 15):
        minute(n)
        client.get(PROFILE)
    minute(710)
    assert client.get(STAY).content == b"600"


def test_a_visitor_is_asked_nothing(client, db):
    page = client.get("/").content.decode()
    assert 'id="idle"' not in page and "idle.js" not in page
    assert client.get(STAY).url.startswith(LOGIN)


def test_after_a_new_login_the_time_begins_anew(client, patient, minute):
    log_in(client, MAIL)
    assert is_in(client)
    minute(45)
    assert not is_in(client)
    log_in(client, MAIL)
    minute(45 + 29)
    assert is_in(client)


def test_a_session_of_two_seconds_ends_after_two_seconds(client, patient, settings, minute):
    settings.IDLE_SECONDS_OF_PATIENTS = 2
    log_in(client, MAIL)
    for seconds in (0, 1, 2, 3):
        minute(seconds / 60)
        assert is_in(client), seconds
    minute(5 / 60)
    assert not is_in(client)


# --- language and zone -------------------------------------------------------------------------------------------------


def test_the_zone_of_a_person_shows_moments_and_moves_no_day_of_the_site(rf, at, administrator):
    at("2026-03-02 01:00")  # still the first of March in New York
    administrator.zone = "America/New_York"
    seen = {}

    def page(request):
        seen.update(zone=str(timezone.get_current_timezone()), today=clock.today(), shown=when(clock.now()))

    request = rf.get("/")
    request.user = administrator
    Place(page)(request)
    assert seen == {"zone": "America/New_York", "today": date(2026, 3, 2), "shown": "Today, 14:30"}
    assert str(timezone.get_current_timezone()) == "Asia/Kolkata"


@pytest.mark.parametrize("language", ["hi", "en", "", "xx"])
def test_every_language_opens_the_pages(sign_in, patient, language):
    patient.user.language = language
    patient.user.save(update_fields=["language"])
    client = sign_in(patient)
    for name in ("dashboard", "accounts:profile", "appointments:index", "find", "mfa_index"):
        assert client.get(reverse(name)).status_code == 200
    assert client.post(PROFILE, {"name": ""}).status_code == 422
    assert Client().get("/").status_code == 200
