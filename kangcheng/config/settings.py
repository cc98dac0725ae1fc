"""Django settings. Everything an operator may change is an environment variable, read here and nowhere else:

KANGCHENG_DATA      folder of keys, files, lake and embedded database (default: var in the checkout)
DATABASE_URL        another PostgreSQL instead of the embedded one
KANGCHENG_DATABASE  name of the database in the embedded server (default: kangcheng)
KANGCHENG_KEY_FILE  keys of the sealed fields (default: keys/data.json in the data folder)
KANGCHENG_HOSTS     host names served, separated by commas (default: this machine only)
KANGCHENG_HTTPS     1 when a TLS proxy stands in front: secure cookies, HSTS
KANGCHENG_PACK      the policy pack this city runs (default: kangcheng)
KANGCHENG_PACKS     folder of the packs (default: packs in the checkout)
KANGCHENG_CACHE     folder of compiled benefit engines (default: the user's cache folder)
KANGCHENG_POOL      connections a serving process keeps at most (0, the default: one a thread, no pool)
KANGCHENG_MAIL_FROM  sender of notices by e-mail (default: none are sent)
KANGCHENG_MAIL_HOST  mail server for them (default localhost)
KANGCHENG_SMS_FOLDER  folder in which text messages are left for a gateway (default: none are sent)
KANGCHENG_LOG       lowest level written to the log (default WARNING)
"""

import os
from datetime import timedelta

from kangcheng.base.keys import text_key
from kangcheng.base.logs import configure_logs
from kangcheng.config import place

REPOSITORY = place.REPOSITORY
DATA = place.data_folder()
KEY_FILE = place.key_file()
FILES_FOLDER = DATA / "files"
LAKE_FOLDER = DATA / "lake"
PACKS_FOLDER = place.PACKS
INBOX = "kangcheng.gateway.inbox"  # what the pages of the inbox ask
CITY_PACK = os.environ.get("KANGCHENG_PACK", "kangcheng")
HTTPS = os.environ.get("KANGCHENG_HTTPS") == "1"

SECRET_KEY = text_key(DATA / "keys" / "secret_key")
DEBUG = False
ALLOWED_HOSTS = [
    *filter(None, os.environ.get("KANGCHENG_HOSTS", "").split(",")),
    "127.0.0.1",
    "localhost",
    "[::1]",
]

# --- apps: one per module, then the libraries ---------------------------------------------------------------
INSTALLED_APPS = [
    "kangcheng.portal",
    "kangcheng.gateway",
    "kangcheng.performance",
    "kangcheng.access",
    "kangcheng.funds",
    "kangcheng.work",
    "kangcheng.registry",
    "kangcheng.records",
    "kangcheng.base",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "ninja",  # its page of the API is served from here, not from elsewhere
    "django_otp",
    "axes",
    "csp",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kangcheng.portal.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",  # last: turns a refused log-in into the lock-out answer
]

ROOT_URLCONF = "kangcheng.config.urls"
WSGI_APPLICATION = "kangcheng.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "kangcheng.portal.navigation.shell",
            ]
        },
    }
]

# --- database -----------------------------------------------------------------------------------------------
DATABASES = {"default": place.database()}
DATABASES["default"].setdefault("OPTIONS", {})
# pghistory sends its context as a second statement in one message, so server_side_binding must stay off.
if int(os.environ.get("KANGCHENG_POOL", "0")):
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": int(os.environ["KANGCHENG_POOL"])}

PGHISTORY_APPEND_ONLY = True  # what a row once was is not changed afterwards

# --- who: log-in, second factor, lock-out -------------------------------------------------------------------
AUTH_USER_MODEL = "base.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
OTP_TOTP_ISSUER = "康城 Kangcheng"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [
    "username"
]  # the account, from wherever it is tried; others at the same counter go on
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False  # its start-up banner would appear in every command
SESSION_COOKIE_AGE = 8 * 60 * 60  # a working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS[:-3]] if HTTPS else []

# --- what a browser may do ----------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # QR code of the second factor
        "style-src": ["'self'", "'unsafe-inline'"],  # charts size themselves with inline style
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
    }
}

# --- words and time -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- static files -------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # the demo serves without a collectstatic step
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024  # a year's ledger of a township as .xlsx
FILE_UPLOAD_MAX_MEMORY_SIZE = 21 * 1024 * 1024
# Lists of people never touch a temporary folder; what is larger is not taken at all.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# --- notices that leave the application: off unless set ------------------------------------------------------
NOTICES_MAIL_FROM = os.environ.get("KANGCHENG_MAIL_FROM", "")
NOTICES_SMS_FOLDER = os.environ.get("KANGCHENG_SMS_FOLDER", "")
EMAIL_HOST = os.environ.get("KANGCHENG_MAIL_HOST", "localhost")

# --- jobs and logs ------------------------------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS = ["kangcheng.base.jobs"]
LOGGING_CONFIG = None
configure_logs(level=os.environ.get("KANGCHENG_LOG", "WARNING"))
SILENCED_SYSTEM_CHECKS = [
    "security.W004", "security.W008",  # HTTPS is the operator's choice, see above
    "axes.W006",  # by account alone: a hospital's counters share one address, and a guesser may have many
]  # fmt: skip
