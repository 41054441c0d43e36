from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlaygroundConfig(AppConfig):
    name = "playground"
    verbose_name = _("Studio")

    def ready(self) -> None:
        from playground.management import checks  # noqa: F401  registers the system checks
        from playground.references import reachability  # noqa: F401  the same
