"""Two to four pictures side by side: what is the same, what differs, and which words of their prompts differ."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from playground.models import GeneratedImage, Lineage
from playground.money.amounts import credits_text
from playground.showing.generation_page import settings_of

LEAST, MOST = 2, 4
# Prompts with more words are shown without marks, because comparing them takes too long.
_WORDS_MAX = 3000
# A page shows many of them below each other.
_EDITED_WORDS_MAX = 400
# The characters of an unchanged part that are shown on each side of a change.
_SHOWN_AROUND = 40
# A word and the spaces after it. Languages without spaces between words are compared by character.
_WORD = re.compile(r"(?:[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|\w+|[^\w\s]|^)\s*")


@dataclass(frozen=True)
class Piece:
    """A part of a prompt. `own` is True if not all prompts have it."""

    text: str
    own: bool


@dataclass(frozen=True)
class Row:
    """One property and its value for each picture."""

    name: str
    values: tuple[str, ...]

    @property
    def same(self) -> bool:
        return len(set(self.values)) == 1


def rows_of(images: Sequence[GeneratedImage]) -> list[Row]:
    """All properties except the prompts, in the same words as on a generation's page."""
    told = [_facts(image) for image in images]
    names = dict.fromkeys(name for facts in told for name in facts)
    rows = [Row(name, tuple(facts.get(name, "–") for facts in told)) for name in names]
    return [row for row in rows if any(value != "–" for value in row.values)]


def _facts(image: GeneratedImage) -> dict[str, str]:
    row = image.generation
    return {
        **{setting.name: setting.asked for setting in settings_of(row, [image], None) if setting.asked},
        _("Pixels"): f"{image.width} × {image.height}" if image.width else "–",
        _("Reference images"): str(row.reference_uses.count()),
        _("Kind"): _("Rehearsal") if row.rehearsal else _("Live"),
        _("Cost of the generation in credits"): "–" if row.cost is None else credits_text(row.cost),
        _("Made"): date_format(localtime(row.created_at), "SHORT_DATETIME_FORMAT"),
        _("Person"): row.owner.name,
    }


def roles_of(images: Sequence[GeneratedImage]) -> list[str]:
    """What each picture is to another of them: the original or the draft, or what was made from it. Empty if it has
    nothing to do with them."""
    roles = [""] * len(images)
    places = {(image.generation_id, image.index): place for place, image in enumerate(images)}
    for place, image in enumerate(images):
        row = image.generation
        origin = places.get((row.parent_id or 0, row.parent_index or 0)) if row.parent_index is not None else None
        if origin is not None:
            roles[place] = str(row.get_lineage_display())
            roles[origin] = roles[origin] or (_("Draft") if row.lineage == Lineage.FINAL else _("Original"))
    return roles


def redrawn(images: Sequence[GeneratedImage]) -> bool:
    """Whether one of them is the final version of another one: then people expect the same picture."""
    rows = {image.generation_id for image in images}
    return any(one.generation.lineage == Lineage.FINAL and one.generation.parent_id in rows for one in images)


def marked(prompts: Sequence[str]) -> list[list[Piece]]:
    """Each prompt in pieces. Pieces that not all prompts have are marked as `own`."""
    words = [[word for word in _WORD.findall(prompt) if word] for prompt in prompts]
    if len(set(prompts)) == 1 or max(map(len, words)) > _WORDS_MAX:
        return [[Piece(prompt, False)] for prompt in prompts]
    bare = [[word.strip() for word in one] for one in words]
    places = [_places(bare[0], other) for other in bare]
    in_all = set(places[0].values()).intersection(*(found.values() for found in places))
    common = [
        [found.get(place) in in_all for place in range(len(one))] for one, found in zip(bare, places, strict=True)
    ]
    return [_pieces(one, keeps) for one, keeps in zip(words, common, strict=True)]


@dataclass(frozen=True)
class Edit:
    """A part of a prompt in its next version: `kept`, `gone` or `new`."""

    kind: str
    text: str


def edits(before: str, after: str) -> list[Edit]:
    """What became of a prompt, in order. Long parts that stay are shortened. Empty if nothing changed."""
    ours, theirs = ([word for word in _WORD.findall(prompt) if word] for prompt in (before, after))
    if before == after:
        return []
    if max(len(ours), len(theirs)) > _EDITED_WORDS_MAX:
        return [Edit("new", after)]
    first, second = ([word.strip() for word in words] for words in (ours, theirs))
    found = []
    for tag, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Edit("kept", _shortened("".join(theirs[c:d]))))
            continue
        found += [
            Edit(kind, text) for kind, text in (("gone", "".join(ours[a:b])), ("new", "".join(theirs[c:d]))) if text
        ]
    return found


def _shortened(text: str) -> str:
    return text if len(text) <= 2 * _SHOWN_AROUND else f"{text[:_SHOWN_AROUND]} … {text[-_SHOWN_AROUND:]}"


def _places(first: list[str], other: list[str]) -> dict[int, int]:
    """For each word of `other` that `first` has too, in the same order: its index in `other` → its index in `first`."""
    matches = SequenceMatcher(None, first, other, autojunk=False).get_matching_blocks()
    return {match.b + step: match.a + step for match in matches for step in range(match.size)}


def _pieces(words: list[str], common: list[bool]) -> list[Piece]:
    """Joins neighbouring words of the same kind into one piece."""
    pieces: list[Piece] = []
    for word, keeps in zip(words, common, strict=True):
        if pieces and pieces[-1].own == (not keeps):
            pieces[-1] = Piece(pieces[-1].text + word, not keeps)
        else:
            pieces.append(Piece(word, not keeps))
    return pieces
