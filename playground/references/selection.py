"""Which reference images a form or an address names, and the files that come with a form."""

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
    """The reference images that came with a form: what can be used, in order, and what was refused by name."""

    chosen: Sequence[Reference] = ()
    refused: Sequence[tuple[str, str]] = ()
    gone: int = 0

    def __len__(self) -> int:
        return len(self.chosen)


def chosen(user: User, values: QueryDict) -> References:
    """The references a form or an address names by their tokens, in that order."""
    tokens = list(filter(well_formed, dict.fromkeys(values.getlist("reference"))))[: 2 * REFERENCES_MAX]
    found = Reference.objects.of(user).named(tokens) if tokens else []
    return References(found, gone=len(tokens) - len(found))


def handed_over(request: MemberRequest) -> References:
    """The same, and behind them the files that came with the form itself (it does so without scripts)."""
    named = chosen(request.user, request.POST)
    fresh = kept(request.user, request.FILES.getlist("images"))
    together = {reference.pk: reference for reference in [*named.chosen, *fresh.chosen]}
    return References(list(together.values()), fresh.refused, named.gone)


def kept(user: User, files: Iterable[Any]) -> References:
    """Keep each of the uploaded files; the others come with the sentence why not."""
    good: list[Reference] = []
    bad: list[tuple[str, str]] = []
    for file in files:
        try:
            good.append(keep(user, file, file.name or "", timezone.now()))
        except Refused as error:
            bad.append((tidy(file.name or ""), str(error)))
    return References(good, bad)
