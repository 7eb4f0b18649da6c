"""The desks of the panel that need the whole house: doctors and hospitals with their bookings, roles, and the overview."""

from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery, Value
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import GroupAdmin, GroupForm, UserAdmin, UserForm
from accounts.models import AuditEntry, Mail, User
from appointments import workflow as appointments
from appointments.boards import day_bounds
from appointments.models import NEVER, Appointment, Listing
from appointments.stranded import left_behind
from doctors import workflow as doctors
from doctors.admin import DoctorAdmin, LanguageAdmin, SpecialtyAdmin
from doctors.models import Affiliation, Doctor, Document, Language, Specialty
from healthstack.lib import clock
from healthstack.pages.running import SHOWN, settling
from healthstack.roles import ROLES
from hospitals import workflow as hospitals
from hospitals.admin import HospitalAdmin
from hospitals.imports import DirectoryImportAdmin
from hospitals.models import DirectoryImport, Hospital

ADMINISTRATORS = "Administrators"


class Checked:
    """Check who has joined, suspend with a reason, decide on the bookings that are kept, reinstate: for doctors and
    for hospitals.
    """

    visits_of = ""  # the column of a visit that names the row
    acts = ("approve", "ask_more", "reject", "suspend", "reinstate")
    reasons = ("ask_more", "reject", "suspend")
    fits = {
        "approve": lambda row: row.state in ("pending", "more_needed"),
        "ask_more": lambda row: row.can_become("more_needed"),
        "reject": lambda row: row.can_become("rejected"),
        "suspend": lambda row: row.can_become("suspended"),
        "reinstate": lambda row: row.state == "suspended",
    }
    asks = {
        "ask_more": (
            gettext_lazy("What do you need from %(who)s?"),
            gettext_lazy("They get a mail, read your words on their page, add what is missing and send it again."),
        ),
        "reject": (
            gettext_lazy("Reject %(who)s?"),
            gettext_lazy("They get a mail and read your reason on their page. They may send it again."),
        ),
    }
    said = {
        "ask_more": gettext_lazy("Asked for more: %(who)s"),
        "reject": gettext_lazy("Rejected: %(who)s"),
        "suspend": gettext_lazy("Suspended: %(who)s"),
    }

    def get_urls(self):
        return [
            path("kept/", self.admin_site.admin_view(self.kept_view), name=self.url_name("kept")),
            *super().get_urls(),
        ]

    @property
    def url_of_kept(self):
        return self.url("kept")

    def after(self, request, act, rows):
        if act == "suspend" and left_behind().filter(**{f"{self.visits_of}__in": rows}).exists():
            return HttpResponseRedirect(f"{self.url_of_kept}?{urlencode([('pick', row.pk) for row in rows])}")
        return super().after(request, act, rows)

    def kept_view(self, request):
        """Who is booked with them, when and where, and what becomes of it: nothing medical. To leave them is to do
        nothing.
        """
        may_settle = request.user.has_perm("appointments.rehome_appointment")
        if not self.may(request, "suspend") or (request.method == "POST" and not may_settle):
            raise PermissionDenied
        visits = left_behind()
        rows = self.picked(request)
        if "pick" in request.GET:
            visits = visits.filter(**{f"{self.visits_of}__in": rows})
        facts = settling(request, visits)
        if facts["status"] is None:
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            **facts,
            "title": _("Bookings to move"),
            "desk": self,
            "rows": rows,
            "may_settle": may_settle,
            "back": self.url_of(rows[0]) if len(rows) == 1 else self.url_of_list,
        }
        return TemplateResponse(request, "admin/kept.html", context, status=facts["status"])

    def render_change_form(self, request, context, **kwargs):
        row = context.get("original")
        if row and self.may(request, "suspend"):
            context["kept"] = self.kept_by(row)
        return super().render_change_form(request, context, **kwargs)

    def kept_by(self, row):
        return left_behind().filter(**{self.visits_of: row})[:SHOWN].count()


