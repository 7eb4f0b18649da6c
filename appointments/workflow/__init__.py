"""Every act of appointments: visits, the hours they are booked in, and the listing that the search reads."""

from appointments.workflow.booking import book, overbook
from appointments.workflow.hours import (
    end_leave,
    fingerprint,
    publish,
    reinstate_doctor,
    reinstate_hospital,
    suspend_doctor,
    suspend_hospital,
    take_leave,
)
from appointments.workflow.listing import (
    hold_hospital,
    hold_hospitals,
    hold_user,
    relist,
    relist_hospital,
    relist_hospitals,
    relist_user,
    roll_listings,
)
from appointments.workflow.moves import rehome, reschedule
from appointments.workflow.notes import amend_note, sign_note, write_note
from appointments.workflow.notice import why_too_late
from appointments.workflow.reminding import remind, remind_due
from appointments.workflow.reviews import answer_review, hide_review, unhide_review, write_review
from appointments.workflow.stranded import end_affiliation, settle
from appointments.workflow.visits import (
    approve,
    approve_many,
    cancel,
    check_in,
    complete,
    decline,
    decline_many,
    expire,
    expire_due,
    no_show,
    purge_claims,
    share_link,
    start,
)
from appointments.workflow.words import reindex_hospital, reindex_hospitals

__all__ = [
    "amend_note",
    "answer_review",
    "approve",
    "approve_many",
    "book",
    "cancel",
    "check_in",
    "complete",
    "decline",
    "decline_many",
    "end_affiliation",
    "end_leave",
    "expire",
    "expire_due",
    "fingerprint",
    "hide_review",
    "hold_hospital",
    "hold_hospitals",
    "hold_user",
    "no_show",
    "overbook",
    "publish",
    "purge_claims",
    "rehome",
    "reindex_hospital",
    "reindex_hospitals",
    "reinstate_doctor",
    "reinstate_hospital",
    "relist",
    "relist_hospital",
    "relist_hospitals",
    "relist_user",
    "remind",
    "remind_due",
    "reschedule",
    "roll_listings",
    "settle",
    "share_link",
    "sign_note",
    "start",
    "suspend_doctor",
    "suspend_hospital",
    "take_leave",
    "unhide_review",
    "why_too_late",
    "write_note",
    "write_review",
]
