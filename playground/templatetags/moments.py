"""The format of times. shell.js shows them in the reader's time zone."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def moment(at: datetime) -> SafeString:
    """Date, hour and minute."""
    return _time(at, "", "SHORT_DATETIME_FORMAT")


@register.filter
def second(at: datetime) -> SafeString:
    """The time of day with seconds."""
    return _time(at, "second", "H:i:s")


def _time(at: datetime, precision: str, form: str) -> SafeString:
    here = timezone.localtime(at)
    shown = date_format(here, form)
    return format_html('<time datetime="{}" data-local="{}">{}</time>', here.isoformat(), precision, shown)
