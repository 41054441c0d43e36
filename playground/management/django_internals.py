"""The undocumented names of Django that we use. No other module may use such names.

Any version of Django may change them. So pyproject.toml pins Django, and tests/management/test_django_internals.py has
a test for each name. Run those tests before you raise the version.
"""

# Turns a template into Python code with only its strings. The rest of Django's `makemessages` needs GNU gettext.
from django.utils.translation.template import templatize

__all__ = ["templatize"]
