"""Which pictures a request names, and the way back to where they were selected."""

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

# The most pictures one request may name.
SELECTION_MAX = 5000
_LOOKUP = 500


def pictures_of(user: User, keys: Iterable[str]) -> list[GeneratedImage]:
    """The pictures with these keys, each once, in their order; what `user` may not see is not among them."""
    wanted = [key for key in dict.fromkeys(keys) if well_formed(key.rpartition(".")[0])][:SELECTION_MAX]
    codes = list(dict.fromkeys(key.rpartition(".")[0] for key in wanted))
    found: dict[str, GeneratedImage] = {}
    visible = GeneratedImage.objects.visible_to(user).select_related("generation")
    for start in range(0, len(codes), _LOOKUP):
        rows = visible.filter(generation__code__in=codes[start : start + _LOOKUP])
        found |= {row.key: row for row in rows}
    return [found[key] for key in wanted if key in found]


def keys_in_form(request: HttpRequest) -> list[str]:
    """As the gallery's form names them: `picture` for each, or all of them in `selected`, separated by blanks."""
    return [*request.POST.get("selected", "").split(), *request.POST.getlist("picture")]


def address_of(url_name: str, keys: Iterable[str], back: str = "") -> str:
    """A page that shows these pictures: its address holds them, so that it can be reloaded and sent on."""
    values = [*(("picture", key) for key in keys), *([("back", back)] if back else [])]
    return f"{reverse(url_name)}?{urlencode(values)}"


def selected(request: MemberRequest) -> list[GeneratedImage]:
    """The pictures the form names."""
    return pictures_of(request.user, keys_in_form(request))


def wrong_with(pictures: list[GeneratedImage], most: int, too_many: str) -> str:
    """What keeps a selection from being used; nothing, mostly. `too_many` holds a place for `most`."""
    if not pictures:
        return _("Select a picture first.")
    return too_many % {"most": most} if len(pictures) > most else ""


def undo_offer(request: MemberRequest) -> str:
    """The deletion that the address names, if it can still be taken back: for pages that came by a redirect."""
    deletion = code_or_nothing(request.GET.get("undo", ""))
    return deletion if GeneratedImage.objects.restorable(deletion, timezone.now()).exists() else ""


def next_page(request: MemberRequest, deletion: str = "") -> str:
    """Back to where the form was, with the offer to take a deletion back."""
    wanted = local(request, request.POST.get("next", ""), reverse("gallery"))
    path, _question, query = wanted.partition("#")[0].partition("?")
    values = QueryDict(query, mutable=True)
    values.pop("undo", None)
    if deletion:
        values["undo"] = deletion
    return f"{path}?{values.urlencode()}" if values else path


def back_with(request: MemberRequest, said: str) -> HttpResponse:
    """Back to the selection, which is still there, with what is wrong with it."""
    messages.error(request, said)
    return redirect(next_page(request))
