"""Sends mails to people, in their language. Without a mail server it sends nothing, and nothing breaks. If the server
fails or does not answer, nobody waits longer than a fixed time."""

from collections.abc import Sequence
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from threading import Event, Thread
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import translation

log = structlog.get_logger(__name__)

# How long somebody waits for the mail server, in seconds: for one mail, and for many mails together.
PATIENCE = 10.0
PATIENCE_FOR_MANY = 30.0


def configured() -> bool:
    return bool(settings.EMAIL_HOST) or settings.DEBUG


def compose(address: str, template: str, *, language: str = "", **context: Any) -> EmailMessage:
    """A mail with the text of `accounts/mail/<template>.txt`. The first line of the template is the subject."""
    with translation.override(language or settings.LANGUAGE_CODE):
        text = render_to_string(f"accounts/mail/{template}.txt", {"public_url": settings.PUBLIC_URL, **context})
    subject, _blank, body = text.strip().partition("\n")
    return EmailMessage(subject, body.lstrip(), None, [address])


def send(address: str, template: str, *, language: str = "", **context: Any) -> bool:
    """Send a mail. Returns whether that worked."""
    if not address:
        return False
    return deliver([compose(address, template, language=language, **context)]) == [True]


def send_later(address: str, template: str, *, language: str = "", **context: Any) -> None:
    """Send a mail that nobody waits for. If that fails, only the log says so."""
    if address:
        deliver_later(compose(address, template, language=language, **context))


def deliver(messages: Sequence[EmailMessage], patience: float = PATIENCE) -> list[bool]:
    """Send mails over one connection. Returns for each whether that worked. Mails that are late are not sent."""
    sent = [False] * len(messages)
    if not configured():
        return sent
    over = Event()
    if not _in_time(lambda: _send_all(messages, sent, over), patience):
        over.set()
        log.warning("mail not sent", error="no answer in time", mails=sent.count(False))
    return sent.copy()


def deliver_later(message: EmailMessage) -> None:
    if configured():
        Thread(target=deliver, args=[[message]], daemon=True).start()


def reachable() -> bool:
    """Whether the mail server lets us in. This takes as long as it takes to send a mail."""
    opened = Event()

    def knock() -> None:
        with get_connection():
            opened.set()

    _in_time(lambda: _logged(knock), PATIENCE)
    return opened.is_set()


def _send_all(messages: Sequence[EmailMessage], sent: list[bool], over: Event) -> None:
    def work() -> None:
        with get_connection() as connection:
            for number, message in enumerate(messages):
                if over.is_set():
                    return
                try:
                    sent[number] = bool(connection.send_messages([message]))
                except (SMTPRecipientsRefused, SMTPDataError) as error:  # the others may still work
                    log.warning("mail not sent", error=type(error).__name__)

    _logged(work)


def _logged(work: Any) -> None:
    try:
        work()
    except (SMTPException, OSError) as error:
        log.warning("mail not sent", error=type(error).__name__)


def _in_time(work: Any, patience: float) -> bool:
    """Do the work in a thread, and return whether it ended in time. The timeout of a socket is not enough, because it
    starts again with every byte. Nobody waits for a late thread; it ends with its socket."""
    done = Event()

    def run() -> None:
        try:
            work()
        finally:
            done.set()

    Thread(target=run, daemon=True).start()
    return done.wait(patience)
