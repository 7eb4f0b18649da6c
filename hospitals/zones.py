"""Where migration 0001 finds the check of time zones, which has moved to healthstack.lib.zones."""

from healthstack.lib.zones import check_zone

__all__ = ["check_zone"]
