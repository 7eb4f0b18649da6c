"""Who is here, for how long, in which language and zone: what stands around every request of somebody who is logged in.

A session ends by itself: after a while without a click (staff sooner than patients), and twelve hours after it began.
What a page fetches by itself carries the header X-Background and does not count as a click.
"""

from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import workflow as accounts
from healthstack.lib import clock
from healthstack.middleware import client_address

# What a browser forgets of somebody who has logged out. Cookies stay: the session's is gone, the theme's is no secret.
LEFT_BEHIND = '"cache", "storage"'
# Until a required second step is there: what leads to it, and the ways out.
WITHOUT_SECOND_STEP = {"account_logout", "account_reauthenticate", "account_change_password", "stay"}


class Presence:
    """Log out whoever has been away for too long; note, at most every half minute, that somebody is here."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, session = int(clock.now().timestamp()), request.session
        most = settings.IDLE_SECONDS_OF_STAFF if request.user.works_here else settings.IDLE_SECONDS_OF_PATIENTS
        began, seen = session.get("began_at", now), session.get("seen_at", now)
        if now - seen >= most or now - began >= settings.SESSION_COOKIE_AGE:
            logout(request)
            response = _to_the_door(request)
            response["Clear-Site-Data"] = LEFT_BEHIND
            return response
        if not _by_itself(request) and ("seen_at" not in session or now - seen >= min(30, most / 10)):
            session["began_at"], session["seen_at"], seen = began, now, now
            accounts.see(
                user=request.user,
                session_key=session.session_key,
                address=client_address(request) or "0.0.0.0",  # noqa: S104 - none is known
                agent=request.META.get("HTTP_USER_AGENT", "")[:200],
            )
        request.idle_left = min(seen + most, began + settings.SESSION_COOKIE_AGE) - now
        response = self.get_response(request)
        if not request.user.is_authenticated:
            response["Clear-Site-Data"] = LEFT_BEHIND
        return response


def _by_itself(request):
    return "X-Background" in request.headers and request.method in ("GET", "HEAD")


def _to_the_door(request):
    """To the login, which says why; what was asked for opens afterwards."""
    url = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': _page(request), 'idle': 1})}"
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _page(request):
    """The page to come back to: never one that acts."""
    if request.method == "GET" and not getattr(request, "htmx", False) and not _by_itself(request):
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(came_from)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse(settings.LOGIN_REDIRECT_URL)


class SecondStep:
    """Whose group requires a second step opens nothing but the way to it; pages that are for everybody stay so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name or ""
        if (
            not getattr(request.user, "owes_second_step", False)
            or not getattr(view, "login_required", True)
            or name in WITHOUT_SECOND_STEP
            or name.startswith("mfa_")
        ):
            return None
        url = reverse("mfa_index")
        if getattr(request, "htmx", False):
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)


class Place:
    """A person's own language and time zone, for this request. The times of visits stay those of their hospital."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        zone = language = ""
        if request.user.is_authenticated:
            zone, language = request.user.zone, request.user.language
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        with translation.override(language), timezone.override(ZoneInfo(zone) if zone else None):
            return self.get_response(request)
