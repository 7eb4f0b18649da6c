"""Every act on people and letters."""

from accounts.workflow.entry import (
    change_email,
    change_second_step,
    end_session,
    end_sessions,
    reset_second_step,
    see,
    set_password,
)
from accounts.workflow.groups import (
    ADMINISTRATORS,
    ask_for_second_steps,
    change_groups,
    delete_group,
    require_second_step,
    save_group,
)
from accounts.workflow.letters import (
    PATIENCE,
    choose_letters,
    deliver,
    deliver_due,
    read,
    read_about,
    read_all,
    retry_mail,
)
from accounts.workflow.people import create_user, disable_user, enable_user, remove_photo, set_photo, update_profile
from accounts.workflow.texts import save_leaflet, write_first_leaflets

__all__ = [
    "ADMINISTRATORS",
    "PATIENCE",
    "ask_for_second_steps",
    "change_email",
    "change_groups",
    "change_second_step",
    "choose_letters",
    "create_user",
    "delete_group",
    "deliver",
    "deliver_due",
    "disable_user",
    "enable_user",
    "end_session",
    "end_sessions",
    "read",
    "read_about",
    "read_all",
    "remove_photo",
    "require_second_step",
    "reset_second_step",
    "retry_mail",
    "save_group",
    "save_leaflet",
    "see",
    "set_password",
    "set_photo",
    "update_profile",
    "write_first_leaflets",
]
