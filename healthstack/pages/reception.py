"""The reception of a hospital: its day, whom it knows, who comes in from the street, and booking for them.

Nothing clinical is read here. Every page belongs to one hospital, and opens for those who work at its desk today.
"""

from collections import Counter
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, OuterRef, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments import booking, openings
from appointments.boards import day_bounds
from appointments.forms import BookingForm, typed_day
from appointments.models import NEVER, Appointment, Listing
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.forms import posted
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken
from hospitals.models import Hospital, VisitType
from patients.forms import RegisterForm
from patients.models import Patient, Registration
from patients.workflow import register as register_patient

MOST_PRINTED = 500


class Desk:
    """The desk at which this person sits: of the hospital named in the address, else of the first that they have."""

    def __init__(self, request, slug=None):
        self.hospitals = list(Hospital.objects.at_desk(request.user).order_by("name", "pk"))
        self.hospital = next((h for h in self.hospitals if slug in (None, h.slug)), None)
        if self.hospital is None:
            raise Http404
        self.today = openings.local_day(clock.now(), self.hospital.zone)
        self.on = typed_day(request.GET.get("day"), default=self.today)
        self.asked_doctor = request.GET.get("doctor", "")
        # Today, what is over would push those who wait off the page.
        self.everything = not self.is_today or request.GET.get("show") == "all"

    @property
    def is_today(self):
        return self.on == self.today

    @property
    def before(self):
        return self.on - timedelta(1)

    @property
    def after(self):
        return self.on + timedelta(1)

    @cached_property
    def doctors(self):
        """Who works in the hospital today, by name."""
        rows = Doctor.objects.filter(affiliations__hospital=self.hospital, affiliations__ended_on=None)
        return list(rows.select_related("user").order_by("user__name", "pk"))

    @cached_property
    def doctor(self):
        """The one whose visits alone are asked for, or none."""
        return next((doctor for doctor in self.doctors if doctor.slug == self.asked_doctor), None)

    @property
    def visits(self):
        """The day's visits here, also of doctors who have left; without what never came to be."""
        rows = Appointment.objects.filter(hospital=self.hospital).between(*day_bounds(self.on, self.hospital.zone))
        rows = rows.exclude(state__in=("declined", "expired")).select_related(
            "patient__user", "patient__guardian", "hospital", "doctor__user", "invoice"
        )
        return rows.filter(doctor=self.doctor) if self.doctor else rows

    def patient(self, pk):
        return get_object_or_404(Patient.objects.known_to(self.hospital).select_related("user", "guardian"), pk=pk)


class DeskSheet(booking.Sheet):
    """The booking page's days and times, of this hospital alone, for a patient at its desk."""

    def __init__(self, desk, patient, asked):
        self.desk = desk
        here = {"affiliations__hospital": desk.hospital, "affiliations__ended_on": None}
        listing = Listing.objects.filter(doctor=OuterRef("pk"))
        known = {"listed_as": Subquery(listing.values("title")), "free_at": Subquery(listing.values("next_free_at"))}
        found = Doctor.objects.findable().filter(**here).annotate(**known).order_by("user__name", "pk")
        self.doctors = list(found.select_related("user").prefetch_related("offers"))
        if not self.doctors:
            return
        super().__init__(self._doctor(asked.get("doctor", "")), [patient], asked)
        here = desk.hospital.pk
        self.hospitals = {here: desk.hospital}
        self.hours = {key: [row for row in rows if row.room == here] for key, rows in self.hours.items()}
        # Who stands at a desk has come in person.
        self.offers = [offer for offer in self.offers if offer.visit_type != VisitType.VIDEO]
        types = [offer.visit_type for offer in self.offers]
        self.visit_type = self.visit_type if self.visit_type in types else (types[0] if types else "")

    def _doctor(self, slug):
        """The one that is asked for; else whoever is free soonest."""
        asked = next((doctor for doctor in self.doctors if doctor.slug == slug), None)
        if asked:
            return asked
        return min(self.doctors, key=lambda doctor: doctor.free_at or NEVER)

    @property
    def kept(self):
        return f"doctor={self.doctor.slug}&"

    @cached_property
    def free(self):
        """{local date: [Slot]} of the seven days. The doctor's notice is for patients at home."""
        start_on = self.week_from - timedelta(1)
        facts = {"visit_type": self.visit_type, "hours": self.hours, "notice": False}
        found = openings.free_for([self.doctor], start_on=start_on, days=8, **facts)
        return openings.by_day(found[self.doctor.pk], self.zones)

    def book(self, data, *, by):
        if self.asked.get("doctor", self.doctor.slug) != self.doctor.slug:
            # Suspended since the page was opened, for instance: nobody is booked with whoever is free instead.
            raise RuleBroken(_("That doctor cannot be booked here at the moment. Choose a doctor and a time."))
        # Nothing clinical is typed at a desk, so what is posted as a message counts for nothing.
        return super().book({**data, "message": ""}, by=by, at_desk=True)

    def template(self, request):
        return "appointments/_sheet.html" if request.htmx else "reception/book.html"

    def context(self, form, refusal=None):
        return {**super().context(form, refusal), "desk": self.desk}