@admin.register(Doctor)
class DoctorDesk(Checked, DoctorAdmin):
    visits_of = "doctor"
    list_display = (*DoctorAdmin.list_display, "next_free")
    asks = {
        **Checked.asks,
        "suspend": (
            gettext_lazy("Suspend %(who)s?"),
            gettext_lazy(
                "Patients no longer find or book them, and they lose access to patients’ records with their next click."
                " Visits that are booked are kept and listed for you. The doctor reads your reason."
            ),
        ),
    }
    said = {
        **Checked.said,
        "approve": gettext_lazy("Approved: %(who)s. Patients can find and book them."),
        "reinstate": gettext_lazy("Reinstated: %(who)s. Patients can find and book them."),
    }

    def get_single(self, request):
        return (
            super()
            .get_single(request)
            .annotate(
                is_listed=Exists(Listing.objects.filter(doctor=OuterRef("pk"))),
                kept_n=_count(left_behind().filter(doctor=OuterRef("pk"))),
            )
        )

    def kept_by(self, doctor):
        return doctor.kept_n or 0

    def render_change_form(self, request, context, **kwargs):
        doctor = context.get("original")
        context["unlisted"] = bool(doctor) and not doctor.is_listed
        if doctor and request.user.has_perm("doctors.judge_document"):
            context["documents"] = list(doctor.documents.select_related("file", "verdict_by"))
        return super().render_change_form(request, context, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view(self.judge_document_view)
        name = self.url_name("judge_document")
        return [path("<path:object_id>/judge-document/", view, name=name), *super().get_urls()]

    def judge_document_view(self, request, object_id):
        """A paper is accepted, or refused with a reason that the doctor reads."""
        if not request.user.has_perm("doctors.judge_document"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        doctor = self.get_object(request, unquote(object_id))
        try:
            key = UUID(request.POST.get("document", ""))
        except ValueError:
            raise Http404 from None
        document = get_object_or_404(Document.objects.filter(doctor=doctor), pk=key)
        verdict = "accepted" if request.POST.get("verdict") == "accepted" else "refused"
        reason = request.POST.get("reason", "").replace("\x00", "")[:240]
        doctors.judge_document(document=document, verdict=verdict, reason=reason, by=request.user)
        messages.success(request, _("%(what)s: noted.") % {"what": document})
        return HttpResponseRedirect(self.url_of(doctor))

    @admin.action(description=gettext_lazy("Approve"), permissions=["approve"])
    def approve(self, request, doctor):
        doctors.approve_doctor(doctor=doctor, by=request.user)

    @admin.action(description=gettext_lazy("Ask for more"), permissions=["ask_more"])
    def ask_more(self, request, doctor, *, reason):
        doctors.ask_more_doctor(doctor=doctor, reason=reason, by=request.user)

    @admin.action(description=gettext_lazy("Reject"), permissions=["reject"])
    def reject(self, request, doctor, *, reason):
        doctors.reject_doctor(doctor=doctor, reason=reason, by=request.user)

    @admin.action(description=gettext_lazy("Suspend"), permissions=["suspend"])
    def suspend(self, request, doctor, *, reason):
        appointments.suspend_doctor(doctor=doctor, reason=reason, by=request.user)

    @admin.action(description=gettext_lazy("Reinstate"), permissions=["reinstate"])
    def reinstate(self, request, doctor):
        appointments.reinstate_doctor(doctor=doctor, by=request.user)

    def dress(self, request, rows):
        soonest = dict(Listing.objects.filter(doctor__in=rows).values_list("doctor", "next_free_at"))
        for doctor in rows:
            doctor.next_free_at = soonest.get(doctor.pk)
        return rows

    @admin.display(description=gettext_lazy("Next free"))
    def next_free(self, doctor):
        return doctor.next_free_at if doctor.next_free_at and doctor.next_free_at < NEVER else ""

    def keep(self, request, form, formsets, change):
        super().keep(request, form, formsets, change)
        n = left_behind().filter(doctor=form.instance)[:SHOWN].count() if change else 0
        if n:
            text = ngettext(
                "%(n)d visit is booked that this doctor is no longer offered for.",
                "%(n)d visits are booked that this doctor is no longer offered for.",
                n,
            )
            messages.warning(request, text % {"n": n})


admin.site.register(DirectoryImport, DirectoryImportAdmin)


@admin.register(Hospital)
class HospitalDesk(Checked, HospitalAdmin):
    visits_of = "hospital"
    list_display = (*HospitalAdmin.list_display, "doctors_here")
    asks = {
        **Checked.asks,
        "suspend": (
            gettext_lazy("Suspend %(who)s?"),
            gettext_lazy(
                "Patients no longer find it, and nobody is booked there. Visits that are booked are kept and listed for you."
            ),
        ),
    }
    said = {
        **Checked.said,
        "approve": gettext_lazy("Approved: %(who)s. Patients find it."),
        "reinstate": gettext_lazy("Reinstated: %(who)s. Patients find it again."),
    }

    def get_single(self, request):
        return super().get_single(request).select_related("registered_by")

    def render_change_form(self, request, context, **kwargs):
        hospital = context.get("original")
        if hospital and hospital.state in ("pending", "more_needed"):
            same = Hospital.objects.doubles_of(hospital.name, hospital.postcode)
            context["doubles"] = list(same.exclude(pk=hospital.pk)[:5])
        return super().render_change_form(request, context, **kwargs)

    @admin.action(description=gettext_lazy("Approve"), permissions=["approve"])
    def approve(self, request, hospital):
        hospitals.approve_hospital(hospital=hospital, by=request.user)

    @admin.action(description=gettext_lazy("Ask for more"), permissions=["ask_more"])
    def ask_more(self, request, hospital, *, reason):
        hospitals.ask_more_hospital(hospital=hospital, reason=reason, by=request.user)

    @admin.action(description=gettext_lazy("Reject"), permissions=["reject"])
    def reject(self, request, hospital, *, reason):
        hospitals.reject_hospital(hospital=hospital, reason=reason, by=request.user)

    @admin.action(description=gettext_lazy("Suspend"), permissions=["suspend"])
    def suspend(self, request, hospital, *, reason):
        appointments.suspend_hospital(hospital=hospital, reason=reason, by=request.user)

    @admin.action(description=gettext_lazy("Reinstate"), permissions=["reinstate"])
    def reinstate(self, request, hospital):
        appointments.reinstate_hospital(hospital=hospital, by=request.user)

    def dress(self, request, rows):
        here = Affiliation.objects.current().filter(hospital__in=rows).order_by().values_list("hospital")
        count = dict(here.annotate(n=Count("pk")))
        for hospital in rows:
            hospital.doctors_n = count.get(hospital.pk, 0)
        return rows

    @admin.display(description=gettext_lazy("Doctors"))
    def doctors_here(self, hospital):
        return hospital.doctors_n


class PersonForm(UserForm):
    # These follow from what a person is here, and are given and taken with it.
    by_record = tuple(name for name in ROLES if name != ADMINISTRATORS)


@admin.register(User)
class UserDesk(UserAdmin):
    form = PersonForm

    def render_change_form(self, request, context, **kwargs):
        user = context["original"]
        names = user.groups.order_by("name").values_list("name", flat=True)
        context["by_record"] = [name for name in names if name in PersonForm.by_record]
        context["doctor"] = Doctor.objects.of(user).select_related("user").first()
        context["works_at"] = Hospital.objects.as_staff(user)[:10]
        context["may_change_doctors"] = request.user.has_perm("doctors.view_doctor")
        context["standing"] = self.standing(user)
        return super().render_change_form(request, context, **kwargs)


class RoleForm(GroupForm):
    built_in = tuple(ROLES)
    asked_for = frozenset(permission for permissions in ROLES.values() for permission in permissions)


@admin.register(Group)
class GroupDesk(GroupAdmin):
    form = RoleForm
    built_in = tuple(ROLES)


@admin.register(Specialty)
class SpecialtyDesk(SpecialtyAdmin):
    def keep(self, request, form, formsets, change):
        doctors.save_specialty(specialty=form.instance, by=request.user)


@admin.register(Language)
class LanguageDesk(LanguageAdmin):
    def keep(self, request, form, formsets, change):
        doctors.save_language(language=form.instance, by=request.user)


# --- the overview ----------------------------------------------------------------------------------------------------


def overview(request):
    """The figures and queues of the panel's front page: numbers of visits, never whose they are."""
    may = request.user.has_perm
    today = clock.today()
    context = {"today": today, "may_see_doctors": may("doctors.view_doctor"), **_figures()}
    context.update(_visits_today(today))
    if may("doctors.view_doctor"):
        context["pending"] = list(Doctor.objects.to_check().select_related("user")[:5])
    if may("accounts.view_mail"):
        context["failed"] = list(Mail.objects.failed().order_by("-created_at", "-id")[:5])
    if may("accounts.view_auditentry"):
        lines = AuditEntry.objects.with_people().order_by("-at", "-id")[:8]
        context["trail"] = admin.site.named(list(lines), request)
    return context


def _count(rows):
    """A count as one column of a query of many."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Subquery(counted, output_field=IntegerField())


KEPT = 30  # seconds that figures of many rows may be old


def _figures():
    """The counts: of what waits, as they are now; of all that there is, as they were half a minute ago at most."""
    members = User.groups.through.objects.filter(group__name="Patients")
    every = {
        "doctors_listed": Listing.objects.all(),
        "hospitals": Hospital.objects.findable(),
        "patients": members,
        "requests": Appointment.objects.requested(),
        "to_move": left_behind(),
    }
    waiting = {
        "doctors_pending": Doctor.objects.filter(state=Doctor.State.PENDING),
        "doctors_suspended": Doctor.objects.filter(state=Doctor.State.SUSPENDED),
        "hospitals_pending": Hospital.objects.filter(state=Hospital.State.PENDING),
        "hospitals_suspended": Hospital.objects.filter(state=Hospital.State.SUSPENDED),
        "mails_failed": Mail.objects.failed(),
    }
    return {"n": _counted(waiting) | cache.get_or_set("panel-figures", lambda: _counted(every), KEPT)}


def _counted(figures):
    """{name: how many}, in one query."""
    row = (
        Group.objects.filter(name=ADMINISTRATORS)
        .values(**{name: _count(rows) for name, rows in figures.items()})
        .first()
    )
    return {name: (row or {}).get(name) or 0 for name in figures}


STATES = Appointment.State
COLUMNS = (
    (gettext_lazy("Requested"), {STATES.REQUESTED}),
    (gettext_lazy("Confirmed"), {STATES.CONFIRMED}),
    (gettext_lazy("There"), {STATES.CHECKED_IN, STATES.IN_CONSULTATION}),
    (gettext_lazy("Seen"), {STATES.COMPLETED}),
    (gettext_lazy("Missed"), {STATES.NO_SHOW}),
    (gettext_lazy("Off"), {STATES.DECLINED, STATES.CANCELLED, STATES.EXPIRED}),
)
BUSIEST = 8  # hospitals in the table of today


def _visits_today(today):
    """Today's visits by hospital and state, the busiest hospitals first."""
    counted = cache.get_or_set(f"visits-of-{today}", lambda: list(_counted_visits(today)), KEPT)
    by_hospital, total = {}, dict.fromkeys(STATES.values, 0)
    for pk, name, state, n in counted:
        by_hospital.setdefault((name, pk), dict.fromkeys(STATES.values, 0))[state] += n
        total[state] += n

    def cells(states):
        return [(label, sum(states[state] for state in group)) for label, group in COLUMNS]

    busiest = sorted(by_hospital.items(), key=lambda row: (-sum(row[1].values()), row[0]))
    return {
        "visits": [(name, cells(states), sum(states.values())) for (name, _pk), states in busiest[:BUSIEST]],
        "more_hospitals": max(0, len(busiest) - BUSIEST),
        "visits_total": cells(total),
        "visits_n": sum(total[state] for state in STATES.values if state not in COLUMNS[-1][1]),
        "seen_n": total[STATES.COMPLETED],
    }


def _counted_visits(today):
    """[(hospital id, its name, state, how many)]"""
    rows = Appointment.objects.filter(state__in=STATES.values).between(
        *day_bounds(today, timezone.get_default_timezone_name())
    )
    return rows.order_by().values_list("hospital", "hospital__name", "state").annotate(n=Count("pk"))
