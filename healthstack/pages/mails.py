"""The mails that left, as they would be read: on a machine of your own, where they are files."""

import email
import email.policy
from datetime import UTC
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

MOST = 50


@login_not_required
@require_safe
def mails(request):
    """Newest first. The address exists only with DEBUG."""
    to = request.GET.get("to", "")[:254].strip().lower()
    letters = [letter for letter in _letters() if not to or to in letter["to"].lower()]
    return render(request, "pages/mails.html", {"letters": letters[:MOST], "to": to})


def _letters():
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob("*.log"), key=lambda f: f.stat().st_mtime, reverse=True)[:200] if folder.is_dir() else []
    for file in files:
        for text in reversed(file.read_bytes().split(b"\n" + b"-" * 79 + b"\n")):
            if text.strip():
                letter = email.message_from_bytes(text.strip(), policy=email.policy.default)
                body = letter.get_body(("plain",))
                yield {
                    "to": letter["to"] or "",
                    "subject": letter["subject"] or "",
                    "at": _moment(letter["date"]),
                    "body": body.get_content() if body else "",
                }


def _moment(date):
    """When the letter was written. "-0000", as Django writes it, is UTC without saying so."""
    at = date.datetime if date else None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
