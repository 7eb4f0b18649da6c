"""Files that people send: looked at before anything is kept, and handed out so that nothing in them can act.

`UploadField` looks when the form is checked, `accounts.files.take` keeps what it found, `answer` hands it out again.
Knows no table: whoever keeps a row about a file says what it is called, what it is, and which key it has.
"""

import re
import unicodedata
from io import BytesIO
from typing import NamedTuple
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.http import FileResponse, Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from healthstack.lib.rules import RuleBroken

MEGABYTE = 1024 * 1024
NAME_LENGTH = 160  # of what a person called it
WEBP, PDF = "image/webp", "application/pdf"
# What a name may end in, what the content then begins with, and what Pillow calls it.
PICTURES = {
    ".jpg": (rb"\xff\xd8\xff", "JPEG"),
    ".jpeg": (rb"\xff\xd8\xff", "JPEG"),
    ".png": (rb"\x89PNG\r\n\x1a\n", "PNG"),
    ".webp": (rb"RIFF....WEBP", "WEBP"),
}
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", WEBP: ".webp", PDF: ".pdf"}
# Turn the direction of text around, or are not seen: a name may not pretend to end otherwise than it does.
INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
JOINERS = "\u200c\u200d"  # Hindi is written with them


class Kinds(NamedTuple):
    """What may be sent, and what becomes of a picture: the longest side, that of its small copy, cut to a square."""

    pdf: bool
    side: int
    small: int
    square: bool
    ask: str  # what to choose


PORTRAIT = Kinds(False, 512, 96, True, _("Choose a picture (JPEG, PNG or WebP)"))
PHOTO = Kinds(False, 1280, 320, False, _("Choose a picture (JPEG, PNG or WebP)"))
PAPER = Kinds(True, 2400, 240, False, _("Choose a PDF or a picture (JPEG, PNG or WebP)"))


class Looked(NamedTuple):
    """What the gate found: content that is ours to keep. A picture was drawn anew, in two sizes."""

    name: str
    kind: str
    content: bytes
    small: bytes
    width: int | None
    height: int | None

    @property
    def size(self):
        return len(self.content) + len(self.small)


class StorageAway(Exception):
    """The private storage does not answer: the page says so, as it does while the database is away."""


class PrivateStorage(FileSystemStorage):
    """A folder that no address leads to: what is in it is handed out by views that ask who wants it."""

    def url(self, name):
        raise ValueError("Private files have no address.")


def look(upload, kinds):
    """-> Looked, from what a browser sent. Raises RuleBroken with a sentence when it is not kept."""
    if upload.size > settings.FILE_BYTES:
        most = settings.FILE_BYTES // MEGABYTE
        raise RuleBroken(gettext("The file is larger than %(most)d MB. Choose a smaller one.") % {"most": most})
    if not upload.size:
        raise RuleBroken(gettext("The file is empty. Choose another one."))
    name = plain_name(upload.name)
    ending = _ending(name)
    upload.seek(0)
    content = upload.read()
    if ending == ".pdf" and kinds.pdf:
        _look_at_pdf(content)
        return Looked(name, PDF, content, b"", None, None)
    if ending not in PICTURES:
        raise RuleBroken(str(kinds.ask))
    begins, form = PICTURES[ending]
    if not re.match(begins, content, re.DOTALL):
        raise RuleBroken(gettext("The file is not what its name says. Choose another one."))
    large, small, (width, height) = _drawn_anew(content, form, kinds)
    return Looked(name, WEBP, large, small, width, height)


def plain_name(name):
    """What a person called a file, for people: without folders, without what cannot be seen, not too long."""
    name = re.split(r"[/\\]", name or "")[-1]
    name = " ".join(
        "".join(" " if unicodedata.category(c) in INVISIBLE and c not in JOINERS else c for c in name).split()
    )
    ending = _ending(name)
    stem = name[: len(name) - len(ending)][: NAME_LENGTH - len(ending)].strip(" .")
    return (stem or gettext("file")) + ending


def _ending(name):
    _stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and 0 < len(ending) <= 5 else ""


def _look_at_pdf(content):
    """A PDF from its first byte to its end mark. What else is in it stays shut: it is only ever downloaded."""
    if not content.startswith(b"%PDF-"):
        raise RuleBroken(gettext("The file is not what its name says. Choose another one."))
    if b"%%EOF" not in content[-1024:]:
        raise RuleBroken(gettext("The PDF is not complete. Save it anew and choose it again."))


