"""Enter sends the form, whatever button stands first on the page; and it is no second button for anybody."""

import re

import pytest
from django.urls import reverse

from appointments import workflow
from tests.factories import book

pytestmark = pytest.mark.usefixtures("monday_morning")


def pressed_by_enter(page, form):
    """The first button of this form: inside it, or before it and naming it."""
    within = page.index("<form", page.index("<main"))
    buttons = re.findall(r'<button[^>]*type="submit"[^>]*>', page[page.index("<main") :])
    mine = [tag for tag in buttons if f'form="{form}"' in tag]
    return mine[0] if mine else re.search(r'<button[^>]*type="submit"[^>]*>', page[within:])[0]


def assert_unseen(tag):
    assert "data-enter" in tag
    assert "name=" not in tag
    assert 'tabindex="-1"' in tag
    assert 'aria-hidden="true"' in tag


def test_enter_saves_a_prescription_and_adds_no_line(sign_in, confirmed, doctor):
    workflow.check_in(appointment=confirmed, by=doctor.user)
    workflow.start(appointment=confirmed, by=doctor.user)
    page = sign_in(doctor).get(reverse("prescriptions:draft", args=[confirmed.pk])).content.decode()
    assert_unseen(pressed_by_enter(page, "pad"))


def test_enter_publishes_the_hours_and_adds_none(sign_in, doctor):
    assert_unseen(pressed_by_enter(sign_in(doctor).get("/schedule/").content.decode(), "hours"))


def test_enter_takes_none_of_the_times_offered_instead(sign_in, patient, other_patient, doctor):
    taken = book(patient, doctor)
    start = int(taken.starts_at.timestamp()) // 300
    answer = sign_in(other_patient).post(
        reverse("appointments:book", args=[doctor.slug]),
        {"visit_type": taken.visit_type, "slot": f"{taken.hospital_id}-{start}"},
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert 'name="nearest"' in page
    assert_unseen(pressed_by_enter(page, "book"))
