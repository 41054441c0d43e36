"""Filters for the account pages and mails."""

from django import template

from accounts.sessions import browser_name

register = template.Library()


@register.filter
def browser(user_agent: str) -> str:
    return browser_name(user_agent)
