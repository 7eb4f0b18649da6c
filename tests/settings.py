"""The site's settings, made fast for tests: the same code paths, cheap passwords, tasks that run at once."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DEBUG", "True")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the ORM beside a browser's page

from healthstack.settings import *  # noqa: F403
from healthstack.settings import DATABASES, STORAGES, VAR_DIR

DEBUG = False
SHOW_MAILS = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, since threads share the cache of a database in memory and lock it otherwise than WAL does; one for each
    # process, so that two runs at once do not meet.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"healthstack-{os.getpid()}.sqlite3")}
# Tests jump through weeks; those about leaving a page alone say how long that is.
IDLE_SECONDS_OF_STAFF = IDLE_SECONDS_OF_PATIENTS = SESSION_COOKIE_AGE = 10 * 365 * 24 * 3600
EMAIL_FILE_PATH = VAR_DIR / "test-mails"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": {
        **STORAGES["private"],
        "OPTIONS": {"location": str(Path(tempfile.gettempdir()) / f"healthstack-files-{os.getpid()}")},
    },
}
WHITENOISE_AUTOREFRESH = True
LOG_LEVEL = "WARNING"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"none": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["none"], "level": "WARNING"},
}
