"""The questions and answers of the help, and the search in them.

Each answer is the template with its name in templates/playground/help/. It may use only what `facts` returns, so that
everybody reads the same.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from playground.evolink import MODELS, GenerationRequest, get_model, pricing
from playground.evolink.limits import FILE_LIFE, LINK_LIFE
from playground.evolink.successors import current, successor
from playground.fields.widgets import SearchField
from playground.models import HISTORY_LENGTH, Charged, current_rates, labels
from playground.models.share_links import FIRST_LIFE
from playground.references.errors import LIMITS, megapixels
from playground.showing.comparison import LEAST, MOST
from playground.showing.slideshow import SLIDES_MAX
from playground.studio.cards import Card, Concern


@dataclass(frozen=True)
class Entry:
    """One question. `slug` is its address and the name of its template. `group` is a key of `GROUPS`."""

    slug: str
    group: str
    question: Promise

    @property
    def group_name(self) -> Promise:
        return GROUPS[self.group]

    @property
    def pages(self) -> tuple[tuple[Promise, str], ...]:
        """The pages of the studio about the same subject: name and URL name."""
        return PAGES.get(self.slug, ())


GROUPS: Final = {
    "start": _("Getting started"),
    "order": _("Making pictures"),
    "references": _("Using your own pictures"),
    "money": _("Money"),
    "trouble": _("When something goes wrong"),
    "pictures": _("Your pictures"),
    "keys": _("Keys"),
    "studio": _("Using the studio"),
}

ENTRIES: Final = (
    Entry("what-is-this", "start", _("What is this studio?")),
    Entry("first-picture", "start", _("How do I make my first picture?")),
    Entry("rehearsal-and-live", "start", _("What is the difference between rehearsal and live?")),
    Entry("models", "start", _("Which model should I choose?")),
    Entry("retired-models", "start", _("What are retired models, and what do I use instead?")),
    Entry("good-prompts", "order", _("How do I write a good prompt?")),
    Entry("sizes", "order", _("Which size should I choose?")),
    Entry("quality-and-time", "order", _("What do the qualities mean, and how long do they take?")),
    Entry("how-many", "order", _("How many pictures can I make at once?")),
    Entry("changing", "order", _("How do I change a picture?")),
    Entry("final-version", "order", _("How do I make the final version of a draft, or more like it?")),
    Entry("reference-images", "references", _("How do I start from pictures of my own?")),
    Entry("what-is-sent", "references", _("What is sent where, and who sees it?")),
    Entry("credits", "money", _("What is a credit, and what does a picture cost?")),
    Entry("price-range", "money", _("Why is the price a range?")),
    Entry("charged-when-failed", "money", _("Am I charged when something fails?")),
    Entry("budgets", "money", _("What is a budget, and what if it is not enough?")),
    Entry("when-it-fails", "trouble", _("What happens when something fails?")),
    Entry("we-do-not-know", "trouble", _("What does “We do not know” mean?")),
    Entry("refused-prompts", "trouble", _("Why was my prompt refused, and what can I change?")),
    Entry("fewer-pictures", "trouble", _("Why did I get fewer pictures than I asked for?")),
    Entry("long-wait", "trouble", _("It is taking very long. What can I do?")),
    Entry("24-hour-links", "trouble", _("Do my pictures disappear when EvoLink’s links expire?")),
    Entry("where-kept", "pictures", _("Where are my pictures kept, and who may see them?")),
    Entry("commercial-use", "pictures", _("May we use the pictures commercially?")),
    Entry("showing-others", "pictures", _("How do I show pictures to my colleagues?")),
    Entry("showing-outside", "pictures", _("How do I show pictures to somebody outside the team?")),
    Entry("presenting", "pictures", _("How do I show pictures on a big screen?")),
    Entry("comparing", "pictures", _("How do I compare pictures?")),
    Entry("taking-along", "pictures", _("How do I download my pictures?")),
    Entry("deleting", "pictures", _("How do I delete a picture?")),
    Entry("api-keys", "keys", _("What is an API key, and how is it kept safe?")),
    Entry("whose-money", "keys", _("Whose money do I spend?")),
    Entry("signing-in", "studio", _("How do I keep my account safe?")),
    Entry("team", "studio", _("How do I invite colleagues, and what may they do?")),
    Entry("keyboard", "studio", _("Which keyboard shortcuts can I use?")),
    Entry("language-and-looks", "studio", _("How do I change the language, or light and dark?")),
    Entry("phones", "studio", _("Does it work on a phone, and without JavaScript?")),
    Entry("whom-to-ask", "studio", _("Who can I ask?")),
)

_PRICES = (_("Prices"), "pricing")
_KEYS = (_("API keys"), "accounts:keys")
_STATUS = (_("Status"), "status")
_GALLERY = (_("Gallery"), "gallery")
PAGES: Final[dict[str, tuple[tuple[Promise, str], ...]]] = {
    "models": (_PRICES, (_("API reference"), "docs")),
    "rehearsal-and-live": (_KEYS, (_("Rehearsing failures"), "docs-scenarios")),
    "changing": (_GALLERY,),
    "reference-images": ((_("Your reference images"), "references"),),
    "credits": (_PRICES,),
    "price-range": (_PRICES,),
    "budgets": ((_("Spending"), "usage"),),
    "when-it-fails": (_STATUS, (_("Rehearsing failures"), "docs-scenarios")),
    "long-wait": (_STATUS,),
    "quality-and-time": (_STATUS,),
    "where-kept": (_GALLERY,),
    "showing-others": (_GALLERY, (_("Settings"), "accounts:profile")),
    "showing-outside": (_GALLERY, (_("Share links"), "links")),
    "presenting": (_GALLERY, (_("Presentation"), "present")),
    "comparing": (_GALLERY,),
    "taking-along": (_GALLERY,),
    "deleting": (_GALLERY,),
    "api-keys": (_KEYS,),
    "whose-money": ((_("Spending"), "usage"), _KEYS),
    "signing-in": ((_("Security"), "accounts:security"),),
    "team": ((_("Team"), "accounts:team"),),
    "language-and-looks": ((_("Settings"), "accounts:profile"),),
}

# The question for each failure code. Other codes have a general question.
_FOR_FAILURES: Final = {
    "content_policy_violation": "refused-prompts",
    "generation_failed_no_content": "refused-prompts",
    "answer_lost": "we-do-not-know",
    "task_lost": "we-do-not-know",
    "model_refused": "retired-models",
    "key_refused": "api-keys",
    "key_unreadable": "api-keys",
    "key_limit": "api-keys",
    "key_daily_limit": "api-keys",
    "key_expired": "api-keys",
    "key_disabled": "api-keys",
    "no_credits": "whose-money",
    "links_died": "24-hour-links",
}

_FOR_CONCERNS: Final = {
    Concern.LATE: "long-wait",
    Concern.FEWER: "fewer-pictures",
    Concern.NOT_SAVED: "24-hour-links",
}

_BY_SLUG: Final = {entry.slug: entry for entry in ENTRIES}


def entry_of(slug: str) -> Entry | None:
    return _BY_SLUG.get(slug)


def slug_for_failure(code: str) -> str:
    """The question for a failed generation."""
    return _FOR_FAILURES.get(code, "when-it-fails")


def slug_for_card(card: Card) -> str:
    """The question for a card that may worry its reader although nothing failed. Empty if there is none."""
    return _FOR_CONCERNS[card.concern] if card.concern else ""


def answer(entry: Entry, known: dict[str, object] | None = None) -> SafeString:
    """The answer as HTML, in the reader's language. `known` are the `facts`, for many answers at once."""
    return render_to_string(f"playground/help/{entry.slug}.html", facts() if known is None else known)


