"""A doctor orders tests, and calls an order off."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from healthstack.lib.forms import attempt
from laboratory import workflow
from laboratory.forms import ReasonForm
from laboratory.models import Order
from laboratory.slip import Slip
from laboratory.views.reports import report_page
from patients.models import Patient


@permission_required("laboratory.place_order", raise_exception=True)
def place(request, pk):
    slip = Slip(request, get_object_or_404(Patient.objects.as_carer(request.user), pk=pk))
    if slip.only_looks:
        return render(request, "laboratory/place.html", slip.context())
    done = []
    status = attempt(slip.form, lambda data: done.append(workflow.place(by=request.user, **slip.facts(data))))
    if status:
        return render(request, "laboratory/place.html", slip.context(), status=status)
    messages.success(request, _("Tests ordered. The patient and the laboratory know."))
    return redirect(done[0].appointment or done[0])


@permission_required("laboratory.cancel_order", raise_exception=True)
@require_POST
def cancel(request, pk):
    order = get_object_or_404(Order.objects.as_doctor(request.user).for_report(), pk=pk)
    form = ReasonForm(request.POST)
    status = attempt(form, lambda data: workflow.cancel(order=order, by=request.user, **data))
    if status:
        return report_page(request, order, form=form, status=status)
    messages.success(request, _("The order is cancelled. Nothing is owed for it."))
    return redirect(order)
