"""The gate for files: what is kept, in which shape, for whom there is room, and how it is handed out."""

import struct
import zlib
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.http import Http404
from PIL import Image

from accounts import files
from accounts import workflow as accounts
from accounts.models import AuditEntry, StoredFile
from healthstack.lib import clock, uploads
from healthstack.lib.rules import RuleBroken
from tests.factories import UserFactory, picture, send_document, trail

PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<<>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE_NAMES = (
    "../../etc/passwd.png",
    "..\\..\\windows\\win.png",
    "nul\x00byte.png",
    "a\r\nSet-Cookie: x=1.png",
    "x" * 300 + ".png",
    "प्रमाणपत्र डॉक्टर.png",
    "photo\u202egnp.exe.png",
    '"><script>.png',
    "..png",
    ".png",
)


def sent(content, name):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def person(db):
    return UserFactory()


def take(upload, person, kinds=files.PORTRAIT):
    return files.take(upload, owner=person, kinds=kinds, by=person)


def opened(stored, small=False):
    name = uploads.small_key(stored.key) if small else stored.key
    with storages["private"].open(name) as content:
        image = Image.open(BytesIO(content.read()))
        image.load()
        return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_portrait_becomes_two_squares_of_our_own_drawing(person, form):
    stored = take(picture(size=(900, 600), form=form, name=f"me.{form.lower()}"), person)
    assert (stored.kind, stored.width, stored.height) == ("image/webp", 512, 512)
    assert (opened(stored).format, opened(stored).size) == ("WEBP", (512, 512))
    assert opened(stored, small=True).size == (96, 96)
    assert trail(stored) == ["accounts.file_taken"]


def test_a_paper_stays_legible_and_whole(person):
    stored = take(picture(size=(3000, 4000)), person, files.PAPER)
    assert (stored.width, stored.height) == (1800, 2400)


def test_where_a_picture_was_taken_is_not_kept_and_it_stands_upright(person):
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010E] = "Asha at home, 26.8467 N"
    stored = take(picture(size=(900, 600), form="JPEG", exif=exif, comment=b"secret"), person, files.PAPER)
    assert (stored.width, stored.height) == (600, 900)
    with storages["private"].open(stored.key) as content:
        kept = content.read()
    assert b"26.8467" not in kept and b"Exif" not in kept and b"EXIF" not in kept and b"secret" not in kept
    assert not opened(stored).getexif()


def test_of_a_moving_picture_the_first_frame_is_kept(person):
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("#ff0000", "#0000ff")]
    out = BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    stored = take(sent(out.getvalue(), "wave.webp"), person)
    red, _green, blue = opened(stored).convert("RGB").getpixel((100, 100))
    assert red > 200 > 60 > blue and getattr(opened(stored), "n_frames", 1) == 1


def test_what_hides_behind_a_picture_is_gone(person):
    polyglot = picture(size=(100, 100)).read() + b"<script>alert(1)</script>PK\x03\x04"
    stored = take(sent(polyglot, "polyglot.png"), person)
    with storages["private"].open(stored.key) as content:
        assert b"<script>" not in content.read()


