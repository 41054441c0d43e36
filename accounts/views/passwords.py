"""Forgotten passwords: people get a link by mail or, without a mail server, from an administrator."""

from typing import Any

from allauth.account.views import PasswordResetDoneView, PasswordResetFromKeyView, PasswordResetView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from accounts import limits
from accounts.auth.allauth_internals import secret_of_password_link, user_of_password_link
from accounts.emails import configured, reachable


class Forgotten(PasswordResetView):  # type: ignore[misc]  # allauth has no types
    extra_context = {"mail": configured}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without a mail server the page only says so."""
        answer = super().post if configured() else self.get
        return answer(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form) if self._may_mail(form) else redirect(self.get_success_url())
        if response.status_code != 302 or self._mailed():
            return response
        form.add_error(None, _("The email could not be sent. Try again later, or ask an administrator for a link."))
        return self.form_invalid(form)  # type: ignore[no-any-return]

    def _may_mail(self, form: Any) -> bool:
        """Anybody can ask for mails to somebody else, so there is a limit. Beyond it the page says the same as before,
        and all links that were sent work."""
        return limits.take("password-mails", form.cleaned_data["email"].lower())

    def _mailed(self) -> bool:
        """Whether the mail was sent. If nobody has the address, this asks the mail server all the same: the page must
        not show who has an account."""
        mailed: bool | None = getattr(self.request, "mailed", None)
        return reachable() if mailed is None else mailed


@method_decorator(login_not_required, name="dispatch")
class FromLink(PasswordResetFromKeyView):  # type: ignore[misc]
    def dispatch(self, request: HttpRequest, uidb36: str, key: str, **kwargs: Any) -> HttpResponseBase:
        """If somebody else is signed in, for example an administrator who tries the link, the page asks them first.
        allauth would sign them out at once."""
        person, link = user_of_password_link(uidb36, secret_of_password_link(request, key))
        if request.user.is_anonymous or person is None or person == request.user:
            return super().dispatch(request, uidb36, key, **kwargs)  # type: ignore[no-any-return]
        if request.method == "POST":
            self.logout()
            return redirect(link)
        return render(request, "accounts/sign_out_first.html", {"person": person, "link": link})


forgotten = Forgotten.as_view()
on_its_way = PasswordResetDoneView.as_view(extra_context={"mail": configured})
from_link = FromLink.as_view()
