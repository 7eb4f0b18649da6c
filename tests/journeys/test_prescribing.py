"""A prescription with an allergy warning that is overridden with a reason: signed, read, on paper, and checked by anybody."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from appointments import workflow as appointments
from patients import workflow as patients
from prescriptions import workflow as prescriptions
from prescriptions.formulary import Item
from prescriptions.models import Medicine, Override
from tests.factories import book
from tests.journeys.conftest import DESK, fill, log_in, press, says, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(forenoon, patient, doctor):
    rows = ["Amoxycillin Capsules IP 500 mg", "Paracetamol Tablets IP 500mg", "Amoxapine Tablets 50 mg"]
    items = [Item(n, name, "10's", Decimal(9), "x") for n, name in enumerate(rows, 1)]
    prescriptions.import_formulary(items=items, source="a list", by=None)
    patients.list_allergy(patient=patient, substance="Penicillin", severity="severe", by=patient.user)
    visit = appointments.approve(appointment=book(patient, doctor), by=doctor.user)
    appointments.check_in(appointment=visit, by=doctor.user)
    return appointments.start(appointment=visit, by=doctor.user)


def test_a_warning_is_overridden_with_a_reason(browse, visit, patient, doctor):
    page, reader = browse(DESK), browse(DESK)
    log_in(page, doctor.user.email)
    page.goto(f"/prescriptions/draft/{visit.pk}/")
    fill(page, diagnosis="Tonsillitis")
    page.locator("[name='medicines-0-name']").press_sequentially("amoxi")
    page.get_by_role("button", name=re.compile("Amoxycillin 500 mg")).click()
    expect(page.locator("[name='medicines-0-name']")).to_have_value("Amoxycillin")
    expect(page.locator("[name='medicines-0-dose_unit']")).to_have_value("capsule")
    fill(page, medicines__0__dose_quantity="1", medicines__0__days="5")
    page.locator("[name='medicines-0-often']").select_option("8 hours")
    says(page, "Allergy: the patient must not get Penicillin")  # before anything is saved
    press(page, "Save and read it once more")
    says(page, "write why it is given all the same")
    page.get_by_label("Why it is given all the same").fill("Tolerated it twice in hospital.")
    press(page, "Save and read it once more")
    says(page, "Given all the same: Tolerated it twice in hospital.")
    press(page, "Sign", exact=True)
    says(page, "Prescription signed. The patient can read it now.")
    assert Override.objects.get().by == doctor.user
    row = Medicine.objects.get().prescription
    log_in(reader, patient.user.email)
    read_it(reader, row)
    check_it(browse(DESK), row, patient)


def read_it(page, row):
    page.goto("/prescriptions/")
    page.get_by_role("link", name="Read Tonsillitis").click()
    says(page, "1 capsule every 8 hours, for 5 days")
    says(page, "15 capsules")
    expect(page.get_by_text("Tolerated it twice")).to_have_count(0)
    with page.expect_download() as paper:
        page.get_by_role("link", name="Download PDF").click()
    with open(paper.value.path(), "rb") as content:
        assert content.read(5) == b"%PDF-"


def check_it(page, row, patient):
    page.goto(f"/verify/{row.code_in_groups}/")
    title(page, "Is this prescription genuine?")
    says(page, "Genuine and valid")
    expect(page.get_by_text("Amoxycillin")).to_have_count(0)
    expect(page.get_by_text(patient.name)).to_have_count(0)
