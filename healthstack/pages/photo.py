"""Pictures of people: a doctor's for everybody while the doctor can be found, any other for those who see that person's pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import User
from doctors.models import Doctor
from healthstack.lib.uploads import answer
from hospitals.models import Hospital, Staff
from patients.models import Patient


@login_not_required
@require_safe
def portrait(request, pk):
    doctor = get_object_or_404(Doctor.objects.findable().select_related("user__photo"), user__photo=pk)
    response = answer(doctor.user.photo, small="small" in request.GET, inline=True)
    response["Cache-Control"] = "public, max-age=3600"  # of a visitor; whoever is logged in keeps nothing
    return response


@require_safe
def photo(request, pk):
    owner = get_object_or_404(User.objects.select_related("photo"), photo=pk)
    if not _may_see(request.user, owner):
        raise Http404
    return answer(owner.photo, small="small" in request.GET, inline=True)


def _may_see(user, owner):
    """The person, whoever may open their record, who runs the hospital that they work for, and administrators of
    accounts.
    """
    return (
        owner == user
        or user.has_perm("accounts.view_user")
        or Staff.objects.current().filter(user=owner, hospital__in=Hospital.objects.run_by(user)).exists()
        or Patient.objects.visible_to(user).filter(user=owner).exists()
    )
