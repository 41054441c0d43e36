"""/settings/security/: the password, passkeys, codes, and the browsers in which the person is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import get_adapter
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import emails, sessions
from accounts.access import MemberRequest
from accounts.auth import allauth_internals
from accounts.auth.mfa import NOT_OPENED
from accounts.encryption import DecryptionFailed, RingError


@require_GET
def security(request: MemberRequest) -> HttpResponse:
    mine = Authenticator.objects.filter(user=request.user)
    types = [authenticator.type for authenticator in mine]
    context = {
        "tab": "security",
        "passkeys": types.count(Authenticator.Type.WEBAUTHN),
        "codes": Authenticator.Type.TOTP in types,
        "recovery": Authenticator.Type.RECOVERY_CODES in types,
        "protected": is_mfa_enabled(request.user),
        "sessions": sessions.of(request.user),
        "this_browser": request.session.session_key,
        "mail": emails.configured(),
        "single_sign_on": bool(get_adapter().list_apps(request)),
    }
    return render(request, "accounts/security.html", context)


@require_GET
def second_steps(request: MemberRequest) -> HttpResponse:
    """allauth comes here after a change; our page shows the second steps."""
    return redirect("accounts:security")


@require_POST
def end_sessions(request: MemberRequest) -> HttpResponse:
    """Sign out one other browser (`session` is its code), or all others."""
    here, only = request.session.session_key or "", request.POST.get("session", "")
    ended = sessions.end(request.user, but=here, only=only)
    sentence = ngettext("%(count)s browser was signed out.", "%(count)s browsers were signed out.", ended)
    messages.success(request, sentence % {"count": ended} if ended else _("No other browser is signed in."))
    return redirect("accounts:security")


def _openable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates pages of recovery codes. If the key ring does not decrypt them, a message says so."""

    @wraps(view)
    def opened(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (DecryptionFailed, RingError):
            messages.error(request, NOT_OPENED)
            return redirect("accounts:security")

    return opened


view_recovery_codes = _openable(allauth_internals.view_recovery_codes)
generate_recovery_codes = _openable(allauth_internals.generate_recovery_codes)
download_recovery_codes = _openable(allauth_internals.download_recovery_codes)
