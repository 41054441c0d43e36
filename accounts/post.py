"""Mail to people, in their language. Without a mail server nothing is sent, and nothing breaks."""

from smtplib import SMTPException
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation

log = structlog.get_logger(__name__)


def configured() -> bool:
    return bool(settings.EMAIL_HOST) or settings.DEBUG


def send(address: str, template: str, *, language: str = "", **context: Any) -> bool:
    """Send `accounts/mail/<template>.txt`, whose first line is the subject. Whether it went out."""
    if not (address and configured()):
        return False
    with translation.override(language or settings.LANGUAGE_CODE):
        text = render_to_string(f"accounts/mail/{template}.txt", {"public_url": settings.PUBLIC_URL, **context})
    subject, _blank, body = text.strip().partition("\n")
    try:
        send_mail(subject, body.lstrip(), None, [address])
    except (SMTPException, OSError) as error:
        log.warning("mail not sent", template=template, error=type(error).__name__)
        return False
    return True
