"""Filters of the account pages and mails."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from accounts.sessions import browser_name

register = template.Library()

_CHECKED = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's control, dressed as ours. A placeholder of allauth's only says the label once more."""
    attrs: dict[str, Any] = {} if isinstance(field.field.widget, _CHECKED) else {"class": "input"}
    return field.as_widget(attrs=attrs | {"placeholder": False})


@register.filter
def is_check(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def browser(user_agent: str) -> str:
    return browser_name(user_agent)
