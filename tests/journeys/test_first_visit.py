"""The whole way: a visitor becomes a patient, is seen, gets a prescription, and ends the doctor's access."""

import re

import pytest
from playwright.sync_api import expect

from appointments.models import Appointment
from patients.models import Patient
from tests.factories import PASSWORD, DoctorFactory, HospitalFactory, hours_in
from tests.journeys.conftest import code_from_mail, fill, log_in, press, says, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS = "priya@example.org"


@pytest.fixture
def others(hospital, neurologist):
    """Doctors whom the search must not show: of another city, and of another field."""
    pune = HospitalFactory(name="Jehangir Clinic", slug="jehangir", city="Pune")
    DoctorFactory(name="Rohan Kulkarni", hospitals=[pune])
    DoctorFactory(
        name="Vikram Rao", specialties=["Cardiology"], hospitals=[hospital], hours=hours_in(hospital, begins=8)
    )


def test_a_visitor_books_is_seen_gets_a_prescription_and_ends_the_access(screen, browse, neurologist, others):
    patient, doctor = browse(screen), browse(screen)

    find_a_time(patient)
    at = sign_up_on_the_way(patient)
    request_the_visit(patient, at)
    list_penicillin(patient)

    log_in(doctor, neurologist.user.email)
    approve(doctor, screen)
    call_in(doctor, screen)
    write_the_prescription(doctor)
    finish(doctor)

    read_and_print(patient, screen)
    end_the_access(patient)
    find_the_record_closed(doctor)


def find_a_time(page):
    page.goto("/")
    page.get_by_label("Doctor, speciality, symptom or hospital").fill("neuro")
    page.get_by_label("City").fill("Lucknow")
    press(page, "Search", exact=True)
    title(page, "Search doctors")
    says(page, "1 doctor in Lucknow")
    expect(page.locator("article.doc")).to_have_count(1)
    card = page.get_by_role("article", name="Dr Neha Sharma")
    expect(card.get_by_text("Next free: Today, 10:10")).to_be_visible()
    card.get_by_role("link", name="Book Today, 10:20").click()


def sign_up_on_the_way(page):
    title(page, "Log in")
    says(page, "Then you go on with your booking.")
    page.get_by_role("link", name="Create an account").click()
    title(page, "Create your account")
    says(page, "Then you go on with your booking.")
    fill(page, name="Priya Nair", email=ADDRESS, password1=PASSWORD, born_on="27 3 1994")
    page.get_by_label("I agree that").check()
    press(page, "Create account")
    title(page, "Check your mail")
    fill(page, code=code_from_mail(ADDRESS))
    press(page, "Confirm")
    title(page, "Book with Dr Neha Sharma")
    return "Today, 10:20"


def request_the_visit(page, at):
    expect(page.get_by_role("radio", name="10:20")).to_be_checked()
    says(page, at)
    page.get_by_label("What should the doctor know?").fill("Headaches for a week, worse in the morning.")
    page.get_by_role("button", name=re.compile("^Request")).locator("visible=true").click()
    says(page, "Requested, not yet confirmed")
    title(page, "Dr Neha Sharma")
    says(page, "Headaches for a week, worse in the morning.")


def list_penicillin(page):
    page.goto("/record/")
    says(page, "Nobody has asked you yet.")
    page.get_by_role("link", name="Add an allergy").click()
    fill(page, substance="Penicillin", reaction="Rash and swelling")
    page.locator("[name='severity']").select_option("severe")
    press(page, "Add allergy")
    says(page, "Penicillin is on the list.")


def approve(page, screen):
    title(page, "Hello, Dr Sharma")
    request = page.locator("article.req")
    expect(request).to_contain_text("Priya Nair")
    expect(request).to_contain_text("Headaches for a week")
    request.get_by_role("button", name="Approve Priya Nair").click()
    if screen.js:
        expect(page.locator("article.answered")).to_contain_text("Confirmed")
        expect(page.locator("#live")).to_have_text("Visit approved.")
    else:
        says(page, "Visit approved.")
    assert Appointment.objects.get().state == "confirmed"


