"""Plain words for the errors that the sandbox can simulate: for each scenario of `playground.sandbox`.

The words for refusals are in `statuses`, by HTTP status, and those for failures in `failures`, by code. All others are
here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from playground.evolink import examples
from playground.guide.statuses import STATUSES
from playground.models import failures
from playground.sandbox.scenarios import FAILURES, KEY_SCENARIOS, SCENARIOS, Place, Scenario

__all__ = ["FAILURES", "SCENARIOS", "Place"]  # the pages know the sandbox only through this module


@dataclass(frozen=True)
class Row:
    """One event: the texts that cause it, what happens, and what a number after = sets."""

    spellings: tuple[str, ...]
    words: Promise | str
    status: str = ""
    unit: Promise | str = ""


@dataclass(frozen=True)
class Group:
    id: str
    title: Promise
    text: Promise
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Suggestion:
    """A rehearsal that is good to try first, as a prompt."""

    words: Promise
    expect: Promise
    spelling: str

    @property
    def prompt(self) -> str:
        return f"{examples.PROMPT} {self.spelling}"


WORDS: Final = {
    "content_policy_violation_people": _("EvoLink sees real people in it and refuses."),
    "content_policy_violation_celebrity": _("EvoLink sees a celebrity in a picture and refuses."),
    "content_policy_violation_third_party": _("EvoLink sees somebody else’s brand or character in it and refuses."),
    "content_policy_violation_nudity": _("EvoLink sees nudity in it and refuses."),
    "content_policy_violation_violence": _("EvoLink sees violence in it and refuses."),
    "content_policy_violation_minor": _("EvoLink sees a minor in it and refuses."),
    "cancelled": _("EvoLink accepts it, then cancels it."),
    "never_finishes": _("The drawing never ends."),
    "finished_at_once": _("It is done the moment it is sent."),
    "takes": _("It takes this long."),
    "fewer_pictures": _("Fewer pictures arrive than were asked for."),
    "no_usage": _("EvoLink does not report what it cost."),
    "token_counts": _("EvoLink says how many tokens it counted."),
    "answer_lost": _("EvoLink accepts it, but its answer never arrives."),
    "answer_html": _("EvoLink accepts it, but answers with a web page."),
    "answer_not_json": _("EvoLink accepts it, but its answer breaks off halfway."),
    "answer_without_id": _("EvoLink accepts it, but its answer names no task."),
    "answer_drip": _("EvoLink’s answer trickles in."),
    "slow": _("EvoLink’s answer is slow."),
    "dropped": _("The connection breaks and EvoLink has not accepted it."),
    "error_page": _("A web page saying “502” comes instead of an answer; nothing was accepted."),
    "dialect_old": _("Errors look as they do in EvoLink’s old documentation."),
    "dialect_gateway": _("Errors look like those of the gateway in front of EvoLink."),
    "dialect_empty": _("Errors are empty."),
    "dialect_html": _("Errors are web pages."),
    "results_null": _("It is done, but without any picture."),
    "results_eleven": _("Eleven pictures come, more than there can be."),
    "results_script": _("A picture’s link is a script, not a link."),
    "progress_odd": _("The progress is said to be 250 percent."),
    "status_odd": _("The status is a word that nobody knows."),
    "read_html": _("Checking the task returns a web page at first."),
    "read_slow": _("Every request about the task is answered slowly."),
    "picture_cut_off": _("The connection breaks in the middle of a picture."),
    "picture_truncated": _("A picture arrives without its second half."),
    "picture_html": _("A web page comes instead of a picture."),
    "dead_link": _("The links to the pictures are dead from the start."),
    "drip": _("The pictures trickle in."),
    "callback_duplicate": _("The callback comes twice."),
    "callback_out_of_order": _("After the last callback, an older one arrives."),
    "callback_early": _("A callback comes before the task is done."),
    "callback_missing": _("The callback never comes."),
    "callback_late": _("The callback is late."),
    "empty_account": _("The account behind the key has no credits."),
    "unlimited": _("The key has no limit of its own."),
}

_UNITS: Final = {
    "seconds": _("seconds"),
    "seconds until the same prompt is accepted": _("seconds until the same prompt is accepted"),
    "seconds after the submit": _("seconds after it was sent"),
    "seconds a picture": _("seconds per picture"),
    "pictures": _("pictures"),
    "HTTP status": _("HTTP status"),
}

FIRST: Final = (
    Suggestion(
        _("A refused prompt"),
        _("The card says what happened and what to change."),
        "sandbox:content_policy_violation",
    ),
    Suggestion(
        _("An empty account"),
        _("The card says that the account has no credits left."),
        "sandbox:submit_insufficient_quota",
    ),
    Suggestion(
        _("A long wait"),
        _("After two minutes, the card says that it is taking longer than usual."),
        "sandbox:takes=180",
    ),
    Suggestion(
        _("A lost answer"),
        _("The card says honestly that it does not know, and offers to check again."),
        "sandbox:answer_lost",
    ),
    Suggestion(
        _("One picture too few"),
        _("Ask for two: one is saved, and the place of the other says that it did not arrive."),
        "sandbox:fewer_pictures=1",
    ),
    Suggestion(
        _("Dead links"),
        _("The pictures were drawn but cannot be saved; the card says so."),
        "sandbox:dead_link",
    ),
)


def groups() -> list[Group]:
    """Every scenario once."""
    return [
        Group(
            "refused",
            _("Refused when it is sent"),
            _("Nothing is accepted and nothing is charged, unless the card says that it does not know."),
            _rows(row for row in _at("submit") if row.value is None),
        ),
        Group(
            "later",
            _("Refused at first, then accepted"),
            _("The studio waits and sends it again automatically."),
            _rows(row for row in _at("submit") if row.value is not None),
        ),
        Group(
            "failed",
            _("Accepted, then failed"),
            _("What was set aside for it is released."),
            _rows(row for row in _at("task") if row.code),
        ),
        Group(
            "odd",
            _("Slow, strange or incomplete"),
            _("The studio waits, asks again, or says that it does not know."),
            _rows(row for row in (*_at("task"), *_at("answer")) if not row.code),
        ),
        Group(
            "reading",
            _("Trouble while it is being drawn"),
            _("The picture is on its way; only asking for it fails. The studio asks again."),
            _rows(_at("read")),
        ),
        Group(
            "pictures",
            _("Trouble with the finished pictures"),
            _("The studio tries to save them until their links expire."),
            _rows(_at("picture")),
        ),
        Group(
            "callbacks",
            _("Callbacks"),
            _("Only when other programs use the sandbox as a server; inside the studio it sends none."),
            _rows(_at("callback")),
        ),
        Group(
            "keys",
            _("Keys"),
            _("These go in place of the key, not into the prompt, for programs that use the sandbox as a server."),
            _rows(KEY_SCENARIOS.values()),
        ),
    ]


def _at(place: Place) -> list[Scenario]:
    return [scenario for scenario in SCENARIOS.values() if scenario.place == place]


def _rows(scenarios: Iterable[Scenario]) -> tuple[Row, ...]:
    """A row for each event. Texts that cause the same event share a row."""
    rows: dict[tuple[Promise | str, str, Promise | str], list[str]] = {}
    for scenario in scenarios:
        refusal = scenario.refusal
        if refusal is not None:
            words: Promise | str = STATUSES[refusal.status]
        else:
            words = WORDS.get(scenario.name) or failures.FAILURES[scenario.code].happened
        status = f"HTTP {refusal.status}" if refusal else ""
        rows.setdefault((words, status, _UNITS[scenario.unit] if scenario.unit else ""), []).append(scenario.spelling)
    return tuple(Row(tuple(spellings), *happening) for happening, spellings in rows.items())
