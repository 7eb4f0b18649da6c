"""HTTP of the account: profile, sessions and inbox. Logging in and passwords are allauth's (healthstack/sign_in.py)."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import workflow
from accounts.forms import LettersForm, PhotoForm, ProfileForm
from accounts.models import Notification
from accounts.sessions import device_words, open_sessions
from healthstack.lib.forms import attempt, posted
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken


def profile(request):
    form = ProfileForm(posted(request), instance=request.user)
    status = attempt(form, lambda data: _update_profile(request.user, **data))
    if status is None:
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    if form.is_bound:
        request.user.refresh_from_db()  # the frame shows the name that is stored
    context = {"form": form, "photo_form": PhotoForm()}
    return render(request, "accounts/profile.html", context, status=status)


def _update_profile(user, *, stamp, **facts):
    workflow.update_profile(user=user, **facts, seen=stamp, by=user)


@require_POST
def set_photo(request):
    form, status = PhotoForm(request.POST, request.FILES), 422
    if form.is_valid():
        try:
            workflow.set_photo(user=request.user, upload=form.cleaned_data["photo"], by=request.user)
        except RuleBroken as refusal:
            form.add_error(refusal.field, refusal.sentence)
            status = 409
        else:
            messages.success(request, _("Your photo is saved."))
            return redirect("accounts:profile")
    context = {"form": ProfileForm(instance=request.user), "photo_form": form}
    return render(request, "accounts/profile.html", context, status=status)


@require_POST
def remove_photo(request):
    workflow.remove_photo(user=request.user, by=request.user)
    messages.success(request, _("Your photo is removed."))
    return redirect("accounts:profile")


@require_safe
def sessions(request):
    here = request.session.session_key
    rows = [
        {"session": session, "device": device_words(session.user_agent), "here": session.session_key == here}
        for session in open_sessions(request.user)
    ]
    return render(request, "accounts/sessions.html", {"sessions": rows})


@require_POST
def end_session(request, pk):
    session = get_object_or_404(UserSession.objects.filter(user=request.user), pk=pk)
    workflow.end_session(session=session, by=request.user)
    messages.success(request, _("That session has ended."))
    return redirect("accounts:sessions")


@require_POST
def end_sessions(request):
    workflow.end_sessions(user=request.user, but=request.session.session_key, by=request.user)
    messages.success(request, _("You are logged out everywhere else."))
    return redirect("accounts:sessions")


@require_safe
def inbox(request):
    rows = Notification.objects.visible_to(request.user)
    page = page_by_key(rows, ("created_at", "id"), after=request.GET.get("after", ""), descending=True)
    return render(request, "accounts/inbox.html", {"page": page})


def choose_letters(request):
    form = LettersForm(posted(request), user=request.user)
    facts = {"user": request.user, "by": request.user}
    status = attempt(form, lambda data: workflow.choose_letters(wanted=set(data["wanted"]), **facts))
    if status is None:
        messages.success(request, _("Saved. The inbox still has all of it."))
        return redirect("accounts:choose_letters")
    return render(request, "accounts/letters.html", {"form": form}, status=status)


@require_POST
def read(request, pk):
    notification = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    workflow.read(notification=notification, by=request.user)
    path = notification.path
    return redirect(path if path and url_has_allowed_host_and_scheme(path, None) else "accounts:inbox")


@require_POST
def read_all(request):
    workflow.read_all(by=request.user)
    return redirect("accounts:inbox")
