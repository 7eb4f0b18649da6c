"""Documents on paper: a typst template and its data become a PDF.

    sheet = pdf.draw("prescriptions/detail.typ", {"title": …, "lang": "en", …})      raises CannotDraw

The template lies beside the HTML ones. The data reaches it as one JSON text and is never part of its source, so that
nothing a person typed can become a command. typst draws a script without its font wrongly and says nothing; so every
character is looked at first, and what cannot be set right is refused.
"""

import json
import logging
import unicodedata
from functools import cache

import typst
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from healthstack.lib import clock

# A script, as Unicode's names of its letters begin, and the font that sets it. The first three come with typst itself.
FONTS = {
    "LATIN": None,
    "GREEK": None,
    "CYRILLIC": None,
    "DEVANAGARI": "Noto Sans Devanagari",
    "BENGALI": "Noto Sans Bengali",
    "GUJARATI": "Noto Sans Gujarati",
    "GURMUKHI": "Noto Sans Gurmukhi",
    "KANNADA": "Noto Sans Kannada",
    "MALAYALAM": "Noto Sans Malayalam",
    "ORIYA": "Noto Sans Oriya",
    "TAMIL": "Noto Sans Tamil",
    "TELUGU": "Noto Sans Telugu",
}
# Punctuation, figures, signs of money and of mathematics that every one of our fonts has.
SIGNS = set("–—‘’“”•…′″₹€£¥©®°±²³µ·×÷½¼¾≤≥≈−→←↑↓\u00a0\u2009\u202f\u200c\u200d\ufeff")

logger = logging.getLogger(__name__)
TEMPLATES = settings.BASE_DIR / "templates"


class CannotDraw(Exception):
    """This document cannot be set here. The text is a sentence for the person; a print page does instead."""

    def __init__(self, sentence):
        super().__init__(sentence)
        self.sentence = sentence


def draw(template, data):
    """A PDF. -> bytes

    template: its path below templates/. data: JSON-able, with "title" and "lang". Raises CannotDraw when a script has
    no font on this machine, or nothing comes of it.
    """
    refuse_what_has_no_font(data)
    fonts = _fonts()
    names = ["Noto Sans", *(font for font in FONTS.values() if font)]
    data = {**data, "fonts": [name for name in names if name in _families()] + ["Libertinus Serif"]}
    try:
        return typst.compile(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=fonts,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=int(clock.now().timestamp()),
        )
    except (RuntimeError, OSError) as error:
        logger.error("typst could not set %s: %s", template, str(error)[:200])
        raise CannotDraw(_("The PDF could not be made. Print the page instead.")) from None


def answer(request, template, data, *, name, print_page):
    """The PDF as a download; where it cannot be set, a page (409) that says why and leads to the one for printing.

    name: of the file, without its ending. print_page: an address.
    """
    try:
        sheet = draw(template, data)
    except CannotDraw as refusal:
        facts = {"sentence": refusal.sentence, "print_page": print_page}
        return render(request, "errors/no_pdf.html", facts, status=409)
    response = HttpResponse(sheet, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def refuse_what_has_no_font(data):
    """Raises CannotDraw when some text in it holds a character that would come out wrong."""
    for char in sorted(set(_texts(data))):
        if (char.isascii() and (char.isprintable() or char in "\n\t")) or char in SIGNS:
            continue
        script = unicodedata.name(char, "").partition(" ")[0]
        font = FONTS.get(script, "")
        if font == "":
            raise CannotDraw(_("A PDF cannot show the sign “%(sign)s”. Print the page instead.") % {"sign": char})
        if font and font not in _families():
            raise CannotDraw(
                _("This server has no font for the script of “%(sign)s”, so there is no PDF. Print the page instead.")
                % {"sign": char}
            )


def _texts(value):
    """All characters of all strings in it, keys left out."""
    if isinstance(value, str):
        yield from value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


@cache
def _fonts():
    return typst.Fonts(include_system_fonts=True)


@cache
def _families():
    return frozenset(_fonts().families())
