"""On paper: a sound PDF that reads back, and a code by which anybody sees whether it is genuine."""

import re
import shutil
import subprocess

import pytest
from django.urls import reverse

from healthstack.lib import pdf
from patients import workflow as patients
from prescriptions import workflow


@pytest.fixture
def signed(visit, doctor, medicine):
    lines = [
        medicine("Sumatriptan", food="after"),
        medicine("<b>Tonic</b> #panic()", strength="", pattern="", every=8, period="hours"),
    ]
    facts = {"diagnosis": "Migraine", "advice": "रोज़ पानी पिएँ।\nSleep.", "by": doctor.user}
    return workflow.sign(prescription=workflow.draft(appointment=visit, medicines=lines, **facts), by=doctor.user)


def text_of(sheet):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not here")
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=sheet, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


@pytest.fixture
def hindi():
    if "Noto Sans Devanagari" not in pdf._families():
        pytest.skip("no font for Devanagari on this machine")


@pytest.fixture
def sheet(hindi, signed, sign_in, patient):
    answer = sign_in(patient).get(f"/prescriptions/{signed.pk}.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    return answer.content


def test_it_is_a_sound_pdf(sheet, tmp_path):
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not here")
    (tmp_path / "sheet.pdf").write_bytes(sheet)
    subprocess.run(["qpdf", "--check", str(tmp_path / "sheet.pdf")], check=True, capture_output=True)


def test_it_reads_back(sheet, signed, doctor, patient):
    text = text_of(sheet)
    for words in (
        "Sahara Hospital",
        patient.name,
        doctor.registration_number,
        doctor.council,
        "Sumatriptan 50 mg",
        "1-0-1",
        "10 tablets",
        "every 8 hours",
        "<b>Tonic</b> #panic()",
        "Migraine",
        "Page 1 of 1",
        f"/verify/{signed.code}/",
    ):
        assert words in text
    assert "पानी" in text
    assert "Not asked yet" in text  # about allergies: silence is not safety


def test_a_paper_that_is_not_valid_any_more_says_so(hindi, signed, doctor, patient, sign_in):
    workflow.withdraw(prescription=signed, reason="Wrong dose", by=doctor.user)
    text = text_of(sign_in(patient).get(f"/prescriptions/{signed.pk}.pdf").content)
    assert "Not valid any more: Withdrawn" in text


def test_without_the_font_the_page_says_why_and_offers_the_print_page(signed, patient, sign_in, monkeypatch):
    monkeypatch.setattr(pdf, "_families", lambda: frozenset({"Noto Sans"}))
    answer = sign_in(patient).get(f"/prescriptions/{signed.pk}.pdf")
    assert answer.status_code == 409
    assert "no font" in answer.content.decode() and signed.get_absolute_url() in answer.content.decode()


def test_a_draft_has_no_pdf(draft, doctor, sign_in):
    assert sign_in(doctor).get(f"/prescriptions/{draft.pk}.pdf").status_code == 404


def test_strangers_get_no_pdf(signed, other_patient, other_doctor, sign_in, client):
    for person in (other_patient, other_doctor):
        assert sign_in(person).get(f"/prescriptions/{signed.pk}.pdf").status_code == 404
    assert client.get(f"/prescriptions/{signed.pk}.pdf").status_code == 302


# --- the code


def test_the_code_is_made_at_signing_and_is_long(draft, doctor):
    assert draft.code is None
    signed = workflow.sign(prescription=draft, by=doctor.user)
    assert re.fullmatch("[0-9A-Z]{16}", signed.code)


def test_the_page_bears_the_code(signed, patient, sign_in):
    page = sign_in(patient).get(signed.get_absolute_url()).content.decode()
    assert "<svg" in page and reverse("prescriptions:verify", args=[signed.code]) in page


def test_anybody_sees_that_it_is_genuine_and_nothing_else(signed, doctor, client, patient):
    page = client.get(f"/verify/{signed.code}/").content.decode()
    for words in ("Genuine and valid", doctor.name, doctor.registration_number, "Sahara Hospital", patient.initials):
        assert words in page
    for secret in ("Sumatriptan", "Migraine", "Sleep", patient.name, "Maurya"):
        assert secret not in page


def test_a_code_read_off_a_paper_may_be_typed_in_groups_and_small(signed, client):
    typed = "-".join(re.findall("....", signed.code)).lower()
    assert client.get(f"/verify/{typed}/").status_code == 200
    assert signed.code_in_groups == typed.upper()


def test_replaced_and_withdrawn_are_said(signed, doctor, client):
    new = workflow.sign(prescription=workflow.replace(prescription=signed, by=doctor.user), by=doctor.user)
    assert "replaced by a newer one" in client.get(f"/verify/{signed.code}/").content.decode()
    workflow.withdraw(prescription=new, reason="Wrong dose", by=doctor.user)
    page = client.get(f"/verify/{new.code}/").content.decode()
    assert "withdrawn by the doctor" in page and "Wrong dose" not in page


@pytest.mark.parametrize("code", ["0000000000000000", "x", "%00", "é", "a" * 300])
def test_a_wrong_code_is_a_sentence(client, db, code):
    answer = client.get(f"/verify/{code}/")
    assert answer.status_code == 404
    assert "No signed prescription has this code" in answer.content.decode()


def test_guessing_is_slowed_down(client, signed):
    answers = [client.get(f"/verify/{n:016}/").status_code for n in range(31)]
    assert answers.count(429) == 1
    assert client.get(f"/verify/{signed.code}/").status_code == 429


def test_the_author_keeps_the_pdf_without_what_stands_in_the_record(hindi, signed, visit, patient, doctor, sign_in):
    patients.end_access(grant=visit.grant, by=patient.user)
    text = text_of(sign_in(doctor).get(f"/prescriptions/{signed.pk}.pdf").content)
    assert "Sumatriptan" in text and "Allergies" not in text
