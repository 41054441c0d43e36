"""Django's error pages and error mails without keys. In development Django itself hides nothing."""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from playground.evolink import mask, redact
from playground.evolink.secret import SHORTEST_KEY


class Filter(SafeExceptionReporterFilter):
    def is_active(self, request: HttpRequest | None) -> bool:
        """Always hides the marked parameters and variables."""
        return True


class Reporter(ExceptionReporter):
    """Masks keys in the finished text: everything that looks like a key or was typed into a key field. It does not
    matter whether a frame, a form or a message had it."""

    def get_traceback_html(self) -> SafeString:
        return self._masked(super().get_traceback_html())

    def get_traceback_text(self) -> SafeString:
        return self._masked(super().get_traceback_text())

    def _masked(self, text: str) -> SafeString:
        """`text` is already escaped HTML. Masking only removes letters and adds no markup."""
        for typed in self._typed():
            text = text.replace(typed, mask(typed)).replace(escape(typed), mask(typed))
        return SafeString(redact(text))

    def _typed(self) -> list[str]:
        try:
            values = self.request.POST.getlist("key") if self.request else []
        except (OSError, SuspiciousOperation):  # the form was unreadable, so no frame has its values
            return []
        return [typed for value in values if len(typed := value.strip()) >= SHORTEST_KEY]
