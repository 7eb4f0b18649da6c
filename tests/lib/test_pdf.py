"""PDFs: text stays text, every script has its font or is refused."""

import shutil
import subprocess

import pytest
from django.conf import settings

from healthstack.lib import pdf, qr

FACTS = {
    "title": "Invoice",
    "number": "INV-2026-000001",
    "lang": "en",
    "hospital": {"name": "Sahara Hospital", "lines": ["4 Station Road, Lucknow 226001"]},
    "about": [["Patient", "Priyanka Maurya"]],
    "printed": "Printed 2 Mar 2026",
    "page_words": ["Page", "of"],
}
BODY = '#import "/layouts/paper.typ": paper, data\n#show: paper\n#data.text\n#image(bytes(data.qr), width: 20mm, alt: "Code")\n'


@pytest.fixture
def draw(tmp_path, monkeypatch):
    """draw(text) is a PDF with the house's letterhead and that text."""
    (tmp_path / "layouts").mkdir()
    shutil.copy(settings.BASE_DIR / "templates/layouts/paper.typ", tmp_path / "layouts")
    (tmp_path / "page.typ").write_text(BODY)
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)
    return lambda text, **facts: pdf.draw("page.typ", {**FACTS, "text": text, "qr": qr.svg("x"), **facts})


def text_of(sheet):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not here")
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=sheet, capture_output=True, check=True
    ).stdout.decode()


def test_it_is_a_sound_pdf(draw, tmp_path):
    sheet = draw("Paracetamol")
    assert sheet.startswith(b"%PDF-")
    if shutil.which("qpdf"):
        (tmp_path / "sheet.pdf").write_bytes(sheet)
        subprocess.run(["qpdf", "--check", str(tmp_path / "sheet.pdf")], check=True, capture_output=True)


def test_what_a_person_typed_is_text_and_no_command(draw):
    hostile = '#read("/etc/passwd") $x$ *bold* <b>tag</b> #panic() \\u{41}'
    assert hostile in " ".join(text_of(draw(hostile)).split())


def test_money_and_hindi_read_back(draw):
    if "Noto Sans Devanagari" not in pdf._families():
        pytest.skip("no font for Devanagari on this machine")
    found = text_of(draw("₹1,25,000.00 नमस्ते"))
    assert "₹1,25,000.00" in found
    assert "नमस्ते" in found


def test_a_script_without_its_font_is_refused_with_a_sentence(draw, monkeypatch):
    monkeypatch.setattr(pdf, "_families", lambda: frozenset({"Noto Sans"}))
    with pytest.raises(pdf.CannotDraw, match="no font for the script"):
        draw("नमस्ते")


@pytest.mark.parametrize("text", ["😀", "日本", "\x00", "\u202e"])
def test_signs_that_no_font_has_are_refused(draw, text):
    with pytest.raises(pdf.CannotDraw, match="cannot show"):
        draw(text)


def test_a_code_is_a_drawing_without_styles():
    drawing = qr.svg("https://example.org/verify/ABC/")
    assert drawing.startswith("<svg")
    assert "style" not in drawing
    assert "script" not in drawing
