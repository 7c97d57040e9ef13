"""Django's settings for the server: those of every command, and what pages, sessions and log-in need."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from upheld.project import settings as plain
from upheld.project.settings import *  # noqa: F403 - Django reads settings as names of one module
from upheld.store.keys import KeyStore
from upheld.web.reached import Hosts

_WEB = Path(__file__).parents[1] / "web"
_ADDRESS = urlsplit(plain.UPHELD_ADDRESS or plain.UPHELD_LISTENS or "http://127.0.0.1")
_SECURE = _ADDRESS.scheme == "https"

SECRET_KEY = KeyStore(plain.UPHELD_KEYS).derived("django").hex()
DEBUG = False
ALLOWED_HOSTS = Hosts([_ADDRESS.hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"])
ROOT_URLCONF = "upheld.project.urls"
WSGI_APPLICATION = "upheld.project.wsgi.application"
INSTALLED_APPS = [
    *plain.INSTALLED_APPS,
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
_ON_POSTGRESQL = str(plain.DATABASES["default"]["ENGINE"]).endswith("postgresql")
if _ON_POSTGRESQL:  # to connect costs more than most pages
    plain.DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if _ON_POSTGRESQL and find_spec("procrastinate"):
    INSTALLED_APPS.append("procrastinate.contrib.django")  # wakes for workers; where there are none, nothing
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
MIDDLEWARE = [
    "upheld.web.watched.Watched",
    "upheld.web.reached.Reached",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "upheld.web.headers.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "upheld.web.reached.Trusting",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "upheld.web.idle.Idle",
    "upheld.web.faults.Faults",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_WEB / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "upheld.web.organisation.organisation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
STATIC_URL = "/static/"
UPHELD_STATIC = _WEB / "static"

LANGUAGE_CODE = "en"
# A folder `locale` beside the map adds languages, or says ours otherwise.
LOCALE_PATHS = [plain.UPHELD_DIR.resolve() / "locale", _WEB / "locale"]
LANGUAGES = [("en", "English")] + [
    (name, name)
    for name in sorted({each.parent.name for path in LOCALE_PATHS for each in path.glob("*/LC_MESSAGES")})
    if name != "en"
]
USE_I18N = True

# --- accounts --------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "upheld.web.console.passwords.Dressed"},
    {"NAME": "upheld.web.console.passwords.OwnWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "console"
ACCOUNT_ADAPTER = "upheld.web.console.accounts.Closed"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False  # a session ends with the browser, whoever logs in
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
CACHES = {"default": {"BACKEND": "upheld.web.console.tries.Stored"}}  # where the library counts tries
MFA_ADAPTER = "upheld.web.console.accounts.Sealed"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Upheld"

# --- what a browser is told ------------------------------------------------------------------------------

# With the prefix a browser takes the cookie only from this host by https, not from a neighbour of its domain.
SESSION_COOKIE_NAME = "__Host-upheld" if _SECURE else "upheld"
CSRF_COOKIE_NAME = "__Host-upheld-form" if _SECURE else "upheld-form"
SESSION_COOKIE_AGE = 12 * 60 * 60  # from the log-in: `upheld.web.idle`
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
# Where a proxy ends the encryption, pages come from https and the server is asked by http: forms from our own
# address are ours all the same.
CSRF_TRUSTED_ORIGINS = [f"{_ADDRESS.scheme}://{_ADDRESS.netloc}"]
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 600  # a list of a hundred people, corrected line by line
# What is uploaded stays in memory until it is sealed, never in a file of its own; more than this is not read.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 26 * 1024 * 1024
