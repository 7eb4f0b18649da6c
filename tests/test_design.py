"""The look of the pages, without a browser: colours that can be read, templates that the content security policy likes,
and files that stay small.
"""

import gzip
import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.contrib import admin
from django.urls import URLResolver, get_resolver

ROOT = Path(__file__).parent.parent
CSS = ROOT / "static" / "css" / "healthstack.css"
SPRITE = ROOT / "static" / "img" / "icons.svg"
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
PAGES = [file for file in TEMPLATES if file.suffix == ".html"]
# Letters are read by mail programs, which know no style sheets.
MAILS = [file for file in PAGES if "mail" in file.parts or "email" in file.parts]
KILOBYTE = 1024

# (foreground, background, the least contrast): text needs 4.5, the edge of a control 3. Section 2.1 of the design brief.
PAIRS = [
    ("text", "bg", 4.5),
    ("text", "surface", 4.5),
    ("text", "sunken", 4.5),
    ("muted", "bg", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "sunken", 4.5),
    ("border-strong", "bg", 3),
    ("border-strong", "surface", 3),
    ("border-strong", "sunken", 3),
    ("primary", "bg", 4.5),
    ("primary", "surface", 4.5),
    ("primary", "sunken", 4.5),
    ("primary", "primary-soft", 4.5),
    ("primary-hover", "surface", 4.5),
    ("on-primary", "primary", 4.5),
    ("on-primary", "primary-hover", 4.5),
    ("primary-soft-text", "primary-soft", 4.5),
    ("text", "primary-soft", 4.5),
    ("hero-text", "hero", 4.5),
    ("accent-strong", "surface", 3),
    ("accent-strong", "sunken", 3),
    ("accent-strong", "accent-soft", 3),
    ("accent-text", "accent-soft", 4.5),
    *((name, f"{name}-soft", 4.5) for name in ("ok", "warn", "bad", "info")),
    *((name, ground, 4.5) for name in ("ok", "warn", "bad", "info") for ground in ("surface", "sunken")),
    *(("text", f"{name}-soft", 4.5) for name in ("ok", "warn", "bad", "info")),
    ("focus", "bg", 3),
    ("focus", "surface", 3),
    ("focus", "sunken", 3),
    *((f"t{n}x", f"t{n}", 4.5) for n in range(1, 7)),
]


# --- colours ---------------------------------------------------------------------------------------------------------


@cache
def blocks():
    """{selector: {token: value}} of the rules that give the tokens their values."""
    text = CSS.read_text("utf-8")
    found = {}
    for selector, body in re.findall(
        r"(:root[^{},]*)\{([^{}]*--bg:[^{}]*)\}", re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    ):
        found.setdefault(selector.strip(), dict(re.findall(r"--([\w-]+):([^;]+)", body)))
    return found


def test_both_dark_themes_are_the_same():
    followed, pinned = blocks()[":root:not([data-theme=light])"], blocks()[":root[data-theme=dark]"]
    assert followed == pinned


def test_dark_colours_are_for_screens_only():
    for rule in re.findall(r"@media ([^{]+)\{\s*:root[^{]*\{\s*color-scheme:dark", CSS.read_text("utf-8")):
        assert rule.startswith("screen")


@pytest.mark.parametrize("theme", [":root", ":root[data-theme=dark]"], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=lambda value: str(value))
def test_every_pair_of_colours_can_be_read(theme, front, ground, least):
    tokens = {**blocks()[":root"], **blocks()[theme]}
    assert contrast(tokens[front], tokens[ground]) >= least


def test_the_dark_theme_has_a_value_for_every_colour():
    light, dark = (
        {name for name, value in blocks()[theme].items() if value.startswith("#")}
        for theme in (":root", ":root[data-theme=dark]")
    )
    assert light == dark


