"""HTTP of visits and hours: fetch through the relationship, one verb, answer."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from appointments import boards, booking, editor, explaining, moving, workflow
from appointments.forms import (
    AnswerForm,
    BookingForm,
    DeclineForm,
    LinkForm,
    MoveForm,
    ReasonForm,
    ReviewAnswerForm,
    ReviewForm,
)
from appointments.models import Appointment, Leave, Review
from doctors.models import Doctor
from healthstack.lib.forms import posted
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken
from patients.models import Patient


@permission_required("appointments.book_appointment", raise_exception=True)
@require_safe
def index(request):
    past = request.GET.get("show") == "past"
    rows = Appointment.objects.as_patient(request.user).with_people()
    rows = rows.past() if past else rows.upcoming()
    page = page_by_key(rows, ("starts_at", "id"), after=request.GET.get("after", ""), descending=past)
    return render(request, "appointments/index.html", {"page": page, "past": past})


@permission_required("appointments.view_hospital_appointment", raise_exception=True)
@require_safe
def hospital(request):
    """The visits of the hospital in which the person works, a day at a time."""
    board = boards.hospital_day(request.user, request.GET)
    return render(request, "appointments/hospital.html", {"board": board})


@permission_required("appointments.approve_appointment", raise_exception=True)
@require_safe
def day(request):
    board = boards.doctor_day(request.user, request.GET.get("day"))
    return render(request, "appointments/day.html", {"board": board, "reasons": ReasonForm.REASONS})


@permission_required("appointments.approve_appointment", raise_exception=True)
@require_safe
def requests(request):
    return _requests(request)


def _requests(request, form=None, status=200):
    page = boards.Requests(request.user, request.GET)
    problems = [("many-h" if name.startswith("id_") else name, text) for name, text in form.problems] if form else []
    facts = {"page": page, "reasons": ReasonForm.REASONS, "problems": problems, "form": form}
    return render(request, "appointments/requests.html", facts, status=status)


@permission_required(("appointments.approve_appointment", "appointments.decline_appointment"), raise_exception=True)
@require_POST
def answer(request):
    """Several requests at once."""
    rows = Appointment.objects.as_doctor(request.user).requested()
    form = AnswerForm(request.POST, waiting=rows.values_list("pk", flat=True)[:500])
    if not form.is_valid():
        return _requests(request, form, 422)
    data = form.cleaned_data
    picked = rows.filter(pk__in=data["pick"]).select_related("hospital", "patient", "doctor")
    try:
        if data["act"] == "approve":
            done, left = workflow.approve_many(appointments=picked, by=request.user)
        else:
            done, left = workflow.decline_many(appointments=picked, reason=data["reason"], by=request.user)
    except RuleBroken as refusal:
        form.add_error(refusal.field, refusal.sentence)
        return _requests(request, form, 409)
    _say(request, data["act"], done, left)
    return redirect("appointments:requests")


def _say(request, act, done, left):
    """How many were answered, and which were left as they are, by name."""
    if done and act == "approve":
        words = ngettext("%(n)d request approved.", "%(n)d requests approved.", len(done))
        messages.success(request, words % {"n": len(done)})
    elif done:
        words = ngettext("%(n)d request declined.", "%(n)d requests declined.", len(done))
        messages.success(request, words % {"n": len(done)})
    for row, sentence in left:
        messages.warning(request, _("%(name)s: %(why)s") % {"name": row.patient.name, "why": sentence})


@permission_required("appointments.book_appointment", raise_exception=True)
def book(request, slug):
    rows = Doctor.objects.findable().select_related("user").prefetch_related("specialties", "offers")
    doctor = get_object_or_404(rows, slug=slug)
    asked = booking.asked(request)
    sheet = booking.Sheet(doctor, _people(request.user), asked)
    if request.method != "POST" or "show" in asked:
        form = BookingForm(initial=sheet.initial, **sheet.choices)
        return render(request, sheet.template(request), sheet.context(form))
    form = BookingForm(asked, **sheet.choices)
    if form.is_valid():
        try:
            appointment = sheet.book(form.cleaned_data, by=request.user)
        except RuleBroken as refusal:
            form.add_error(None, refusal.sentence)
            return render(request, "appointments/book.html", sheet.context(form, refusal), status=409)
        return redirect(appointment)
    return render(request, "appointments/book.html", sheet.context(form), status=422)


def _people(user):
    """For whom this person can book: themselves first, then their children."""
    people = sorted(Patient.objects.as_patient(user), key=lambda one: (one.user_id != user.pk, one.name, one.pk))
    if not people:
        raise Http404
    return people


@permission_required("appointments.reschedule_appointment", raise_exception=True)
def reschedule(request, pk):
    rows = Appointment.objects.as_patient(request.user) | _as_doctor_or_desk(request.user)
    rows = rows.with_people().prefetch_related("doctor__offers")
    sheet = moving.MoveSheet(get_object_or_404(rows, pk=pk), booking.asked(request), by=request.user)
    if request.method != "POST" or "show" in sheet.asked:
        return render(request, sheet.template(request), sheet.context(MoveForm(**sheet.choices)))
    form = MoveForm(sheet.asked, **sheet.choices)
    if form.is_valid():
        try:
            visit = sheet.move(form.cleaned_data, by=request.user)
        except RuleBroken as refusal:
            form.add_error(None, refusal.sentence)
            return render(request, "appointments/reschedule.html", sheet.context(form, refusal), status=409)
        messages.success(request, _("The visit has another time."))
        return redirect(visit)
    return render(request, "appointments/reschedule.html", sheet.context(form), status=422)


def _act(request, pk, rows, verb, said, **facts):
    """One act without a page of its own: fetch through the relationship that carries it, one verb, back or a fragment."""
    appointment = get_object_or_404(rows.select_related("hospital", "patient", "doctor"), pk=pk)
    appointment = verb(appointment=appointment, by=request.user, **facts)
    if request.htmx:
        row = Appointment.objects.visible_to(request.user).with_people().get(pk=pk)
        return render(request, "appointments/_answered.html", {"visit": row, "said": said})
    messages.success(request, said)
    return redirect(booking.way_back(request) or appointment)


@permission_required("appointments.approve_appointment", raise_exception=True)
@require_POST
def approve(request, pk):
    return _act(request, pk, Appointment.objects.as_doctor(request.user), workflow.approve, _("Visit approved."))


@permission_required("appointments.decline_appointment", raise_exception=True)
@require_POST
def decline(request, pk):
    rows = Appointment.objects.as_doctor(request.user)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        raise RuleBroken(next(iter(form.errors.values()))[0])
    return _act(request, pk, rows, workflow.decline, _("Request declined."), **form.cleaned_data)


@permission_required("appointments.cancel_appointment", raise_exception=True)
@require_POST
def cancel(request, pk):
    rows = Appointment.objects.as_patient(request.user) | _as_doctor_or_desk(request.user)
    reason = _reason(request)
    if not reason.strip() and Appointment.objects.at_desk(request.user).filter(pk=pk).exists():
        raise RuleBroken(_("Say why, so that the patient knows what to do."))
    return _act(request, pk, rows, workflow.cancel, _("Visit cancelled."), reason=reason)


def _as_doctor_or_desk(user):
    """What both the doctor and the hospital's reception do."""
    rows = Appointment.objects.at_desk(user)
    return rows | Appointment.objects.as_doctor(user) if user.has_perm("appointments.approve_appointment") else rows


