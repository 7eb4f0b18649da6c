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

__all__ = [
    "DOCTORS",
    "PENDING",
    "USUAL_MINUTES",
    "add_doctor",
    "change_doctor",
    "free_slug",
    "save_language",
    "save_specialty",
    "set_state",
]
