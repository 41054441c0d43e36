"""The settings, read from the environment. With an empty environment this is development mode: see docs/settings.md."""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from playground.config import env, logs
from playground.pictures import storage

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DEBUG", default=True)
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)

# Production must set these.
SECRET_KEY = env.text("SECRET_KEY", "development-only-not-a-secret" if DEBUG else "")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
PORT = env.whole("PORT", 8000)
PUBLIC_URL = env.address("PUBLIC_URL", f"http://localhost:{PORT}" if DEBUG else "")
DEVELOPMENT_RING = "ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtMDA="
KEY_ENCRYPTION_KEYS = env.words("KEY_ENCRYPTION_KEYS", DEVELOPMENT_RING if DEBUG else "")
if not DEBUG:
    env.demand(
        SECRET_KEY=(SECRET_KEY, "a long random text"),
        ALLOWED_HOSTS=(ALLOWED_HOSTS, "the host names people use, such as studio.example.com"),
        PUBLIC_URL=(PUBLIC_URL, "the address people open, such as https://studio.example.com"),
        KEY_ENCRYPTION_KEYS=(KEY_ENCRYPTION_KEYS, "one or more Fernet keys, separated by commas"),
    )
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []

INSTALLED_APPS = [
    "accounts",
    "playground",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "heroicons",
    "csp",
]

MIDDLEWARE = [
    "playground.web.middleware.ours_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "playground.web.middleware.methods_middleware",
    "playground.references.uploads.upload_middleware",
    "playground.web.health.health_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.language.language_middleware",
    "playground.web.middleware.theme_middleware",
    "accounts.auth.devices.device_middleware",
    "accounts.sessions.last_seen_middleware",
    "accounts.access.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

if DEBUG:
    MIDDLEWARE.append("playground.web.middleware.not_found_middleware")

ROOT_URLCONF = "playground.urls"
WSGI_APPLICATION = "playground.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "playground.web.context.shell",
            ],
        },
    },
]

FORM_RENDERER = "playground.fields.rendering.Renderer"

# --- Data ---

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'studio.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A deferred transaction that reads and then writes fails at once under load. The timeout does not help it.
    # With FULL a commit is on the disk when it returns. With NORMAL a power cut undoes the commit before a request is
    # sent, so it is sent again; and an order that a person saw accepted is gone.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }

# All processes share it. It counts the attempts to sign in.
CACHE_URL = env.text("CACHE_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

MEDIA_ROOT = env.path("MEDIA_ROOT", DATA_DIR / "media")
# Files that are being uploaded right now. Otherwise the folder is empty.
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_HANDLERS = ["playground.references.uploads.DiskUploadHandler"]
STORAGE = env.text("STORAGE", "files")
STATIC_ROOT = env.path("STATIC_ROOT", DATA_DIR / "static")
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": storage.configuration(STORAGE, env.text("STORAGE_OPTIONS", "{}")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "playground.web.static_files.HashedFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- People ---

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.auth.backend.Backend"]
SESSION_ENGINE = "accounts.sessions"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "studio"
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds for which a link to set a password works
CSRF_FAILURE_VIEW = "accounts.access.csrf_failure"
LOGOUT_REDIRECT_URL = "account_login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.auth.passwords.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

TRUST_PROXY = env.flag("TRUST_PROXY", default=False)
# Empty: people need an invitation. "1": everybody may sign up. Otherwise: the email domains whose people may sign up.
SIGNUP = env.domains("SIGNUP")

ACCOUNT_ADAPTER = "accounts.auth.adapter.Adapter"
ACCOUNT_USERNAME_BLACKLIST = ["demo"]
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if SIGNUP else "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
# Our own limits (see accounts/limits.py): how many attempts within how many seconds.
RATE_LIMITS = {
    "sign-in-address": (20, 60),  # failures from one address
    "sign-in-account": (5, 300),  # failures with one account from one browser or address
    "sign-in-strangers": (100, 3600),  # failures with one account from all browsers that it does not know
    "sign-in-log": (1, 300),  # lines in the security log about one refused source
    "setup": (10, 300),  # from one address
    "password-mails": (5, 60),  # to one address
    "share-link-guesses": (10, 600),  # at one link from one address
    "share-link-all-guesses": (300, 3600),  # at one link from all addresses together
}
# allauth's limits. Here "login_failed" counts only wrong second steps; RATE_LIMITS count wrong passwords.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key", "login": "30/m/ip", "reset_password": "20/m/ip"}
ACCOUNT_FORMS = {
    "login": "accounts.auth.forms.LoginForm",
    "signup": "accounts.auth.forms.SignUpForm",
    "add_email": "accounts.auth.forms.EmailForm",
    "change_password": "accounts.auth.forms.ChangePasswordForm",
    "set_password": "accounts.auth.forms.SetPasswordForm",
    "reset_password": "accounts.auth.forms.ForgottenForm",
    "reset_password_from_key": "accounts.auth.forms.NewPasswordForm",
    "reauthenticate": "accounts.auth.forms.ConfirmPasswordForm",
}
SOCIALACCOUNT_FORMS = {"signup": "accounts.auth.forms.SocialSignUpForm"}
MFA_ADAPTER = "accounts.auth.mfa.Adapter"
MFA_FORMS = {
    "authenticate": "accounts.auth.mfa.SecondStepForm",
    "reauthenticate": "accounts.auth.mfa.ConfirmForm",
    "activate_totp": "accounts.auth.mfa.TurnOnCodesForm",
    "add_webauthn": "accounts.auth.mfa.AddPasskeyForm",
    "edit_webauthn": "accounts.auth.mfa.RenamePasskeyForm",
    "login_webauthn": "accounts.auth.mfa.SignInWithPasskeyForm",
    "authenticate_webauthn": "accounts.auth.mfa.SecondStepWithPasskeyForm",
    "reauthenticate_webauthn": "accounts.auth.mfa.ConfirmWithPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Image Studio"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

# The organization's own identity provider, if its settings are given. We trust the email addresses that it has
# verified.
SOCIALACCOUNT_ADAPTER = "accounts.auth.adapter.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
OIDC_URL = env.text("OIDC_URL")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env.text("OIDC_NAME", "Single sign-on"),
                "client_id": env.text("OIDC_CLIENT_ID"),
                "secret": env.text("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": OIDC_URL},
            }
        ]
        if OIDC_URL
        else [],
    }
}

