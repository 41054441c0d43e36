"""Send a queued generation to EvoLink. It is sent again only after a proven refusal, with the same key and body."""

import hashlib
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import User
from playground.engine.backoff import asked_for, backoff, poll_interval
from playground.engine.database import in_database, insist
from playground.engine.evidence import sums_of
from playground.engine.runtime import Runtime
from playground.evolink import Client, GenerationRequest, Outcome, Reason, alternatives, errors, pricing
from playground.models import Attempt, Delivery, Generation, ReferenceGone, Superseded, failures
from playground.references import delivery
from playground.references.reachability import callback_address

log = structlog.get_logger(__name__)

SUBMIT_TRIES = 8
# So often a request, and the check of its key, may be waited for after a 401.
KEY_TRIES = 4
# Our codes for why EvoLink refuses a key, if it has said so. A row that waits for the check of its key remembers it.
WHY_REFUSED = ("key_expired", "key_disabled")
# Not later than this after it was first sent, it may be sent again.
SENT_AGAIN_FOR = timedelta(hours=1)


async def submit(runtime: Runtime, generation: Generation, client: Client) -> None:
    if await _held_back(runtime, generation):
        return
    request = await _request(generation, client)
    if request is None:
        return
    async with runtime.posts:
        if await _held_back(runtime, generation):
            return
        runtime.posting.add(generation.code)
        try:
            await _post(generation, client, request)
        finally:
            runtime.posting.discard(generation.code)


async def _held_back(runtime: Runtime, generation: Generation) -> bool:
    """Whether the request must not be sent: the owner was deactivated (the generation is canceled), this worker is
    stopping (the row is released), or the key is in doubt."""
    if not await in_database(User.objects.filter(pk=generation.owner_id, is_active=True).exists)():
        await insist(generation.cancel, timezone.now(), "owner_deactivated")
        return True
    if runtime.stop.is_set():
        await in_database(generation.release)()
        return True
    return await _key_in_doubt(generation)


def _retry_at(error: errors.EvoLinkError, now: datetime) -> datetime | None:
    """When EvoLink may accept the request: the time that it names, or the start of the day that ends a daily limit."""
    if error.retry_after:
        return now + timedelta(seconds=error.retry_after)
    details = getattr(error, "details", None)
    if getattr(error, "reason", None) is not Reason.KEY_DAILY_LIMIT or not details or not details.reset_timezone:
        return None
    try:
        there = now.astimezone(ZoneInfo(details.reset_timezone))
    except (ZoneInfoNotFoundError, ValueError):
        return None
    return there.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _may_be_an_accident(generation: Generation, error: errors.EvoLinkError) -> bool:
    """Whether the key is in doubt now and the check decides. If the check accepts a key with which requests are refused
    again and again, it is no accident. Only a 401 puts a key in doubt."""
    refused = isinstance(error, errors.AuthenticationError) and error.status == httpx.codes.UNAUTHORIZED
    return refused and generation.key is not None and generation.tries < KEY_TRIES


def _until_checked() -> timedelta:
    """How long a request waits for the check of its key."""
    return timedelta(seconds=1.5 * settings.KEY_CHECK_SECONDS)


async def _key_in_doubt(generation: Generation) -> bool:
    """Whether EvoLink has refused the key that pays. After the first time the request waits for the check."""
    key, now = generation.key, timezone.now()
    if key is None or not (key.is_suspect or key.is_refused):
        return False
    said = generation.trouble if generation.trouble in WHY_REFUSED else ""
    if key.is_refused:
        await insist(generation.fail, said or "key_refused", "EvoLink does not accept the key.", now)
    else:
        await insist(generation.wait, now + _until_checked(), said or "key_suspect")
    return True


async def _request(generation: Generation, client: Client) -> GenerationRequest | None:
    """What to send: the same again if it was refused before, else the row's request with the addresses of this attempt.
    None if the references cannot be given now; then the row says why."""
    attempt = await in_database(generation.attempts.latest)("pk")
    if sent := attempt.sent_request:
        return sent
    image_urls = await _image_urls(generation, client)
    if image_urls is None:
        return None
    return generation.as_request(image_urls=image_urls, callback_url=callback_address(attempt.nonce))


async def _post(generation: Generation, client: Client, request: GenerationRequest) -> None:
    before = await sums_of(client)
    attempt = await in_database(generation.mark_submitting)(timezone.now(), before, request)
    try:
        task = await client.generate(request, idempotency_key=_idempotency_key(attempt))
    except errors.EvoLinkError as error:
        await insist(attempt.record_odd_answer, _raw(error))
        await _not_accepted(generation, attempt, error)
        return
    await _bind(generation, attempt, task.id)
    await insist(attempt.record_answer, task)


def _raw(error: errors.EvoLinkError) -> str:
    """The answer to an order. Empty if it says what it means."""
    listed = isinstance(error, errors.APIStatusError) and error.outcome is not Outcome.UNKNOWN
    return "" if listed else error.raw


