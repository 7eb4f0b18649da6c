"""Settings of the whole site, read from the environment (see .env.example for every value).

Development and production differ by environment only. With DEBUG off, an unsafe or missing value stops the start.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
env.smart_cast = False
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)


def required(name, default_in_debug):
    """The value of the environment, or the default where DEBUG is on; without either the site does not start."""
    value = env.str(name, default=default_in_debug if DEBUG else "")
    if not value.strip(" ,"):
        raise ImproperlyConfigured(f"{name} is not set. It is needed when DEBUG is off; see .env.example.")
    return value


SECRET_KEY = required("SECRET_KEY", "development-only-" + "x" * 50)
ALLOWED_HOSTS = [h.strip() for h in required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h.strip()]
SITE_NAME = env.str("SITE_NAME", default="HealthStack")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000" if DEBUG else f"https://{ALLOWED_HOSTS[0]}")

# --- safety: production refuses unsafe values ----------------------------------------------------------------------
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=not DEBUG)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if DEBUG else 365 * 24 * 3600)
if not DEBUG:
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 12 or SECRET_KEY.startswith(("development-", "django-insecure-")):
        raise ImproperlyConfigured("SECRET_KEY is too weak: use at least 50 random characters.")
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts; '*' lets anyone choose the links in our mails.")
    if not SECURE_COOKIES:
        raise ImproperlyConfigured("SECURE_COOKIES must be on when DEBUG is off: sessions would travel in clear.")
    if not SECURE_SSL_REDIRECT or SECURE_HSTS_SECONDS < 365 * 24 * 3600:
        raise ImproperlyConfigured("SECURE_SSL_REDIRECT must be on and SECURE_HSTS_SECONDS at least a year.")
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
# The probes of a load balancer speak plain HTTP and carry its address as Host.
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$"]
# Only behind a proxy that overwrites the header; otherwise anyone could claim TLS (security 48).
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # also the longest that one stays logged in, however busy
IDLE_SECONDS_OF_STAFF = env.int("IDLE_SECONDS_OF_STAFF", default=15 * 60)  # everybody with a group besides Patients
IDLE_SECONDS_OF_PATIENTS = env.int("IDLE_SECONDS_OF_PATIENTS", default=30 * 60)
CSRF_FAILURE_VIEW = "healthstack.pages.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
NO_FEATURES = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment usb"
PERMISSIONS_POLICY = {name: [] for name in NO_FEATURES.split()}

# --- apps ------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "healthstack.apps.HealthstackConfig",
    "healthstack.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "phonenumber_field",
    "accounts",
    "hospitals",
    "doctors",
    "patients",
    "billing",
    "appointments",
    "laboratory",
    "prescriptions",
    "pharmacy",
    "chat",
]

MIDDLEWARE = [
    "healthstack.middleware.RequestContext",
    # Those that write headers stand outside of everything that may answer.
    "healthstack.middleware.Headers",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "healthstack.middleware.Door",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "healthstack.middleware.DatabaseAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "healthstack.presence.Presence",
    "healthstack.presence.Place",
    "healthstack.presence.SecondStep",
    "allauth.account.middleware.AccountMiddleware",
    "healthstack.middleware.Answers",
]

ROOT_URLCONF = "healthstack.urls"
WSGI_APPLICATION = "healthstack.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "healthstack.frame.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "healthstack.templatetags.hs"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- database --------------------------------------------------------------------------------------------------------
VAR_DIR.mkdir(exist_ok=True)
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{(VAR_DIR / 'db.sqlite3').as_posix()}")}
ATOMIC_REQUESTS = False
_db = DATABASES["default"]
if _db["ENGINE"] == "django.db.backends.sqlite3":
    # All three are needed: without them 10 to 97 % of concurrent writes fail (security, law 7).
    _db["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
elif _db["ENGINE"] == "django.db.backends.mysql":
    _db["CONN_MAX_AGE"] = 60
    _db["CONN_HEALTH_CHECKS"] = True
    _db["OPTIONS"] = {
        "isolation_level": "read committed",
        "charset": "utf8mb4",
        "connect_timeout": 3,
        # exists_to_in=off keeps the sorted index in the doctor search (measured: 24 ms to 2.6 ms).
        "init_command": (
            "SET sql_mode='STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
            " innodb_lock_wait_timeout=5, lock_wait_timeout=5" + env.str("MYSQL_INIT_EXTRA", default="")
        ),
    }
    _db["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The cache carries rate limits and counts, so it must be shared by all processes of a production site.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://" if DEBUG else "dbcache://cache")}
if "redis" not in CACHES["default"]["BACKEND"]:
    # Django throws entries away from 300 on: an account that is shut after eight tries would be open again.
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 100_000}

# --- people ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["healthstack.sign_in.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "accounts.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
ACCOUNT_ADAPTER = "healthstack.sign_in.Adapter"
ACCOUNT_FORMS = {
    "login": "healthstack.sign_in.LoginForm",
    "signup": "healthstack.sign_in.PatientSignUpForm",
    "reset_password": "healthstack.sign_in.ResetForm",
    "reset_password_from_key": "healthstack.sign_in.NewPasswordForm",
    "change_password": "healthstack.sign_in.ChangePasswordForm",
    "confirm_email_verification_code": "healthstack.sign_in.CodeForm",
    "reauthenticate": "healthstack.sign_in.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# The key of login_failed is account + address, so that nobody can lock another person out (security 2).
ACCOUNT_RATE_LIMITS = {
    "login_failed": "8/15m/key",
    "login": "60/m/ip",
    "signup": "20/m/ip",  # and taking over a record with a code
    "confirm_email": "1/10s/key,10/h/key",
    "reset_password": "20/m/ip,5/m/key,10/h/key",
    "verify": "30/m/ip",  # looking whether a prescription is genuine
}

# The second step: an app's code, a recovery code, or a passkey.
MFA_ADAPTER = "healthstack.two_step.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_TOLERANCE = 1  # clocks differ by half a minute; that no code works twice is seen to in two_step.py
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "healthstack.two_step.AuthenticateForm",
    "authenticate_webauthn": "healthstack.two_step.AuthenticateKeyForm",
    "activate_totp": "healthstack.two_step.ActivateForm",
    "deactivate_totp": "healthstack.two_step.DeactivateForm",
    "generate_recovery_codes": "healthstack.two_step.CodesForm",
    "add_webauthn": "healthstack.two_step.AddKeyForm",
}
# Groups that must have one from the first migrate on; an administrator's decision in the panel is never overwritten.
TWO_STEP_GROUPS = env.list("TWO_STEP_GROUPS", default=[] if DEBUG else ["Administrators"])

# --- mail and background work ------------------------------------------------------------------------------------------
# In DEBUG mails are files, shown on /debug/mails/.
EMAIL_FILE_PATH = VAR_DIR / "mails"
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail://" if DEBUG else "smtp://localhost:25")
vars().update({k: v for k, v in EMAIL_CONFIG.items() if k != "EMAIL_FILE_PATH"})
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="HealthStack <no-reply@localhost>")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- place and language --------------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", "English"), ("hi", "हिन्दी")]
USE_I18N = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Kolkata")
USE_TZ = True
CURRENCY = env.str("CURRENCY", default="INR")
AGE_OF_MAJORITY = env.int("AGE_OF_MAJORITY", default=18)  # on this birthday a guardian's say ends
EMERGENCY_NUMBER = env.str("EMERGENCY_NUMBER", default="112")
SUPPORT_PHONE = env.str("SUPPORT_PHONE", default="")
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", default="IN")

# --- paying online: Stripe by its two keys; without them a sandbox, in development only -------------------------------------
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
if bool(STRIPE_SECRET_KEY) != bool(STRIPE_WEBHOOK_SECRET):
    raise ImproperlyConfigured("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET belong together: set both, or neither.")
if STRIPE_SECRET_KEY:
    _keys = {"api_key": STRIPE_SECRET_KEY, "endpoint_secret": STRIPE_WEBHOOK_SECRET}
    PAYMENT_VARIANTS = {"stripe": ("billing.providers.Stripe", _keys)}
else:
    PAYMENT_VARIANTS = {"sandbox": ("billing.providers.Sandbox", {})} if DEBUG else {}
PAYMENT_HOST = urlsplit(SITE_URL).netloc  # django-payments asks for it; our providers use SITE_URL

# --- files that people send ------------------------------------------------------------------------------------------------
FILE_BYTES = env.int("FILE_BYTES", default=10 * 1024 * 1024)
FILE_PIXELS = 40_000_000  # a picture is measured before it is read: a small file can unfold to gigabytes
FILES_OF_A_PERSON = env.int("FILES_OF_A_PERSON", default=60)
FILE_BYTES_OF_A_PERSON = env.int("FILE_BYTES_OF_A_PERSON", default=200 * 1024 * 1024)
REQUEST_BYTES = 2 * FILE_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE  # all that one request may bring

# --- static files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
FILES_OPTIONS = env.json(
    "FILES_STORAGE_OPTIONS",
    default={
        "location": env.str("FILES_DIR", default=str(VAR_DIR / "files")),
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What people send (accounts.files): no address leads there.
    "private": {
        "BACKEND": env.str("FILES_STORAGE", default="healthstack.lib.uploads.PrivateStorage"),
        "OPTIONS": FILES_OPTIONS,
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # our files are for our pages
MEDIA_ROOT = VAR_DIR / "media"

# --- logs: a request id in every line, no personal data ----------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "healthstack.lib.logs.RequestIdFilter"}},
    "formatters": {"line": {"()": "healthstack.lib.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["request"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
