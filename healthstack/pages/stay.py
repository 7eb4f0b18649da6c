"""How long one is still logged in, and staying so."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "HEAD", "POST"])
def stay(request):
    """The seconds that are left, for the page's own script; a POST is a click like any other, and goes back."""
    if request.method != "POST" or "X-Background" in request.headers:
        return HttpResponse(request.idle_left, content_type="text/plain")
    back = request.headers.get("referer", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if safe else reverse("dashboard"))
