"""A doctor's week: hours are added and published, leave is refused, taken and given up."""

import pytest
from playwright.sync_api import expect

from appointments.models import Hours, Leave
from tests.factories import DoctorFactory, book, free_slots, hours_in
from tests.journeys.conftest import fill, press, says, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def part_time(hospital):
    """A neurologist who sees nobody but on Monday and Tuesday forenoon."""
    hours = hours_in(hospital, begins=9, ends=12, weekdays=(0, 1))
    return DoctorFactory(email="part.time@example.org", name="Neha Sharma", hospitals=[hospital], hours=hours)


def test_a_doctor_adds_hours_and_publishes_them(either, browse, hospital, part_time):
    page = browse(either, part_time)
    page.goto("/schedule/")
    title(page, "Schedule")
    says(page, "Offers 18 visits a week.")
    monday = page.get_by_role("group", name="Monday")
    expect(monday.locator(".dayrow")).to_have_count(1)

    press(page, "Add hours Monday")
    expect(monday.locator(".dayrow")).to_have_count(2)
    added = monday.locator(".dayrow").last
    added.get_by_label("From").fill("14:00")
    added.get_by_label("To").fill("13:00")
    press(page, "Add hours Wednesday")
    expect(added.get_by_label("From")).to_have_value("14:00")
    added.get_by_label("To").fill("")
    press(page, "Publish hours")
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("Enter when it ends")
    problem.get_by_role("link", name="Enter when it ends").click()
    if either.js:
        expect(added.get_by_label("To")).to_be_focused()
    added.get_by_label("To").fill("16:00")
    added.get_by_label("A start every").select_option("15")
    press(page, "Publish hours")
    says(page, "Your hours are published.")
    says(page, "Offers 26 visits a week.")
    assert sorted(Hours.objects.values_list("weekday", "from_minute", "visit")) == [
        (0, 540, 20),
        (0, 840, 15),
        (1, 540, 20),
    ]


def test_hours_that_overlap_are_refused_with_all_that_was_typed(either, browse, part_time):
    page = browse(either, part_time)
    page.goto("/schedule/")
    press(page, "Add hours Tuesday")
    added = page.get_by_role("group", name="Tuesday").locator(".dayrow").last
    added.get_by_label("From").fill("11:00")
    added.get_by_label("To").fill("13:00")
    press(page, "Publish hours")
    expect(page.get_by_role("alert")).to_contain_text("Two of your hours overlap")
    expect(added.get_by_label("From")).to_have_value("11:00")
    assert Hours.objects.count() == 2


def test_a_day_is_copied_to_others_and_looked_at_before_it_is_published(either, browse, part_time):
    page = browse(either, part_time)
    page.goto("/schedule/")
    monday = page.get_by_role("group", name="Monday")
    monday.locator(".dayrow").get_by_label("To").fill("11:00")
    monday.locator("summary", has_text="Copy to other days").click()
    for day in ("Tuesday", "Thursday"):
        monday.get_by_role("checkbox", name=day).check()
    press(page, "Copy Monday")
    for day in ("Monday", "Tuesday", "Thursday"):
        row = page.get_by_role("group", name=day).locator(".dayrow")
        expect(row.get_by_label("To")).to_have_value("11:00")
    press(page, "How many visits is that?")
    expect(page.get_by_role("status").filter(has_text="visits")).to_contain_text("These hours offer 18 visits")
    assert sorted(Hours.objects.values_list("weekday", "to_minute")) == [(0, 720), (1, 720)]
    press(page, "Publish hours")
    says(page, "Your hours are published.")
    assert sorted(Hours.objects.values_list("weekday", "to_minute")) == [(0, 660), (1, 660), (3, 660)]


def test_hours_that_are_given_up_leave_the_booked_visit_and_name_it(either, browse, part_time, patient):
    tuesday = next(slot for slot in free_slots(part_time) if slot.starts_at.day == 3)
    visit = book(patient, part_time, slot=tuesday)
    page = browse(either, part_time)
    page.goto("/schedule/")
    row = page.get_by_role("group", name="Tuesday").locator(".dayrow")
    row.get_by_label("From").fill("")
    row.get_by_label("To").fill("")
    press(page, "Publish hours")
    expect(page.get_by_role("alert")).to_contain_text("1 booked visit would lie outside your hours.")
    expect(page.get_by_role("alert")).to_contain_text("Priyanka Maurya")
    assert Hours.objects.count() == 2
    press(page, "Publish all the same")
    says(page, "Your hours are published.")
    expect(page.get_by_role("alert")).to_contain_text("1 booked visit lies outside your hours. It is kept:")
    page.get_by_role("link", name="Tomorrow, 09:00, Priyanka Maurya").click()
    assert page.url.endswith(visit.get_absolute_url())


def test_leave_over_a_booking_is_refused_and_the_booking_named(either, browse, part_time, patient):
    visit = book(patient, part_time, slot=next(s for s in free_slots(part_time) if s.starts_at.day == 3))
    page = browse(either, part_time)
    page.goto("/schedule/")
    fill(page, first="2026-03-03", last="2026-03-06", note="A wedding in Agra")
    press(page, "Enter leave")
    expect(page.get_by_role("alert")).to_be_visible()
    leave = page.locator("#leave")
    expect(leave).to_contain_text("In the way:")
    expect(leave.get_by_role("link", name="Tomorrow, 09:00, Priyanka Maurya")).to_have_attribute(
        "href", visit.get_absolute_url()
    )
    expect(leave.locator("[name='note']")).to_have_value("A wedding in Agra")
    assert not Leave.objects.exists()


def test_leave_is_taken_and_given_up_again(either, browse, part_time):
    page = browse(either, part_time)
    page.goto("/schedule/")
    says(page, "No leave ahead.")
    fill(page, first="2026-03-03", last="2026-03-03", note="Conference")
    press(page, "Enter leave")
    says(page, "Leave entered. Nobody can book you then.")
    says(page, "Conference")
    assert all(slot.starts_at.day != 3 for slot in free_slots(part_time))
    press(page, "Give it up")
    says(page, "Leave given up. The times can be booked again.")
    says(page, "No leave ahead.")
    assert any(slot.starts_at.day == 3 for slot in free_slots(part_time))
