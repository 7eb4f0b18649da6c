"""Two people want the same time: who comes second loses the time, and nothing else."""

import re

import pytest
from playwright.sync_api import expect

from appointments.models import Appointment
from tests.journeys.conftest import says, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MESSAGE = "My left hand has been numb since Friday."


def test_who_comes_second_keeps_the_message_and_takes_a_near_time_with_one_click(
    screen, browse, neurologist, patient, other_patient
):
    quick, slow = browse(screen, patient), browse(screen, other_patient)
    for page in (quick, slow):
        page.goto("/doctors/?q=neuro")
        page.get_by_role("link", name="Book Today, 10:30").click()
        title(page, "Book with Dr Neha Sharma")
        expect(page.get_by_role("radio", name="10:30")).to_be_checked()
    slow.get_by_label("What should the doctor know?").fill(MESSAGE)

    request(quick)
    says(quick, "Requested, not yet confirmed")
    request(slow)

    problem = slow.get_by_role("alert")
    expect(problem).to_contain_text("That time has just been taken. Choose a time that is still free.")
    if screen.js:
        expect(problem).to_be_focused()
    expect(slow.get_by_label("What should the doctor know?")).to_have_value(MESSAGE)
    near = problem.get_by_role("button")
    expect(near).to_have_text(["10:10", "10:50", "11:00", "11:10"])
    near.filter(has_text="10:50").click()

    says(slow, "Requested, not yet confirmed")
    says(slow, "Today, 10:50")
    says(slow, MESSAGE)
    assert [(visit.patient, visit.message) for visit in Appointment.objects.order_by("starts_at")] == [
        (patient, ""),
        (other_patient, MESSAGE),
    ]


def request(page):
    page.get_by_role("button", name=re.compile("^Request")).locator("visible=true").click()
