"""HTTP of conditions and vaccinations, and of marking any line of a record as wrong."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from healthstack.lib.forms import attempt, posted
from patients import workflow
from patients.forms import ConditionForm, ConditionStandForm, ImmunizationForm, WrongForm
from patients.models import Condition, Diagnosis, Document, Immunization, Observation
from patients.views.access import frame, open_patient

MOST_FOUND = 20
KINDS = {"condition": Condition, "document": Document, "immunization": Immunization, "observation": Observation}


@permission_required("patients.list_condition", raise_exception=True)
def list_condition(request, pk):
    """Search and choose by GET: each find is a link to this page with its code."""
    patient = open_patient(request, pk)
    words = request.GET.get("q", "").replace("\x00", "")[:80].strip()
    code = (request.POST.get("code") or request.GET.get("code", ""))[:8]
    chosen = Diagnosis.objects.filter(code=code).first() if code else None
    form = ConditionForm(posted(request), diagnosis=chosen)
    status = attempt(form, lambda facts: workflow.list_condition(patient=patient, by=request.user, **facts))
    facts = {**frame(request, patient), "form": form, "words": words, "chosen": chosen}
    if not status:
        messages.success(request, _("The condition is on the list."))
        return redirect(facts["back"])
    facts["found"] = list(Diagnosis.objects.matching(words)[: MOST_FOUND + 1]) if words else []
    return render(request, "patients/list_condition.html", facts, status=status)


@permission_required("patients.update_condition", raise_exception=True)
def update_condition(request, pk):
    rows = Condition.objects.visible_to(request.user).current().select_related("patient__user", "diagnosis")
    condition = get_object_or_404(rows, pk=pk)
    facts = frame(request, condition.patient)
    may_confirm = not facts["speaks"] and not condition.is_confirmed
    form = ConditionStandForm(posted(request), instance=condition, may_confirm=may_confirm)

    def save(typed):
        seen = typed.pop("stamp", "")
        workflow.update_condition(condition=condition, by=request.user, seen=seen, **typed)

    status = attempt(form, save)
    if not status:
        messages.success(request, _("The condition is saved."))
        return redirect(facts["back"])
    return render(
        request, "patients/update_condition.html", {**facts, "form": form, "condition": condition}, status=status
    )


@permission_required("patients.list_immunization", raise_exception=True)
def list_immunization(request, pk):
    patient = open_patient(request, pk)
    form = ImmunizationForm(posted(request))
    status = attempt(form, lambda facts: workflow.list_immunization(patient=patient, by=request.user, **facts))
    facts = frame(request, patient)
    if not status:
        messages.success(request, _("The vaccination is on the list."))
        return redirect(facts["back"])
    return render(request, "patients/list_immunization.html", {**facts, "form": form}, status=status)


@permission_required("patients.mark_wrong", raise_exception=True)
def mark_wrong(request, kind, pk):
    if kind not in KINDS:
        raise Http404
    rows = KINDS[kind].objects.visible_to(request.user).current().select_related("patient__user")
    entry = get_object_or_404(rows, pk=pk)
    form = WrongForm(posted(request))
    status = attempt(form, lambda facts: workflow.mark_wrong(entry=entry, by=request.user, **facts))
    facts = frame(request, entry.patient)
    if not status:
        messages.success(request, _("%(what)s is marked as wrong.") % {"what": entry})
        return redirect(facts["back"])
    return render(request, "patients/mark_wrong.html", {**facts, "form": form, "entry": entry}, status=status)
