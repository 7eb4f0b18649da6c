"""HTTP of a patient's own details, allergies, grants and children. The pages that show the record are on the roof."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from healthstack.lib.forms import attempt, posted
from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.forms import AllergyForm, DependantForm, InviteForm, ProfileForm, WrongForm
from patients.models import AccessGrant, Allergy, Patient


def _spoken_for(request, pk):
    """The person's own row, or with a key that of somebody for whom they speak today."""
    rows = Patient.objects.as_patient(request.user).select_related("user")
    return get_object_or_404(rows.filter(pk=pk) if pk else rows.of(request.user))


def _back(request, patient, name="record"):
    """To the own page of that name, or to that of the one for whom the person speaks."""
    return redirect(name) if patient.user_id == request.user.pk else redirect(f"{name}-of", patient.pk)


def _refused(form, refusal):
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return 409


@permission_required("patients.update_profile", raise_exception=True)
def update_profile(request, pk=None):
    patient = _spoken_for(request, pk)
    form = ProfileForm(posted(request), instance=patient)
    status = attempt(
        form, lambda data: workflow.update_profile(patient=form.instance, seen=data["stamp"], by=request.user)
    )
    if status is None:
        messages.success(request, _("The details are saved.") if pk else _("Your details are saved."))
        return _back(request, patient)
    return render(request, "patients/profile.html", {"form": form, "patient": patient}, status=status)


@permission_required("patients.list_allergy", raise_exception=True)
def list_allergy(request, pk=None):
    patient = _spoken_for(request, pk)
    form = AllergyForm(posted(request))
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            workflow.list_allergy(patient=patient, by=request.user, **form.cleaned_data)
            messages.success(request, _("%(what)s is on the list.") % {"what": form.cleaned_data["substance"]})
            return _back(request, patient)
        except RuleBroken as refusal:
            status = _refused(form, refusal)
    return render(request, "patients/list_allergy.html", {"form": form, "patient": patient}, status=status)


@permission_required("patients.deny_allergies", raise_exception=True)
@require_POST
def deny_allergies(request, pk=None):
    patient = _spoken_for(request, pk)
    workflow.deny_allergies(patient=patient, by=request.user)
    messages.success(request, _("Noted: no known allergies."))
    return _back(request, patient)


@permission_required("patients.correct_allergy", raise_exception=True)
def correct_allergy(request, pk):
    rows = Allergy.objects.as_patient(request.user).current().select_related("patient")
    allergy = get_object_or_404(rows, pk=pk)
    form = WrongForm(posted(request))
    if request.method == "POST" and form.is_valid():
        workflow.correct_allergy(allergy=allergy, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(what)s is marked as wrong.") % {"what": allergy.substance})
        return _back(request, allergy.patient)
    facts = {"form": form, "allergy": allergy, "patient": allergy.patient}
    return render(request, "patients/correct_allergy.html", facts, status=422 if form.is_bound else 200)


@permission_required("patients.end_access", raise_exception=True)
@require_POST
def end_access(request, pk):
    grant = get_object_or_404(AccessGrant.objects.as_patient(request.user).select_related("carer", "patient"), pk=pk)
    workflow.end_access(grant=grant, by=request.user)
    messages.success(request, _("%(name)s can no longer open this record.") % {"name": grant.carer.name})
    return _back(request, grant.patient, "record-access")


@permission_required("patients.add_dependant", raise_exception=True)
@require_safe
def dependants(request):
    children = Patient.objects.dependants_of(request.user).order_by("name", "pk")
    return render(request, "patients/dependants.html", {"children": children})


@permission_required("patients.add_dependant", raise_exception=True)
def add_dependant(request):
    form, twins = DependantForm(posted(request)), ()
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        facts = {**form.cleaned_data, "anyway": "anyway" in request.POST}
        try:
            patient = workflow.add_dependant(guardian=request.user, by=request.user, **facts)
            messages.success(request, _("You now speak for %(name)s.") % {"name": patient.name})
            return redirect(patient)
        except RuleBroken as refusal:
            status, twins = _refused(form, refusal), refusal.offers
    return render(request, "patients/add_dependant.html", {"form": form, "twins": twins}, status=status)


@permission_required("patients.end_guardianship", raise_exception=True)
@require_POST
def end_guardianship(request, pk):
    patient = get_object_or_404(Patient.objects.dependants_of(request.user), pk=pk)
    workflow.end_guardianship(patient=patient, by=request.user)
    messages.success(request, _("You no longer speak for %(name)s.") % {"name": patient.name})
    return redirect("patients:dependants")


@permission_required("patients.invite_patient", raise_exception=True)
def invite(request, pk):
    """The code is shown on the answer and never again."""
    rows = Patient.objects.dependants_of(request.user) | Patient.objects.at_desk(request.user)
    patient = get_object_or_404(rows, pk=pk)
    form, code, status = InviteForm(posted(request)), None, 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            code = workflow.invite(patient=patient, by=request.user, email=form.cleaned_data["email"])
            status = 200
        except RuleBroken as refusal:
            status = _refused(form, refusal)
    facts = {"form": form, "patient": patient, "code": code, "guarded": patient.speaks_for_it(request.user)}
    return render(request, "patients/invite.html", facts, status=status)
