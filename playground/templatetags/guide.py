"""What the pages that explain need."""

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from playground import words
from playground.guide import answers

register = template.Library()
register.filter("listed", words.listed)


@register.filter
def help_for(failure: str) -> str:
    """The address of the question that a failure raises."""
    return reverse("answer", args=[answers.slug_for_failure(failure)])


@register.filter
def breakable(code: str) -> SafeString:
    """A long name that a narrow column may break at its underscores; copied, it is the name again."""
    head, *rest = code.split("_")
    return format_html_join("", "{}", [(head,)]) + format_html_join("", "_<wbr>{}", ((part,) for part in rest))
