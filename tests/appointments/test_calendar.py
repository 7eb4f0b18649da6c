"""The visit in the patient's own calendar."""

import pytest
from icalendar import Calendar

from accounts import workflow as accounts
from accounts.models import Mail
from appointments import workflow
from tests.factories import book, free_slots


def event_in(text):
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    return calendar["METHOD"], event


def sent(patient):
    """What went along with the letters to the patient, as calendars put it in order."""
    letters = Mail.objects.filter(to=patient.user.email).exclude(calendar="")
    return sorted((event_in(letter.calendar) for letter in letters), key=lambda found: found[1]["SEQUENCE"])


def test_the_letter_of_a_confirmed_visit_brings_it(confirmed, patient):
    ((method, event),) = sent(patient)
    assert (method, event["STATUS"], event["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 0)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (confirmed.starts_at, confirmed.ends_at)
    assert event["URL"].endswith(confirmed.get_absolute_url())


def test_nothing_private_stands_in_it(patient, doctor, hospital):
    visit = book(patient, doctor, message="A headache since Monday")
    workflow.approve(appointment=visit, by=doctor.user)
    text = Mail.objects.exclude(calendar="").get().calendar
    for word in ("headache", "Neha", "Priyanka", "Sahara", "Neurolog", "Station Road", "Check"):
        assert word not in text


def test_it_follows_a_move_and_goes_when_it_is_called_off(confirmed, patient, doctor, hospital):
    moved = workflow.reschedule(
        appointment=confirmed, hospital=hospital, start=free_slots(doctor)[-1].start, by=doctor.user
    )
    workflow.cancel(appointment=moved, by=doctor.user, reason="Ill")
    found = sent(patient)
    assert [method for method, _event in found] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [event["SEQUENCE"] for _method, event in found] == [0, 1, 2]
    assert len({event["UID"] for _method, event in found}) == 1
    assert found[1][1].decoded("DTSTART") == moved.starts_at
    assert found[2][1]["STATUS"] == "CANCELLED"


def test_what_was_moved_back_to_a_request_is_tentative(confirmed, patient, hospital, doctor):
    slot = free_slots(doctor)[-1]
    workflow.reschedule(appointment=confirmed, hospital=hospital, start=slot.start, by=patient.user)
    assert sent(patient)[-1][1]["STATUS"] == "TENTATIVE"


def test_a_request_brings_nothing(appointment, patient, sign_in):
    assert not sent(patient)
    assert sign_in(patient).get(f"/appointments/{appointment.pk}.ics").status_code == 404


def test_it_can_be_fetched_by_those_of_the_visit(confirmed, patient, doctor, other_patient, sign_in):
    url = f"/appointments/{confirmed.pk}.ics"
    for person in (patient, doctor):
        answer = sign_in(person).get(url)
        assert answer["Content-Type"].startswith("text/calendar")
        assert event_in(answer.content)[1]["UID"].startswith(str(confirmed.pk))
    assert sign_in(other_patient).get(url).status_code == 404


@pytest.mark.django_db
def test_the_file_leaves_with_the_letter_and_is_wiped(confirmed, patient, mailoutbox):
    letter = Mail.objects.exclude(calendar="").get()
    accounts.deliver(mail_id=letter.pk)
    name, content, kind = mailoutbox[-1].attachments[0]
    assert (name, kind) == ("visit.ics", "text/calendar")
    assert event_in(content)[0] == "PUBLISH"
    letter.refresh_from_db()
    assert letter.calendar == ""
