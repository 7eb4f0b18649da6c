"""The field in which a file is chosen."""

from io import BytesIO

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from healthstack.lib.forms import HouseForm
from healthstack.lib.uploads import PAPER, PORTRAIT, UploadField


class Sent(HouseForm, forms.Form):
    council = forms.CharField()
    paper = UploadField(kinds=PAPER, label="Certificate")
    photo = UploadField(kinds=PORTRAIT, label="Photo", required=False)


def picture():
    out = BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    return SimpleUploadedFile("scan.png", out.getvalue())


def test_what_was_chosen_has_been_looked_at():
    form = Sent({"council": "Delhi"}, {"paper": picture()})
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["paper"].name, form.cleaned_data["paper"].kind) == ("scan.png", "image/webp")
    assert form.cleaned_data["photo"] is None


def test_nothing_chosen_is_a_sentence():
    form = Sent({"council": "Delhi"}, {})
    assert form.errors == {"paper": ["Choose a PDF or a picture (JPEG, PNG or WebP)"]}


def test_a_file_that_is_refused_is_a_sentence_at_its_field():
    form = Sent({"council": "Delhi"}, {"paper": SimpleUploadedFile("page.html", b"<html>")})
    assert form.errors == {"paper": ["Choose a PDF or a picture (JPEG, PNG or WebP)"]}


def test_after_another_error_the_field_says_that_the_file_was_not_kept():
    form = Sent({"council": ""}, {"paper": picture()})
    assert not form.is_valid()
    assert "Choose the file again" in form["paper"].help_text
    assert "Choose the file again" not in form["photo"].help_text


def test_the_browser_offers_only_what_is_taken():
    html = str(Sent()["photo"])
    assert 'accept=".jpg,.jpeg,.png,.webp"' in html
    assert ".pdf" in str(Sent()["paper"])
