"""HTTP of running a hospital: its page, picture, fees and opening hours."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from healthstack.lib import clock
from healthstack.lib.forms import attempt, posted
from healthstack.lib.uploads import answer, posted_files
from hospitals import forms, workflow
from hospitals.models import Closure, Hospital
from hospitals.views.door import may_run, own


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
            hospital=hospital, values=form.values, seen=data["stamp"], by=request.user
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
    status = attempt(
        form,
        lambda data: workflow.change_fees(hospital=hospital, fees=form.fees, seen=data["stamp"], by=request.user),
    )
    if status is None:
        messages.success(request, _("The fees are saved. A booked visit keeps its fee."))
        return redirect("hospitals:fees", slug)
    return render(request, "hospitals/fees.html", {"hospital": hospital, "form": form, "tab": "fees"}, status=status)


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
        form,
        lambda data: workflow.publish_opening(
            hospital=hospital, ranges=form.ranges, seen=data["stamp"], by=request.user
        ),
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
