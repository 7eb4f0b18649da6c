"""The invoice and the receipt as PDFs: sound, readable, and refused with a sentence where they would come out wrong."""

import shutil
import subprocess
from decimal import Decimal as D

import pytest
from django.urls import reverse

from billing import workflow
from billing.lines import priced
from billing.models import Invoice
from healthstack.lib import pdf

pytestmark = pytest.mark.usefixtures("monday_morning")


def text_of(answer, tmp_path):
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    if not (shutil.which("qpdf") and shutil.which("pdftotext")):
        pytest.skip("qpdf and pdftotext (poppler-utils) are not here")
    path = tmp_path / "paper.pdf"
    path.write_bytes(answer.content)
    subprocess.run(["qpdf", "--check", str(path)], check=True, capture_output=True)
    found = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()
    return " ".join(found.split())


def sell(patient, hospital, *lines):
    row = workflow.open_invoice(patient=patient, hospital=hospital, kind="tests", lines=list(lines), by=None)
    return Invoice.objects.get(pk=workflow.issue(invoice=row, by=None).pk)


def test_an_invoice_reads_back(sign_in, patient, hospital, pay, tmp_path):
    line = priced("Blood count", "333.33", quantity=3, tax_rate=18, discount="99.99", discount_reason="Colleague")
    row = sell(patient, hospital, line)
    pay(row, 200)
    answer = sign_in(patient).get(reverse("billing:invoice_pdf", args=[row.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="INV-2026-000001.pdf"'
    text = text_of(answer, tmp_path)
    for words in (
        "Sahara Hospital",
        "INV-2026-000001",
        "Priyanka Maurya",
        "2 Mar 2026",
        "To be paid by 16 Mar 2026",
        "Discount ₹99.99: Colleague",
        "₹162.00 (18 %)",
        "₹1,062.00",
        "RCP-2026-000001",
        "Still to pay ₹862.00",
        "Page 1 of 1",
    ):
        assert words in text, words


def test_a_receipt_reads_back(sign_in, patient, invoice, pay, tmp_path):
    pay(invoice, 200)
    payment = pay(invoice, 300, tendered=D(500))
    text = text_of(sign_in(patient).get(reverse("billing:receipt_pdf", args=[payment.pk])), tmp_path)
    for words in (
        "RCP-2026-000002",
        "Received ₹300.00",
        "For invoice INV-2026-000001",
        "How Cash",
        "Handed over ₹500.00",
        "Change ₹200.00",
        "Paid of this invoice in all ₹500.00",
        "Still to pay ₹200.00",
    ):
        assert words in text, words


def test_a_long_invoice_goes_over_pages_with_its_letterhead(sign_in, patient, hospital, tmp_path):
    row = sell(patient, hospital, *(priced(f"Test no. {n}, fasting, from a vein", 100 + n) for n in range(80)))
    text = text_of(sign_in(patient).get(reverse("billing:invoice_pdf", args=[row.pk])), tmp_path)
    assert text.count("What for") == text.count("Sahara Hospital") == text.count("Priyanka Maurya") > 1
    assert "Page 2 of" in text


def test_hindi_reads_back_where_the_font_is(sign_in, patient, hospital, tmp_path):
    if "Noto Sans Devanagari" not in pdf._families():
        pytest.skip("no font for Devanagari on this machine")
    row = sell(patient, hospital, priced("नमस्ते", 100))
    assert "नमस्ते" in text_of(sign_in(patient).get(reverse("billing:invoice_pdf", args=[row.pk])), tmp_path)


def test_what_cannot_be_set_right_is_refused_and_leads_to_the_page_for_printing(
    sign_in, patient, hospital, monkeypatch
):
    monkeypatch.setattr(pdf, "_families", lambda: frozenset())
    row = sell(patient, hospital, priced("नमस्ते", 100))
    answer = sign_in(patient).get(reverse("billing:invoice_pdf", args=[row.pk]))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "no font for the script" in page
    assert row.get_absolute_url() in page


def test_where_typst_fails_the_page_says_so(sign_in, patient, invoice, monkeypatch):
    def fail(*args, **options):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(pdf.typst, "compile", fail)
    answer = sign_in(patient).get(reverse("billing:invoice_pdf", args=[invoice.pk]))
    assert answer.status_code == 409
    assert "Print the page instead" in answer.content.decode()


def test_another_s_papers_are_not_there(sign_in, other_patient, other_receptionist, invoice, pay):
    payment = pay(invoice)
    for person in (other_patient, other_receptionist):
        browser = sign_in(person)
        assert browser.get(reverse("billing:invoice_pdf", args=[invoice.pk])).status_code == 404
        assert browser.get(reverse("billing:receipt_pdf", args=[payment.pk])).status_code == 404
