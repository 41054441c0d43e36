"""Which pictures a request names."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from playground.models import GeneratedImage
from playground.models.codes import well_formed

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
