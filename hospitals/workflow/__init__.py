"""Every act on hospitals that moves nothing on a higher floor."""

from hospitals.workflow.directories import check_directory, import_directory, keep_directory, start_import
from hospitals.workflow.entries import appoint, end_staff, free_slug, lock, save_hospital, set_state
from hospitals.workflow.registering import (
    approve_hospital,
    ask_administrator,
    ask_more_hospital,
    register,
    reject_hospital,
    send_for_checking,
)
from hospitals.workflow.running import (
    add_closure,
    add_department,
    add_service,
    change_details,
    change_fees,
    close_department,
    publish_opening,
    remove_closure,
    remove_photo,
    remove_service,
    rename_department,
    set_photo,
)
from hospitals.workflow.staffing import (
    accept_invitation,
    dismiss,
    invite,
    join_by_invitation,
    withdraw_invitation,
)

__all__ = [
    "accept_invitation",
    "add_closure",
    "add_department",
    "add_service",
    "appoint",
    "approve_hospital",
    "ask_administrator",
    "ask_more_hospital",
    "change_details",
    "change_fees",
    "check_directory",
    "close_department",
    "dismiss",
    "end_staff",
    "free_slug",
    "import_directory",
    "invite",
    "join_by_invitation",
    "keep_directory",
    "lock",
    "publish_opening",
    "register",
    "reject_hospital",
    "remove_closure",
    "remove_photo",
    "remove_service",
    "rename_department",
    "save_hospital",
    "send_for_checking",
    "set_photo",
    "set_state",
    "start_import",
    "withdraw_invitation",
]
