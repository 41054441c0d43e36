"""What the studio's form starts with: an earlier generation, an address, this browser's draft, or one's defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import unquote

from django.http import QueryDict

from accounts.models import User
from playground.evolink import Model
from playground.evolink.successors import current
from playground.models import Generation, Reference
from playground.models.codes import code_or_nothing
from playground.models.request_values import chosen_model, kept, with_own_size
from playground.references.selection import References, chosen

# The settings as studio.js left them in this browser, with the person they belong to: `user=1&model=…&size=…`.
COOKIE: Final = "draft"
_LENGTH_MAX: Final = 1000


@dataclass(frozen=True)
class Start:
    """The values to start with. `replaced` is the model they named, where it is gone and another one is used."""

    values: dict[str, Any]
    replaced: Model | None = None


def start(user: User, address: QueryDict, draft: QueryDict | None, *, rehearsal: bool, today: date) -> Start:
    """The values of an earlier generation (`?from=CODE`), else of the address itself, else of the draft, else of the
    person's defaults.

    A model that somebody named is used even when it is gone. One out of the defaults is not, nor, with real money, one
    out of the draft, which may be from a rehearsal.
    """
    row = _earlier(user, address)
    if row is not None:
        return Start({"prompt": row.prompt, **row.as_request().settings()})
    prompt = {"prompt": address.get("prompt", "")}
    if "model" in address:
        return Start(kept(address) | prompt)
    if draft is not None and rehearsal:
        return Start(kept(draft) | prompt)
    named = chosen_model(draft or user.defaults)
    values = living(draft or user.defaults, today)
    # Only somebody who once chose the other one wonders where it is.
    gone = bool(user.defaults.get("model")) and values["model"] != named.id
    return Start(values | prompt, named if gone else None)


def draft_of(user: User, cookies: Mapping[str, str]) -> QueryDict | None:
    """The settings as the form was left in this browser, if it was the same person's."""
    draft = QueryDict(unquote(cookies.get(COOKIE, ""))[:_LENGTH_MAX])
    return draft if draft.get("user") == str(user.pk) else None


def living(values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The settings, for a model that is there: the form starts with one, unless somebody names another."""
    return kept({**with_own_size(values), "model": current(chosen_model(values), today).id})


def references(user: User, address: QueryDict) -> References:
    """The reference images that an address names, or those of an earlier generation (`?from=CODE`)."""
    code = code_or_nothing(address.get("from", ""))
    if code and "reference" not in address:
        mine = Reference.objects.of(user).filter(uses__generation__code=code).order_by("uses__position")
        return References(list(mine))
    return chosen(user, address)


def _earlier(user: User, address: QueryDict) -> Generation | None:
    code = code_or_nothing(address.get("from", ""))
    return Generation.objects.visible_to(user).filter(code=code).first() if code else None
