"""Django's error pages and error mails, without keys: in development too, where Django itself hides nothing."""

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from playground.evolink import redact


class Filter(SafeExceptionReporterFilter):
    def is_active(self, request: HttpRequest | None) -> bool:
        """Marked parameters and variables are hidden always."""
        return True


class Reporter(ExceptionReporter):
    """Whatever a frame, a form or a message held: what looks like a key is masked in the finished text."""

    def get_traceback_html(self) -> SafeString:
        return _masked(super().get_traceback_html())

    def get_traceback_text(self) -> SafeString:
        return _masked(super().get_traceback_text())


def _masked(text: str) -> SafeString:
    """Escaped already; masking takes letters out and puts no markup in."""
    return SafeString(redact(text))
