"""The undocumented names of Django that we use: one of these fails when a version changes one of them."""

from importlib.metadata import version
from pathlib import Path

import pytest
from django.db import connection

from playground.management.django_internals import applied_migrations, templatize

TEMPLATE = """{% load i18n %}<p title="{% translate "A title" %}">{% translate "Open" context "verb" %}</p>
{% blocktranslate count count=pictures %}{{ count }} picture{% plural %}{{ count }} pictures{% endblocktranslate %}"""


def test_a_template_becomes_calls_with_its_strings() -> None:
    source = templatize(TEMPLATE, origin="a template")
    for call in (
        "gettext(u'A title')",
        "pgettext(u'verb', u'Open')",
        "ngettext(u'%(count)s picture', u'%(count)s pictures', count)",
    ):
        assert call in source


@pytest.mark.django_db
def test_the_migrations_of_a_database_are_known() -> None:
    assert ("accounts", "0007_sessions") in applied_migrations(connection)


def test_the_version_is_pinned() -> None:
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    assert f'"django=={version("django")}"' in pyproject.read_text()
