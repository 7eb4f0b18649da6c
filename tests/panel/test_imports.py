"""A directory of hospitals in the panel: sent, looked at, wanted, and reported."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import strip_tags

from hospitals.models import DirectoryImport, Hospital
from tests.hospitals.test_directory import HEADER, line
from tests.security.test_hostile import HOSTILE

ADD = "/admin/hospitals/directoryimport/add/"


def sent(desk, *lines, source="National directory", **how):
    content = "\n".join([HEADER, *lines, ""]).encode()
    file = SimpleUploadedFile("hospitals.csv", content, "text/csv")
    return desk.post(ADD, {"source": source, "file": file, **how})


def text_of(answer):
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


def test_from_the_file_to_the_report(desk, client):
    page = desk.get(ADD)
    assert 'enctype="multipart/form-data"' in page.content.decode()
    answer = sent(desk, line(1, pin="12"), line(2, "Care Clinic", "Pune"))
    assert answer.status_code == 302
    shown = text_of(desk.get(answer.url))
    assert "Checked. Nothing is imported yet. 2 would be added, 0 changed, 0 are here already." in shown
    assert "“12” is no PIN code and is left out." in shown
    assert "Care Clinic" in shown
    assert not Hospital.objects.exists()
    assert "Added2" not in shown
    assert "Import these hospitals" in shown
    assert "Import these hospitals" not in text_of(desk.get("/admin/hospitals/directoryimport/"))
    directory = DirectoryImport.objects.get()
    assert directory.by.email == "admin@example.org"
    answer = desk.post("/admin/hospitals/directoryimport/start/", {"only": directory.pk}, follow=True)
    shown = text_of(answer)
    assert "National directory" in shown and "is being imported." in shown
    assert "Imported. 2 added, 0 changed, 0 the same as before." in shown
    assert "Import these hospitals" not in shown
    assert "Added2" in shown
    assert "Care Clinic" in text_of(client.get("/hospitals/?q=care"))
    shown = text_of(desk.get("/admin/hospitals/directoryimport/"))
    assert "National directory" in shown and "Imported" in shown


def test_faults_are_shown_and_nothing_can_be_imported(desk):
    answer = sent(desk, line(1), line(2, name=""))
    shown = text_of(desk.get(answer.url))
    assert "This file cannot be imported. There is 1 fault in it. Nothing was changed." in shown
    assert "The name is missing." in shown
    assert "Import these hospitals" not in shown
    directory = DirectoryImport.objects.get()
    answer = desk.post("/admin/hospitals/directoryimport/start/", {"only": directory.pk}, follow=True)
    assert "Nothing to do: look at the state." in text_of(answer)
    assert not Hospital.objects.exists()


def test_names_in_the_file_are_never_markup(desk):
    answer = sent(desk, line(1, name="<script>alert(1)</script> Clinic", pin="<b>12</b>"))
    page = desk.get(answer.url).content.decode()
    assert "<script>alert" not in page and "<b>12</b>" not in page


@pytest.mark.parametrize("state", ["checking", "running"])
def test_while_it_works_the_page_asks_again_and_works_without(desk, state):
    sent(desk, line(1))
    DirectoryImport.objects.update(state=state)
    page = desk.get(f"/admin/hospitals/directoryimport/{DirectoryImport.objects.get().pk}/change/").content.decode()
    assert 'hx-trigger="every 2s"' in page and "Look again" in page
    assert "Import these hospitals" not in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"source": ""}, "Enter the name of the directory"),
        ({"source": "x" * 61}, "60"),
        ({"file": ""}, "Choose a file"),
        ({"file": SimpleUploadedFile("x.csv", b"")}, "This file is empty. Choose another one."),
    ],
)
def test_a_form_that_is_not_filled_in_says_so(desk, changes, sentence):
    answer = sent(desk, line(1), **changes)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not DirectoryImport.objects.exists()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_kept_as_text_or_refused_in_words(desk, text):
    answer = sent(desk, line(1), source=text)
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        page = desk.get(answer.url).content.decode()
        assert "<script>alert(1)" not in page and "onerror=alert(1)>" not in page
    file = SimpleUploadedFile(text.replace("\x00", "")[:200] or "x", f"{HEADER}\n{line(1)}".encode())
    answer = desk.post(ADD, {"source": "Fine", "file": file})
    assert answer.status_code in (302, 422)


def test_a_large_file_is_refused_in_words(desk, settings):
    settings.FILE_BYTES = 1024 * 1024
    file = SimpleUploadedFile("big.csv", b"x" * (1024 * 1024 + 1))
    answer = desk.post(ADD, {"source": "Big", "file": file})
    assert answer.status_code == 422
    assert "The file is larger than 1 MB." in text_of(answer)


@pytest.mark.parametrize("who", ["patient", "doctor", "hospital_admin"])
def test_nobody_else_may(who, request, sign_in, desk):
    answer = sent(desk, line(1))
    browser = sign_in(request.getfixturevalue(who))
    for address in (ADD, answer.url, "/admin/hospitals/directoryimport/"):
        assert browser.get(address).status_code == 403
    assert sent(browser, line(1)).status_code == 403
    one = {"only": DirectoryImport.objects.get().pk}
    assert browser.post("/admin/hospitals/directoryimport/start/", one).status_code == 403
    assert reverse("admin:hospitals_directoryimport_start") == "/admin/hospitals/directoryimport/start/"
    assert not Hospital.objects.filter(source="National directory").exists()
