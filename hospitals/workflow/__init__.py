"""Every act on hospitals that moves nothing on a higher floor."""

from hospitals.workflow.directories import check_directory, import_directory, keep_directory, start_import
from hospitals.workflow.entries import appoint, end_staff, save_hospital, set_state

__all__ = [
    "appoint",
    "check_directory",
    "end_staff",
    "import_directory",
    "keep_directory",
    "save_hospital",
    "set_state",
    "start_import",
]
