"""What the pages that explain need."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from playground.guide import help
from playground.models import labels
from playground.studio.cards import Card

register = template.Library()
register.filter("listed", labels.listed)


@register.simple_tag
def answer_to(failure: str) -> str:
    """The address of the answer to the question that a failure raises."""
    return reverse("answer", args=[help.slug_for_failure(failure)])


@register.simple_tag
def question(slug: str, style: str = "alone") -> SafeString:
    """A link to the help page that answers a question, in the question's words; inside a sentence, without `style`."""
    entry = help.entry_of(slug)
    assert entry is not None, slug  # noqa: S101  a slip in a template
    return format_html('<a class="{}" href="{}">{}</a>', style, reverse("answer", args=[slug]), entry.question)


@register.simple_tag
def question_of(card: Card) -> str:
    """The question that a card raises by itself, for `question`; a failure has its own (`answer_to`)."""
    return help.slug_for_card(card)


@register.filter
def breakable(code: str) -> SafeString:
    """A long name that a narrow column may break at its underscores; copied, it is the name again."""
    head, *rest = code.split("_")
    return format_html_join("", "{}", [(head,)]) + format_html_join("", "_<wbr>{}", ((part,) for part in rest))
