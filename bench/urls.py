"""The site's addresses, and the floor beside them: the least that a signed-in page, or a POST with one row, can cost."""

from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Notification
from healthstack.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@require_safe
def floor(request):
    return render(request, "layouts/page.html")


@require_POST
def floor_post(request):
    with transaction.atomic():
        Notification.objects.create(recipient=request.user, kind="bench", text="One row.")
    return redirect("home")


# First, since the pages of text answer to every single word.
urlpatterns = [path("floor/", floor), path("floor/post/", floor_post), *urlpatterns]
