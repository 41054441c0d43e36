"""The undocumented names of Django that we use. No other module may use such names.

Any version of Django may change them. So pyproject.toml pins Django, and tests/management/test_django_internals.py has
a test for each name. Run those tests before you raise the version.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

# A template as Python code that holds only its strings. Django's own `makemessages` needs GNU gettext for the rest.
from django.utils.translation.template import templatize

__all__ = ["applied_migrations", "templatize"]


def applied_migrations(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    """The app and the name of each migration that a database has. Django's commands only print them."""
    return set(MigrationRecorder(connection).applied_migrations())
