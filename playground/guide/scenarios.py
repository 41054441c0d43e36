"""Plain words for the errors that the sandbox can simulate: for each scenario of `playground.sandbox`.

Failures have their words already, by code in `failures`. Refusals are told by what they mean, else by their HTTP status
as in `statuses`; the others by their name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from playground.evolink import MODELS, Reason, classify, examples
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
    "results_late": _("It is done, but its pictures are not named yet."),
    "charge_reserved": _("At first the charge is only reserved."),
    "charge_unknown": _("At first the charge is unknown."),
    "charge_unsaid": _("It is charged, but at first nobody says how much."),
    "charge_never": _("The charge stays reserved for good."),
    "refund_afterwards": _("The charge is given back later."),
    "refund_late": _("It fails, and the refund takes a while."),
    "refund_failed": _("It fails and is charged; the refund fails, too."),
    "failed_and_charged": _("It fails and is charged all the same."),
    "failed_and_unsaid": _("It fails, and EvoLink does not say whether it was charged."),
    "failed_and_released": _("It fails and names what it used, but nothing is charged."),
    "failed_with_results": _("It fails with one picture done."),
    "failed_without_reason": _("It fails without a reason."),
    "status_failure": _("It fails, called by another word."),
    "status_canceled": _("It is canceled without a reason."),
    "results_objects": _("The links to the pictures are wrapped in objects."),
    "results_one_bad": _("Beside the good links there is one that is none."),
    "result_data_object": _("The link to the first picture is in another place."),
    "result_data_list": _("The links to the pictures are in another place."),
    "amounts_text": _("Amounts of credits are written as text."),
    "counts_fractional": _("The token counts have fractions."),
    "usage_odd": _("What was used is said in a shape nobody knows."),
    "created_ms": _("The time it was made is in milliseconds."),
    "created_iso": _("The time it was made is in words."),
    "progress_text": _("The progress is written as text."),
    "side_fields_odd": _("Everything that does not matter is odd."),
    "field_huge": _("The answer has a field of five million letters."),
    "status_succeeded": _("It is done, called by another word."),
    "status_done": _("It is done, called by another word."),
    "another_task": _("EvoLink answers about another task at first."),
    "answer_odd_characters": _("The answers hold characters and numbers that are none."),
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
    "link_renewed": _("The links to the pictures are dead until the task is read again."),
    "picture_redirect": _("The links lead to another place first."),
    "picture_redirect_http": _("The links lead to an address that is not secure."),
    "picture_redirect_inside": _("The links lead into an internal network."),
    "callback_duplicate": _("The callback comes twice."),
    "callback_out_of_order": _("After the last callback, an older one arrives."),
    "callback_early": _("A callback comes before the task is done."),
    "callback_missing": _("The callback never comes."),
    "callback_late": _("The callback is late."),
    "empty_account": _("The account behind the key has no credits."),
    "unlimited": _("The key has no limit of its own."),
    "vip": _("The account is in a group that pays a tenth less."),
    "unauthorized_briefly": _("The key is refused for half a minute, then it works."),
    "credits_text": _("The balance is written as text."),
    "daily_limit": _("The key has a daily limit."),
    "upload_odd": _("Uploads are answered in an odd shape."),
    "upload_token_unavailable": _("No upload token can be had."),
    "tasks_not_listed": _("The list of tasks is refused."),
    "prices_changed": _("Everything costs this many times as much."),
}
_ENCODED_ANSWERS: Final = _("The answers come packed, or say nonsense about it.")
_ENCODED_PICTURES: Final = _("The pictures come packed, or say nonsense about it.")
_OUTAGE: Final = _("%(model)s cannot be reached; the other models can.")

_MEANINGS: Final = {
    Reason.CONTENT: _("The content was refused at once."),
    Reason.BALANCE: _("The account has no credits left."),
    Reason.KEY_LIMIT: _("The key’s own limit is used up."),
    Reason.KEY_DAILY_LIMIT: _("The key’s limit for today is used up."),
    Reason.KEY_REFUSED: _("The key is missing or wrong."),
    Reason.KEY_EXPIRED: _("The key has expired."),
    Reason.KEY_DISABLED: _("The key is switched off."),
    Reason.ACCOUNT_DISABLED: _("The account is switched off."),
    Reason.ADDRESS_REFUSED: _("The key may not be used from here."),
    Reason.MODEL_NOT_ALLOWED: _("The key may not use this model."),
    Reason.MODEL_UNAVAILABLE: _("The model cannot be reached."),
}

_UNITS: Final = {
    "seconds": _("seconds"),
    "seconds until the same prompt is accepted": _("seconds until the same prompt is accepted"),
    "seconds after the submit": _("seconds after it was sent"),
    "seconds a picture": _("seconds per picture"),
    "pictures": _("pictures"),
    "HTTP status": _("HTTP status"),
    "times": _("times"),
    "times as much": _("times as much"),
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
            _rows(row for row in (*_at("task"), *_at("answer")) if not (row.place == "task" and row.code)),
        ),
        Group(
            "money",
            _("What it costs"),
            _("Only what EvoLink proves is believed; what it leaves open is asked again."),
            _rows((*_at("money"), *_at("prices"))),
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
    """A row for each thing that happens; spellings that come to the same share it."""
    rows: dict[tuple[str, str, Promise | str], list[str]] = {}
    for scenario in scenarios:
        status = f"HTTP {scenario.refusal.status}" if scenario.refusal else ""
        unit = _UNITS[scenario.unit] if scenario.unit else ""
        rows.setdefault((str(_words(scenario)), status, unit), []).append(scenario.spelling)
    return tuple(Row(tuple(spellings), *happening) for happening, spellings in rows.items())


def _words(scenario: Scenario) -> Promise | str:
    """What happens, in a sentence."""
    if scenario.name in WORDS:
        return WORDS[scenario.name]
    if scenario.model:
        return _OUTAGE % {"model": MODELS[scenario.model].name}
    if scenario.encoding is not None:
        return _ENCODED_PICTURES if scenario.place == "picture" else _ENCODED_ANSWERS
    refusal = scenario.refusal
    if refusal is None:
        return failures.FAILURES[scenario.code].happened
    verdict = classify(refusal.status, refusal.code, refusal.type, refusal.message)
    return (_MEANINGS.get(verdict.reason) if verdict.listed else None) or STATUSES[refusal.status]
