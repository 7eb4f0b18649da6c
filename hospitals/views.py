"""HTTP of hospitals: registering one, running one, and joining its staff."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from healthstack.lib import clock
from healthstack.lib.forms import attempt, posted
from healthstack.lib.uploads import answer, posted_files
from hospitals import forms, workflow
from hospitals.models import Closure, Department, Hospital, Invitation, Service, Staff
from hospitals.workflow.staffing import fingerprint

may_run = permission_required("hospitals.run_hospital", raise_exception=True)
may_register = permission_required("hospitals.register_hospital", raise_exception=True)


def own(request, slug):
    """A hospital that this person runs today."""
    return get_object_or_404(Hospital.objects.run_by(request.user), slug=slug)


# --- registering ------------------------------------------------------------------------------------------------------


@may_register
def register(request):
    form = forms.RegisterForm(posted(request))
    status = attempt(form, lambda data: workflow.register(hospital=form.instance, sure=data["sure"], by=request.user))
    if status is None:
        messages.success(request, _("Registered. We check it, and write to you. You can fill in the rest meanwhile."))
        return redirect("hospitals:details", form.instance.slug)
    return render(request, "hospitals/register.html", {"form": form, "doubles": form.instead}, status=status)


@may_register
def ask_administrator(request, slug):
    hospital = get_object_or_404(Hospital.objects.findable(), slug=slug)
    if request.method == "POST":
        workflow.ask_administrator(hospital=hospital, by=request.user)
        messages.success(request, _("Asked. You hear from them by mail."))
        return redirect(hospital)
    return render(request, "hospitals/ask_administrator.html", {"hospital": hospital})


@may_run
@require_POST
def send_for_checking(request, slug):
    workflow.send_for_checking(hospital=own(request, slug), by=request.user)
    messages.success(request, _("Sent. We look at it and write to you."))
    return redirect("hospitals:details", slug)


# --- running ----------------------------------------------------------------------------------------------------------


@may_run
@require_safe
def mine(request):
    """The hospitals that a person runs; where it is one, that one."""
    hospitals = list(Hospital.objects.run_by(request.user).order_by("name", "pk")[:50])
    if len(hospitals) == 1:
        return redirect("hospitals:details", hospitals[0].slug)
    return render(request, "hospitals/mine.html", {"hospitals": hospitals})


@may_run
def details(request, slug):
    hospital = own(request, slug)
    form = forms.DetailsForm(posted(request), instance=hospital)
    status = attempt(
        form,
        lambda data: workflow.change_details(
            hospital=hospital, values=form.values, stamp=data["stamp"], by=request.user
        ),
    )
    if status is None:
        messages.success(request, _("The details are saved."))
        return redirect("hospitals:details", slug)
    facts = {"hospital": own(request, slug), "form": form, "photo_form": forms.PhotoForm(), "tab": "details"}
    return render(request, "hospitals/details.html", facts, status=status)


@may_run
def set_photo(request, slug):
    hospital = own(request, slug)
    form = forms.PhotoForm(posted(request), posted_files(request))
    status = attempt(form, lambda data: workflow.set_photo(hospital=hospital, upload=data["photo"], by=request.user))
    if status is None:
        messages.success(request, _("The picture is on your page."))
        return redirect("hospitals:details", slug)
    facts = {"hospital": hospital, "form": form, "tab": "details"}
    return render(request, "hospitals/photo.html", facts, status=status)


@may_run
@require_POST
def remove_photo(request, slug):
    workflow.remove_photo(hospital=own(request, slug), by=request.user)
    messages.success(request, _("The picture is removed."))
    return redirect("hospitals:details", slug)


@login_not_required
@require_safe
def photo(request, slug):
    """A hospital's picture: for everybody who may see its page, and for those who run it."""
    rows = Hospital.objects.exclude(photo=None).filter(slug=slug).select_related("photo")
    hospital = rows.findable().first()
    if hospital is None and request.user.is_authenticated:
        hospital = rows.run_by(request.user).first()
    hospital = hospital or get_object_or_404(rows.none())
    return answer(hospital.photo, small="small" in request.GET, inline=True)


@may_run
def fees(request, slug):
    hospital = own(request, slug)
    form = forms.FeesForm(posted(request), hospital=hospital)
    status = attempt(form, lambda data: workflow.change_fees(hospital=hospital, fees=form.fees, by=request.user))
    if status is None:
        messages.success(request, _("The fees are saved. A booked visit keeps its fee."))
        return redirect("hospitals:fees", slug)
    return render(request, "hospitals/fees.html", {"hospital": hospital, "form": form, "tab": "fees"}, status=status)


