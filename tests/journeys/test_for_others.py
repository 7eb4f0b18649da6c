"""Booking for others: a parent for a child, a reception for whoever comes in from the street."""

import re

import pytest
from playwright.sync_api import expect

from appointments.models import Appointment
from patients.models import Patient
from tests.journeys.conftest import code_from_mail, fill, says, send, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_parent_adds_a_child_and_books_for_it(either, browse, neurologist, patient):
    page = browse(either, patient)
    page.goto("/record/dependants/")
    page.get_by_role("link", name="Add a child").click()
    fill(page, name="Anvi Maurya", born_on="20 5 2019")
    page.get_by_label("Gender").select_option("Girl")
    send(page, "Add child")
    title(page, "Record of Anvi Maurya")
    says(page, "You now speak for Anvi Maurya.")

    page.goto("/doctors/dr-neha-sharma/book/")
    page.get_by_label("Patient").select_option("Anvi Maurya")
    page.get_by_role("radio", name="10:30").locator("xpath=..").click()
    if either.js:
        # The times come anew with the day, and the choice stays.
        page.get_by_role("radio", name=re.compile("^Tue 3")).locator("xpath=..").click()
        expect(page.locator("#slots legend")).to_contain_text("Tue 3 Mar")
        page.get_by_role("radio", name="08:00").locator("xpath=..").click()
        expect(page.get_by_label("Patient")).to_have_value(str(Patient.objects.get(name="Anvi Maurya").pk))
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Request")).locator("visible=true").click()
    says(page, "Requested, not yet confirmed")
    says(page, "Anvi Maurya")
    visit = Appointment.objects.get()
    assert (visit.patient.name, visit.booked_by) == ("Anvi Maurya", patient.user)

    page.goto("/appointments/")
    says(page, "for Anvi Maurya")


def test_a_reception_registers_a_walk_in_books_and_checks_in(either, browse, neurologist, receptionist):
    page = browse(either, receptionist)
    page.goto("/dashboard/")
    title(page, "Today")
    says(page, "Nobody comes on this day.")
    page.get_by_role("main").get_by_role("link", name="Register a patient").click()
    walk_in(page)
    title(page, "Book for Ramesh Yadav")

    # The same person comes again: the desk is asked, and goes on with the one that is there.
    page.get_by_role("main").get_by_role("link", name="Register", exact=True).click()
    walk_in(page)
    says(page, "Somebody like this is registered here already.")
    says(page, "Is it one of them?")
    page.get_by_role("link", name="Use this one Ramesh Yadav").click()
    title(page, "Book for Ramesh Yadav")
    assert Patient.objects.count() == 1

    page.get_by_role("radio", name="10:30").locator("xpath=..").click()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Book")).locator("visible=true").click()
    says(page, "Booked for Ramesh Yadav.")
    says(page, "Confirmed")

    page.goto("/reception/")
    send(page, "Check in Ramesh Yadav")
    says(page, "Patient checked in.")
    says(page, "waiting since 10:0")
    expect(page.get_by_text("1 waiting, 0 to come, 0 seen")).to_be_visible()


def walk_in(page):
    fill(page, name="Ramesh Yadav", born_on="1960", phone="98390 12345")
    send(page, "Register and book")


def test_a_grown_up_takes_over_the_own_record_with_a_code(either, browse, hospital, receptionist):
    desk = browse(either, receptionist)
    desk.goto("/reception/sahara/register/")
    walk_in(desk)
    desk.goto("/reception/sahara/patients/?q=9839012345")
    desk.get_by_role("link", name="Ramesh Yadav", exact=True).click()
    desk.get_by_role("link", name="Code for their own login").click()
    send(desk, "Make the code")
    code = desk.locator("p.big").inner_text()

    person = browse(either)
    person.goto("/accounts/claim/")
    fill(person, code=code, born_on="1 1 1960", email="ramesh@example.org", password1="a boat on the old canal")
    person.get_by_label("I agree that").check()
    send(person, "Take over my record")
    title(person, "Check your mail")
    assert Patient.objects.get().user is None  # until the address is confirmed
    fill(person, code=code_from_mail("ramesh@example.org"))
    send(person, "Confirm")
    patient = Patient.objects.get()
    assert (patient.name, patient.user.email) == ("Ramesh Yadav", "ramesh@example.org")