def call_in(page, screen):
    page.goto("/dashboard/")
    press(page, "Check in Priya Nair")
    says(page, "Patient checked in.")
    press(page, "Call in Priya Nair")
    says(page, "Visit started.")
    inside = page.locator("section.now")
    expect(inside).to_contain_text("In the room since 10:0")
    in_red(inside.get_by_text("Penicillin (severe)"))
    inside.get_by_role("link", name="Priya Nair").click()
    title(page, re.compile("Priya Nair, 31"))
    in_red(page.get_by_text("Penicillin (severe)"))
    page.get_by_role("link", name="Write prescription").click()


def in_red(words):
    expect(words).to_be_visible()
    expect(words).to_have_css("color", "rgb(179, 38, 30)")


def write_the_prescription(page):
    title(page, "Prescription for Priya Nair")
    in_red(page.get_by_text("Penicillin (severe)"))
    fill(page, diagnosis="Migraine without aura", advice="Sleep enough. Keep a diary of the headaches.")
    write_line(page, 0, name="Propranolol", strength="40 mg", dose_quantity="1", days="30")
    page.get_by_role("button", name="Add a medicine").click()
    expect(page.locator("fieldset.line")).to_have_count(2)
    expect(page.locator("[name='medicines-0-name']")).to_have_value("Propranolol")
    expect(page.locator("[name='diagnosis']")).to_have_value("Migraine without aura")
    write_line(page, 1, name="Paracetamol", strength="500 mg", dose_quantity="1", days="5")
    fill(page, follow_up_on="2026-04-01")
    press(page, "Save and read it once more")
    says(page, "Read it once more")
    says(page, "Draft, not signed. Not valid.")
    says(page, "1 tablet in the morning and in the evening")
    press(page, "Sign", exact=True)
    says(page, "Prescription signed. The patient can read it now.")
    says(page, "Signed by Dr Neha Sharma")


def write_line(page, n, *, days, **texts):
    fill(page, **{f"medicines-{n}-{name}": text for name, text in texts.items()}, **{f"medicines-{n}-days": days})
    page.locator(f"[name='medicines-{n}-often']").select_option("1-0-1")
    page.locator(f"[name='medicines-{n}-dose_unit']").select_option("tablet")


def finish(page):
    page.get_by_role("link", name="Back to the visit").click()
    press(page, "Finish visit")
    says(page, "Visit finished.")
    assert Appointment.objects.get().state == "completed"
    page.goto("/patients/")
    page.get_by_role("link", name="Priya Nair").click()
    title(page, "Priya Nair")


def read_and_print(page, screen):
    page.goto("/prescriptions/")
    page.get_by_role("link", name="Read Migraine without aura").click()
    sheet = page.get_by_role("article", name="Prescription")
    expect(sheet.get_by_role("rowheader")).to_have_text(["Propranolol 40 mg", "Paracetamol 500 mg"])
    expect(page.get_by_role("button", name="Print")).to_have_count(1 if screen.js else 0)
    page.emulate_media(media="print")
    for printed in (".letterhead", "table.rx", ".signature", "text=Signed by Dr Neha Sharma", "text=See again on"):
        expect(page.locator(printed).first).to_be_visible()
    for left_out in (".bar", ".rail", ".tabbar", ".foot", ".crumbs", "main .btn", ".skip"):
        expect(page.locator(left_out).locator("visible=true")).to_have_count(0)
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    page.emulate_media(media="screen")


def end_the_access(page):
    page.goto("/record/access/")
    title(page, "Who may see my record")
    opened = page.get_by_role("table", name="Openings of this record").get_by_role("row")
    expect(opened.filter(has_text="Dr Neha Sharma").or_(opened.filter(has_text="Neha Sharma")).first).to_be_visible()
    says(page, "You were in the room")
    page.locator("summary", has_text="End access").click()
    press(page, "Yes, end it")
    says(page, "Neha Sharma can no longer open this record.")
    says(page, "Nobody but you.")


def find_the_record_closed(page):
    answer = page.goto(f"/patients/{Patient.objects.get().pk}/")
    assert answer.status == 404
    title(page, "There is nothing here")
    page.goto("/patients/")
    title(page, "My patients")
    says(page, "Patients appear here once you have approved a visit.")
    expect(page.get_by_text("Priya Nair")).to_have_count(0)
