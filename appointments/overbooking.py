"""What the pages for booking over what is free read: who can be chosen, and what was asked for already."""

from uuid import uuid4

from appointments import openings
from hospitals.models import Hospital, VisitType

ASKED = ("who", "doctor", "hospital", "visit_type", "day", "time")


def choices(doctors, people, *, hospital=None):
    """What `OverbookForm` offers. hospital: the one at whose desk it is; there, nobody is seen by video."""
    offered = {offer.visit_type for doctor in doctors for offer in doctor.offers.all()}
    hospitals = [hospital] if hospital else _hospitals(doctors)
    types = [value for value in VisitType.values if value in offered and not (hospital and value == VisitType.VIDEO)]
    return {"people": people, "doctors": doctors, "hospitals": hospitals, "types": types}


def _hospitals(doctors):
    """Where these doctors have hours."""
    rows = openings.offered(doctor__in=doctors).values("hospital")
    return list(Hospital.objects.filter(pk__in=rows).order_by("name", "pk"))


def asked(request):
    """What the address says of the form already."""
    typed = {name: request.GET[name][:40] for name in ASKED if name in request.GET}
    return {**typed, "request_key": uuid4()}