def bomb(side=50_000):
    """A PNG of a few bytes that says it is `side` pixels wide and high."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (bomb(), "bomb.png", "pixels"),
        (bomb(6400), "bomb.png", "pixels"),
        (SVG, "drawing.svg", "Choose a picture"),
        (SVG, "drawing.png", "not what its name says"),
        (b"<html><script>alert(1)</script>", "page.html", "Choose a picture"),
        (b"MZ\x90\x00", "run.exe", "Choose a picture"),
        (b"MZ\x90\x00", "run.jpg", "not what its name says"),
        (PDF, "paper.pdf", "Choose a picture"),
        (PDF, "paper.png", "not what its name says"),
        (b"GIF89a" + b"\0" * 40, "moving.gif", "Choose a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 200, "broken.png", "cannot be read"),
        (b"\xff\xd8\xff" + b"\0" * 200, "broken.jpg", "cannot be read"),
        (b"", "nothing.png", "empty"),
        (b"\x89PNG\r\n\x1a\n", "noending", "Choose a picture"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_what_is_no_picture_is_refused_in_words(person, content, name, says):
    with pytest.raises(RuleBroken, match=says):
        take(sent(content, name), person)
    assert not StoredFile.objects.exists()


def test_a_picture_cut_off_halfway_is_refused(person):
    whole = picture(size=(600, 600), form="JPEG", quality=100).read()
    with pytest.raises(RuleBroken, match="cannot be read"):
        take(sent(whole[: len(whole) // 2], "half.jpg"), person)


def test_a_file_that_is_too_large_is_refused(person, settings):
    settings.FILE_BYTES = 1024 * 1024
    with pytest.raises(RuleBroken, match="larger than 1 MB"):
        take(sent(b"\xff\xd8\xff" + b"\0" * 1024 * 1024, "large.jpg"), person)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"<html>" + PDF, "not what its name says"), (PDF.replace(b"%%EOF", b""), "not complete"), (SVG, "not what")],
)
def test_a_pdf_begins_and_ends_as_one(person, content, says):
    with pytest.raises(RuleBroken, match=says):
        take(sent(content, "paper.pdf"), person, files.PAPER)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_is_for_people_and_never_reaches_the_disk(person, name):
    stored = take(picture(size=(50, 50), name="x.png"), person)
    stored.name = uploads.plain_name(name)
    assert len(stored.name) <= 160 and stored.name.endswith(".png")
    assert not any(ord(c) < 32 or c in "/\\\u202e" for c in stored.name)
    header = uploads.answer(stored)["Content-Disposition"]
    assert header.startswith("attachment; filename*=UTF-8''") and header.isascii()
    assert header.endswith(".webp") and not any(c in header for c in '\r\n"<>\\')


def test_the_name_on_the_disk_is_random(person):
    upload = picture(size=(50, 50))
    upload.name = "../../../../tmp/evil.png"
    stored = take(upload, person)
    assert "evil" not in stored.key and ".." not in stored.key and len(stored.key) == 35
    assert not storages["private"].exists("evil.png")
    with pytest.raises(ValueError, match="no address"):
        storages["private"].url(stored.key)


def test_a_hindi_name_comes_back_whole(person):
    stored = take(picture(size=(50, 50), name="प्रमाणपत्र.png"), person)
    assert stored.name == "प्रमाणपत्र.png"


def test_nobody_keeps_more_files_than_there_is_room_for(person, settings):
    settings.FILES_OF_A_PERSON = 2
    other = UserFactory()
    take(picture(size=(50, 50)), person), take(picture(size=(50, 50)), person)
    with pytest.raises(RuleBroken, match="You have 2 files"):
        take(picture(size=(50, 50)), person)
    assert take(picture(size=(50, 50)), other).owner == other


def test_nobody_keeps_more_bytes_than_there_is_room_for(person, settings):
    settings.FILE_BYTES_OF_A_PERSON = 1024 * 1024
    large = PDF.replace(b"trailer", b"\0" * 600_000 + b"trailer")
    take(sent(large, "one.pdf"), person, files.PAPER)
    with pytest.raises(RuleBroken, match="1 MB together"):
        take(sent(large, "two.pdf"), person, files.PAPER)
    assert StoredFile.objects.of(person).count() == 1


def test_a_file_that_is_forgotten_leaves_the_disk_once_that_is_certain(person, django_capture_on_commit_callbacks):
    stored = take(picture(), person)
    with django_capture_on_commit_callbacks() as callbacks:
        files.forget(stored, by=person)
    assert not StoredFile.objects.exists()
    assert storages["private"].exists(stored.key)
    for callback in callbacks:
        callback()
    assert not storages["private"].exists(stored.key)
    assert not storages["private"].exists(uploads.small_key(stored.key))


def test_a_file_stays_when_the_act_around_it_fails(person, django_capture_on_commit_callbacks):
    stored = take(picture(), person)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuleBroken), transaction.atomic():
        files.forget(stored, by=person)
        raise RuleBroken("No.")
    assert StoredFile.objects.filter(pk=stored.pk).exists()
    assert storages["private"].exists(stored.key)


def test_a_file_is_handed_out_so_that_it_can_do_nothing(person):
    paper = uploads.answer(take(sent(PDF, "degree.pdf"), person, files.PAPER), inline=True)
    assert paper["Content-Disposition"] == "attachment; filename*=UTF-8''degree.pdf"
    assert paper["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert paper["X-Content-Type-Options"] == "nosniff"
    assert paper["Cache-Control"] == "no-store, private"
    assert paper["Content-Type"] == "application/pdf"
    assert b"".join(paper.streaming_content) == PDF


def test_only_a_picture_is_shown_in_a_page(person):
    stored = take(picture(size=(900, 600)), person)
    assert uploads.answer(stored, inline=True)["Content-Disposition"].startswith("inline")
    assert uploads.answer(stored)["Content-Disposition"].startswith("attachment")
    large, small = (b"".join(uploads.answer(stored, small=s).streaming_content) for s in (False, True))
    assert len(small) < len(large)


def test_a_file_whose_content_is_gone_is_not_there(person):
    stored = take(picture(), person)
    storages["private"].delete(stored.key)
    with pytest.raises(Http404):
        uploads.answer(stored)


@pytest.mark.parametrize(
    "error", [OSError(5, "Input/output error"), PermissionError(13, "No"), TimeoutError(), KeyError()]
)
@pytest.mark.parametrize("act", ["open", "read"])
def test_while_the_storage_is_away_the_page_says_so(patient, sign_in, monkeypatch, error, act):
    """In whichever way it fails, and whether when it is asked or only when it is read."""
    accounts.set_photo(user=patient.user, upload=picture(), by=patient.user)
    browser, url = sign_in(patient), f"/photos/{patient.user.photo_id}/"

    def fail(*args, **kwargs):
        raise error

    with monkeypatch.context() as broken:
        if act == "open":
            broken.setattr(uploads.PrivateStorage, "_open", fail)
        else:
            broken.setattr(uploads.PrivateStorage, "_open", lambda *args: SimpleNamespace(read=fail))
        answer = browser.get(url)
    assert answer.status_code == 503 and answer["Retry-After"] == "30"
    html = answer.content.decode()
    assert "store of files does not answer" in html and answer["X-Request-ID"] in html
    assert "Traceback" not in html and type(error).__name__ not in html
    assert answer["Content-Security-Policy"] and "no-store" in answer["Cache-Control"]
    assert browser.get(url).status_code == 200


def test_a_paper_and_a_portrait_say_so_too(doctor, pending_doctor, sign_in, client, monkeypatch):
    accounts.set_photo(user=doctor.user, upload=picture(), by=doctor.user)
    document = send_document(pending_doctor)

    def fail(*args, **kwargs):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(uploads.PrivateStorage, "_open", fail)
    assert client.get(f"/portraits/{doctor.user.photo_id}/").status_code == 503
    assert sign_in(pending_doctor).get(f"/doctor/documents/{document.pk}/").status_code == 503


def test_a_directory_that_cannot_be_kept_is_a_sentence(administrator, sign_in, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(uploads.PrivateStorage, "_save", fail)
    sent_in = {"source": "Delhi", "file": sent(b"number,name,city\n1,A,B\n", "delhi.csv")}
    answer = sign_in(administrator).post("/admin/hospitals/directoryimport/add/", sent_in)
    assert answer.status_code in (409, 422) and "could not be kept just now" in answer.content.decode()


def test_a_full_disk_is_a_sentence_and_leaves_no_row(person, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.PrivateStorage, "_save", full)
    with pytest.raises(RuleBroken, match="could not be kept"):
        take(picture(), person)
    assert not StoredFile.objects.exists()


class TestSweep:
    @pytest.fixture(autouse=True)
    def _a_storage_of_its_own(self, settings, tmp_path):
        there = {**settings.STORAGES["private"], "OPTIONS": {"location": str(tmp_path / "files")}}
        settings.STORAGES = {**settings.STORAGES, "private": there}

    @pytest.fixture
    def stray(self, person):
        """Content of an act that failed after the gate had written."""
        with pytest.raises(RuleBroken), transaction.atomic():
            stored = take(picture(), person)
            raise RuleBroken("No.")
        return stored.key

    @pytest.fixture
    def tomorrow(self, at):
        return lambda: at(clock.now() + timedelta(days=1, minutes=1))

    def test_it_goes_once_it_is_a_day_old_with_its_small_copy(self, stray, tomorrow):
        assert files.sweep() == 0 and storages["private"].exists(stray)
        tomorrow()
        assert files.sweep() == 2
        assert not storages["private"].exists(stray) and not storages["private"].exists(uploads.small_key(stray))
        assert AuditEntry.objects.get(code="accounts.files_swept").facts == {"files": 2}

    def test_again_there_is_nothing_to_do(self, stray, tomorrow):
        tomorrow()
        assert (files.sweep(), files.sweep()) == (2, 0)
        assert AuditEntry.objects.filter(code="accounts.files_swept").count() == 1

    def test_what_has_a_row_stays(self, person, tomorrow):
        kept = [take(picture(), person), take(sent(PDF, "paper.pdf"), person, files.PAPER)]
        tomorrow()
        assert files.sweep() == 0
        assert all(storages["private"].exists(stored.key) for stored in kept)
        assert storages["private"].exists(uploads.small_key(kept[0].key))

    def test_what_the_gate_did_not_write_stays(self, stray, tomorrow):
        others = ["directories/abc", f"{stray[:2]}/notes.txt", f"xy/{'0' * 32}", "0" * 32]
        for name in others:
            storages["private"].save(name, ContentFile(b"not ours"))
        tomorrow()
        files.sweep()
        assert all(storages["private"].exists(name) for name in others)

    def test_no_more_than_so_many_at_once(self, stray, tomorrow):
        tomorrow()
        assert (files.sweep(at_most=1), files.sweep(at_most=1), files.sweep(at_most=1)) == (1, 1, 0)

    def test_what_cannot_be_removed_waits_for_the_next_day(self, stray, tomorrow, monkeypatch):
        def fail(*args):
            raise OSError(5, "Input/output error")

        tomorrow()
        with monkeypatch.context() as broken:
            broken.setattr(uploads.PrivateStorage, "delete", fail)
            assert files.sweep() == 0
        assert files.sweep() == 2

    def test_any_storage_will_do(self, person, tomorrow, settings):
        settings.STORAGES = {**settings.STORAGES, "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
        kept = take(picture(), person)
        stray = f"00/{'0' * 32}"
        storages["private"].save(stray, ContentFile(b"left behind"))
        tomorrow()
        assert files.sweep() == 1
        assert storages["private"].exists(kept.key) and not storages["private"].exists(stray)

    def test_where_nobody_has_sent_anything_there_is_nothing(self, db):
        assert files.sweep() == 0

    def test_tick_does_it_once_a_day(self, stray, tomorrow):
        call_command("tick")
        assert storages["private"].exists(stray)
        tomorrow()
        call_command("tick")
        assert storages["private"].exists(stray)  # not a day since the last time by the clock of the cache
        cache.clear()
        call_command("tick")
        assert not storages["private"].exists(stray)


def test_a_request_that_no_page_takes_is_answered_before_it_is_read(client, settings):
    answer = client.post("/accounts/login/", {}, CONTENT_LENGTH=str(settings.REQUEST_BYTES + 1))
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()
