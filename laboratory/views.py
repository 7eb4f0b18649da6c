"""HTTP of the laboratory."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from laboratory.models import Order


@permission_required("laboratory.view_order", raise_exception=True)
@require_safe
def report(request, pk):
    order = get_object_or_404(Order.objects.visible_to(request.user).with_people(), pk=pk)
    return render(request, "laboratory/report.html", {"order": order})
