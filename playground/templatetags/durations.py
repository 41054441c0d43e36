"""The format of lengths of time."""

from datetime import timedelta

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def lasted(time: timedelta) -> str:
    """A length of time in its two largest units."""
    seconds = time.total_seconds()
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": number_format(round(seconds, 1), decimal_pos=1, use_l10n=True)}
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
    return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}


@register.filter
def short(seconds: int) -> str:
    """An approximate wait in as few letters as possible."""
    if seconds < 90:
        return _("%(seconds)s s") % {"seconds": seconds}
    return _("%(number)s min") % {"number": round(seconds / 60)}


@register.filter
def about(seconds: int) -> str:
    """An approximate wait: whole minutes from 90 seconds."""
    if seconds < 90:
        return ngettext("%(number)s second", "%(number)s seconds", seconds) % {"number": seconds}
    minutes = round(seconds / 60)
    return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
