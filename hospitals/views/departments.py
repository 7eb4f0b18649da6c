"""HTTP of a hospital's departments and services."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from healthstack.lib.forms import attempt, posted
from healthstack.lib.stamps import stamp
from hospitals import forms, workflow
from hospitals.models import Department, Hospital, Service
from hospitals.views.door import may_run, own


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
    form = forms.RenameForm(posted(request), initial={"name": department.name, "stamp": stamp(department, ("name",))})
    status = attempt(
        form,
        lambda data: workflow.rename_department(
            department=department, name=data["name"], seen=data["stamp"], by=request.user
        ),
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
