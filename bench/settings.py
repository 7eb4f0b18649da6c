"""The site's settings as production has them, with the floor among its addresses."""

from healthstack.settings import *  # noqa: F403
from healthstack.settings import STORAGES

ROOT_URLCONF = "bench.urls"
# Nothing is collected for a measurement; names without a fingerprint cost the same.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LOGGING = {"version": 1, "disable_existing_loggers": True}
