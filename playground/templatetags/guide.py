"""Tags for the help and the API reference."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from playground.guide import help
from playground.guide.ideas import IDEAS, Idea
from playground.models import labels
from playground.studio.cards import Card

register = template.Library()
register.filter("listed", labels.listed)


@register.simple_tag
def ideas() -> tuple[Idea, ...]:
    """The prompts to start from."""
    return IDEAS


@register.simple_tag
def answer_to(failure: str) -> str:
    """The address of the help page for a failure code."""
    return reverse("answer", args=[help.slug_for_failure(failure)])


@register.simple_tag
def question(slug: str, style: str = "alone") -> SafeString:
    """A link to a help page with its question as text. Inside a sentence use it with an empty `style`."""
    entry = help.entry_of(slug)
    assert entry is not None, slug  # noqa: S101  a mistake in a template
    return format_html('<a class="{}" href="{}">{}</a>', style, reverse("answer", args=[slug]), entry.question)


@register.simple_tag
def question_of(card: Card) -> str:
    """The `slug` for `question` of a card without a failure. Failures have `answer_to`."""
    return help.slug_for_card(card)


@register.filter
def breakable(code: str) -> SafeString:
    """A long name that may break at its underscores in a narrow column. Copied text is still the name."""
    head, *rest = code.split("_")
    return format_html_join("", "{}", [(head,)]) + format_html_join("", "_<wbr>{}", ((part,) for part in rest))
