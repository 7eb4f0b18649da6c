"""What stands around every request: its id, its headers, and how refusals and failures are answered."""

import logging
import re
import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from healthstack.lib import context
from healthstack.lib.rules import RuleBroken
from healthstack.lib.uploads import StorageAway
from healthstack.pages import errors, health

# Methods that no page answers; TRACE would echo cookies.
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
PROBES = {"/health/live": health.live, "/health/ready": health.ready}
# Django's own middleware writes three of them too, but not where it is itself what fails.
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
}


class RequestContext:
    """Give the request an id, which logs, audit lines and error pages carry."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex[:12]
        token = context.enter(request.id, client_address(request))
        try:
            response = self.get_response(request)
        finally:
            context.leave(token)
        response["X-Request-ID"] = request.id
        return response


def client_address(request):
    """The caller's address; a forwarded one counts only as far as our own proxies wrote it (security 3)."""
    address = request.META.get("REMOTE_ADDR", "")
    hops = settings.TRUSTED_PROXY_COUNT
    if hops:
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(forwarded) >= hops and forwarded[-hops]:
            address = forwarded[-hops]
    return address if re.fullmatch(r"[0-9a-fA-F.:]{2,45}", address) else ""


class Headers:
    """Headers that Django and the libraries leave out, on every answer; nothing personal is kept by a cache.

    Asks no table: an answer that says that the database is away passes here as well.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # Files and probes never get as far as to learn who asks.
        if hasattr(request, "user") and (
            settings.SESSION_COOKIE_NAME in request.COOKIES or request.user.is_authenticated
        ):
            response["Cache-Control"] = "no-store, private"
        return response


class Door:
    """What is answered before the host is looked at, and before anything is asked: methods that no page has, bodies that
    no page takes, and the probes of a load balancer, which name its address as the host.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(sorted(METHODS))
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()):
            return errors.bad_request(request)
        if int(length[:20]) > settings.REQUEST_BYTES:
            return errors.too_large(request)  # before a byte of it is read
        probe = PROBES.get(request.path_info)
        return probe(request) if probe else self.get_response(request)


class DatabaseAway:
    """While the database, or the store of files, does not answer, every page says so; nothing needs a restart."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, OperationalError | InterfaceError):
            logging.getLogger(__name__).error("database: %s", exception.args[0] if exception.args else "away")
            return errors.unavailable(request)
        if isinstance(exception, StorageAway):
            logging.getLogger(__name__).error("private storage: %s", exception)
            return errors.unavailable(
                request, _("Our store of files does not answer just now. Nothing is lost. Try again in a minute.")
            )
        return None


class Answers:
    """A broken rule becomes a sentence on the page before; a form with errors is answered 422."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, RuleBroken):
            return refused(request, exception)
        if isinstance(exception, RequestDataTooBig):
            return errors.too_large(request)
        if isinstance(exception, TooManyFieldsSent):
            return errors.bad_request(request, exception)
        if isinstance(exception, PermissionDenied) and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return None

    def process_template_response(self, request, response):
        if request.method == "POST" and response.status_code == 200 and isinstance(response, TemplateResponse):
            context = response.context_data or {}
            forms = [context.get(name) for name in ("form", "adminform", "webauthn_form")]
            forms = [getattr(form, "form", form) for form in forms if form]
            form = next((form for form in forms if getattr(form, "is_bound", False)), None)
            if form and form.errors:
                limited = any(e.code == "too_many_login_attempts" for e in form.non_field_errors().as_data())
                response.status_code = 429 if limited else 422
        return response


def refused(request, refusal):
    """An act without a form was refused: say so where the person was, and change nothing."""
    if getattr(request, "htmx", False):
        # The row on the screen is out of date: the page loads again, and says why.
        messages.error(request, refusal.sentence)
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    back = request.headers.get("referer", "")
    if request.method == "POST" and url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    ):
        messages.error(request, refusal.sentence)
        return HttpResponseRedirect(back)
    return errors.conflict(request, refusal)