def _drawn_anew(content, form, kinds):
    """-> (picture, small picture, (width, height)) as WebP: only what is seen, nothing of what was around it."""
    try:
        with Image.open(BytesIO(content), formats=[form]) as image:
            width, height = image.size
            if width * height > settings.FILE_PIXELS:
                raise Image.DecompressionBombError
            image.draft("RGB", (2 * kinds.side, 2 * kinds.side))  # a JPEG is read no larger than it is needed
            image.seek(0)
            image.load()
            image = ImageOps.exif_transpose(image)
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except Image.DecompressionBombError:
        most = settings.FILE_PIXELS // 1_000_000
        raise RuleBroken(
            gettext("The picture has more than %(most)d million pixels. Choose a smaller one.") % {"most": most}
        ) from None
    except Exception:  # a reader of hostile bytes fails in any way it likes
        raise RuleBroken(gettext("The picture cannot be read. Save it anew and choose it again.")) from None
    large = _sized(image, kinds.side, kinds.square)
    return _webp(large), _webp(_sized(large, kinds.small, kinds.square)), large.size


def _sized(image, side, square):
    if square:
        side = min(side, *image.size)
        return ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
    image = image.copy()
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


def _webp(image):
    out = BytesIO()
    image.save(out, "WEBP", quality=82, icc_profile=b"", exif=b"", xmp=b"")
    return out.getvalue()


def answer(stored, *, small=False, inline=False):
    """The answer of a view that hands out a file; whether this person may have it, the view has asked before.

    stored: a row with name, kind and key. inline: shown in a page; only ever true of pictures, which we drew ourselves.
    Raises StorageAway.
    """
    picture = stored.kind != PDF
    try:
        content = storages["private"].open(small_key(stored.key) if small and picture else stored.key)
        content.read(1)  # some storages ask nobody before: once the answer has begun it cannot say that they are away
        content.seek(0)
    except FileNotFoundError:
        raise Http404 from None
    except Exception as error:  # each storage fails in its own way
        raise StorageAway(type(error).__name__) from error
    response = FileResponse(content, content_type=stored.kind)
    ending = ENDINGS[stored.kind]
    name = stored.name[: len(stored.name) - len(_ending(stored.name))] + ending
    place = "inline" if inline and picture else "attachment"
    response["Content-Disposition"] = f"{place}; filename*=UTF-8''{quote(plain_name(name), safe='')}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def small_key(key):
    """Where the small copy of a picture lies."""
    return f"{key}-small"


class _BoundUpload(forms.BoundField):
    """No browser keeps a chosen file: where anything in the form was wrong, the field says so."""

    @property
    def help_text(self):
        if self.form.is_bound and self.form.errors and self.name not in self.form.errors and self.data:
            return gettext("Choose the file again: it was not kept, since something else was missing.")
        return self._help_text

    @help_text.setter
    def help_text(self, text):
        self._help_text = text


class UploadField(forms.FileField):
    """A file that one can choose. The cleaned value is Looked, or None where nothing was chosen and nothing must be.

    kinds: PORTRAIT, PHOTO or PAPER. The form needs enctype="multipart/form-data" and `posted_files(request)`.
    """

    def __init__(self, *, kinds, **kwargs):
        kwargs.setdefault("help_text", kinds.ask)
        kwargs.setdefault("error_messages", {})
        kwargs["error_messages"] = {
            "required": kinds.ask,
            "invalid": kinds.ask,
            "missing": kinds.ask,
            "empty": _("The file is empty. Choose another one."),
            **kwargs["error_messages"],
        }
        kwargs.setdefault("widget", forms.FileInput)
        super().__init__(**kwargs)
        self.kinds = kinds
        endings = [*PICTURES, ".pdf"] if kinds.pdf else PICTURES
        self.widget.attrs["accept"] = ",".join(endings)

    def get_bound_field(self, form, field_name):
        return _BoundUpload(form, self, field_name)

    def clean(self, data, initial=None):
        upload = super().clean(data, None)
        if not upload:
            return None
        try:
            return look(upload, self.kinds)
        except RuleBroken as refusal:
            raise forms.ValidationError(refusal.sentence) from None


def posted_files(request):
    """What the second argument of a form with an UploadField is: the files, or None when the page is looked at."""
    return request.FILES if request.method == "POST" else None
