"""Every act on doctors that moves nothing on a higher floor."""

from doctors.workflow.entries import (
    DOCTORS,
    PENDING,
    USUAL_MINUTES,
    add_doctor,
    change_doctor,
    free_slug,
    save_language,
    save_specialty,
    set_state,
)
from doctors.workflow.joining import (
    OPEN,
    approve_doctor,
    ask_more_doctor,
    judge_document,
    missing_documents,
    reject_doctor,
    send_document,
    send_for_checking,
    sign_up,
    withdraw_document,
)

__all__ = [
    "DOCTORS",
    "OPEN",
    "PENDING",
    "USUAL_MINUTES",
    "add_doctor",
    "approve_doctor",
    "ask_more_doctor",
    "change_doctor",
    "free_slug",
    "judge_document",
    "missing_documents",
    "reject_doctor",
    "save_language",
    "save_specialty",
    "send_document",
    "send_for_checking",
    "set_state",
    "sign_up",
    "withdraw_document",
]
