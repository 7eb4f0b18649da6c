"""Every act on hospitals that moves nothing on a higher floor."""

from hospitals.workflow.entries import appoint, end_staff, save_hospital, set_state

__all__ = ["appoint", "end_staff", "save_hospital", "set_state"]
