"""The same race through the door: browsers that post the same form at the same moment to a running server."""

import re
from collections import Counter
from html import unescape
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread

from appointments.models import Appointment
from tests.concurrency.race import all_is_well, at_once
from tests.factories import free_slots

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def _on_monday():
    """The server has threads of its own: there the clock goes."""


class Server(LiveServerThread):
    """Django's server for tests, with room for fifty who knock at once; theirs turns the eleventh away."""

    class server_class(ThreadedWSGIServer):
        request_queue_size = 100


@pytest.fixture
def server():
    thread = Server("127.0.0.1", StaticFilesHandler)
    thread.start()
    thread.is_ready.wait()
    yield thread
    thread.terminate()


class Answer(NamedTuple):
    status: int
    page: str
    location: str
    cookies: str


class Browser:
    """What a person has of a browser: cookies, and the form that was loaded."""

    def __init__(self, server, client, doctor):
        self.host, self.address = f"{server.host}:{server.port}", f"/doctors/{doctor.slug}/book/"
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    def ask(self, method, data=None):
        connection = HTTPConnection(self.host, timeout=60)
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, self.address, urlencode(data) if data else None, headers)
        response = connection.getresponse()
        page = response.read().decode()
        connection.close()
        cookies = "; ".join(c.split(";")[0] for c in response.headers.get_all("Set-Cookie") or ())
        return Answer(response.status, page, response.headers.get("Location", ""), cookies)

    def load(self):
        answer = self.ask("GET")
        assert answer.status == 200
        self.cookies += f"; {answer.cookies}"
        self.hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', answer.page))
        return self

    def post(self, **fields):
        return self.ask("POST", {**self.hidden, "visit_type": "follow_up", **fields})


@pytest.fixture
def browsers(server, sign_in, doctor, crowd):
    """browsers(50) are fifty people who have the booking page of the doctor before them."""

    def come(n):
        waiting = [Browser(server, sign_in(patient), doctor) for patient in crowd(n)]
        for start in range(0, n, 10):
            for browser in at_once([browser.load for browser in waiting[start : start + 10]]):
                assert isinstance(browser, Browser), browser
        return waiting

    return come


@pytest.fixture
def wanted(doctor):
    """A time of tomorrow, as the form sends it."""
    slot = free_slots(doctor, visit_type="follow_up")[30]
    return f"{slot.room}-{slot.start}"


def offered(page):
    return re.findall(r'name="nearest" value="(\d+-\d+)"', page)


def test_one_of_fifty_gets_the_time_and_the_others_keep_their_forms(browsers, wanted):
    people = browsers(50)
    answers = at_once([lambda b=b, n=n: b.post(slot=wanted, message=f"Pain no. {n}") for n, b in enumerate(people)])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert Counter(answer.status for answer in answers) == {302: 1, 409: 49}
    visit = Appointment.objects.get()
    all_is_well()
    for n, answer in enumerate(answers):
        if answer.status == 302:
            assert answer.location == visit.get_absolute_url()
            assert visit.message == f"Pain no. {n}"
            continue
        page = unescape(answer.page)
        assert "That time has just been taken. Choose a time that is still free." in page
        assert f">Pain no. {n}</textarea>" in page
        assert re.search(r'value="follow_up" checked', page)
        assert len(offered(page)) == 4
        assert wanted not in offered(page)
    loser = next(n for n, answer in enumerate(answers) if answer.status == 409)
    nearest = offered(answers[loser].page)[0]
    assert people[loser].post(slot=wanted, nearest=nearest, message="Then this").status == 302
    assert Appointment.objects.count() == 2
    all_is_well()


def test_ten_clicks_on_one_form_are_one_visit(browsers, wanted):
    browser = browsers(1)[0]
    answers = at_once([lambda: browser.post(slot=wanted, message="Once")] * 10)
    visit = Appointment.objects.get()
    assert {(answer.status, answer.location) for answer in answers} == {(302, visit.get_absolute_url())}
