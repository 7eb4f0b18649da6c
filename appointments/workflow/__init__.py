"""Every act of appointments: visits, the hours they are booked in, and the listing that the search reads."""

from appointments.workflow.hours import (
    end_leave,
    publish,
    reinstate_doctor,
    reinstate_hospital,
    suspend_doctor,
    suspend_hospital,
    take_leave,
)
from appointments.workflow.listing import (
    hold_hospital,
    hold_user,
    relist,
    relist_hospital,
    relist_user,
    roll_listings,
)
from appointments.workflow.visits import (
    approve,
    book,
    cancel,
    check_in,
    complete,
    decline,
    expire,
    expire_due,
    no_show,
    purge_claims,
    start,
)

__all__ = [
    "approve",
    "book",
    "cancel",
    "check_in",
    "complete",
    "decline",
    "end_leave",
    "expire",
    "expire_due",
    "hold_hospital",
    "hold_user",
    "no_show",
    "publish",
    "purge_claims",
    "reinstate_doctor",
    "reinstate_hospital",
    "relist",
    "relist_hospital",
    "relist_user",
    "roll_listings",
    "start",
    "suspend_doctor",
    "suspend_hospital",
    "take_leave",
]
