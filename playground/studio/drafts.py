"""The first values of the studio's form: from an earlier generation, the address, this browser's draft, or the
defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from accounts.models import User
from playground.evolink import Model
from playground.evolink.successors import current
from playground.models import Generation, Reference
from playground.models.codes import code_or_nothing
from playground.models.request_values import chosen_model, kept, with_own_size
from playground.references.selection import References, chosen

# The settings that studio.js saved in this browser, and their user: `user=1&model=…&size=…`.
COOKIE: Final = "draft"
_LENGTH_MAX: Final = 1000
# The name among a person's defaults.
_AGREED: Final = "evolink_storage"


@dataclass(frozen=True)
class Start:
    """The first values. `replaced` is the model that they named, if it is gone and another one is used."""

    values: dict[str, Any]
    replaced: Model | None = None


def start(user: User, address: QueryDict, draft: QueryDict | None, *, rehearsal: bool, today: date) -> Start:
    """The values of an earlier generation (`?from=CODE`), or else of the address, the draft, or the person's defaults.

    If an address or an earlier generation names a model, it is used even if it is gone. A retired model from the
    defaults is replaced. So is one from the draft in live mode, because the draft may be from a rehearsal.
    """
    row = _earlier(user, address)
    if row is not None:
        return Start({"prompt": row.prompt, "parent": row.code, **row.as_request().settings()})
    prompt = {"prompt": address.get("prompt", "")}
    if "model" in address:
        return Start(kept(address) | prompt)
    if draft is not None and rehearsal:
        return Start(kept(draft) | prompt)
    named = chosen_model(draft or user.defaults)
    values = living(draft or user.defaults, today)
    # Only people who have chosen the other model will miss it.
    gone = bool(user.defaults.get("model")) and values["model"] != named.id
    return Start(values | prompt, named if gone else None)


def named_model(request: HttpRequest) -> str:
    """The id of the model that the address names, or else of the one that the reader's form opens with."""
    if "model" in request.GET:
        return request.GET["model"]
    today = timezone.localdate()
    if not isinstance(request.user, User):
        return str(living({}, today)["model"])
    draft = draft_of(request.user, request.COOKIES)
    return str(start(request.user, QueryDict(), draft, rehearsal=False, today=today).values["model"])


def other_models(user: User) -> bool:
    """Whether another model may draw what the chosen one cannot: the person's default, or else the team's."""
    return bool(user.defaults.get("other_models", settings.OTHER_MODELS))


def agreed(user: User) -> bool:
    """Whether the person has agreed once that reference images go through EvoLink's own file storage."""
    return bool(user.defaults.get(_AGREED))


def agree(user: User, on: bool = True) -> None:
    """Remembers it, or that they do not agree any more."""
    if agreed(user) != on:
        user.defaults = {**user.defaults, _AGREED: on}
        user.save(update_fields=["defaults"])


def own_default(allowed: bool) -> dict[str, bool]:
    """The part of a person's defaults about other models. Who wants what the team wants follows the team."""
    return {} if allowed == settings.OTHER_MODELS else {"other_models": allowed}


def draft_of(user: User, cookies: Mapping[str, str]) -> QueryDict | None:
    """The settings that this person left in the form of this browser. None if somebody else left them."""
    draft = QueryDict(unquote(cookies.get(COOKIE, ""))[:_LENGTH_MAX])
    return draft if draft.get("user") == str(user.pk) else None


def living(values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The settings with a model that still exists. A retired model is replaced."""
    return kept({**with_own_size(values), "model": current(chosen_model(values), today).id})


def references(user: User, address: QueryDict) -> References:
    """The reference images that the address names, or those of an earlier generation (`?from=CODE`)."""
    code = code_or_nothing(address.get("from", ""))
    if code and "reference" not in address:
        mine = Reference.objects.of(user).filter(uses__generation__code=code).order_by("uses__position")
        return References(list(mine))
    return chosen(user, address)


def _earlier(user: User, address: QueryDict) -> Generation | None:
    code = code_or_nothing(address.get("from", ""))
    return Generation.objects.visible_to(user).filter(code=code).first() if code else None
