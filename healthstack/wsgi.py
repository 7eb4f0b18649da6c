"""The site for a WSGI server (gunicorn -k gthread)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthstack.settings")
application = get_wsgi_application()
