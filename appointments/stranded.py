"""Visits that are still booked, although nobody would be offered them today."""

from django.db.models import Exists, OuterRef, Q

from appointments.boards import day_bounds
from appointments.models import Appointment
from doctors.models import Affiliation, Doctor
from healthstack.lib import clock
from hospitals.models import Closure, Hospital


def left_behind():
    """Upcoming visits whose doctor or hospital is suspended, or whose doctor no longer works in the hospital."""
    together = Affiliation.objects.current().filter(doctor=OuterRef("doctor"), hospital=OuterRef("hospital"))
    return Appointment.objects.upcoming().filter(
        Q(doctor__state=Doctor.State.SUSPENDED) | Q(hospital__state=Hospital.State.SUSPENDED) | ~Exists(together)
    )


def of_hospital(hospital):
    """Upcoming visits in this hospital that somebody must decide on: left behind, or on a day on which it is closed."""
    return of_hospitals([hospital])


def of_hospitals(hospitals):
    """Such visits in any of these hospitals."""
    here = {hospital.pk: hospital for hospital in hospitals}
    together = Affiliation.objects.current().filter(doctor=OuterRef("doctor"), hospital=OuterRef("hospital"))
    which = Q(doctor__state=Doctor.State.SUSPENDED) | ~Exists(together)
    days = Closure.objects.filter(hospital__in=here, on__gte=clock.today()).values_list("hospital", "on")
    for key, on in days:
        begins, ends = day_bounds(on, here[key].zone)
        which |= Q(hospital=key, starts_at__gte=begins, starts_at__lt=ends)
    which |= Q(hospital__state=Hospital.State.SUSPENDED)
    return Appointment.objects.upcoming().filter(which, hospital__in=here)


def who_could(visits):
    """The doctors to whom these visits could go: approved, and at work in one of their hospitals. At most a hundred."""
    hospitals = {visit.hospital_id for visit in visits}
    doctors = Doctor.objects.findable().filter(affiliations__hospital__in=hospitals, affiliations__ended_on=None)
    only = {visit.doctor_id for visit in visits}
    if len(only) == 1:
        doctors = doctors.exclude(pk__in=only)
    return doctors.with_people().distinct().order_by("user__name", "pk")[:100]


def booked_with(affiliation):
    """How many upcoming visits a doctor has in that hospital; counted to a hundred."""
    visits = Appointment.objects.upcoming().filter(doctor=affiliation.doctor_id, hospital=affiliation.hospital_id)
    return visits.order_by()[:100].count()
