"""Registers the app, and tells the house when its tables are in place."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

from healthstack.lib.announce import announce


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        post_migrate.connect(announce_migrated, dispatch_uid="accounts.migrated")


def announce_migrated(app_config, **kwargs):
    """Permissions are made app by app; the house is told once, behind the last app that has tables."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if app_config is last:
        announce("accounts.migrated")
