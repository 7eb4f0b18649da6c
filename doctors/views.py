"""HTTP of doctors' own affairs: how they are checked, and the papers for it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q, prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import AuditEntry
from doctors import workflow
from doctors.forms import AcceptForm, ApplicationForm, DeclineForm, DocumentForm, NewFileForm, PageForm, ReassignForm
from doctors.models import Affiliation, Application, Doctor, Document
from doctors.workflow.applications import PLACE
from healthstack.lib.forms import attempt, posted
from healthstack.lib.stamps import stamp
from healthstack.lib.uploads import answer, posted_files
from hospitals.models import Hospital

MOST_PLACES = 20  # hospitals of one doctor
FOUND = 20  # hospitals that a search for one shows
LISTED = 100  # doctors of a hospital on one page; a search finds the others

# What a doctor reads in the story of the checking, by the code of the trail.
STEPS = {
    "doctors.signed_up": gettext_lazy("You signed up"),
    "doctors.added": gettext_lazy("You were entered by an administrator"),
    "doctors.sent": gettext_lazy("You sent it for checking"),
    "doctors.asked_more": gettext_lazy("We asked you for more"),
    "doctors.rejected": gettext_lazy("We could not confirm it"),
    "doctors.approved": gettext_lazy("Approved"),
    "doctors.suspended": gettext_lazy("Suspended"),
    "doctors.reinstated": gettext_lazy("Approved again"),
}


def own(request):
    return get_object_or_404(Doctor.objects.of(request.user).select_related("user"))


@permission_required("doctors.send_document", raise_exception=True)
@require_safe
def verification(request):
    return render(request, "doctors/verification.html", _checked(own(request), DocumentForm()))


def _checked(doctor, form):
    """What the page of checking shows of a doctor."""
    steps = AuditEntry.objects.about(doctor).filter(code__in=STEPS).order_by("-at", "-id")[:20]
    return {
        "doctor": doctor,
        "form": form,
        "documents": list(doctor.documents.current().select_related("file")),
        "missing": workflow.missing_documents(doctor=doctor),
        "is_open": doctor.state in workflow.OPEN,
        "steps": [(STEPS[entry.code], entry.at) for entry in steps],
    }


@permission_required("doctors.send_document", raise_exception=True)
def send_document(request):
    doctor = own(request)
    form = DocumentForm(posted(request), posted_files(request))
    status = attempt(
        form,
        lambda data: workflow.send_document(doctor=doctor, kind=data["kind"], upload=data["file"], by=request.user),
    )
    if status is None:
        messages.success(request, _("Your document is here."))
        return redirect("doctors:verification")
    return render(request, "doctors/verification.html", _checked(doctor, form), status=status)


@permission_required("doctors.send_document", raise_exception=True)
def replace_document(request, pk):
    row = get_object_or_404(Document.objects.as_doctor(request.user).select_related("doctor__user", "file"), pk=pk)
    form = NewFileForm(posted(request), posted_files(request))
    facts = {"doctor": row.doctor, "kind": row.kind, "instead": row, "by": request.user}
    status = attempt(form, lambda data: workflow.send_document(upload=data["file"], **facts))
    if status is None:
        messages.success(request, _("Your document is here, in the place of the earlier one."))
        return redirect("doctors:verification")
    return render(request, "doctors/replace_document.html", {"form": form, "document": row}, status=status)


@permission_required("doctors.withdraw_document", raise_exception=True)
@require_POST
def withdraw_document(request, pk):
    document = get_object_or_404(Document.objects.as_doctor(request.user).select_related("doctor", "file"), pk=pk)
    workflow.withdraw_document(document=document, by=request.user)
    messages.success(request, _("The document is removed."))
    return redirect("doctors:verification")


@permission_required("doctors.send_for_checking", raise_exception=True)
@require_POST
def send_for_checking(request):
    workflow.send_for_checking(doctor=own(request), by=request.user)
    messages.success(request, _("Sent. We look at it and write to you."))
    return redirect("doctors:verification")


@require_safe
def document(request, pk):
    """A paper itself: for the doctor, and for those who judge it. Everybody else finds nothing."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("file"), pk=pk)
    return answer(document.file, small="small" in request.GET, inline="look" in request.GET)


# --- the own page -----------------------------------------------------------------------------------------------------


@permission_required("doctors.update_own_doctor", raise_exception=True)
def page(request):
    doctor = own(request)
    prefetch_related_objects([doctor], "languages", "offers", "fees")
    works = doctor.affiliations.current().select_related("hospital").order_by("hospital__name", "pk")
    form = PageForm(posted(request), instance=doctor, hospitals=[row.hospital for row in works[:MOST_PLACES]])
    status = attempt(form, lambda data: _update(doctor, form, data, request.user))
    if status is None:
        messages.success(request, _("Your page is saved."))
        return redirect("doctors:page")
    shown = own(request) if form.is_bound else doctor
    return render(request, "doctors/page.html", {"form": form, "doctor": shown}, status=status)


def _update(doctor, form, data, by):
    values = {name: data[name] for name in form.Meta.fields if name != "languages"}
    facts = {"languages": data["languages"], "offers": form.offers, "fees": form.fees, "seen": data["stamp"]}
    workflow.update_own_doctor(doctor=doctor, values=values, by=by, **facts)


