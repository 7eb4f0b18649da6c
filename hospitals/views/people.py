"""HTTP of a hospital's people: inviting, dismissing, and joining by an invitation."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from healthstack.lib.forms import attempt, posted
from hospitals import forms, workflow
from hospitals.models import Hospital, Invitation, Staff
from hospitals.views.door import may_run, own
from hospitals.workflow.staffing import fingerprint


@may_run
@require_safe
def staff(request, slug):
    return _staff(request, own(request, slug), forms.InviteForm())


def _staff(request, hospital, form, status=200):
    people = hospital.staff.current().select_related("user__photo").order_by("role", "started_at", "pk")
    waiting = hospital.invitations.waiting().order_by("-invited_at")
    facts = {"hospital": hospital, "people": people[:200], "waiting": waiting[:100], "form": form, "tab": "staff"}
    return render(request, "hospitals/staff.html", facts, status=status)


@may_run
@require_POST
def invite(request, slug):
    hospital = own(request, slug)
    form = forms.InviteForm(request.POST)
    status = attempt(form, lambda data: workflow.invite(hospital=hospital, by=request.user, **data))
    if status is None:
        messages.success(request, _("The invitation is on its way to %(email)s.") % form.cleaned_data)
        return redirect("hospitals:staff", slug)
    return _staff(request, hospital, form, status)


@may_run
@require_POST
def withdraw_invitation(request, slug, pk):
    rows = Invitation.objects.filter(hospital__in=Hospital.objects.run_by(request.user).filter(slug=slug))
    invitation = get_object_or_404(rows.select_related("hospital"), pk=pk)
    workflow.withdraw_invitation(invitation=invitation, by=request.user)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("hospitals:staff", slug)


@may_run
@require_POST
def dismiss(request, slug, pk):
    rows = Staff.objects.current().filter(hospital__in=Hospital.objects.run_by(request.user).filter(slug=slug))
    row = get_object_or_404(rows.select_related("hospital", "user"), pk=pk)
    workflow.dismiss(staff=row, by=request.user)
    messages.success(request, _("%(who)s no longer works here.") % {"who": row.user})
    return redirect("hospitals:staff", slug)


def _invited(token):
    rows = Invitation.objects.select_related("hospital", "invited_by")
    return get_object_or_404(rows, fingerprint=fingerprint(token))


@login_not_required
@never_cache
def invitation(request, token):
    """What the link of an invitation opens: accept it, log in for it, or sign up by it."""
    row = _invited(token)
    who = _guest(request.user, row)
    form = forms.JoinForm(posted(request) if who == "new" else None, email=row.email)
    status = attempt(form, lambda data: _join(request, row, **data))
    if status is None:
        messages.success(request, _("Welcome to %(hospital)s.") % {"hospital": row.hospital})
        return redirect("dashboard")
    facts = {"invitation": row, "token": token, "who": who, "form": form}
    return render(request, "hospitals/invitation.html", facts, status=410 if who == "late" else status)


def _guest(user, row):
    """Who looks at an invitation: late, right, wrong, known (has an account, is not logged in) or new."""
    if not Invitation.objects.waiting().filter(pk=row.pk).exists():
        return "late"
    if user.is_authenticated:
        return "right" if user.email == row.email else "wrong"
    return "known" if User.objects.filter(email=row.email).exists() else "new"


def _join(request, row, *, name, password):
    user = workflow.join_by_invitation(invitation=row, name=name, password=password)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])


@require_POST
def accept_invitation(request, token):
    row = _invited(token)
    workflow.accept_invitation(invitation=row, by=request.user)
    messages.success(request, _("Welcome to %(hospital)s.") % {"hospital": row.hospital})
    return redirect("dashboard")
