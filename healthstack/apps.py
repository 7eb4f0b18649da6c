"""The roof's start: the wiring, and Django's admin in our own site class."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class HealthstackConfig(AppConfig):
    name = "healthstack"

    def ready(self):
        from healthstack import checks  # noqa: F401 - registers the system checks
        from healthstack.lib.announce import wire
        from healthstack.wiring import TABLE

        wire(TABLE)


class AdminConfig(DjangoAdminConfig):
    default_site = "healthstack.panel.Panel"
