"""Password rules of Django with other words."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Django's Japanese text asks for “a minimum of eight or more”."""

    def get_error_message(self) -> str:
        return _("This password is too short. Use at least %(least)s characters.") % {"least": self.min_length}

    def get_help_text(self) -> str:
        return _("Use at least %(least)s characters.") % {"least": self.min_length}