def contrast(one, other):
    """The ratio of WCAG 2 between two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    digits = colour.strip().lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_token_that_is_used_exists():
    for sheet in CSS.parent.glob("*.css"):
        text = sheet.read_text("utf-8")
        known = set(blocks()[":root"]) | set(re.findall(r"--([\w-]+):", text))
        assert set(re.findall(r"var\(--([\w-]+)", text)) <= known, sheet.name


# --- templates -------------------------------------------------------------------------------------------------------

FORBIDDEN = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=(?!=)",
    "hx-on": r"\bhx-on\b",
    "hx-vals with js": r"hx-(vals|headers)=['\"](js|javascript):",
    "hx-boost": r"\bhx-boost\b",
    "a filter in hx-trigger": r"hx-trigger=\"[^\"]*\[",
    "an inline script": r"<script(?![^>]*\ssrc=)[^>]*>",
    "a javascript: address": r"javascript:",
    "safe": r"\|\s*safe\b|{%\s*autoescape off",
    # A link that a person may follow is another matter: nothing is fetched before.
    "another host": r"(?:src|action)=[\"'](?:https?:)?//|<link[^>]*\shref=[\"'](?:https?:)?//",
    "an empty heading level": r"<h[1-6][^>]*>\s*</h",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_page_carries_what_the_content_security_policy_forbids(what):
    assert not [
        f"{short(file)}:{line}"
        for file in PAGES
        if file not in MAILS
        for line in lines_with(FORBIDDEN[what], without_comments(file))
    ]


def test_letters_run_no_scripts_and_load_nothing():
    for file in MAILS:
        text = without_comments(file)
        assert not re.search(r"<script|<img|<link|\son[a-z]+=|javascript:|\|\s*safe\b", text), short(file)


def short(file):
    return file.relative_to(ROOT).as_posix()


@cache
def without_comments(file):
    text = file.read_text("utf-8")
    blank = lambda found: re.sub(r"[^\n]", " ", found[0])  # noqa: E731 - lines keep their numbers
    return re.sub(r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->", blank, text, flags=re.S)


def lines_with(pattern, text):
    return [text.count("\n", 0, found.start()) + 1 for found in re.finditer(pattern, text, re.IGNORECASE)]


def test_every_address_that_a_template_names_exists():
    known = set(names_of(get_resolver()))
    for file in TEMPLATES:
        for name in re.findall(r"{%\s*url\s+['\"]([^'\"]+)['\"]", file.read_text("utf-8")):
            assert name in known, f"{short(file)} links to {name}"


def names_of(resolver, space=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names_of(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif entry.name:
            yield space + entry.name


def test_every_template_that_a_template_names_exists():
    known = {file.relative_to(ROOT / "templates").as_posix() for file in TEMPLATES}
    for file in TEMPLATES:
        for name in re.findall(r"{%\s*(?:extends|include)\s+['\"]([^'\"]+)['\"]", file.read_text("utf-8")):
            assert name in known or (name.startswith("admin/") and of_django(name)), f"{short(file)} needs {name}"


def of_django(name):
    return (Path(admin.__file__).parent / "templates" / name).exists()


def test_every_page_layout_names_its_language_title_and_width():
    for file in PAGES:
        text = without_comments(file)
        if file not in MAILS and "<html" in text:
            assert re.search(r"<html lang=", text), short(file)
            assert "<title>" in text and 'name="viewport"' in text, short(file)
            assert "user-scalable" not in text and "maximum-scale" not in text, short(file)


def test_every_form_that_posts_carries_its_mark():
    for file in PAGES:
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", without_comments(file), re.S):
            assert "{% csrf_token %}" in form, f"{short(file)}: {form[:100]}"


# --- icons -----------------------------------------------------------------------------------------------------------


@cache
def drawings():
    """The names of the drawings in the sprite."""
    return [node.get("id") for node in ElementTree.fromstring(SPRITE.read_bytes()) if node.get("id")]  # noqa: S314


@cache
def icons_used():
    """{name: where} of every icon that a template or the code asks for."""
    used = {}
    for file in TEMPLATES:
        text = file.read_text("utf-8")
        names = re.findall(r"{%\s*icon\s+['\"]([\w-]+)['\"]", text) + re.findall(r"\bsymbol=['\"]([\w-]+)['\"]", text)
        used.update(dict.fromkeys(names, short(file)))
    for file in (ROOT / "healthstack" / name for name in ("frame.py", "panel/site.py", "templatetags/hs.py")):
        for name in re.findall(r"['\"]([a-z]+)['\"]", file.read_text("utf-8")):
            if name in drawings():
                used.setdefault(name, file.name)
    return used


def test_every_icon_that_is_asked_for_is_drawn():
    assert not {name: where for name, where in icons_used().items() if name not in drawings()}


def test_the_badges_and_the_sections_have_their_drawings():
    from appointments.booking import PARTS
    from healthstack.panel import SECTIONS
    from healthstack.templatetags.hs import BADGES

    names = {icon for _kind, icon in BADGES.values()} | {icon for icon, _first, _last in PARTS}
    names |= {icon for _heading, links in SECTIONS for _label, icon in links}
    assert names <= set(drawings())


def test_every_level_of_the_pulse_is_drawn():
    assert {f"bars{level}" for level in range(5)} <= set(drawings())


# --- weight ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "most"),
    [
        (["js/app.js"], 8),
        (["css/healthstack.css"], 15),
        (["img/icons.svg", "img/logo.svg"], 4),
    ],
    ids=["js", "css", "icons"],
)
def test_what_every_page_loads_stays_small(files, most):
    weight = sum(len(gzip.compress((ROOT / "static" / name).read_bytes(), 9)) for name in files)
    assert weight <= most * KILOBYTE


def test_the_panel_loads_little_more():
    extra = [file for file in (ROOT / "static").rglob("admin*.*") if file.suffix in (".css", ".js")]
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in extra) <= 10 * KILOBYTE
