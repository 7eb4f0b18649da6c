"""How people join, and what comes of it: a doctor from the sign-up to the first bookings and, suspended, to what becomes
of them; a hospital from its registration to a walk-in who is checked in."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from appointments.models import Appointment, Claim
from hospitals.models import Hospital, Staff
from tests.factories import (
    PASSWORD,
    DoctorFactory,
    PatientFactory,
    UserFactory,
    language,
    pdf,
    picture,
    specialty,
)
from tests.journeys.conftest import code_from_mail, fill, log_in, press, says, send, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS, INVITED = "ila@example.org", "jaya@example.org"


@pytest.fixture
def administrator(db):
    return UserFactory(email="admin@example.org", name="Anil Joshi", groups=["Administrators"])


def test_a_doctor_joins_is_booked_for_a_child_is_suspended_and_the_bookings_find_another(
    either, browse, hospital, hospital_admin, administrator, guardian, dependant, neurologist
):
    specialty("Cardiology"), language("Hindi")
    doctor, panel, desk, family, colleague = (browse(either) for _ in range(5))

    sign_up(doctor)
    add_document(doctor, "Registration certificate", pdf())

    log_in(panel, administrator.email)
    ask_for_more(panel)
    send_again(doctor)
    approve(panel)

    apply(doctor, "Sahara Hospital")
    log_in(desk, hospital_admin.email)
    take_in(desk, "Dr Ila Roy")
    publish_hours(doctor)

    log_in(family, guardian.user.email)
    ask_for_a_visit(family, "Aarav Maurya", "13:00")
    ask_for_a_visit(family, "Sunita Maurya (you)", "14:00")
    doctor.goto("/appointments/requests/")
    press(doctor, "Approve Aarav Maurya")
    expect(doctor.get_by_role("status").filter(has_text="Visit approved.")).to_have_count(1)

    suspend(panel)
    settle(panel, "Aarav Maurya", "Dr Ila Roy is away. Dr Sharma knows the case.")
    says(panel, "1 visit is settled.")
    expect(panel.get_by_role("cell", name="Aarav Maurya", exact=True)).to_have_count(0)
    desk.goto("/dashboard/")
    desk.get_by_role("main").get_by_role("link", name="Bookings to move").click()
    settle(desk, "All of them", "Dr Sharma sees you at the same time.")
    says(desk, "1 visit is settled.")
    says(desk, "No bookings have to be moved.")

    the_family_reads_of_it(family)
    log_in(colleague, neurologist.user.email)
    colleague.goto("/appointments/day/")
    says(colleague, "Aarav Maurya")
    colleague.goto("/appointments/requests/")
    says(colleague, "Sunita Maurya")
    doctor.goto("/dashboard/")
    says(doctor, "Your account is suspended")
    says(doctor, "The council asks for a renewed certificate.")
    assert Claim.objects.exclude(doctor=neurologist).count() == 0


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


def apply(page, hospital):
    page.goto("/doctor/hospitals/")
    page.get_by_label("Name or city").fill(hospital.lower())
    press(page, "Search", exact=True)
    page.get_by_role("link", name=f"Ask {hospital}").click()
    page.get_by_label("Message to those who run it").fill("Mondays would suit me.")
    press(page, "Ask to join")
    says(page, "Waiting for an answer")


def take_in(page, doctor):
    page.goto("/dashboard/")
    page.get_by_role("link", name="Doctors", exact=True).locator("visible=true").last.click()
    says(page, "Mondays would suit me.")
    page.get_by_role("link", name=f"Take in {doctor}").click()
    page.get_by_label("Room").fill("12")
    press(page, "Take in")
    says(page, f"{doctor} works here from today on.")


def publish_hours(page):
    page.goto("/schedule/")
    monday = page.get_by_role("group", name="Monday").first
    monday.get_by_label("From").first.fill("09:00")
    monday.get_by_label("To", exact=True).first.fill("17:00")
    press(page, "Publish hours")
    says(page, "published")


def ask_for_a_visit(page, name, time):
    page.goto("/doctors/?q=cardiology")
    card = page.get_by_role("article", name="Dr Ila Roy")
    card.get_by_role("link", name=re.compile("^Book Today")).first.click()
    title(page, "Book with Dr Ila Roy")
    page.get_by_label("Patient").select_option(name)
    page.get_by_role("radio", name=time).locator("xpath=..").click()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Request")).locator("visible=true").click()
    says(page, "Requested, not yet confirmed")


def suspend(page):
    page.goto("/admin/doctors/doctor/?q=Ila")
    page.get_by_role("main").get_by_role("link", name="Dr Ila Roy").first.click()
    page.get_by_role("link", name="Suspend").locator("visible=true").first.click()
    title(page, "Suspend Dr Ila Roy?")
    page.get_by_label("Reason").fill("The council asks for a renewed certificate.")
    press(page, "Suspend")
    title(page, "Bookings to move")
    says(page, "Aarav Maurya")
    says(page, "Sunita Maurya")


def settle(page, which, message):
    page.get_by_role("checkbox", name=which).check()
    page.get_by_label("Another doctor sees them").check()
    page.get_by_label("Which doctor?").select_option("Dr Neha Sharma, Neurologist")
    page.get_by_label("What the patients read").fill(message)
    send(page, "Do it and tell the patients")


def the_family_reads_of_it(page):
    page.goto("/notifications/")
    says(page, "For Aarav Maurya: Another doctor sees you now. Read who and when.")
    page.goto("/appointments/")
    expect(page.get_by_role("listitem").filter(has_text="Dr Neha Sharma")).to_have_count(2)
    child = page.get_by_role("listitem").filter(has_text="for Aarav Maurya")
    expect(child.locator(".badge")).to_have_text("Confirmed")
    child.get_by_role("link", name="Dr Neha Sharma").click()
    says(page, "Moved from Dr Ila Roy, Today, 13:00")
    says(page, "Dr Ila Roy is away. Dr Sharma knows the case.")
    page.goto("/doctors/?q=cardiology")
    expect(page.get_by_role("article", name="Dr Ila Roy")).to_have_count(0)


def test_a_hospital_registers_is_approved_and_its_receptionist_books_and_checks_in_who_walks_in(
    either, browse, administrator
):
    owner = PatientFactory(email="owner@example.org", name="Omar Ali").user
    page, panel, guest, doctor = (browse(either) for _ in range(4))

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

    oculist = DoctorFactory(email="oculist@example.org", name="Vikram Rao", specialties=["Ophthalmology"])
    log_in(doctor, oculist.user.email)
    apply(doctor, "Gomti Eye Clinic")
    page.goto("/dashboard/")
    page.get_by_role("button", name="Hospital", exact=True).locator("visible=true").first.click()
    take_in(page, "Dr Vikram Rao")
    publish_hours(doctor)
    a_walk_in_is_seen_to(guest)


def a_walk_in_is_seen_to(page):
    page.goto("/dashboard/")
    title(page, "Today")
    page.get_by_role("main").get_by_role("link", name="Register a patient").click()
    fill(page, name="Ramesh Yadav", born_on="1960", phone="98390 12345")
    send(page, "Register and book")
    title(page, "Book for Ramesh Yadav")
    page.get_by_role("radio", name="11:00").locator("xpath=..").click()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Book")).locator("visible=true").click()
    says(page, "Booked for Ramesh Yadav.")
    says(page, "Confirmed")
    page.goto("/reception/")
    send(page, "Check in Ramesh Yadav")
    says(page, "Patient checked in.")
    expect(page.get_by_text("1 waiting, 0 to come, 0 seen")).to_be_visible()
    assert Appointment.objects.get().state == "checked_in"


def link_of_invitation():
    letter = next(letter for letter in reversed(mail.outbox) if letter.to == [INVITED])
    return re.search(r"/invitations/[\w-]+/", letter.body)[0]
