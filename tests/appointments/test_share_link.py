"""Video visits: booked in video hours, with a link that only those two see, and only when it is time."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Mail
from appointments import workflow
from appointments.models import Appointment
from healthstack.lib.rules import RuleBroken
from hospitals.models import VisitType
from tests.factories import DoctorFactory, book, free_slots, hours_in, trail

ROOM = "https://video.example/room/8f2"


def text(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def video_doctor(hospital):
    rows = hours_in(hospital, ends=10) + hours_in(hospital, begins=14, ends=16, video=True)
    return DoctorFactory(hospitals=[hospital], offers={"check_up": 20, "video": 20}, hours=rows)


@pytest.fixture
def visit(patient, video_doctor):
    asked = book(patient, video_doctor, visit_type=VisitType.VIDEO)
    return workflow.approve(appointment=asked, by=video_doctor.user)


def share(visit, url=ROOM):
    return workflow.share_link(appointment=visit, url=url, by=visit.doctor.user)


def test_it_is_booked_on_the_booking_page(sign_in, patient, video_doctor, hospital):
    url = reverse("appointments:book", args=[video_doctor.slug])
    browser = sign_in(patient)
    slot = free_slots(video_doctor, visit_type=VisitType.VIDEO)[0]
    query = {"visit_type": "video", "slot": f"{slot.room}-{slot.start}"}
    page = text(browser.get(url, query))
    assert "Video visit" in page
    assert "14:00" in page.split('id="slots"')[1]
    assert "By video, with Sahara Hospital" in page
    assert browser.post(url, {**query, "who": patient.pk}).status_code == 302
    assert Appointment.objects.get().visit_type == "video"


def test_the_doctor_gives_the_link_and_may_take_it_back(sign_in, visit, video_doctor):
    url = reverse("appointments:share_link", args=[visit.pk])
    browser = sign_in(video_doctor)
    assert 'name="join_url"' in text(browser.get(visit.get_absolute_url()))
    browser.post(url, {"join_url": ROOM})
    visit.refresh_from_db()
    assert visit.join_url == ROOM
    browser.post(url, {"join_url": ""})
    visit.refresh_from_db()
    assert visit.join_url == ""
    assert trail(visit)[:2] == ["appointments.link_shared"] * 2


@pytest.mark.parametrize(
    "typed",
    ["http://video.example/room", "javascript:alert(1)", "ftp://x.example", "room", "https://x.example/" + "y" * 300],
)
def test_only_an_https_address_is_taken(sign_in, visit, video_doctor, typed):
    url = reverse("appointments:share_link", args=[visit.pk])
    sign_in(video_doctor).post(url, {"join_url": typed})
    visit.refresh_from_db()
    assert visit.join_url == ""


def test_the_workflow_refuses_other_addresses_by_itself(visit):
    with pytest.raises(RuleBroken, match="begins with https"):
        share(visit, "http://video.example/room")


def test_a_visit_in_person_has_no_link(confirmed):
    with pytest.raises(RuleBroken, match="Only a video visit"):
        share(confirmed)


def test_a_visit_that_is_closed_gets_none(visit, patient):
    workflow.cancel(appointment=visit, by=patient.user)
    with pytest.raises(RuleBroken, match="closed already"):
        share(visit)


@pytest.mark.parametrize(("minutes", "joins"), [(-16, False), (-15, True), (0, True), (19, True), (20, False)])
def test_the_patient_joins_from_a_quarter_of_an_hour_before_until_the_end(sign_in, visit, patient, at, minutes, joins):
    share(visit)
    browser = sign_in(patient)
    at(visit.starts_at + timedelta(minutes=minutes))
    assert (ROOM in text(browser.get(visit.get_absolute_url()))) == joins
    assert (ROOM in text(browser.get("/dashboard/"))) == joins


def test_a_request_cannot_be_joined(sign_in, patient, video_doctor, at):
    asked = share(book(patient, video_doctor, visit_type=VisitType.VIDEO))
    at(asked.starts_at)
    assert ROOM not in text(sign_in(patient).get(asked.get_absolute_url()))


def test_the_hospital_and_the_mails_never_see_it(sign_in, visit, hospital_admin, at):
    share(visit)
    at(visit.starts_at)
    assert ROOM not in text(sign_in(hospital_admin).get(visit.get_absolute_url()))
    assert not [mail for mail in Mail.objects.all() if ROOM in mail.body + mail.html + mail.subject]
