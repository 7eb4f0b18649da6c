"""The answers when something is wrong, all in the house's frame. A page that cannot know the person asks no table."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request, exception=None):
    if isinstance(exception, RequestDataTooBig):  # noticed while the mark of the form was looked for
        return too_large(request)
    return _answer(
        request,
        400,
        _("That request does not make sense to us"),
        _("Go back and try it again."),
        bare=isinstance(exception, TooManyFieldsSent),  # the frame would look at them once more
    )


def csrf_failure(request, reason=""):
    return _answer(
        request,
        403,
        _("This form is too old"),
        _("Your browser did not send back the mark that we gave it. Load the page again, then send the form again."),
    )


def forbidden(request, exception=None):
    return _answer(
        request,
        403,
        _("This page belongs to another account"),
        _("You are logged in, but your account has no key to this page."),
    )


def not_found(request, exception=None):
    return _answer(
        request,
        404,
        _("There is nothing here"),
        _("The address may be mistyped, or what stood here is no longer yours to see."),
    )


def conflict(request, refusal):
    return _answer(request, 409, _("This did not work"), refusal.sentence)


def too_large(request):
    return _answer(request, 413, _("That is too large"), _("Send less at once."))


def broken(request):
    """Also reached when a middleware asks a database that is away."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _answer(
        request,
        500,
        _("Something broke on our side"),
        _("Nothing you typed was wrong. We keep a note of it under this number:"),
        bare=True,
    )


def unavailable(request, text=""):
    response = _answer(
        request,
        503,
        _("We will be back in a moment"),
        text or _("Our database does not answer just now. Nothing is lost. Try again in a minute."),
        bare=True,
    )
    response["Retry-After"] = "30"
    return response


def _answer(request, status, heading, text, *, bare=False):
    """bare: a frame that reads no table, for when that is what fails."""
    template = "errors/bare.html" if bare else "errors/page.html"
    facts = {"status": status, "heading": heading, "text": text, "request_id": getattr(request, "id", "")}
    return render(request, template, facts, status=status)
