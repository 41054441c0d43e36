"""Forgotten passwords: a link by mail or, where no mail is sent, from an administrator (see `accounts.views.team`)."""

from typing import Any

from allauth.account.views import PasswordResetDoneView, PasswordResetView
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.post import configured, reachable

# Mails to one address. Anybody can ask for them in somebody else's name, so that beyond these the answer is the same;
# the links that were sent all work.
_MAILS = {"reset_mails": "5/m/key"}


class Forgotten(PasswordResetView):  # type: ignore[misc]  # allauth has no types
    extra_context = {"mail": configured}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without mail the page says so, and takes nothing."""
        answer = super().post if configured() else self.get
        return answer(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form) if self._may_mail(form) else redirect(self.get_success_url())
        if response.status_code != 302 or self._mailed():
            return response
        form.add_error(None, _("The email could not be sent. Try again later, or ask an administrator for a link."))
        return self.form_invalid(form)  # type: ignore[no-any-return]

    def _may_mail(self, form: Any) -> bool:
        to = form.cleaned_data["email"].lower()
        return bool(ratelimit.consume(self.request, app="accounts", action="reset_mails", config=_MAILS, key=to))

    def _mailed(self) -> bool:
        """Where there was nobody to write to, the server is asked all the same: the answer tells nobody who is here."""
        mailed: bool | None = getattr(self.request, "mailed", None)
        return reachable() if mailed is None else mailed


forgotten = Forgotten.as_view()
on_its_way = PasswordResetDoneView.as_view(extra_context={"mail": configured})
