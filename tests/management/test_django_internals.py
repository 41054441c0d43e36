"""The undocumented name of Django that we use. The test fails if a new version changes it."""

from importlib.metadata import version
from pathlib import Path

from playground.management.django_internals import templatize

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


def test_the_version_is_pinned() -> None:
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    assert f'"django=={version("django")}"' in pyproject.read_text()
