"""/settings/keys/: a person's own API keys. An administrator can share theirs with the team."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts import key_check
from accounts.access import MemberRequest
from accounts.encryption import DecryptionFailed, RingError
from accounts.forms import KeyForm, RenameForm, SharedWithForm
from accounts.keys import check as check_key
from accounts.keys import keep, remove
from accounts.keys import make_default as default_key
from accounts.keys import share as share_key
from accounts.models import ApiKey, KeyGone, KeyKnown, KeyState


@sensitive_post_parameters("key", "label")
@sensitive_variables("form", "data")
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: MemberRequest) -> HttpResponse:
    """The list and, for people who may spend, a form for a new key. The page never sends a typed key back."""
    if request.method == "POST" and not request.user.may_spend:
        raise Http404
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            keep(request, request.user, data["label"], data["key"], form.verdict, **_team(request))
        except KeyKnown as error:
            form.add_error("key", _("You have added this key already: “%(label)s”.") % {"label": error.key.label})
        except RingError:
            form.add_error(
                None,
                _("Keys cannot be saved: this installation has no valid KEY_ENCRYPTION_KEYS. Ask your administrator."),
            )
        else:
            messages.success(request, _("Saved. %(verdict)s") % {"verdict": key_check.verdict(form.verdict)})
            return redirect("accounts:keys")
    return render(request, "accounts/keys.html", _page(request, form), status=422 if form.errors else 200)


def _page(request: MemberRequest, form: KeyForm, renamed: tuple[UUID, RenameForm] | None = None) -> dict[str, Any]:
    """The context of the page. `renamed` is a key with a form that is not valid. People who may not spend any more
    still see their own keys, so that they can delete them."""
    mine = list(ApiKey.objects.kept().filter(owner=request.user).order_by("-is_default", "-created_at"))
    teams = list(ApiKey.objects.in_order_for(request.user).exclude(owner=request.user))
    renaming = {key.pk: RenameForm(key=key) for key in mine} | dict([renamed] if renamed else [])
    return {
        "form": form,
        "mine": [(key, renaming[key.pk], SharedWithForm(key)) for key in mine],
        "unreadable": [key.pk for key in (*mine, *teams) if not key.readable()],
        "team_keys": teams,
        "tab": "keys",
    }


def _team(request: MemberRequest) -> dict[str, bool]:
    """Which roles may use the key, from the form. Only administrators can share keys."""
    names = ("for_members", "for_administrators")
    return {name: request.user.is_administrator and name in request.POST for name in names}


def _mine(request: MemberRequest, pk: UUID) -> ApiKey:
    return get_object_or_404(ApiKey.objects.kept().filter(owner=request.user), pk=pk)


@require_POST
def check(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Ask EvoLink about the key now."""
    key = _mine(request, pk)
    try:
        verdict = check_key(key)
    except (DecryptionFailed, RingError, KeyGone):
        messages.error(request, _("This installation cannot decrypt this key. Ask your administrator."))
    else:
        good = verdict.state is KeyState.WORKS
        messages.add_message(request, messages.SUCCESS if good else messages.WARNING, key_check.verdict(verdict))
    return redirect("accounts:keys")


@require_POST
def make_default(request: MemberRequest, pk: UUID) -> HttpResponse:
    default_key(request, _mine(request, pk))
    return redirect("accounts:keys")


@sensitive_post_parameters("label")
@require_POST
def rename(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Give the key another label."""
    key = _mine(request, pk)
    form = RenameForm(request.POST, key=key)
    if not form.is_valid():
        return render(request, "accounts/keys.html", _page(request, KeyForm(), (pk, form)), status=422)
    key.label = form.cleaned_data["label"]
    key.save(update_fields=["label"])
    messages.success(request, _("The label is changed."))
    return redirect("accounts:keys")


@require_POST
def share(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Set which roles may use the key."""
    share_key(request, _mine(request, pk), **_team(request))
    messages.success(request, _("Saved."))
    return redirect("accounts:keys")


@require_POST
def delete(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Delete the key. A message says how many generations still finish with it."""
    waiting = remove(request, _mine(request, pk))
    if waiting:
        sentence = ngettext(
            "Deleted. %(count)s generation started with this key still finishes; then the key is erased.",
            "Deleted. %(count)s generations started with this key still finish; then the key is erased.",
            waiting,
        )
        messages.warning(request, sentence % {"count": waiting})
    else:
        messages.success(request, _("The key has been deleted."))
    return redirect("accounts:keys")
