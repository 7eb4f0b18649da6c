"""Registers the app with Django."""

from django.apps import AppConfig


class PharmacyConfig(AppConfig):
    name = "pharmacy"
    default_auto_field = "django.db.models.BigAutoField"
