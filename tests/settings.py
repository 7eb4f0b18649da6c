"""The site's settings, made fast for tests: the same code paths, cheap passwords, tasks that run at once."""

import os

os.environ.setdefault("DEBUG", "True")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the ORM beside a browser's page

from healthstack.settings import *  # noqa: F403
from healthstack.settings import STORAGES, VAR_DIR

DEBUG = False
SHOW_MAILS = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "test-mails"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
LOG_LEVEL = "WARNING"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"none": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["none"], "level": "WARNING"},
}
