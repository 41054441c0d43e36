"""Django's error pages and error mails, without keys: in development too, where Django itself hides nothing."""

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from playground.evolink import redact


class Filter(SafeExceptionReporterFilter):
    def is_active(self, request: HttpRequest | None) -> bool:
        """Marked parameters and variables are hidden always."""
        return True


class Reporter(ExceptionReporter):
    """Whatever a frame, a form or a message held: what looks like a key is masked in the finished text."""

    def get_traceback_html(self) -> str:
        return redact(super().get_traceback_html())

    def get_traceback_text(self) -> str:
        return redact(super().get_traceback_text())
