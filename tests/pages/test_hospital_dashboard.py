"""The dashboard of those who run a hospital."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import workflow as appointments
from doctors import workflow as doctors
from hospitals import workflow as hospitals
from tests.factories import DoctorFactory, book

pytestmark = pytest.mark.usefixtures("monday_morning")


def tiles(page):
    return re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page)


@pytest.fixture
def desk(hospital_admin, sign_in):
    return sign_in(hospital_admin)


def test_today_and_what_waits(
    desk, hospital, hospital_admin, receptionist, patient, other_patient, doctor, other_doctor
):
    book(patient, doctor)
    visit = appointments.approve(appointment=book(other_patient, doctor), by=doctor.user)
    appointments.check_in(appointment=visit, by=doctor.user)
    left = book(other_patient, other_doctor)
    appointments.end_affiliation(affiliation=other_doctor.affiliations.get(), by=hospital_admin)
    asking = DoctorFactory(name="Zoya Khan")
    doctors.apply(doctor=asking, hospital=hospital, by=asking.user)
    hospitals.invite(hospital=hospital, email="new@example.org", role="receptionist", by=hospital_admin)
    page = desk.get("/dashboard/").content.decode()
    assert tiles(page) == [("Visits today", "3"), ("Doctors who ask", "1"), ("Staff", "2"), ("Bookings to move", "1")]
    row = re.search(rf"{doctor.name}</a></th>(.*?)</tr>", page, re.DOTALL)[1]
    assert re.findall(r">(\d+)<", row) == ["2", "1", "0", "22"]
    assert left.patient.name not in page


def test_it_asks_no_more_than_twelve_times(desk, hospital, patient, doctor):
    book(patient, doctor)
    desk.get("/dashboard/")  # the first page of a session notes where it is
    with CaptureQueriesContext(connection) as noted:
        assert desk.get("/dashboard/").status_code == 200
    asked = [q["sql"][:150] for q in noted if q["sql"].startswith("SELECT")]
    assert len(asked) <= 12, "\n".join(asked)


def test_one_who_runs_two_sees_both(desk, hospital, other_hospital, hospital_admin):
    hospitals.appoint(hospital=other_hospital, user=hospital_admin, by=None)
    page = desk.get("/dashboard/").content.decode()
    assert hospital.name in page and other_hospital.name in page


def test_nothing_of_another_hospital(desk, other_hospital, patient, hospital_admin):
    elsewhere = DoctorFactory(name="Needle Needlesworth", hospitals=[other_hospital])
    book(patient, elsewhere)
    page = desk.get("/dashboard/").content.decode()
    assert "Needlesworth" not in page and other_hospital.name not in page
    assert tiles(page)[0] == ("Visits today", "0")
