"""Every view of hospitals: registering, running, parts, staff."""

from hospitals.views.departments import (
    add_department,
    add_service,
    close_department,
    parts,
    remove_service,
    rename_department,
)
from hospitals.views.people import accept_invitation, dismiss, invitation, invite, staff, withdraw_invitation
from hospitals.views.registering import ask_administrator, register, send_for_checking
from hospitals.views.running import (
    add_closure,
    details,
    fees,
    mine,
    opening,
    photo,
    publish_opening,
    remove_closure,
    remove_photo,
    set_photo,
)

__all__ = [
    "accept_invitation",
    "add_closure",
    "add_department",
    "add_service",
    "ask_administrator",
    "close_department",
    "details",
    "dismiss",
    "fees",
    "invitation",
    "invite",
    "mine",
    "opening",
    "parts",
    "photo",
    "publish_opening",
    "register",
    "remove_closure",
    "remove_photo",
    "remove_service",
    "rename_department",
    "send_for_checking",
    "set_photo",
    "staff",
    "withdraw_invitation",
]
