"""What patients say of a visit, what the doctor answers, and what an administrator hides.

Lock order: the doctor's row, then the review. The doctor's rating is of the reviews that are shown.
"""

from django.db.models import Avg, Count
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.notify import notify
from appointments.models import Appointment, Listing, Review
from appointments.workflow.listing import lock
from doctors import workflow as doctors
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients import workflow as patients


@one_transaction
def write_review(*, appointment, stars, by, text=""):
    """A patient who was seen says how it was, once for each visit. -> Review"""
    doctor = lock(appointment.doctor_id)
    row = Appointment.objects.select_related("doctor__user").get(pk=appointment.pk)
    if row.state != Appointment.State.COMPLETED:
        raise RuleBroken(_("You can review a visit once it is over."))
    if Review.objects.filter(appointment=row).exists():
        raise RuleBroken(_("You have reviewed this visit already."))
    if not 1 <= stars <= 5:
        raise RuleBroken(_("Choose one to five stars"), field="stars")
    review = Review.objects.create(
        appointment=row, doctor=doctor, stars=stars, text=text.strip(), written_at=clock.now()
    )
    _count(doctor)
    record("appointments.review_written", by=by, about=review, stars=stars)
    words = _("A patient has reviewed a visit.")
    notify(row.doctor.user, "appointments.review_written", words, path=review.get_absolute_url())
    return review


@one_transaction
def answer_review(*, review, text, by):
    """The doctor answers, once. The patient is told."""
    lock(review.doctor_id)
    review = Review.objects.select_for_update().get(pk=review.pk)
    if not text.strip():
        raise RuleBroken(_("Write your answer"), field="answer")
    if review.hidden_at:
        raise RuleBroken(_("This review is hidden and cannot be answered."))
    if review.answered_at:
        raise RuleBroken(_("You have answered this review already."))
    review.answer, review.answered_at = text.strip(), clock.now()
    review.save(update_fields=["answer", "answered_at"])
    record("appointments.review_answered", by=by, about=review)
    patients.tell(
        patient=review.appointment.patient,
        kind="appointments.review_answered",
        text=_("%(name)s has answered your review.") % {"name": review.doctor.name},
        path=review.appointment.get_absolute_url(),
    )
    return review


@one_transaction
def hide_review(*, review, reason, by):
    """An administrator takes a review off the site and says why; it no longer counts."""
    doctor = lock(review.doctor_id)
    review = Review.objects.select_for_update().get(pk=review.pk)
    if not reason.strip():
        raise RuleBroken(_("Say why."), field="reason")
    if review.hidden_at:
        raise RuleBroken(_("This review is hidden already."))
    review.hidden_at, review.hidden_by, review.hidden_reason = clock.now(), by, reason.strip()[:240]
    review.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
    _count(doctor)
    record("appointments.review_hidden", by=by, about=review, reason=reason)
    return review


@one_transaction
def unhide_review(*, review, by):
    """A hidden review is shown and counted again."""
    doctor = lock(review.doctor_id)
    review = Review.objects.select_for_update().get(pk=review.pk)
    if not review.hidden_at:
        raise RuleBroken(_("This review is shown already."))
    review.hidden_at = review.hidden_by = None
    review.hidden_reason = ""
    review.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
    _count(doctor)
    record("appointments.review_unhidden", by=by, about=review)
    return review


def _count(doctor):
    """The doctor's rating and the listing's follow, under the lock of the doctor's row."""
    facts = Review.objects.shown().filter(doctor=doctor).aggregate(rating=Avg("stars"), n=Count("pk"))
    rating = None if facts["rating"] is None else round(facts["rating"], 2)
    doctors.set_rating(doctor=doctor, rating=rating, count=facts["n"])
    Listing.objects.filter(doctor=doctor).update(rating=rating, rating_count=facts["n"])