@may_run
@require_safe
def parts(request, slug):
    return _parts(request, own(request, slug))


def _parts(request, hospital, status=200, **bound):
    facts = {
        "hospital": hospital,
        "departments": hospital.departments.open(),
        "services": hospital.services.all(),
        "department_form": forms.PartForm(auto_id="department_%s"),
        "service_form": forms.PartForm(auto_id="service_%s"),
        "tab": "parts",
        "form": next(iter(bound.values()), None),
    }
    return render(request, "hospitals/parts.html", {**facts, **bound}, status=status)


@may_run
@require_POST
def add_department(request, slug):
    hospital = own(request, slug)
    form = forms.PartForm(request.POST, auto_id="department_%s")
    status = attempt(form, lambda data: workflow.add_department(hospital=hospital, name=data["name"], by=request.user))
    return (
        redirect("hospitals:parts", slug) if status is None else _parts(request, hospital, status, department_form=form)
    )


def _department(request, slug, pk):
    rows = Department.objects.open().filter(hospital__in=Hospital.objects.run_by(request.user).filter(slug=slug))
    return get_object_or_404(rows.select_related("hospital"), pk=pk)


@may_run
def rename_department(request, slug, pk):
    department = _department(request, slug, pk)
    form = forms.PartForm(posted(request), initial={"name": department.name})
    status = attempt(
        form, lambda data: workflow.rename_department(department=department, name=data["name"], by=request.user)
    )
    if status is None:
        messages.success(request, _("The department is renamed."))
        return redirect("hospitals:parts", slug)
    facts = {"hospital": department.hospital, "department": department, "form": form, "tab": "parts"}
    return render(request, "hospitals/rename_department.html", facts, status=status)


@may_run
@require_POST
def close_department(request, slug, pk):
    workflow.close_department(department=_department(request, slug, pk), by=request.user)
    messages.success(request, _("The department is closed."))
    return redirect("hospitals:parts", slug)


@may_run
@require_POST
def add_service(request, slug):
    hospital = own(request, slug)
    form = forms.PartForm(request.POST, auto_id="service_%s")
    status = attempt(form, lambda data: workflow.add_service(hospital=hospital, name=data["name"], by=request.user))
    return redirect("hospitals:parts", slug) if status is None else _parts(request, hospital, status, service_form=form)


@may_run
@require_POST
def remove_service(request, slug, pk):
    rows = Service.objects.filter(hospital__in=Hospital.objects.run_by(request.user).filter(slug=slug))
    workflow.remove_service(service=get_object_or_404(rows.select_related("hospital"), pk=pk), by=request.user)
    return redirect("hospitals:parts", slug)


@may_run
@require_safe
def opening(request, slug):
    hospital = own(request, slug)
    return _opening(request, hospital)


def _opening(request, hospital, status=200, **bound):
    facts = {
        "hospital": hospital,
        "opening_form": forms.OpeningForm(hospital=hospital),
        "closure_form": forms.ClosureForm(),
        "closures": hospital.closures.filter(on__gte=clock.today()),
        "tab": "opening",
        "form": next(iter(bound.values()), None),
    }
    return render(request, "hospitals/opening.html", {**facts, **bound}, status=status)


@may_run
@require_POST
def publish_opening(request, slug):
    hospital = own(request, slug)
    form = forms.OpeningForm(request.POST, hospital=hospital)
    status = attempt(
        form, lambda data: workflow.publish_opening(hospital=hospital, ranges=form.ranges, by=request.user)
    )
    if status is None:
        messages.success(request, _("The opening hours are on your page."))
        return redirect("hospitals:opening", slug)
    return _opening(request, hospital, status, opening_form=form)


@may_run
@require_POST
def add_closure(request, slug):
    hospital = own(request, slug)
    form = forms.ClosureForm(request.POST)
    status = attempt(form, lambda data: workflow.add_closure(hospital=hospital, by=request.user, **data))
    if status is None:
        # What is booked on that day is kept: the page of such visits says whether there are any.
        return redirect("hospital-stranded", slug)
    return _opening(request, hospital, status, closure_form=form)


@may_run
@require_POST
def remove_closure(request, slug, pk):
    rows = Closure.objects.filter(hospital__in=Hospital.objects.run_by(request.user).filter(slug=slug))
    workflow.remove_closure(closure=get_object_or_404(rows.select_related("hospital"), pk=pk), by=request.user)
    messages.success(request, _("Open on that day after all."))
    return redirect("hospitals:opening", slug)


# --- staff ------------------------------------------------------------------------------------------------------------


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
