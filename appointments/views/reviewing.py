"""HTTP of reviews: writing one, reading and answering one's own."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments import workflow
from appointments.forms import ReviewAnswerForm, ReviewForm
from appointments.models import Appointment, Review
from healthstack.lib.forms import posted
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken


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