# Error pages and error mails never show a key.
DEFAULT_EXCEPTION_REPORTER = "playground.web.error_reports.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "playground.web.error_reports.Filter"

# --- Mail: without a server, development prints mails and production sends none ---

EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.whole("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=EMAIL_PORT == 587)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=EMAIL_PORT == 465)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Image Studio <studio@localhost>")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console' if DEBUG else 'dummy'}.EmailBackend"

# --- Languages and time ---

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ja", _("Japanese"))]
LOCALE_PATHS = [BASE_DIR / "playground" / "locale"]
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_TZ = True

# --- EvoLink and the sandbox ---

EVOLINK_URL = env.address("EVOLINK_URL", "https://api.evolink.ai")
EVOLINK_FILES_URL = env.address("EVOLINK_FILES_URL", "https://files-api.evolink.ai")
DEFAULT_MODEL = env.text("DEFAULT_MODEL", "gpt-image-1")
OTHER_MODELS = env.flag("OTHER_MODELS", False)
DISPLAY_CURRENCY = env.currency("DISPLAY_CURRENCY")
# The rates of estimates: "fixed" (those of this release) or "follow" (those of EvoLink’s public price list, once an
# administrator has taken them over).
PRICES = env.one_of("PRICES", "fixed", "follow")
SANDBOX_DIR = DATA_DIR / "sandbox"
SANDBOX_SECONDS = env.number("SANDBOX_SECONDS", 6.0)
# The word "sandbox" in the lower right corner of each of its pictures.
SANDBOX_MARK = env.flag("SANDBOX_MARK", default=True)
# The sandbox paints rectangles and not what the prompt says: for tests, because painting takes most of their time.
SANDBOX_PLAIN = env.flag("SANDBOX_PLAIN", default=False)
# How EvoLink gets reference images: "own" (addresses under PUBLIC_URL), "bucket" (signed links), "evolink" (its files).
# Until 0.2 this setting was REFERENCES, and "own" was "here".
OLD_REFERENCES = env.text("REFERENCES").replace("here", "own")
REFERENCE_DELIVERY = env.text("REFERENCE_DELIVERY", OLD_REFERENCES or ("own" if STORAGE == "files" else "bucket"))
REFERENCE_QUOTA = env.whole("REFERENCE_QUOTA", 2 * 1024**3)  # bytes for each person
MAX_PIXELS = env.whole("MAX_PIXELS", 50_000_000)
LEASE_SECONDS = env.number("LEASE_SECONDS", 30.0)
POLL_SECONDS = env.number("POLL_SECONDS", 1.0)
LINKS_SECONDS = env.number("LINKS_SECONDS", 300.0)
KEY_CHECK_SECONDS = env.number("KEY_CHECK_SECONDS", 20.0)

# --- What browsers are told ---

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = PUBLIC_URL.startswith("https://") and env.flag("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
# These checks want HSTS for subdomains and the preload list of browsers. That is not our decision.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        # Browsers also check the address to which a form redirects: here the identity provider.
        "form-action": [SELF, *(["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_URL))] if OIDC_URL else [])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = logs.configuration(debug=DEBUG, level=env.text("LOG_LEVEL", "INFO"))