async def _bind(generation: Generation, attempt: Attempt, task_id: str) -> None:
    """Record the id of our task. If somebody else has changed the row, the id is kept as a hint on the attempt: it
    may be the only trace of something that was paid for."""
    now = timezone.now()
    try:
        await insist(generation.mark_accepted, task_id, now, now + poll_interval(timedelta()))
    except Exception as error:
        log.warning("accepted too late", generation=generation.code, task=task_id, error=str(error))
        await insist(attempt.record_hint, task_id, timezone.now())
        if not isinstance(error, Superseded | DatabaseError):
            raise


async def _image_urls(generation: Generation, client: Client) -> tuple[str, ...] | None:
    """The addresses where EvoLink finds the references. None if they cannot be given now; then the row says why."""
    if not generation.reference_way:
        return ()
    now = timezone.now()
    try:
        rows = await in_database(delivery.of)(generation)
        return await delivery.urls(rows, Delivery(generation.reference_way), client)
    except ReferenceGone as error:
        await insist(generation.fail, "reference_gone", str(error), now)
    except (errors.EvoLinkError, OSError) as error:
        word = "storage_away" if isinstance(error, OSError) else failures.failure_of(error)
        lasting = isinstance(error, errors.EvoLinkError) and not error.retryable
        if lasting or generation.tries + 1 >= SUBMIT_TRIES:
            await insist(generation.fail, word, str(error), now)
        else:
            await insist(generation.wait, now + backoff(generation.tries), word)
    return None


async def _not_accepted(generation: Generation, attempt: Attempt, error: errors.EvoLinkError) -> None:
    now = timezone.now()
    outcome = Attempt.Outcome.NOT_SENT if isinstance(error, errors.NotSentError) else Attempt.Outcome.REJECTED
    task_id = getattr(error, "task_id", None)
    if task_id:
        # The answer could not be read, but it names the task. Polling tells the rest.
        await _bind(generation, attempt, task_id)
    elif error.money is errors.Money.UNKNOWN:
        await insist(generation.mark_unknown, now, now + timedelta(seconds=30), str(error))
    elif other := await _other_model(generation, error):
        references = await in_database(generation.reference_uses.count)()
        await insist(generation.go_on_with, other, references, failures.failure_of(error), now)
    elif _may_be_an_accident(generation, error):
        word = failures.failure_of(error)
        trouble = word if word in WHY_REFUSED else "key_suspect"
        await insist(generation.postpone, now, now + _until_checked(), outcome, trouble)
    elif error.retryable and (pause := _pause(generation, attempt, error, now)):
        await insist(generation.postpone, now, now + pause, outcome, failures.failure_of(error))
    else:
        word, retry_at = failures.failure_of(error), _retry_at(error, now)
        await insist(generation.fail, word, failures.detail_of(error), now, attempt=outcome, retry_at=retry_at)


async def _other_model(generation: Generation, error: errors.EvoLinkError) -> GenerationRequest | None:
    """The same request for the next cheapest model that was not tried, if this one is proven not to be available and
    the person allows another. It must fit into the hold."""
    refused = getattr(error, "reason", None) is Reason.MODEL_UNAVAILABLE and error.money is errors.Money.NOT_MOVED
    if not (refused and generation.other_models):
        return None
    return await in_database(_next_model)(generation)


def _next_model(generation: Generation) -> GenerationRequest | None:
    tried = {attempt.model for attempt in generation.attempts.all()}
    references = generation.reference_uses.count()
    group, table = generation.rates_group, generation.rate_table
    price = partial(pricing.estimate, references=references, group=group, table=table)
    others = alternatives(
        generation.as_request(), today=timezone.localdate(), references=references, group=group, table=table
    )
    held = generation.ledger.held()
    return next((other for other in others if other.model not in tried and price(other).high <= held), None)


def _pause(generation: Generation, attempt: Attempt, error: errors.EvoLinkError, now: datetime) -> timedelta | None:
    """How long to wait before the same request is sent again. None if that was tried often or long enough."""
    pause = asked_for(error.retry_after) or backoff(generation.tries)
    since = attempt.first_sent_at or now
    return pause if generation.tries + 1 < SUBMIT_TRIES and now + pause - since <= SENT_AGAIN_FOR else None


async def interrupted(generation: Generation) -> None:
    """A worker ended while it was sending. The request may have arrived, so it is not sent again."""
    now = timezone.now()
    await insist(generation.mark_unknown, now, now, "The program was interrupted while the request was being sent.")


def _idempotency_key(attempt: Attempt) -> str:
    """The value of the `Idempotency-Key` header. EvoLink does not document it. If EvoLink honors it, a request that
    arrives twice is paid for once. It is a digest, because the nonce itself is the secret of the callback."""
    return hashlib.sha256(attempt.nonce.encode()).hexdigest()
