"""Registers the app with Django."""

from django.apps import AppConfig


class LaboratoryConfig(AppConfig):
    name = "laboratory"
    default_auto_field = "django.db.models.BigAutoField"