@permission_required("appointments.book_for_patient", raise_exception=True)
@require_safe
def reception(request, slug=None):
    desk = Desk(request, slug)
    rows = desk.visits if desk.everything else desk.visits.open()
    page = page_by_key(rows, ("starts_at", "id"), after=request.GET.get("after", ""), size=25)
    counts = Counter(dict(desk.visits.order_by().values_list("state").annotate(Count("pk"))))
    context = {
        "desk": desk,
        "page": page,
        "now": clock.now(),
        "waiting": counts["checked_in"],
        "to_come": counts["requested"] + counts["confirmed"],
        "seen": counts["completed"] + counts["in_consultation"],
        "over": counts.total() - sum(counts[state] for state in Appointment.OPEN),
    }
    return render(request, "pages/reception.html", context)


@permission_required("appointments.book_for_patient", raise_exception=True)
@require_safe
def printed(request, slug):
    """The day on paper, a page for each doctor."""
    desk = Desk(request, slug)
    by_doctor = {}
    rows = desk.visits.exclude(state="cancelled").order_by("doctor__user__name", "doctor", "starts_at", "id")
    for visit in rows[:MOST_PRINTED]:
        by_doctor.setdefault(visit.doctor, []).append(visit)
    return render(request, "pages/reception_day.html", {"desk": desk, "by_doctor": by_doctor, "now": clock.now()})


@permission_required("patients.register_patient", raise_exception=True)
@require_safe
def patients(request, slug):
    """Whom the hospital knows: the last that were registered, or those whom the words may mean."""
    desk = Desk(request, slug)
    words = request.GET.get("q", "").replace("\x00", "")[:80].strip()
    if words:
        rows = Patient.objects.known_to(desk.hospital).matching(words).select_related("user", "guardian")
        page = page_by_key(rows, ("name", "id"), after=request.GET.get("after", ""), size=20)
        found, more = page.rows, page.next
    else:
        rows = Registration.objects.filter(hospital=desk.hospital).select_related("patient__user", "patient__guardian")
        found, more = [row.patient for row in rows.order_by("-registered_at", "-id")[:10]], ""
    context = {"desk": desk, "patients": found, "next": more, "words": words}
    return render(request, "pages/reception_patients.html", context)


@permission_required("patients.register_patient", raise_exception=True)
def register(request, slug):
    desk, form, twins = Desk(request, slug), RegisterForm(posted(request)), ()
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        facts = {**form.cleaned_data, "anyway": "anyway" in request.POST}
        try:
            patient = register_patient(hospital=desk.hospital, by=request.user, **facts)
            messages.success(request, _("%(name)s is registered. Choose a time.") % {"name": patient.name})
            return redirect("reception-book", desk.hospital.slug, patient.pk)
        except RuleBroken as refusal:
            form.add_error(None, refusal.sentence)
            status, twins = 409, refusal.offers
    return render(request, "reception/register.html", {"desk": desk, "form": form, "twins": twins}, status=status)


@permission_required("patients.register_patient", raise_exception=True)
@require_safe
def patient(request, slug, pk):
    """Who it is and when they come here: no more is known at a desk."""
    desk = Desk(request, slug)
    patient = desk.patient(pk)
    visits = Appointment.objects.filter(hospital=desk.hospital, patient=patient).with_people().select_related("invoice")
    context = {
        "desk": desk,
        "patient": patient,
        "upcoming": list(visits.open().order_by("starts_at", "id")[:10]),
        "past": list(visits.exclude(state__in=Appointment.OPEN).order_by("-starts_at", "-id")[:5]),
        "now": clock.now(),
    }
    return render(request, "pages/reception_patient.html", context)


@permission_required("appointments.book_for_patient", raise_exception=True)
def book(request, slug, pk):
    desk = Desk(request, slug)
    patient, asked = desk.patient(pk), booking.asked(request)
    sheet = DeskSheet(desk, patient, asked)
    if not sheet.doctors:
        return render(request, "reception/book.html", {"desk": desk, "patient": patient})
    if request.method != "POST" or "show" in asked:
        form = BookingForm(initial=sheet.initial, **sheet.choices)
        return render(request, sheet.template(request), sheet.context(form))
    form, status, refusal = BookingForm(asked, **sheet.choices), 422, None
    if form.is_valid():
        try:
            sheet.book(form.cleaned_data, by=request.user)
            messages.success(request, _("Booked for %(name)s.") % {"name": patient.name})
            return redirect("reception-patient", slug, pk)
        except RuleBroken as broken:
            form.add_error(None, broken.sentence)
            refusal, status = broken, 409
    return render(request, "reception/book.html", sheet.context(form, refusal), status=status)
