"""What is typed into the forms of those who run a hospital, where the table of tests/security has no line for it: a
sentence, and nothing changed. What is almost right, on both sides of each edge.
"""

import pytest
from django.urls import reverse

from appointments import workflow as appointments
from doctors import workflow as doctors
from doctors.models import Affiliation
from hospitals import workflow
from tests.factories import PASSWORD, DoctorFactory, book
from tests.security import tables
from tests.security.test_hostile import IDS, NUL, TURNED

LONG = "é" * 241  # in any field of these forms; in bytes it is twice that
pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def desk(hospital_admin, sign_in):
    return sign_in(hospital_admin)


@pytest.fixture
def eyes(hospital, hospital_admin):
    return workflow.add_department(hospital=hospital, name="Eyes", by=hospital_admin)


@pytest.fixture
def theirs(other_hospital):
    """A department of the other hospital."""
    return workflow.add_department(hospital=other_hospital, name="Ears", by=None)


@pytest.fixture
def asked(hospital, hospital_admin, eyes):
    newcomer = DoctorFactory(email="newcomer@example.org", name="Asha Verma")
    return doctors.apply(doctor=newcomer, hospital=hospital, department=eyes, message="Tuesdays", by=newcomer.user)


@pytest.fixture
def nothing_done():
    """nothing_done(browser, address, values) sends them, and all that is answered is a sentence."""

    def send(browser, address, values):
        before = tables.digest()
        answer = browser.post(address, values)
        assert answer.status_code in (409, 422), (values, answer.status_code)
        assert b'role="alert"' in answer.content
        assert tables.digest() == before, values

    return send


def test_the_name_of_a_department(desk, eyes, nothing_done):
    page = reverse("hospitals:rename_department", args=["sahara", eyes.pk])
    for name in ("", " ", "é" * 81, LONG, NUL, TURNED):
        nothing_done(desk, page, {"name": name})
    nothing_done(desk, page, {"name": "Ears", "stamp": "x" * 17})
    assert desk.post(page, {"name": "é" * 80}).status_code == 302


def test_department_and_room_of_a_doctor(desk, doctor, eyes, theirs, nothing_done):
    row = Affiliation.objects.get(doctor=doctor)
    page = reverse("doctors:reassign", args=["sahara", row.pk])
    for department in {*IDS, str(theirs.pk), "NaN"} - {"１"}:  # the same number in other digits is the same
        nothing_done(desk, page, {"department": department, "room": "1"})
    for room in ("é" * 41, LONG, NUL, TURNED):
        nothing_done(desk, page, {"department": eyes.pk, "room": room})
    extra = {"doctor": "1", "hospital": theirs.hospital_id, "ended_on": "2020-01-01", "started_on": "9999-12-31"}
    assert desk.post(page, {"department": eyes.pk, "room": "é" * 40, **extra}).status_code == 302
    after = Affiliation.objects.get(doctor=doctor)
    assert (after.hospital, after.started_on, after.ended_on) == (row.hospital, row.started_on, None)


def test_taking_a_doctor_in(desk, asked, nothing_done):
    page = reverse("doctors:accept", args=[asked.pk])
    for room in ("é" * 41, LONG, NUL, TURNED):
        nothing_done(desk, page, {"room": room})
    assert desk.post(page, {"room": "é" * 40}).status_code == 302


def test_declining_a_doctor(desk, asked, nothing_done):
    page = reverse("doctors:decline", args=[asked.pk])
    for reason in ("", " ", LONG, NUL, TURNED):
        nothing_done(desk, page, {"reason": reason})
    assert desk.post(page, {"reason": "é" * 240}).status_code == 302


def test_what_becomes_of_visits_that_were_left(desk, doctor, other_doctor, patient, hospital, theirs, nothing_done):
    visit = book(patient, doctor)
    appointments.end_affiliation(affiliation=doctor.affiliations.get(), by=None)
    page = reverse("hospital-stranded", args=["sahara"])
    away = DoctorFactory(hospitals=[theirs.hospital])
    well = {"visits": str(visit.pk), "choice": "cancel", "message": "Dr Sharma has left"}
    for one in (*IDS, str(patient.pk), ""):
        nothing_done(desk, page, {**well, "visits": one})
    for one in {*IDS, str(away.pk), ""} - {"１"}:
        nothing_done(desk, page, {**well, "choice": "rehome", "doctor": one})
    for choice in ("", "leave", NUL):
        nothing_done(desk, page, {**well, "choice": choice})
    for message in ("", " ", LONG, NUL, TURNED):
        nothing_done(desk, page, {**well, "message": message})
    assert desk.post(page, {**well, "message": "é" * 240, "state": "completed"}).status_code == 302
    visit.refresh_from_db()
    assert visit.state == "cancelled"


def test_joining_by_an_invitation(client, hospital, hospital_admin, nothing_done):
    _row, token = workflow.invite(hospital=hospital, email="jaya@example.org", role="receptionist", by=hospital_admin)
    page = reverse("hospitals:invitation", args=[token])
    for name in ("", " ", "123", "é" * 121, NUL, TURNED):
        nothing_done(client, page, {"name": name, "password": PASSWORD})
    for password in ("", "short", "é" * 5000):
        nothing_done(client, page, {"name": "Jaya", "password": password})


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31", "2026-02-29", "10000-01-01"])
def test_days_that_are_none_are_no_holidays(desk, hospital, nothing_done, day):
    nothing_done(desk, "/hospital/sahara/closures/add-closure/", {"on": day})


def test_29_february_is_a_day_in_a_leap_year(desk, hospital):
    assert desk.post("/hospital/sahara/closures/add-closure/", {"on": "2028-02-29"}).status_code == 302
    assert hospital.closures.filter(on="2028-02-29").exists()
