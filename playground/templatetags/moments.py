"""The format of times. shell.js shows them in the reader's time zone, and history.js keeps short times up to date."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def moment(at: datetime) -> SafeString:
    """Date, hour and minute."""
    return _time(at, "", "SHORT_DATETIME_FORMAT")


@register.filter
def day(at: datetime) -> str:
    """The day, as headings of lists know it."""
    return timezone.localdate(at).isoformat()


@register.filter
def day_name(at: datetime) -> str:
    """Today, yesterday or the date."""
    passed = (timezone.localdate() - timezone.localdate(at)).days
    return {0: _("Today"), 1: _("Yesterday")}.get(passed) or date_format(timezone.localdate(at), "DATE_FORMAT")


@register.filter
def ago(at: datetime) -> SafeString:
    """How long ago in minutes or hours. From a day on, the moment itself."""
    minutes = (timezone.now() - at) // timedelta(minutes=1)
    if minutes >= 24 * 60:
        return moment(at)
    if minutes < 1:
        passed = _("just now")
    elif minutes < 60:
        passed = _("%(number)s min ago") % {"number": minutes}
    else:
        passed = _("%(number)s h ago") % {"number": minutes // 60}
    return format_html('<time datetime="{}" data-ago>{}</time>', at.isoformat(), passed)


@register.filter
def second(at: datetime) -> SafeString:
    """The time of day with seconds."""
    return _time(at, "second", "H:i:s")


def _time(at: datetime, precision: str, form: str) -> SafeString:
    here = timezone.localtime(at)
    shown = date_format(here, form)
    return format_html('<time datetime="{}" data-local="{}">{}</time>', here.isoformat(), precision, shown)