def _reason(request):
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise RuleBroken(next(iter(form.errors.values()))[0])
    return form.cleaned_data["reason"]


@permission_required("appointments.share_link_appointment", raise_exception=True)
@require_POST
def share_link(request, pk):
    form = LinkForm(request.POST)
    if not form.is_valid():
        raise RuleBroken(next(iter(form.errors.values()))[0])
    said = _("The patient sees the link from a quarter of an hour before the visit.")
    rows = Appointment.objects.as_doctor(request.user)
    return _act(request, pk, rows, workflow.share_link, said, url=form.cleaned_data["join_url"])


@permission_required("appointments.check_in_appointment", raise_exception=True)
@require_POST
def check_in(request, pk):
    return _act(request, pk, _as_doctor_or_desk(request.user), workflow.check_in, _("Patient checked in."))


@permission_required("appointments.start_appointment", raise_exception=True)
@require_POST
def start(request, pk):
    return _act(request, pk, Appointment.objects.as_doctor(request.user), workflow.start, _("Visit started."))


@permission_required("appointments.complete_appointment", raise_exception=True)
@require_POST
def complete(request, pk):
    return _act(request, pk, Appointment.objects.as_doctor(request.user), workflow.complete, _("Visit finished."))


@permission_required("appointments.no_show_appointment", raise_exception=True)
@require_POST
def no_show(request, pk):
    return _act(request, pk, _as_doctor_or_desk(request.user), workflow.no_show, _("Marked as missed."))


