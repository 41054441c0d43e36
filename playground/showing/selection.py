"""The pictures that a request names, and the way back to the page where they were selected."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, local
from accounts.models import User
from playground.models import GeneratedImage
from playground.models.codes import code_or_nothing, well_formed

# The largest number of pictures in one request.
SELECTION_MAX = 5000
_LOOKUP = 500


def pictures_of(user: User, keys: Iterable[str]) -> list[GeneratedImage]:
    """The pictures with these keys, in order and without duplicates. Pictures that `user` may not see are left out."""
    wanted = [key for key in dict.fromkeys(keys) if well_formed(key.rpartition(".")[0])][:SELECTION_MAX]
    codes = list(dict.fromkeys(key.rpartition(".")[0] for key in wanted))
    found: dict[str, GeneratedImage] = {}
    visible = GeneratedImage.objects.visible_to(user).select_related("generation").with_favourites(user)
    for start in range(0, len(codes), _LOOKUP):
        rows = visible.filter(generation__code__in=codes[start : start + _LOOKUP])
        found |= {row.key: row for row in rows}
    return [found[key] for key in wanted if key in found]


def keys_in_form(request: HttpRequest) -> list[str]:
    """The keys in the gallery's form: a `picture` field for each, or one `selected` field with spaces between them."""
    return [*request.POST.get("selected", "").split(), *request.POST.getlist("picture")]


def address_of(url_name: str, keys: Iterable[str], back: str = "") -> str:
    """The address of a page for these pictures. It has all the keys, so that people can reload and share it."""
    values = [*(("picture", key) for key in keys), *([("back", back)] if back else [])]
    return f"{reverse(url_name)}?{urlencode(values)}"


def selected(request: MemberRequest) -> list[GeneratedImage]:
    """The pictures that the form names."""
    return pictures_of(request.user, keys_in_form(request))


def wrong_with(pictures: list[GeneratedImage], most: int, too_many: str) -> str:
    """Why the selection cannot be used, or an empty text. `too_many` has a placeholder for `most`."""
    if not pictures:
        return _("Select a picture first.")
    return too_many % {"most": most} if len(pictures) > most else ""


def undo_offer(request: MemberRequest) -> str:
    """The deletion in the address, if it can still be undone. A page gets it after a redirect."""
    deletion = code_or_nothing(request.GET.get("undo", ""))
    return deletion if GeneratedImage.objects.restorable(deletion, timezone.now()).exists() else ""


def next_page(request: MemberRequest, deletion: str = "") -> str:
    """The address of the page that the form was on, with an offer to undo the deletion."""
    wanted = local(request, request.POST.get("next", ""), reverse("gallery"))
    path, _question, query = wanted.partition("#")[0].partition("?")
    values = QueryDict(query, mutable=True)
    values.pop("undo", None)
    if deletion:
        values["undo"] = deletion
    return f"{path}?{values.urlencode()}" if values else path


def back_with(request: MemberRequest, said: str) -> HttpResponse:
    """Redirects to the page of the selection, which is kept there, with an error message."""
    messages.error(request, said)
    return redirect(next_page(request))
