"""The reference images that a form or an address names, and the files that a form brings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from accounts.access import MemberRequest
from accounts.models import User
from playground.evolink.catalogue import REFERENCES_MAX
from playground.models import Reference
from playground.models.codes import well_formed
from playground.references.errors import Refused
from playground.references.ingest import keep, tidy


@dataclass(frozen=True)
class References:
    """The reference images of a form: usable ones in order, refused files with their names and reasons, and how many
    are gone."""

    chosen: Sequence[Reference] = ()
    refused: Sequence[tuple[str, str]] = ()
    gone: int = 0

    def __len__(self) -> int:
        return len(self.chosen)


def chosen(user: User, values: QueryDict) -> References:
    """The references whose tokens a form or an address has, in that order."""
    tokens = list(filter(well_formed, dict.fromkeys(values.getlist("reference"))))[: 2 * REFERENCES_MAX]
    found = Reference.objects.of(user).named(tokens) if tokens else []
    return References(found, gone=len(tokens) - len(found))


def handed_over(request: MemberRequest) -> References:
    """The references that the form names, and then the files in the form itself (browsers without scripts send them
    there)."""
    named = chosen(request.user, request.POST)
    fresh = kept(request.user, request.FILES.getlist("images"))
    together = {reference.pk: reference for reference in [*named.chosen, *fresh.chosen]}
    return References(list(together.values()), fresh.refused, named.gone)


def kept(user: User, files: Iterable[Any]) -> References:
    """Stores the uploaded files. Refused files come with a sentence that says why."""
    good: list[Reference] = []
    bad: list[tuple[str, str]] = []
    for file in files:
        try:
            good.append(keep(user, file, file.name or "", timezone.now()))
        except Refused as error:
            bad.append((tidy(file.name or ""), str(error)))
    return References(good, bad)
