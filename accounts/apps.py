from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts import security_log  # noqa: F401  connects the security log to the signals of a sign-in
        from accounts.views import admin  # noqa: F401  registers people with Django's admin
