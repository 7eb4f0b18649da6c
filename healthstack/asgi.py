"""The site for an ASGI server (gunicorn -k asgi)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthstack.settings")
application = get_asgi_application()
