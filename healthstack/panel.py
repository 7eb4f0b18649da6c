"""The admin panel: Django's admin in our frame, for the group Administrators alone."""

from django.contrib.admin import AdminSite


class Panel(AdminSite):
    site_header = site_title = "HealthStack"
    index_title = "Today"

    def has_permission(self, request):
        return request.user.is_active and request.user.has_perm("accounts.open_panel")
