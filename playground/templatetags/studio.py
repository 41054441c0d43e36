"""Tags for the forms on the studio's pages."""

import secrets

from django import template
from django.middleware.csrf import get_token
from django.template import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString

from playground.models import HISTORY_LENGTH

register = template.Library()


@register.simple_tag
def history_length() -> int:
    """How many generations the studio shows."""
    return HISTORY_LENGTH


@register.simple_tag
def new_request_id() -> str:
    return secrets.token_urlsafe(16)


@register.simple_tag(takes_context=True)
def page_csrf_token(context: RequestContext) -> SafeString:
    """Like `csrf_token`, but works inside `include … only` too, where the context has only the request. All forms of a
    page have the same token, so that hundreds of them compress well."""
    token = context.request.META.setdefault("PAGE_CSRF_TOKEN", get_token(context.request))
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)
