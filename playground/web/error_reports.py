"""Django's error pages and error mails, without keys: in development too, where Django itself hides nothing."""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from playground.evolink import mask, redact
from playground.evolink.secret import SHORTEST_KEY


class Filter(SafeExceptionReporterFilter):
    def is_active(self, request: HttpRequest | None) -> bool:
        """Marked parameters and variables are hidden always."""
        return True


class Reporter(ExceptionReporter):
    """Whatever a frame, a form or a message held: what looks like a key, or was typed as one, is masked in the finished
    text."""

    def get_traceback_html(self) -> SafeString:
        return self._masked(super().get_traceback_html())

    def get_traceback_text(self) -> SafeString:
        return self._masked(super().get_traceback_text())

    def _masked(self, text: str) -> SafeString:
        """Escaped already; masking takes letters out and puts no markup in."""
        for typed in self._typed():
            text = text.replace(typed, mask(typed)).replace(escape(typed), mask(typed))
        return SafeString(redact(text))

    def _typed(self) -> list[str]:
        try:
            values = self.request.POST.getlist("key") if self.request else []
        except (OSError, SuspiciousOperation):  # what was sent could not be read, so no frame holds it either
            return []
        return [typed for value in values if len(typed := value.strip()) >= SHORTEST_KEY]
