"""/settings/keys/: a person's own API keys, and for administrators the team's."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts import words
from accounts.encryption import RingError, Sealed
from accounts.forms import KeyForm
from accounts.keys import check as check_key
from accounts.keys import keep, remove
from accounts.models import ApiKey, KeyGone, KeyState
from accounts.requests import MemberRequest


@sensitive_post_parameters("key", "label")
@sensitive_variables("form", "data")
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: MemberRequest) -> HttpResponse:
    """The list, and a form for one more. What was typed as a key is never sent back."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            keep(request, request.user, data["label"], data["key"], form.verdict, **_team(request))
        except RingError:
            form.add_error(None, _("Keys cannot be kept: this installation has no valid KEY_ENCRYPTION_KEYS."))
        else:
            messages.success(request, _("Kept. %(verdict)s") % {"verdict": words.verdict(form.verdict)})
            return redirect("accounts:keys")
    return render(request, "accounts/keys.html", _page(request, form), status=422 if form.errors else 200)


def _page(request: MemberRequest, form: KeyForm) -> dict[str, Any]:
    open_keys = list(ApiKey.objects.in_order_for(request.user).select_related("owner"))
    mine = [key for key in open_keys if key.owner_id == request.user.pk]
    return {
        "form": form,
        "mine": mine,
        "unreadable": [key.pk for key in open_keys if not key.readable()],
        "team_keys": [key for key in open_keys if key.owner_id != request.user.pk],
        "tab": "keys",
    }


def _team(request: MemberRequest) -> dict[str, bool]:
    """Which roles may use the key; only an administrator's key is ever the team's."""
    names = ("for_members", "for_administrators")
    return {name: request.user.is_administrator and name in request.POST for name in names}


def _mine(request: MemberRequest, pk: UUID) -> ApiKey:
    return get_object_or_404(ApiKey.objects.kept().filter(owner=request.user), pk=pk)


@require_POST
def check(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Ask EvoLink about it now."""
    key = _mine(request, pk)
    try:
        verdict = check_key(key)
    except (Sealed, RingError, KeyGone):
        messages.error(request, _("This key cannot be read with the installation’s key ring. Ask your administrator."))
    else:
        good = verdict.state is KeyState.WORKS
        messages.add_message(request, messages.SUCCESS if good else messages.WARNING, words.verdict(verdict))
    return redirect("accounts:keys")


@require_POST
def make_default(request: MemberRequest, pk: UUID) -> HttpResponse:
    _mine(request, pk).make_default()
    return redirect("accounts:keys")


@require_POST
def share(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Say which roles may use this key."""
    key = _mine(request, pk)
    for name, value in _team(request).items():
        setattr(key, name, value)
    key.save(update_fields=["for_members", "for_administrators"])
    messages.success(request, _("Your choice is kept."))
    return redirect("accounts:keys")


@require_POST
def delete(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Delete it; the person is told what still finishes with it."""
    waiting = remove(request, _mine(request, pk))
    if waiting:
        sentence = ngettext(
            "Deleted. %(count)s generation that was started with it still finishes; then the key is wiped.",
            "Deleted. %(count)s generations that were started with it still finish; then the key is wiped.",
            waiting,
        )
        messages.warning(request, sentence % {"count": waiting})
    else:
        messages.success(request, _("The key is deleted."))
    return redirect("accounts:keys")
