"""What a visitor reads on a hospital's page."""

from datetime import date

import pytest

from doctors import workflow as doctors
from hospitals import workflow
from hospitals.models import Hospital
from tests.factories import picture

pytestmark = pytest.mark.usefixtures("monday_morning")  # Monday, 8 o'clock


def page(client, hospital, **query):
    return client.get(hospital.get_absolute_url(), query).content.decode()


def test_what_those_who_run_it_have_entered(client, hospital, hospital_admin):
    by = {"by": hospital_admin}
    workflow.change_details(
        hospital=hospital,
        values={"beds": 120, "emergency": True, "latitude": "26.846700", "longitude": "80.946200"},
        **by,
    )
    workflow.add_service(hospital=hospital, name="Blood bank", **by)
    workflow.add_closure(hospital=hospital, on=date(2026, 3, 4), name="Holi", **by)
    workflow.publish_opening(hospital=hospital, ranges=[(0, 480, 780), (0, 1020, 1200), (5, 1200, 1560)], **by)
    workflow.set_photo(hospital=hospital, upload=picture(), **by)
    text = page(client, hospital)
    for words in (
        "120 beds",
        "Emergency department, day and night",
        "mlat=26.846700&amp;mlon=80.946200",
        "Blood bank",
        "Wed 4 Mar (Holi)",
        "08:00–13:00, 17:00–20:00",
        "20:00–02:00",
        "Open now",
        f"/hospitals/{hospital.slug}/photo/",
    ):
        assert words in text, words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-03-02 07:59", "Closed now"),
        ("2026-03-02 13:00", "Closed now"),
        ("2026-03-08 01:30", "Open now"),  # Saturday night
        ("2026-03-08 02:00", "Closed now"),
        ("2026-03-02 01:30", "Closed now"),
    ],
)
def test_whether_it_is_open_now(client, at, hospital, moment, words):
    workflow.publish_opening(hospital=hospital, ranges=[(0, 480, 780), (5, 1200, 1560)], by=None)
    at(moment)
    assert words in page(client, hospital)


def test_day_and_night(client, hospital):
    workflow.publish_opening(hospital=hospital, ranges=[(day, 0, 1440) for day in range(7)], by=None)
    assert "Day and night" in page(client, hospital)


def test_what_nobody_entered_is_not_there(client, hospital):
    text = page(client, hospital)
    for words in ("None", "Opening hours", "beds", "Services", "map", "Open now"):
        assert words not in text.split('id="main"')[1], words


def test_doctors_are_filtered_by_department(client, hospital, doctor, other_doctor):
    heart = workflow.add_department(hospital=hospital, name="Cardiology", by=None)
    empty = workflow.add_department(hospital=hospital, name="Dental", by=None)
    other_doctor.affiliations.update(department=heart)
    text = page(client, hospital)
    assert doctor.name in text and "</svg>Cardiology</li>" in text
    text = page(client, hospital, department=heart.pk)
    assert other_doctor.name in text and doctor.name not in text and "1 doctor<" in text
    assert "No doctor of this department" in page(client, hospital, department=empty.pk)
    for nonsense in ("x", str(10**30), "-1", "\x00"):
        assert doctor.name in page(client, hospital, department=nonsense)


def test_one_that_is_not_approved_has_no_page(client, hospital):
    for state in ("pending", "more_needed", "rejected", "suspended"):
        Hospital.objects.update(state=state)
        assert client.get(hospital.get_absolute_url()).status_code == 404


def test_a_doctor_who_left_is_not_there(client, hospital, doctor):
    doctors.end_work(affiliation=doctor.affiliations.get(), by=None)
    assert doctor.name not in page(client, hospital)