def grouped(entries: Iterable[Entry]) -> list[tuple[Promise, list[Entry]]]:
    """The name and the entries of each group that is not empty, in the order of the page."""
    chosen = list(entries)
    groups = [(name, [entry for entry in chosen if entry.group == group]) for group, name in GROUPS.items()]
    return [(name, members) for name, members in groups if members]


def neighbours(entry: Entry) -> list[Entry]:
    """The other questions in the same group."""
    return [other for other in ENTRIES if other.group == entry.group and other != entry]


@dataclass(frozen=True)
class Found:
    """A question that matches the search, and the text of its answer."""

    entry: Entry
    text: str


class SearchForm(forms.Form):
    """The search box of the help. It accepts every text up to its length."""

    q = SearchField(max_length=200, label=_("Search the answers"))


def found(query: str) -> list[Found]:
    """The entries that contain every word of `query` in the question or answer. A word may be a part of another word,
    because some languages have no spaces. Entries with all words in the question come first."""
    wanted = _plain(query).split()
    known = facts()
    hits = [Found(entry, " ".join(strip_tags(answer(entry, known)).split())) for entry in ENTRIES]
    hits = [hit for hit in hits if all(word in _plain(f"{hit.entry.question} {hit.text}") for word in wanted)]
    return sorted(hits, key=lambda hit: not all(word in _plain(str(hit.entry.question)) for word in wanted))


def _plain(text: str) -> str:
    """The text without differences of case and of full or half width."""
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True)
class Ending:
    """A model with an announced end date."""

    name: str
    shutdown_on: Any
    ended: bool
    replacement_name: str


def facts() -> dict[str, object]:
    """The numbers in the answers. Each comes from the module that owns it."""
    model = current(get_model(settings.DEFAULT_MODEL), timezone.now().date())
    square = GenerationRequest(model=model.id, prompt="x" * 100, size="1:1")
    table, levels = current_rates(), model.qualities or (None,)
    prices = [pricing.estimate(replace(square, quality=quality), table=table).high for quality in levels]
    today = timezone.localdate()
    return {
        "model": model,
        "cheapest": min(prices),
        "dearest": max(prices),
        "credits_per_usd": pricing.CREDITS_PER_USD,
        "sizes": [labels.SIZES[value] for value in get_model("gpt-image-1").size_choices if "x" in value],
        "ending": [
            Ending(ending.name, ending.shutdown_on, ending.retired(today), getattr(successor(ending), "name", ""))
            for ending in MODELS.values()
            if ending.shutdown_on
        ],
        "history": HISTORY_LENGTH,
        "pictures": max(model.n_max for model in MODELS.values()),
        "link_hours": LINK_LIFE // timedelta(hours=1),
        "file_hours": FILE_LIFE // timedelta(hours=1),
        "limits": {**LIMITS, "megapixels": megapixels()},
        "charged": Charged.labels,
        "share_days": FIRST_LIFE.days,
        "slides": SLIDES_MAX,
        "compared": {"least": LEAST, "most": MOST},
    }
