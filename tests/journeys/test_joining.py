"""How people join: a doctor from the sign-up to being found, and a hospital from its registration to its receptionist."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from doctors.models import Doctor
from hospitals.models import Hospital, Staff
from tests.factories import PASSWORD, PatientFactory, UserFactory, language, pdf, picture, specialty
from tests.journeys.conftest import code_from_mail, fill, log_in, press, says, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS, INVITED = "ila@example.org", "jaya@example.org"


@pytest.fixture
def administrator(db):
    return UserFactory(email="admin@example.org", name="Anil Joshi", groups=["Administrators"])


def test_a_doctor_signs_up_is_asked_for_more_is_approved_taken_in_and_found(
    either, browse, hospital, hospital_admin, administrator
):
    specialty("Cardiology"), language("Hindi")
    doctor, panel, desk, visitor = (browse(either) for _ in range(4))

    sign_up(doctor)
    add_document(doctor, "Registration certificate", pdf())

    log_in(panel, administrator.email)
    ask_for_more(panel)
    send_again(doctor)
    approve(panel)

    apply(doctor)
    log_in(desk, hospital_admin.email)
    take_in(desk)
    publish_hours(doctor)

    visitor.goto("/doctors/?q=cardiology")
    expect(visitor.get_by_role("article", name="Dr Ila Roy")).to_be_visible()


def sign_up(page):
    page.goto("/accounts/signup/patient/")
    page.get_by_role("link", name="Join as a doctor").click()
    title(page, "Join as a doctor")
    fill(
        page,
        name="Dr Ila Roy",
        email=ADDRESS,
        password1=PASSWORD,
        registration_number="DMC 4711",
        council="Delhi Medical Council",
        degrees="MBBS, MD",
        practising_since="2012",
        fee="700",
    )
    page.get_by_label("Cardiology").check()
    page.get_by_label("Hindi").check()
    page.get_by_label("Woman").check()
    page.get_by_label("I agree that").check()
    press(page, "Create account")
    title(page, "Check your mail")
    fill(page, code=code_from_mail(ADDRESS))
    press(page, "Confirm")
    says(page, "Your registration is being checked")
    page.get_by_role("main").get_by_role("link", name="Checking of my registration").click()
    says(page, "Add your documents, then we can begin.")


def add_document(page, kind, upload):
    page.get_by_role("radio", name=kind).check()
    file = {"name": upload.name, "mimeType": upload.content_type or "image/png", "buffer": upload.read()}
    page.locator("[name=file]").set_input_files(file)
    press(page, "Add document")
    says(page, "Your document is here.")


def ask_for_more(page):
    page.goto("/admin/")
    page.get_by_role("link", name="Review next doctor").click()
    title(page, "Dr Ila Roy")
    press(page, "Accept Registration certificate")
    page.get_by_role("link", name="Ask for more").click()
    page.get_by_label("Reason").fill("Your proof of identity is missing.")
    press(page, "Ask for more")
    says(page, "Asked for more: Dr Ila Roy")


def send_again(page):
    page.goto("/doctor/verification/")
    says(page, "Your proof of identity is missing.")
    add_document(page, "Proof of identity", picture("card.png"))
    press(page, "Send for checking")
    says(page, "We are looking at your documents.")


def approve(page):
    page.goto("/admin/")
    page.get_by_role("link", name="Review next doctor").click()
    says(page, "doctors.sent")
    press(page, "Approve")
    says(page, "Approved: Dr Ila Roy. Patients can find and book them.")


def apply(page):
    page.goto("/doctor/hospitals/")
    page.get_by_label("Name or city").fill("sahara")
    press(page, "Search", exact=True)
    page.get_by_role("link", name="Ask Sahara Hospital").click()
    page.get_by_label("Message to those who run it").fill("Mondays would suit me.")
    press(page, "Ask to join")
    says(page, "Waiting for an answer")


def take_in(page):
    page.goto("/dashboard/")
    page.get_by_role("link", name="Doctors", exact=True).locator("visible=true").last.click()
    says(page, "Mondays would suit me.")
    page.get_by_role("link", name="Take in Dr Ila Roy").click()
    page.get_by_label("Room").fill("12")
    press(page, "Take in")
    says(page, "Dr Ila Roy works here from today on.")


def publish_hours(page):
    page.goto("/schedule/")
    monday = page.get_by_role("group", name="Monday").first
    monday.get_by_label("From").first.fill("09:00")
    monday.get_by_label("To", exact=True).first.fill("17:00")
    press(page, "Publish hours")
    assert Doctor.objects.findable().get().user.email == ADDRESS


def test_a_hospital_registers_is_approved_and_invites_a_receptionist_who_accepts(either, browse, administrator):
    owner = PatientFactory(email="owner@example.org", name="Omar Ali").user
    page, panel, guest = browse(either), browse(either), browse(either)

    log_in(page, owner.email)
    page.goto("/hospitals/register/")
    title(page, "Register a hospital")
    fill(page, name="Gomti Eye Clinic", street="12 River Road", city="Lucknow", postcode="226010", phone="98390 12345")
    press(page, "Register hospital")
    says(page, "We are checking this hospital.")
    guest.goto("/hospitals/")
    expect(guest.get_by_text("Gomti Eye Clinic")).to_have_count(0)

    log_in(panel, administrator.email)
    panel.goto("/admin/")
    panel.get_by_role("link", name="See the one that waits").click()
    panel.get_by_role("link", name="Gomti Eye Clinic").first.click()
    press(panel, "Approve")
    says(panel, "Approved: Gomti Eye Clinic. Patients find it.")

    page.goto(f"/hospital/{Hospital.objects.get().slug}/staff/")
    fill(page, email=INVITED)
    press(page, "Send invitation")
    says(page, "The invitation is on its way to jaya@example.org.")

    guest.goto(link_of_invitation())
    title(guest, "Gomti Eye Clinic")
    fill(guest, name="Jaya Thomas", password=PASSWORD)
    press(guest, "Create account and accept")
    says(guest, "Welcome to Gomti Eye Clinic.")
    assert Staff.objects.current().get(user__email=INVITED).role == "receptionist"


def link_of_invitation():
    letter = next(letter for letter in reversed(mail.outbox) if letter.to == [INVITED])
    return re.search(r"/invitations/[\w-]+/", letter.body)[0]