# --- working in hospitals ---------------------------------------------------------------------------------------------


@permission_required("doctors.apply_application", raise_exception=True)
@require_safe
def hospitals(request):
    """Where a doctor works, where they asked to, and a search for more."""
    doctor = own(request)
    asked = doctor.applications.select_related("hospital", "department").order_by("-asked_at", "-id")[:30]
    text = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    found = []
    if len(text) >= 2:
        rows = Hospital.objects.findable().filter(Q(name__icontains=text) | Q(city__istartswith=text))
        found = list(rows.order_by("name", "pk")[:FOUND])
    facts = {
        "doctor": doctor,
        "works": doctor.affiliations.current().select_related("hospital", "department").order_by("started_on", "pk"),
        "asked": asked,
        "text": text,
        "found": found,
    }
    return render(request, "doctors/hospitals.html", facts)


@permission_required("doctors.apply_application", raise_exception=True)
def apply(request, slug):
    hospital, doctor = get_object_or_404(Hospital.objects.findable(), slug=slug), own(request)
    form = ApplicationForm(posted(request), hospital=hospital)
    status = attempt(form, lambda data: workflow.apply(doctor=doctor, hospital=hospital, by=request.user, **data))
    if status is None:
        messages.success(request, _("Asked. You get a mail when they answer."))
        return redirect("doctors:hospitals")
    return render(request, "doctors/apply.html", {"form": form, "hospital": hospital}, status=status)


@permission_required("doctors.withdraw_application", raise_exception=True)
@require_POST
def withdraw(request, pk):
    row = get_object_or_404(Application.objects.as_doctor(request.user), pk=pk)
    workflow.withdraw(application=row, by=request.user)
    messages.success(request, _("Your application is taken back."))
    return redirect("doctors:hospitals")


@permission_required("doctors.accept_application", raise_exception=True)
@require_safe
def of_hospital(request, slug):
    """The doctors of a hospital, and those who ask to be taken in, for those who run it."""
    hospital = get_object_or_404(Hospital.objects.run_by(request.user), slug=slug)
    rows = Application.objects.as_staff(request.user).waiting().filter(hospital=hospital)
    works = Affiliation.objects.current().filter(hospital=hospital).select_related("doctor__user", "department")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    if text:
        works = works.filter(doctor__user__name__icontains=text)
    found = list(works.order_by("doctor__user__name", "pk")[: LISTED + 1])
    facts = {
        "hospital": hospital,
        "text": text,
        "works": found[:LISTED],
        "is_over": len(found) > LISTED,
        "applications": rows.select_related("doctor__user", "department").prefetch_related("doctor__specialties")[:50],
        "tab": "doctors",
    }
    return render(request, "doctors/of_hospital.html", facts)


def _asked(request, pk):
    rows = Application.objects.as_staff(request.user).select_related("hospital", "doctor__user", "department")
    return get_object_or_404(rows, pk=pk)


@permission_required("doctors.accept_application", raise_exception=True)
def accept(request, pk):
    row = _asked(request, pk)
    form = AcceptForm(posted(request))
    status = attempt(form, lambda data: workflow.accept(application=row, by=request.user, **data))
    if status is None:
        messages.success(request, _("%(name)s works here from today on.") % {"name": row.doctor.name})
        return redirect("doctors:of_hospital", row.hospital.slug)
    facts = {"form": form, "application": row, "hospital": row.hospital, "tab": "doctors"}
    return render(request, "doctors/accept.html", facts, status=status)


@permission_required("doctors.decline_application", raise_exception=True)
def decline(request, pk):
    row = _asked(request, pk)
    form = DeclineForm(posted(request))
    status = attempt(form, lambda data: workflow.decline(application=row, by=request.user, **data))
    if status is None:
        messages.success(request, _("%(name)s reads why.") % {"name": row.doctor.name})
        return redirect("doctors:of_hospital", row.hospital.slug)
    facts = {"form": form, "application": row, "hospital": row.hospital, "tab": "doctors"}
    return render(request, "doctors/decline.html", facts, status=status)


@permission_required("doctors.accept_application", raise_exception=True)
def reassign(request, slug, pk):
    hospital = get_object_or_404(Hospital.objects.run_by(request.user), slug=slug)
    rows = Affiliation.objects.current().filter(hospital=hospital).select_related("doctor__user", "department")
    row = get_object_or_404(rows, pk=pk)
    had = {"department": row.department_id, "room": row.room, "stamp": stamp(row, PLACE)}
    form = ReassignForm(posted(request), initial=had, hospital=hospital)
    status = attempt(form, lambda data: _reassign(row, by=request.user, **data))
    if status is None:
        messages.success(request, _("Saved."))
        return redirect("doctors:of_hospital", slug)
    facts = {"form": form, "affiliation": row, "hospital": hospital, "tab": "doctors"}
    return render(request, "doctors/reassign.html", facts, status=status)


def _reassign(row, *, stamp, **facts):
    return workflow.reassign(affiliation=row, seen=stamp, **facts)
