"""Every view of appointments: booking, the day, one visit, reviews, hours."""

from appointments.views.booking import book, index, overbook, reschedule
from appointments.views.days import answer, day, hospital, requests
from appointments.views.hours import end_leave, explain, publish, schedule, take_leave
from appointments.views.notes import amend_note, note, sign_note, write_note
from appointments.views.reviewing import answer_review, reviews, write_review
from appointments.views.visits import approve, calendar, cancel, check_in, complete, decline, no_show, share_link, start

__all__ = [
    "amend_note",
    "answer",
    "answer_review",
    "approve",
    "book",
    "calendar",
    "cancel",
    "check_in",
    "complete",
    "day",
    "decline",
    "end_leave",
    "explain",
    "hospital",
    "index",
    "no_show",
    "note",
    "overbook",
    "publish",
    "requests",
    "reschedule",
    "reviews",
    "schedule",
    "share_link",
    "sign_note",
    "start",
    "take_leave",
    "write_note",
    "write_review",
]
