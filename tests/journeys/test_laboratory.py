"""From the visit to the report: two tests are ordered, one sample is refused, and the patient reads what was found."""

import pytest
from playwright.sync_api import expect

from appointments import workflow as appointments
from hospitals import workflow as hospitals
from hospitals.models import Staff
from laboratory.models import Price, Range, Test
from tests.factories import UserFactory, book
from tests.journeys.conftest import fill, says, send, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(patient, neurologist):
    """One that is going on."""
    visit = appointments.approve(appointment=book(patient, neurologist), by=neurologist.user)
    visit = appointments.check_in(appointment=visit, by=neurologist.user)
    return appointments.start(appointment=visit, by=neurologist.user)


@pytest.fixture
def tests(hospital):
    sugar = Test.objects.create(slug="sugar", name="Blood sugar", unit="mg/dl", group="Blood", specimen="blood")
    Range.objects.create(test=sugar, low=70, high=140, source="Demonstration")
    colour = Test.objects.create(slug="colour", name="Urine colour", kind="text", group="Urine", specimen="urine")
    for test in (sugar, colour):
        Price.objects.create(hospital=hospital, test=test, amount=120)


@pytest.fixture
def second_technician(hospital):
    user = UserFactory(email="lab2@example.org", name="Manoj Pal")
    hospitals.appoint(hospital=hospital, user=user, role=Staff.Role.TECHNICIAN, by=None)
    return user


def test_two_tests_from_the_visit_to_the_report(
    either, browse, visit, tests, neurologist, patient, technician, second_technician
):
    doctor = browse(either, neurologist)
    doctor.goto(visit.get_absolute_url())
    doctor.get_by_role("link", name="Order tests").click()
    doctor.get_by_label("Look for a test").fill("sugar")
    send(doctor, "Find")
    doctor.get_by_label("Blood sugar").check()
    doctor.get_by_label("Look for a test").fill("urine")
    send(doctor, "Find")
    doctor.get_by_label("Urine colour").check()
    send(doctor, "Order tests")
    says(doctor, "Tests ordered.")
    expect(doctor.get_by_role("link", name="Blood sugar, Urine colour")).to_be_visible()

    lab = browse(either, technician)
    lab.goto("/dashboard/")
    lab.get_by_role("link", name="Priyanka Maurya").click()
    send(lab, "Sample is taken Blood")
    says(lab, "Put the label on it now.")
    send(lab, "Sample is taken Urine")
    lab.locator("summary", has_text="Reject").first.click()
    lab.locator("details[open] [name=reason]").fill("Haemolysed")
    send(lab, "Reject this sample")

    reader = browse(either, patient)
    reader.goto("/laboratory/reports/")
    says(reader, "Re-collection needed: Haemolysed")

    send(lab, "Sample is taken")
    fill(lab, text_1="400", text_2="Yellow")
    lab.keyboard.press("Enter")
    says(lab, "outside 70 to 140")
    expect(lab.locator("[name=text_2]")).to_have_value("Yellow")
    lab.get_by_label("I am sure").check()
    send(lab, "Save results")
    says(lab, "2 results saved.")
    says(lab, "Yours: somebody else verifies")

    other = browse(either, second_technician)
    other.goto("/laboratory/orders/?show=verify")
    other.get_by_role("link", name="Priyanka Maurya").click()
    for box in other.locator("[name=items]").all():
        box.check()
    send(other, "Verify the ticked ones")
    send(other, "Release 2 results")
    says(other, "Patient and doctor can read the report now.")

    reader.goto("/laboratory/reports/")
    reader.get_by_role("link", name="Blood sugar, Urine colour").click()
    expect(reader.get_by_role("row", name="Blood sugar")).to_contain_text("High")
    with reader.expect_download() as paper:
        reader.get_by_role("link", name="Download PDF").click()
    assert paper.value.suggested_filename.startswith("report-")
    reader.get_by_role("link", name="Blood sugar", exact=True).click()
    title(reader, "Blood sugar")
    expect(reader.get_by_role("img", name="Blood sugar")).to_be_visible()
    doctor.goto(visit.get_absolute_url())
    doctor.get_by_role("link", name="Open record").click()
    expect(doctor.get_by_role("row", name="Blood sugar")).to_contain_text("400")
