"""The shapes of EvoLink's answers, what a person reads of each, and what is booked for it: one table, written from the
contract (its newest facts, by their numbers) and not from the program.

A shape is an order and EvoLink's answers to it. `tests.engine.test_shapes` plays all of them in live mode, each paid by
a key of its own, and those about downloads in rehearsal.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

Body = dict[str, Any]
# The figures of the answers, in credits: what was reserved, and what a task has cost.
RESERVED, COST = 2.5, 1.25
BILLED: Final = Decimal(str(COST))
REFUNDED_AT: Final = "2026-10-10T08:00:00Z"

# --- What the person reads about the money of an order that has not brought all its pictures ---

NOT_CHARGED: Final = "You were not charged."
CHARGED: Final = "You were charged."
GIVEN_BACK: Final = "You were not charged: EvoLink gave the credits back."
ASKING: Final = "We do not know yet whether you were charged; we keep asking."
UNSURE: Final = "We do not know whether you were charged; the estimate counts."
ABOUT_THE_MONEY: Final = (NOT_CHARGED, CHARGED, GIVEN_BACK, ASKING, UNSURE)
# --- and of one that has ---
REPORTED: Final = "The cost is reported by EvoLink."
COMPUTED: Final = "The cost is computed from the reported tokens."
ESTIMATED: Final = "EvoLink did not report the cost, so the estimate counts."
NOT_FINAL: Final = "The cost is not final yet"

# --- What is booked, if it is no sum ---

HELD: Final = "nothing, and the estimate is held"
ESTIMATE: Final = "the estimate"
BILL: Final = "what the sandbox has billed"
Booked = Decimal | str


@dataclass(frozen=True)
class Look:
    """What the person reads on the card at one time, all about the money among it, and what is booked then."""

    says: tuple[str, ...]
    booked: Booked


# When somebody looks: at once, after two minutes, and after all that the program may wait for.
AT_ONCE, SOON, IN_THE_END = "at once", "soon", "in the end"


@dataclass(frozen=True)
class Reply:
    """An answer to the order other than 200. `accepted`: the task is made all the same. Without a code the body is a
    web page, unless `message` has words."""

    status: int
    code: str | int | None = None
    type: str = "invalid_request_error"
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    accepted: bool = False

    @property
    def body(self) -> Body | str:
        if self.code is None and not self.message:
            return "<!doctype html><title>One moment</title>"
        error = {"message": self.message or "Something is wrong"} | ({"type": self.type} if self.type else {})
        return {"error": error if self.code is None else {**error, "code": self.code}}


@dataclass(frozen=True)
class Task:
    """What a reading of the task says about it, beside what every answer has. `changed` changes the whole body last."""

    status: str = "completed"
    code: str = ""
    message: str = "Something is wrong"
    billing: Any = None
    usage: Any = None
    links: bool | None = None  # by the status
    changed: Callable[[Body], Body] = lambda body: body

    def body(self, drawn: Body) -> Body:
        """The answer, in the shape of the documented examples. `drawn` has the id, the model, the time and the
        links."""
        done = self.status.lower() in ("completed", "succeeded", "success", "done")
        said = {name: drawn[name] for name in ("created", "id", "model", "object", "type")}
        said |= {"status": self.status, "progress": 100 if done else 0, "task_info": {"can_cancel": False}}
        if done if self.links is None else self.links:
            said["results"] = drawn["results"]
        if self.code:
            said["error"] = {"code": self.code, "message": self.message, "type": "task_error"}
        if self.billing is not None:
            said["billing"] = self.billing
        if self.usage is not None:
            said["usage"] = self.usage
        return self.changed(said)


@dataclass(frozen=True)
class Shape:
    """One row. `facts` are the numbers in the contract. `answers`: what readings say at once, and after that; the last
    one stays. `posts`: the answers to the order, one by one, the last one for all that follow; None accepts it.
    `words` choose scenarios of the sandbox. `sums`: whether EvoLink tells the balance of the account. `key_refused`: it
    refuses the key there as well. `sent`: how often the order may arrive."""

    facts: str
    name: str
    looks: Mapping[str, Look]
    answers: Sequence[Task] = field(default_factory=lambda: [Task(billing=bill("charged", COST))])
    posts: Sequence[Reply | None] = (None,)
    words: str = ""
    order: Mapping[str, Any] = field(default_factory=dict)
    rehearsal: bool = False
    sums: bool = True
    key_refused: bool = False
    sent: range | int = 1
    pictures: int = 1
    sends: Mapping[str, Any] = field(default_factory=dict)
    holds_at_least: Decimal = Decimal(0)


def bill(charge: str | None, charged: Any = 0, refund: str | None = "not_required", **more: Any) -> Body:
    """The billing record of a task. What is None is missing."""
    record = {"charge_status": charge, "charged_credits": charged, "refund_status": refund}
    kept = {name: value for name, value in record.items() if value is not None}
    return {"refund_scope": "account_balance", "reserved_credits": RESERVED, **kept, **more}


def given_back(charge: str | None = "released", charged: Any = 0, refunded: Any = RESERVED) -> Body:
    return bill(charge, charged, "completed", refunded_credits=refunded, refunded_at=REFUNDED_AT)


def used(credits: Any) -> Body:
    return {"credits_used": credits, "credits_reserved": RESERVED, "billing_rule": "per_token"}


def costs(amount: Decimal = BILLED) -> Look:
    """The pictures are there, and EvoLink has said what they cost."""
    return Look((f"{amount:.2f} credits", REPORTED), amount)


OPEN: Final = Look((NOT_FINAL,), HELD)
ASSUMED: Final = Look((ESTIMATED,), ESTIMATE)


def once(look: Look) -> dict[str, Look]:
    """The same at once and in the end."""
    return {AT_ONCE: look, IN_THE_END: look}


def then(first: Look, last: Look, soon: Look | None = None) -> dict[str, Look]:
    return {AT_ONCE: first, IN_THE_END: last} | ({SOON: soon} if soon else {})


# --- A completed task: what it cost ---


def completed(facts: str, name: str, looks: Mapping[str, Look], *answers: Task, **more: Any) -> Shape:
    """The second answer is given from the second look on."""
    return Shape(facts, f"completed, {name}", looks, answers, **more)


COMPLETED: Final = (
    completed("7", "charged", once(costs()), Task(billing=bill("charged", COST))),
    completed(
        "7", "charged, and the usage differs", once(costs()), Task(billing=bill("charged", COST), usage=used(2.4))
    ),
    completed(
        "7", "charged by the amount of the usage", once(costs()), Task(billing=bill("charged", None), usage=used(COST))
    ),
    completed("7", "charged without an amount", then(OPEN, ASSUMED), Task(billing=bill("charged", None))),
    completed(
        "7",
        "charged, the amount comes later",
        then(OPEN, costs(), costs()),
        Task(billing=bill("charged", None)),
        Task(billing=bill("charged", COST)),
    ),
    completed(
        "7",
        "reserved with 0",
        then(OPEN, costs(), costs()),
        Task(billing=bill("reserved", 0, "unknown"), usage=used(0)),
        Task(billing=bill("charged", COST)),
    ),
    completed(
        "7",
        "reserved with an amount",
        then(OPEN, costs(), costs()),
        Task(billing=bill("reserved", 2.4, "unknown"), usage=used(2.4)),
        Task(billing=bill("charged", COST)),
    ),
    completed(
        "7",
        "unknown with an amount",
        then(OPEN, costs(), costs()),
        Task(billing=bill("unknown", 2.4, "unknown"), usage=used(2.4)),
        Task(billing=bill("charged", COST)),
    ),
    completed(
        "7", "reserved for good", then(OPEN, ASSUMED, OPEN), Task(billing=bill("reserved", 2.4), usage=used(2.4))
    ),
    completed("7", "unknown for good", then(OPEN, ASSUMED, OPEN), Task(billing=bill("unknown", 0), usage=used(0))),
    completed(
        "7",
        "a charge status that nobody knows",
        then(OPEN, costs(), costs()),
        Task(billing=bill("settling", 2.4), usage=used(2.4)),
        Task(billing=bill("charged", COST)),
    ),
    completed(
        "7",
        "reserved, then released",
        then(OPEN, costs(Decimal(0)), costs(Decimal(0))),
        Task(billing=bill("reserved", 2.4)),
        Task(billing=given_back()),
    ),
    completed("6 7", "released and refunded", once(costs(Decimal(0))), Task(billing=given_back(), usage=used(2.4))),
    completed("7", "released", once(costs(Decimal(0))), Task(billing=bill("released", 0), usage=used(2.4))),
    completed(
        "7",
        "charged, the surplus given back",
        once(costs()),
        Task(billing=given_back("charged", COST, RESERVED - COST)),
    ),
    completed("7", "by the usage alone", once(costs()), Task(usage=used(COST))),
    completed("7", "by the cost in the usage", once(costs()), Task(usage={"cost": {"credits": COST, "usd": 0.0184}})),
    completed("7", "an empty billing record", once(costs()), Task(billing={}, usage=used(COST))),
    completed("7", "billing is a text", once(costs()), Task(billing="charged", usage=used(COST))),
    completed("8", "says nothing about the cost", then(OPEN, ASSUMED, OPEN), Task()),
    completed("8", "usage is a list", then(OPEN, ASSUMED, OPEN), Task(usage=[])),
    completed("8", "a negative amount", then(OPEN, ASSUMED, OPEN), Task(usage=used(-1))),
    completed("7", "amounts are texts", once(costs()), Task(billing=bill("charged", str(COST)), usage=used("2.4"))),
    completed("17", "the status is succeeded", once(costs()), Task("succeeded", billing=bill("charged", COST))),
    completed("17", "the status is SUCCESS", once(costs()), Task("SUCCESS", billing=bill("charged", COST))),
    completed("17", "the status is Done", once(costs()), Task("Done", billing=bill("charged", COST))),
)

# --- A task that failed or was cancelled: 6, 7 and 8 ---

SERVICE: Final = "Something went wrong at EvoLink."
CANCELED: Final = "EvoLink canceled it."


def failed(
    facts: str, name: str, first: tuple[str, Booked], last: tuple[str, Booked], *answers: Task, happened: str = SERVICE
) -> Shape:
    """The second answer is given from the second look on."""
    looks = then(Look((happened, first[0]), first[1]), Look((happened, last[0]), last[1]))
    return Shape(facts, f"failed, {name}", looks, answers, pictures=0)


def fault(billing: Any = None, usage: Any = None, **more: Any) -> Task:
    return Task("failed", "service_error", billing=billing, usage=usage, **more)


def cancelled(billing: Any = None, usage: Any = None, status: str = "cancelled") -> Task:
    return Task(status, "request_cancelled", billing=billing, usage=usage)


WAITS, BACK, NOTHING, PAID, DOUBT = (
    (ASKING, HELD),
    (GIVEN_BACK, Decimal(0)),
    (NOT_CHARGED, Decimal(0)),
    (CHARGED, BILLED),
    (UNSURE, ESTIMATE),
)
FAILED: Final = (
    failed("6", "without a word about money", WAITS, DOUBT, fault()),
    failed("6 8", "with a usage alone", WAITS, DOUBT, fault(usage=used(2.4))),
    failed("6 8", "with a usage of 0 alone", WAITS, DOUBT, fault(usage=used(0))),
    failed("8", "with a cost in its usage alone", WAITS, DOUBT, fault(usage={"cost": {"credits": 2.4}})),
    failed("6", "released and refunded", BACK, BACK, fault(given_back())),
    failed("6 8", "released and refunded, with a usage", BACK, BACK, fault(given_back(), used(2.4))),
    failed("6", "released and refunded, as texts", BACK, BACK, fault(given_back(refunded=str(RESERVED)))),
    failed("6", "refunded in full, without a charge status", BACK, BACK, fault(given_back(None))),
    failed("6", "released", NOTHING, NOTHING, fault(bill("released"))),
    failed(
        "6", "released, the refund is pending", WAITS, BACK, fault(bill("released", 0, "pending")), fault(given_back())
    ),
    failed("6", "released, the refund failed", WAITS, DOUBT, fault(bill("released", 0, "failed"))),
    failed("6", "released, refunded in part", WAITS, DOUBT, fault(given_back(refunded=1))),
    failed("6 7", "reserved", WAITS, DOUBT, fault(bill("reserved", 2.4, "unknown"))),
    failed("7", "reserved with 0", WAITS, DOUBT, fault(bill("reserved", 0, "unknown"), used(0))),
    failed("7", "unknown", WAITS, DOUBT, fault(bill("unknown", 2.4, "unknown"))),
    failed("7", "unknown, then charged", WAITS, PAID, fault(bill("unknown")), fault(bill("charged", COST))),
    failed("7", "reserved, then refunded", WAITS, BACK, fault(bill("reserved", 2.4)), fault(given_back())),
    failed("7", "charged", PAID, PAID, fault(bill("charged", COST))),
    failed("7", "charged, and the usage differs", PAID, PAID, fault(bill("charged", COST), used(2.4))),
    failed("7 8", "charged without an amount", WAITS, DOUBT, fault(bill("charged", None), used(2.4))),
    failed("6 7", "charged, the refund failed", PAID, PAID, fault(bill("charged", COST, "failed"))),
    failed(
        "6 7",
        "charged, the refund is pending",
        WAITS,
        BACK,
        fault(bill("charged", COST, "pending")),
        fault(given_back()),
    ),
    failed("6 7", "charged, and refunded later", PAID, BACK, fault(bill("charged", COST)), fault(given_back())),
    failed("6 7", "charged and given back in full", BACK, BACK, fault(given_back("charged", COST))),
    failed("6", "cancelled without a word about money", WAITS, DOUBT, cancelled(), happened=CANCELED),
    failed("6 8", "cancelled with a usage alone", WAITS, DOUBT, cancelled(usage=used(2.4)), happened=CANCELED),
    failed("6", "cancelled and refunded", BACK, BACK, cancelled(given_back()), happened=CANCELED),
    failed("7", "cancelled and charged", PAID, PAID, cancelled(bill("charged", COST)), happened=CANCELED),
    failed("7", "cancelled and reserved", WAITS, DOUBT, cancelled(bill("reserved", 2.4)), happened=CANCELED),
    failed("6", "canceled with one l", BACK, BACK, cancelled(given_back(), status="CANCELED"), happened=CANCELED),
    failed(
        "6",
        "without an error",
        BACK,
        BACK,
        Task("FAILED", billing=given_back()),
        happened="It failed at EvoLink, without a reason.",
    ),
)

# --- Why a task failed: 10, 11 and 12 ---


def ended(facts: str, code: str, happened: str, message: str = "Something is wrong", name: str = "") -> Shape:
    """A task that failed with this code, and whose reservation was given back. It is not sent again by itself."""
    look = Look((happened, GIVEN_BACK), Decimal(0))
    task = Task("failed", code, message, given_back())
    return Shape(facts, f"task {name or code}", once(look), [task], pictures=0)


SAFETY: Final = "EvoLink refused this prompt for safety reasons."
MONEY: Final = "The account at EvoLink has no credits left."
REASONS: Final = (
    ended("10", "generation_failed_no_content", "EvoLink drew nothing for this prompt."),
    ended("10", "unknown_error", SERVICE),
    ended("11", "quota_exceeded", "A rate limit or a quota at EvoLink is reached."),
    ended("11", "request_cancelled", CANCELED),
    ended("11", "resource_not_found", "EvoLink could not find something it needed."),
    ended("11", "service_unavailable", "EvoLink is out of service at the moment."),
    ended("11", "generation_timeout", "EvoLink took too long and gave up."),
    ended("11", "resource_exhausted", "EvoLink is very busy."),
    ended("11", "content_policy_violation", SAFETY, "Content policy violation.\nnudity detected"),
    ended("11", "invalid_parameters", "EvoLink did not accept these settings.", "Prompt is too long"),
    ended("11", "image_processing_error", "EvoLink could not use a reference image."),
    ended("11", "image_dimension_mismatch", "A reference image has a size that EvoLink does not accept."),
    ended("12", "moderation_blocked", SAFETY),
    ended("12", "insufficient_user_quota", MONEY),
    ended("12", "unknown_error", MONEY, "insufficient credits", name="unknown_error in words of money"),
    ended("12", "dreamt_of_sheep", SERVICE),
)

# --- The answer to the order: 9, 12 and 13 ---


def refused(facts: str, status: int, code: str | None, happened: str, message: str = "", **more: Any) -> Shape:
    """Not accepted, which is proven. It is not sent again."""
    look = Look((happened, NOT_CHARGED), Decimal(0))
    reply = Reply(status, code, message=message)
    name = f"order {status} {code or message or 'without a word'}"
    return Shape(facts, name, once(look), posts=[reply], pictures=0, **more)


def refused_key(facts: str, status: int, code: str, happened: str) -> Shape:
    """EvoLink says so already when it is asked for the balance, or to the order."""
    shape = refused(facts, status, code, happened)
    return replace(shape, looks={IN_THE_END: shape.looks[IN_THE_END]}, key_refused=True, sent=range(2))


def in_doubt(facts: str, status: int, code: str | int | None, message: str = "", type: str = "api_error") -> Shape:
    """Nobody knows whether it was accepted. In the end the balance, which has not moved, proves that it was not."""
    first = Look(("We do not know whether EvoLink accepted this.", ASKING), HELD)
    last = Look(("The request did not arrive at EvoLink.", NOT_CHARGED), Decimal(0))
    name = f"order {status} {code or message or 'as a page'}, in doubt"
    return Shape(facts, name, then(first, last), posts=[Reply(status, code, type, message)], pictures=0)


KEY_LIMIT: Final = "The API key has reached its own limit."
KEY_DAY: Final = "The API key has reached its limit for today."
NOT_THIS_MODEL: Final = "The API key may not use this model."
NO_MODEL: Final = "EvoLink no longer offers this model."
SETTINGS: Final = "EvoLink did not accept these settings."
ORDERS: Final = (
    # The codes of money, of keys, of permission and of models prove that nothing was charged.
    refused("9", 402, "insufficient_quota", MONEY, "Insufficient quota. Please top up your account."),
    refused("9", 402, "insufficient_user_quota", MONEY),
    refused("9", 402, "quota_not_enough", MONEY),
    refused("9", 402, "account_balance_insufficient", MONEY),
    refused("9", 402, "insufficient_token_quota", KEY_LIMIT),
    refused("9", 402, "key_quota_exhausted", KEY_LIMIT),
    refused("9", 402, "token_daily_quota_exceeded", KEY_DAY),
    refused("9", 402, "key_daily_quota_exhausted", KEY_DAY),
    refused_key("9", 401, "key_expired", "The API key has expired."),
    refused_key("9", 401, "key_disabled", "The API key is switched off at EvoLink."),
    refused("9", 403, "user_disabled", "The account at EvoLink is disabled."),
    refused("9", 403, "ip_restricted", "EvoLink does not accept this server with your key."),
    refused("9", 403, "key_model_not_allowed", NOT_THIS_MODEL),
    refused("9", 403, "model_access_denied", NOT_THIS_MODEL, "Token does not have access to model: gpt-image-1"),
    refused("9", 403, "permission_denied", "EvoLink does not allow this with your key."),
    refused("9", 404, "model_not_found", NO_MODEL),
    refused("9", 400, "invalid_request", SETTINGS, "Invalid request parameters"),
    refused("9", 400, "invalid_parameter", SETTINGS),
    refused("9", 400, "unsupported_parameters", SETTINGS),
    refused("9", 400, "content_policy_violation", SAFETY),
    refused("9", 400, "content_filter", SAFETY),
    refused("9", 400, "sensitive_content", SAFETY),
    refused("9", 400, "moderation_blocked", SAFETY),
    refused("9", 400, "input_moderation_failed", SAFETY),
    # The code is looked at before the status.
    refused("12", 403, "insufficient_user_quota", MONEY),
    refused("12", 403, "account_balance_insufficient", MONEY),
    refused("12", 403, "key_quota_exhausted", KEY_LIMIT),
    refused("12", 429, "insufficient_quota", MONEY),
    refused("12", 429, "key_daily_quota_exhausted", KEY_DAY),
    refused("12", 400, "billing_hard_limit_reached", MONEY),
    refused("12", 401, "insufficient_token_quota", KEY_LIMIT),
    refused("12", 403, "unknown_error", MONEY, "insufficient credits (request id: 2026)"),
    refused("12", 500, "insufficient_user_quota", MONEY),
    # Codes that are newer.
    refused("13", 403, "mcp_paused", "The API key is switched off at EvoLink."),
    refused_key("13", 401, "mcp_key_expired", "The API key has expired."),
    refused("13", 403, "mcp_channel_disabled", "EvoLink is out of service at the moment."),
    # Nothing has processed it.
    refused("9", 307, None, "The request did not arrive at EvoLink."),
    refused("9", 405, None, "The request did not arrive at EvoLink."),
    # Every other error leaves it unknown.
    in_doubt("9", 400, None, "Something is wrong", type=""),
    in_doubt("9", 400, "paid_outcome_unknown"),
    in_doubt("9", 400, "dreamt_of_sheep"),
    in_doubt("9", 408, "rate_limit_exceeded"),
    in_doubt("9", 409, "account_balance_insufficient"),
    in_doubt("9", 422, None, "Something is wrong", type=""),
    in_doubt("9", 429, None, "Something is wrong", type=""),
    in_doubt("9", 500, "internal_error"),
    in_doubt("9", 502, None),
    in_doubt("9", 503, None),
    in_doubt("9", 504, "unknown_error"),
)
LATER: Final = {"retry-after": "100"}
WAIT: Final = "EvoLink asks us to wait a little."
UNANSWERED: Final = "We do not know whether EvoLink accepted this."
LOST: Final = then(Look((UNANSWERED, ASKING), HELD), Look((UNANSWERED, UNSURE), ESTIMATE))
AGAIN: Final = (
    # Sent again, with the same key and the same body, after a refusal that passes.
    Shape(
        "9",
        "order 429 rate_limit_exceeded, then accepted",
        then(Look((WAIT,), HELD), costs(), costs()),
        posts=[Reply(429, "rate_limit_exceeded", "rate_limit_error", headers=LATER), None],
        sent=2,
    ),
    Shape(
        "9",
        "order 503 no_available_channel, then accepted",
        then(Look(("EvoLink is out of service right now. We keep trying.",), HELD), costs(), costs()),
        posts=[Reply(503, "no_available_channel", "api_error", headers=LATER), None],
        sent=2,
    ),
    Shape(
        "9",
        "order 429 rate_limit_exceeded for good",
        then(Look((WAIT,), HELD), Look(("EvoLink received too many requests.", NOT_CHARGED), Decimal(0))),
        posts=[Reply(429, "rate_limit_exceeded", "rate_limit_error", headers=LATER)],
        sent=range(2, 9),
        pictures=0,
    ),
    # One refusal of a key does not switch it off.
    Shape(
        "9",
        "order 401 unauthorized once",
        {IN_THE_END: costs()},
        posts=[Reply(401, "unauthorized", "authentication_error", "Invalid or expired token"), None],
        sent=2,
    ),
    Shape(
        "13",
        "order 401 invalid_token once",
        {IN_THE_END: costs()},
        posts=[Reply(401, "invalid_token", "authentication_error"), None],
        sent=2,
    ),
    # Accepted, and the answer does not say so: nothing is sent a second time. Others are lost at the same time, so only
    # a person can tell which task belongs to which order.
    *(
        Shape("9", f"order accepted and answered {reply.status}", LOST, posts=[reply], pictures=0)
        for reply in (Reply(500, "internal_error", accepted=True), Reply(502, accepted=True), Reply(408, accepted=True))
    ),
    # Not accepted, and no balance proves it.
    Shape(
        "9",
        "order 500 without a balance",
        LOST,
        posts=[Reply(500, "internal_error", "api_error")],
        sums=False,
        pictures=0,
    ),
)

# --- How the pictures come: 16 and 17, and the encodings of their stores ---


def _links(change: Callable[[list[str]], Any], under: str = "results") -> Task:
    def changed(body: Body) -> Body:
        return {name: value for name, value in body.items() if name != "results"} | {under: change(body["results"])}

    return Task(billing=bill("charged", COST), changed=changed)


def comes(facts: str, name: str, task: Task, n: int = 1) -> Shape:
    return Shape(facts, f"links {name}", once(costs()), [task], order={"n": n}, pictures=n)


def downloaded(facts: str, word: str) -> Shape:
    """By a scenario of the sandbox, in rehearsal, because its links are https there."""
    return Shape(facts, f"rehearsal {word}", once(Look((), BILL)), words=f"sandbox:{word}", rehearsal=True)


PICTURES: Final = (
    comes("17", "as objects with url", _links(lambda links: [{"url": link} for link in links]), n=2),
    comes("17", "in an object result_data", _links(lambda links: {"image_url": links[0]}, "result_data")),
    comes(
        "17", "in a list result_data", _links(lambda links: [{"image_url": link} for link in links], "result_data"), n=2
    ),
    comes("17", "with a bad one among them", _links(lambda links: ["javascript:alert(1)", *links])),
    *(downloaded("16", f"picture_redirect={times}") for times in (1, 2, 3)),
    Shape(
        "16",
        "rehearsal picture_redirect=4",
        then(
            Look(("A picture could not be saved yet. We keep trying.",), HELD),
            Look(("The pictures were drawn, but could not be saved before EvoLink deleted them.",), BILL),
        ),
        words="sandbox:picture_redirect=4",
        rehearsal=True,
        pictures=0,
    ),
    Shape(
        "16",
        "rehearsal picture_redirect_http",
        {AT_ONCE: Look(("A picture could not be saved yet. We keep trying.",), HELD)},
        words="sandbox:picture_redirect_http",
        rehearsal=True,
        pictures=0,
    ),
    *(
        Shape("16", f"encoding {word}", once(costs()), words=f"sandbox:{word}")
        for kind in ("answer", "picture")
        for word in (
            f"{kind}_gzip",
            f"{kind}_deflate",
            f"{kind}_br",
            f"{kind}_aws_chunked",
            f"{kind}_encoding_empty",
            f"{kind}_encoding_odd",
        )
    ),
)

# --- Side fields: 18, and what does not matter ---


def odd(facts: str, name: str, **fields: Any) -> Shape:
    task = Task(billing=bill("charged", COST), changed=lambda body: body | fields)
    return Shape(facts, f"odd {name}", once(costs()), [task])


def counted(name: str, text: Any, image: Any) -> Shape:
    """Of gpt-image-1: 12 tokens of text and 272 of a picture, at 0.306 and 2.448 credits per thousand, each sum rounded
    up to 0.0001."""
    usage = {"input_tokens": text, "input_tokens_details": {"text_tokens": text, "image_tokens": 0}}
    usage |= {"output_tokens": image, "output_tokens_details": {"image_tokens": image, "text_tokens": 0}}
    look = Look(("0.6696 credits", COMPUTED), Decimal("0.6696"))
    return Shape(
        "18", f"counts {name}", once(look), [Task(usage=usage)], order={"model": "gpt-image-1", "size": "1024x1024"}
    )


ODD: Final = (
    counted("of tokens", 12, 272),
    counted("with a fraction", 12.25, 271.75),
    counted("as texts", "12", "272"),
    odd("18", "progress as a text", progress="100%"),
    odd("18", "created in milliseconds", created=1_800_000_000_000),
    odd("18", "created as a text", created="2026-10-10T08:00:00Z"),
    odd("18", "no progress", progress=None),
    odd("18", "model is a number, type missing", model=7, type=None, object=[]),
    odd("18", "an unknown field with much in it", debug="x" * 100_000),
    odd("18", "an error beside a completed task", error={"code": "", "message": ""}),
)

# --- The order itself: 1 to 3 ---


def ordered(facts: str, name: str, says: tuple[str, ...], at_least: str, sends: Body, **order: Any) -> Shape:
    """What is sent and held. It is refused, because drawing such pictures takes long."""
    shape = refused(facts, 402, "insufficient_quota", MONEY)
    looks = once(Look((*says, MONEY, NOT_CHARGED), Decimal(0)))
    held = Decimal(at_least)
    return replace(shape, name=f"order of {name}", looks=looks, order=order, sends=sends, holds_at_least=held)


BETA, TWO, FLARE, SUNBURST = "gpt-image-2-beta", "gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.5-sunburst"
# Of 2048 × 2048: 397, 3568 and 14272 tokens of output at 1.836 credits per thousand; 2.5 at medium has 892.
SENT: Final = (
    ordered("1", "the beta, auto", (), "1.02", {"size": "auto"}, model=BETA, size="auto", quality=""),
    ordered("1", "the beta, a ratio", (), "1.02", {"size": "3:2"}, model=BETA, size="3:2", quality=""),
    *(
        ordered(
            "2",
            f"{model}, {size} at 4K",
            (pixels,),
            "0.1",
            {"size": size, "resolution": "4K"},
            model=model,
            size=size,
            resolution="4K",
        )
        for model in (TWO, FLARE, SUNBURST)
        for size, pixels in (("21:9", "3840 × 1648"), ("9:21", "1648 × 3840"))
    ),
    *(
        ordered(
            "3", f"{model}, auto at {quality}", (), credits, {"size": "auto"}, model=model, size="auto", quality=quality
        )
        for model, quality, credits in (
            (TWO, "low", "0.7288"),
            (TWO, "medium", "6.5508"),
            (TWO, "high", "26.2033"),
            (FLARE, "medium", "1.6377"),
            (SUNBURST, "medium", "1.6377"),
        )
    ),
)

SHAPES: Final = (*COMPLETED, *FAILED, *REASONS, *ORDERS, *AGAIN, *PICTURES, *ODD, *SENT)
