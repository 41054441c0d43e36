"""What the hostile upstream does to an order: by words in its prompt, or by a seeded choice.

The words are `hostile:PLACE=NAME,NAME`. The names of one place are used up one after the other: the first answer, the
first reading, the first fetch of each link gets the first name. What comes later is as it should be.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

# The answer to an order. Refused: nothing is recorded, and a listed code says so.
REFUSED: Final = {
    "too_many": (429, "rate_limit_exceeded", "rate_limit_error"),
    "closed": (503, "service_unavailable", "service_unavailable_error"),
    "no_credits": (402, "insufficient_quota", "insufficient_quota"),
    "policy": (400, "content_policy_violation", "invalid_request_error"),
    "unauthorized": (401, "unauthorized", "authentication_error"),
}
# Nothing is recorded, and nothing says so.
LOST_BEFORE: Final = ("lost_before", "bad_gateway_before", "busy_bare_before")
# Recorded, and the answer is damaged or missing.
RECORDED: Final = (
    *("lost", "lost_late", "cut", "drip", "slow", "another_id", "page", "broken_json", "without_id"),
    *("error_500", "bad_gateway", "closed_bare", "busy_bare"),
)
ANSWERS: Final = (*REFUSED, *LOST_BEFORE, *RECORDED)
# A reading of the task, whatever its state.
ANY_READING: Final = (
    *("not_found", "another_task", "page", "broken_json", "error_500", "bad_gateway", "too_many", "closed_bare"),
    *("unauthorized", "reset", "cut", "drip", "slow"),
)
# A reading of the task once it is completed: a lie about it.
LIES: Final = ("fewer_links", "no_links", "failed", "failed_and_released", "running_again")
READINGS: Final = (*ANY_READING, *LIES)
LINKS: Final = ("forbidden", "gone", "missing", "error_500", "reset", "cut", "drip", "page", "empty")
CALLBACKS: Final = ("once", "twice", "early", "late", "hours_late", "another_task", "no_task", "garbage", "never")
SUMS: Final = ("still", "moved", "incomplete", "page", "error_500", "reset")
LISTINGS: Final = ("refused", "unknown_route", "page", "error_500", "reset", "late")
# What the sandbox behind does by itself; times are seconds by its clock.
SCENARIOS: Final = (
    *("takes=0.4", "takes=1.5", "results_late=20", "fewer_pictures=1", "link_renewed=20", "token_counts", "no_usage"),
    *("charge_reserved=20", "charge_unknown=20", "charge_unsaid=20", "charge_never"),
    *("service_error", "content_policy_violation", "failed_and_charged", "failed_and_unsaid", "failed_and_released"),
    *(
        "failed_with_results",
        "refund_late=20",
        "refund_failed",
        "status_succeeded",
        "side_fields_odd",
        "results_objects",
    ),
)
_WORD: Final = re.compile(r"hostile:(answers|readings|links|callbacks|scenarios)=([a-z0-9_=.,]+)")


@dataclass(frozen=True)
class Fate:
    """What happens to one order."""

    answers: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    callbacks: tuple[str, ...] = ("once",)
    scenarios: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The words that bring it about."""
        chosen = {item.name: getattr(self, item.name) for item in fields(self)}
        return " ".join(f"hostile:{place}={','.join(names)}" for place, names in chosen.items() if names)


def told(prompt: str) -> Fate | None:
    """The fate that the words of a prompt ask for. None if there are no such words."""
    words = {place: tuple(names.split(",")) for place, names in _WORD.findall(prompt)}
    return replace(Fate(), **words) if words else None


def drawn(seed: str) -> Fate:
    """A fate by chance. The same seed gives the same fate."""
    chance = random.Random(seed)
    return Fate(
        answers=_some(chance, ANSWERS, (5, 4, 1)),
        readings=_some(chance, READINGS, (3, 2, 2, 1)),
        links=_some(chance, LINKS, (4, 2, 1)),
        callbacks=(chance.choice(CALLBACKS),),
        scenarios=_some(chance, SCENARIOS, (1, 2)),
    )


def _some(chance: random.Random, names: Sequence[str], weights: Sequence[int]) -> tuple[str, ...]:
    """Some of the names: none with the first weight, one with the second, and so on."""
    [number] = chance.choices(range(len(weights)), weights)
    return tuple(chance.sample(names, number))
