"""HTTP of a patient's own details, allergies and grants. The pages that show the record are on the roof."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from healthstack.lib.forms import posted
from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.forms import AllergyForm, ProfileForm, WrongForm
from patients.models import AccessGrant, Allergy, Patient


@permission_required("patients.update_profile", raise_exception=True)
def update_profile(request):
    patient = get_object_or_404(Patient.objects.as_patient(request.user).select_related("user"))
    form = ProfileForm(posted(request), instance=patient)
    if request.method == "POST" and form.is_valid():
        workflow.update_profile(patient=form.instance, by=request.user)
        messages.success(request, _("Your details are saved."))
        return redirect("record")
    return render(request, "patients/profile.html", {"form": form}, status=422 if form.is_bound else 200)


@permission_required("patients.list_allergy", raise_exception=True)
def list_allergy(request):
    patient = get_object_or_404(Patient.objects.as_patient(request.user))
    form = AllergyForm(posted(request))
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            workflow.list_allergy(patient=patient, by=request.user, **form.cleaned_data)
            messages.success(request, _("%(what)s is on your list.") % {"what": form.cleaned_data["substance"]})
            return redirect("record")
        except RuleBroken as refusal:
            form.add_error(refusal.field, refusal.sentence)
            status = 409
    return render(request, "patients/list_allergy.html", {"form": form, "patient": patient}, status=status)


@permission_required("patients.deny_allergies", raise_exception=True)
@require_POST
def deny_allergies(request):
    patient = get_object_or_404(Patient.objects.as_patient(request.user))
    workflow.deny_allergies(patient=patient, by=request.user)
    messages.success(request, _("Noted: no known allergies."))
    return redirect("record")


@permission_required("patients.correct_allergy", raise_exception=True)
def correct_allergy(request, pk):
    allergy = get_object_or_404(Allergy.objects.current().filter(patient__user=request.user), pk=pk)
    form = WrongForm(posted(request))
    if request.method == "POST" and form.is_valid():
        workflow.correct_allergy(allergy=allergy, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(what)s is marked as wrong.") % {"what": allergy.substance})
        return redirect("record")
    facts = {"form": form, "allergy": allergy}
    return render(request, "patients/correct_allergy.html", facts, status=422 if form.is_bound else 200)


@permission_required("patients.end_access", raise_exception=True)
@require_POST
def end_access(request, pk):
    grant = get_object_or_404(AccessGrant.objects.as_patient(request.user).select_related("carer", "patient"), pk=pk)
    workflow.end_access(grant=grant, by=request.user)
    messages.success(request, _("%(name)s can no longer open your record.") % {"name": grant.carer.name})
    return redirect("record-access")