@permission_required("appointments.write_review", raise_exception=True)
def write_review(request, pk):
    rows = Appointment.objects.as_patient(request.user).with_people().filter(state="completed")
    visit = get_object_or_404(rows, pk=pk)
    form, status = ReviewForm(posted(request)), 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            workflow.write_review(appointment=visit, by=request.user, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, refusal.sentence)
            status = 409
        else:
            messages.success(request, _("Thank you. Your review is on the doctor’s page."))
            return redirect(visit)
    return render(request, "appointments/write_review.html", {"form": form, "visit": visit}, status=status)


@permission_required("appointments.answer_review", raise_exception=True)
@require_safe
def reviews(request):
    """What patients said of the doctor who looks."""
    return _reviews(request)


def _reviews(request, refused=None, form=None, status=200):
    rows = Review.objects.as_doctor(request.user).with_writers().select_related("doctor__user")
    page = page_by_key(rows, ("written_at", "id"), after=request.GET.get("after", ""), descending=True)
    facts = {"page": page, "refused": refused, "form": form, "problems": form.problems if form else []}
    return render(request, "appointments/reviews.html", facts, status=status)


@permission_required("appointments.answer_review", raise_exception=True)
@require_POST
def answer_review(request, pk):
    review = get_object_or_404(Review.objects.as_doctor(request.user), pk=pk)
    form = ReviewAnswerForm(request.POST, auto_id=f"answer-{pk}-%s")
    if not form.is_valid():
        return _reviews(request, pk, form, 422)
    try:
        workflow.answer_review(review=review, text=form.cleaned_data["answer"], by=request.user)
    except RuleBroken as refusal:
        form.add_error(None, refusal.sentence)
        return _reviews(request, pk, form, 409)
    messages.success(request, _("Your answer is on your page."))
    return redirect("appointments:reviews")


@permission_required("appointments.explain_time", raise_exception=True)
@require_safe
def explain(request):
    """Why a time is not offered."""
    question = explaining.Question(request.user, request.GET)
    facts = {"question": question, "form": question.form}
    return render(request, "appointments/explain.html", facts)


def _schedule(request, **facts):
    doctor = get_object_or_404(Doctor.objects.of(request.user).prefetch_related("offers"))
    return editor.Schedule(doctor, **facts)


@permission_required("appointments.publish_hours", raise_exception=True)
@require_safe
def schedule(request):
    return render(request, "appointments/schedule.html", _schedule(request).context())


@permission_required("appointments.publish_hours", raise_exception=True)
@require_POST
def publish(request):
    desk = _schedule(request, hours=request.POST)
    if desk.only_looks or not desk.hours.is_valid():
        status = 200 if "add" in request.POST or "copy" in request.POST or desk.hours.is_valid() else 422
        return render(request, "appointments/schedule.html", desk.context(), status=status)
    facts = {"expected": request.POST.get("version"), "accept": "accept" in request.POST}
    try:
        left = workflow.publish(doctor=desk.doctor, rows=desk.rows(), by=request.user, **facts)
    except RuleBroken as refusal:
        return render(request, "appointments/schedule.html", desk.context(refusal=refusal), status=409)
    messages.success(request, _("Your hours are published."))
    if left:
        return render(request, "appointments/schedule.html", _schedule(request).context(stranded=left))
    return redirect("appointments:schedule")


@permission_required("appointments.take_leave", raise_exception=True)
@require_POST
def take_leave(request):
    desk = _schedule(request, leave=request.POST)
    if not desk.leave.is_valid():
        return render(request, "appointments/schedule.html", desk.context(), status=422)
    data = desk.leave.cleaned_data
    try:
        workflow.take_leave(
            doctor=desk.doctor, starts_at=data["starts_at"], ends_at=data["ends_at"], note=data["note"], by=request.user
        )
    except RuleBroken as refusal:
        desk.leave.add_error(None, refusal.sentence)
        return render(request, "appointments/schedule.html", desk.context(in_the_way=refusal.offers), status=409)
    messages.success(request, _("Leave entered. Nobody can book you then."))
    return redirect("appointments:schedule")


@permission_required("appointments.end_leave", raise_exception=True)
@require_POST
def end_leave(request, pk):
    leave = get_object_or_404(Leave.objects.filter(doctor__user=request.user), pk=pk)
    workflow.end_leave(leave=leave, by=request.user)
    messages.success(request, _("Leave given up. The times can be booked again."))
    return redirect("appointments:schedule")
