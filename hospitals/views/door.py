"""Who may run or register a hospital, and which."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404

from hospitals.models import Hospital

may_run = permission_required("hospitals.run_hospital", raise_exception=True)
may_register = permission_required("hospitals.register_hospital", raise_exception=True)


def own(request, slug):
    """A hospital that this person runs today."""
    return get_object_or_404(Hospital.objects.run_by(request.user), slug=slug)
