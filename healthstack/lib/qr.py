"""Codes that a phone's camera reads."""

from io import BytesIO

import segno
from django.utils.safestring import mark_safe


def svg(text, *, scale=4):
    """The drawing, as the text of one <svg>. scale: pixels of a square. Black on white whatever the theme: cameras need it."""
    out = BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", scale=scale, border=2, xmldecl=False, svgclass=None, lineclass=None, light="#fff", nl=False
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - drawn by us, the text is not in it
