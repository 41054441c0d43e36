"""One step of one generation: submit, poll, save, or find out what happened after a lost answer.

The worker submits a request at most once. It can poll and save any number of times with the same result. Every step
reads the row that it got with a claim, calls EvoLink, and calls one verb of the row. If the verb raises `Superseded`,
somebody else has changed the row and the step's result is dropped. This is safe because only the verb writes.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from datetime import timedelta
from functools import partial
from typing import IO, Any, ParamSpec, TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from accounts.models import User
from playground.engine import evidence
from playground.engine.backoff import backoff, poll_interval
from playground.engine.billing import cost_of
from playground.engine.clients import ClientPool, KeyUnavailable
from playground.engine.evidence import AGE_LIMIT, Look
from playground.engine.group_commit import GroupCommit
from playground.evolink import Client, Credits, Task, errors
from playground.evolink.types import Download
from playground.models import Attempt, Delivery, GeneratedImage, Generation, ReferenceGone, Status, Superseded, failures
from playground.pictures import decoding
from playground.references import delivery
from playground.references.reachability import callback_address

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger(__name__)

SUBMIT_TRIES = 8
# For this long after EvoLink has accepted a task, it may answer that it does not know it.
GRACE = timedelta(minutes=2)
BALANCE_DEADLINE = 3.0
# The longest pause that EvoLink may ask for.
PAUSE_MAX = timedelta(hours=1)
MAX_IMAGE_BYTES = 100 * 1024 * 1024


def in_database(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    return sync_to_async(function, thread_sensitive=True)


async def insist(function: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> None:
    """Write something that must not be lost. Tries again for about a minute while the database is away, then raises
    `OperationalError`."""
    for pause in (0.2, 0.5, 1, 2, 4, 8, 15, 30):
        try:
            await in_database(function)(*args, **kwargs)
            return
        except OperationalError:
            log.warning("database away, writing again", verb=function.__name__)
            await asyncio.sleep(pause)
    await in_database(function)(*args, **kwargs)


class Steps:
    """The steps, and what they share: the clients for EvoLink and the small pool that decodes and stores pictures."""

    def __init__(self, connections: ClientPool, pool: Executor, stop: asyncio.Event | None = None) -> None:
        self.connections = connections
        self.pool = pool
        # After it is set, no more requests are sent.
        self.stop = stop or asyncio.Event()
        self.posting: set[str] = set()  # the codes of generations whose request may be sent but not answered
        self.downloads = asyncio.Semaphore(8)
        self.posts = asyncio.Semaphore(16)
        self.group_commit = GroupCommit()

    async def advance(self, generation: Generation) -> None:
        """Take the one step that fits the state."""
        if generation.status == Status.SAVING:
            # A download needs no key, so the pictures can be saved even if the key is gone.
            await self.save(generation, self.connections.fetcher(generation))
            return
        step = {
            Status.QUEUED: self.submit,
            Status.SUBMITTING: self.find_interrupted,
            Status.PENDING: self.poll,
            Status.PROCESSING: self.poll,
            Status.UNKNOWN: self.resolve,
        }[Status(generation.status)]
        try:
            client = self.connections.client(generation)
        except KeyUnavailable as error:
            await self._without_key(generation, error)
        else:
            await step(generation, client)

    async def _without_key(self, generation: Generation, error: KeyUnavailable) -> None:
        """Without the key the worker can neither send nor ask. A generation that was sent waits until the key is
        readable again, but not longer than it would wait for any other answer."""
        if generation.status == Status.QUEUED:
            await insist(generation.fail, "key_unreadable", str(error), timezone.now())
        elif generation.status == Status.SUBMITTING:
            await self._interrupted(generation)
        else:
            await self._poll_again(generation, "key_unreadable")

    # --- Submit ---

    async def submit(self, generation: Generation, client: Client) -> None:
        if await self._held_back(generation):
            return
        image_urls = await self._image_urls(generation, client)
        if image_urls is None:
            return
        async with self.posts:
            if await self._held_back(generation):
                return
            self.posting.add(generation.code)
            try:
                await self._post(generation, client, image_urls)
            finally:
                self.posting.discard(generation.code)

    async def _held_back(self, generation: Generation) -> bool:
        """Whether the request must not be sent: the owner was deactivated (the generation is canceled), or this worker
        is stopping (the row is released)."""
        if not await in_database(User.objects.filter(pk=generation.owner_id, is_active=True).exists)():
            await insist(generation.cancel, timezone.now(), "owner_deactivated")
            return True
        if self.stop.is_set():
            await in_database(generation.release)()
            return True
        return False

    async def _post(self, generation: Generation, client: Client, image_urls: tuple[str, ...]) -> None:
        before = await self._balance(client)
        attempt = await in_database(generation.mark_submitting)(timezone.now(), before)
        request = generation.as_request(image_urls=image_urls, callback_url=callback_address(attempt.nonce))
        await insist(attempt.record_request, request)
        try:
            task = await client.generate(request, idempotency_key=_idempotency_key(attempt))
        except errors.EvoLinkError as error:
            await self._not_accepted(generation, attempt, error)
            return
        await self._bind(generation, attempt, task.id)
        await insist(attempt.record_answer, task)

    async def _bind(self, generation: Generation, attempt: Attempt, task_id: str) -> None:
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

    async def _image_urls(self, generation: Generation, client: Client) -> tuple[str, ...] | None:
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

    async def _not_accepted(self, generation: Generation, attempt: Attempt, error: errors.EvoLinkError) -> None:
        now = timezone.now()
        outcome = Attempt.Outcome.NOT_SENT if isinstance(error, errors.NotSentError) else Attempt.Outcome.REJECTED
        task_id = getattr(error, "task_id", None)
        if task_id:
            # The answer could not be read, but it names the task. Polling tells the rest.
            await self._bind(generation, attempt, task_id)
        elif error.money is errors.Money.UNKNOWN:
            await insist(generation.mark_unknown, now, now + timedelta(seconds=30), str(error))
        elif error.retryable and generation.tries + 1 < SUBMIT_TRIES:
            pause = _asked_for(error.retry_after) or backoff(generation.tries)
            await insist(generation.postpone, now, now + pause, outcome, failures.failure_of(error))
        else:
            await insist(generation.fail, failures.failure_of(error), str(error), now, attempt=outcome)

    async def find_interrupted(self, generation: Generation, client: Client) -> None:
        """A worker ended while it was sending. The request may have arrived, so it is not sent again."""
        await self._interrupted(generation)

    async def _interrupted(self, generation: Generation) -> None:
        now = timezone.now()
        await insist(generation.mark_unknown, now, now, "The program was interrupted while the request was being sent.")

    # --- Poll ---

    async def poll(self, generation: Generation, client: Client) -> None:
        try:
            task = await client.task(generation.task_id)
        except errors.NotFoundError as error:
            await self._task_not_found(generation, error)
        except errors.EvoLinkError as error:
            await self._poll_again(generation, failures.failure_of(error), error.retry_after)
        else:
            await self._read(generation, task)

    async def _task_not_found(self, generation: Generation, error: errors.EvoLinkError) -> None:
        now = timezone.now()
        age = now - (generation.accepted_at or now)
        if age < GRACE:
            await in_database(generation.wait)(now + poll_interval(age), "")
        elif generation.status == Status.UNKNOWN:
            await self._no_evidence(generation)
        else:
            await in_database(generation.mark_unknown)(now, now + GRACE, str(error))

    async def _poll_again(self, generation: Generation, trouble: str, retry_after: float | None = None) -> None:
        now = timezone.now()
        if generation.status == Status.UNKNOWN:
            await self._no_evidence(generation)
        elif now - (generation.accepted_at or now) > AGE_LIMIT:
            await in_database(generation.mark_unknown)(now, now + GRACE, f"No end after {AGE_LIMIT}: {trouble}")
        else:
            pause = _asked_for(retry_after) or backoff(generation.tries, longest=60)
            await self.group_commit.write(partial(generation.wait, now + pause, trouble))

    async def _read(self, generation: Generation, task: Task) -> None:
        now = timezone.now()
        if task.finished:
            await insist(generation.record_answer, task)
        if task.status == "completed":
            cost, source = cost_of(generation, task)
            await in_database(generation.mark_generated)(task, cost, source, now)
            await self.save(generation, self.connections.fetcher(generation))
        elif task.status in ("failed", "cancelled"):
            word = failures.failure_of_task(task)
            detail = f"{task.error.code}: {task.error.message}" if task.error else f"The task is {task.status}."
            if await in_database(delivery.not_fetched)(generation, word):
                word = "reference_not_fetched"
            await in_database(generation.fail)(word, detail, now, cost=task.settlement.credits)
        elif now - (generation.accepted_at or now) > AGE_LIMIT:
            await self._poll_again(generation, "longer_than_usual")
        else:
            elapsed = now - (generation.accepted_at or now)
            usual = timedelta(seconds=generation.usual_seconds or 60)
            trouble = "longer_than_usual" if elapsed > 2 * usual else ""
            due_at = now + poll_interval(elapsed)
            await self.group_commit.write(partial(generation.mark_progress, task, due_at, trouble))

    # --- Save ---

    async def save(self, generation: Generation, client: Client) -> None:
        """Save every picture that is not saved yet. A failed one is tried again until its link expires."""
        images = await in_database(lambda: list(generation.images.waiting()))()
        saving = [self._save_image(generation, image, client) for image in images]
        for outcome in await asyncio.gather(*saving, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        now = timezone.now()
        if await in_database(generation.images.waiting().exists)():
            await in_database(generation.wait)(now + backoff(generation.tries), "could_not_save")
        else:
            await insist(generation.complete, now)

    async def _save_image(self, generation: Generation, image: GeneratedImage, client: Client) -> None:
        # The clock may be wrong, so even an expired link is tried once more before the picture counts as missing.
        last_try = image.expired(timezone.now())
        with tempfile.TemporaryFile() as file:
            try:
                async with self.downloads:
                    download = await client.download(image.source_url, file, max_bytes=MAX_IMAGE_BYTES)
                stored = await self._in_pool(_store, image, file, download)
            except (errors.EvoLinkError, decoding.NotAPicture, OSError) as error:
                log.warning("picture not saved", generation=generation.code, index=image.index, error=str(error))
                # An OSError means that this server could not store the picture. Its link may still work.
                if last_try and not isinstance(error, OSError):
                    await in_database(image.mark_missing)("link_dead")
                else:
                    await in_database(image.save_failed)(failures.trouble_of(error))
            except Exception:
                await in_database(image.save_failed)("step_failed")
                raise
            else:
                await insist(image.mark_saved, timezone.now(), **stored)
                await in_database(generation.show)()

    async def _in_pool(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.pool, function, *args)

    # --- Resolve ---

    async def resolve(self, generation: Generation, client: Client) -> None:
        """Look for evidence of what happened to a lost generation."""
        if generation.task_id:
            await self.poll(generation, client)
            return
        look = await in_database(evidence.look)(generation, timezone.now())
        task_id = look.attempt.hinted_task_id
        if task_id and await self._is_ours(generation, task_id, client):
            now = timezone.now()
            await in_database(generation.mark_accepted)(task_id, now, now)
        elif await self._nothing_moved(generation, look, client):
            detail = "EvoLink's balance did not move, so the request was not accepted."
            await in_database(generation.fail)("not_accepted", detail, timezone.now())
        else:
            await self._no_evidence(generation, look)

    async def _nothing_moved(self, generation: Generation, look: Look, client: Client) -> bool:
        """Whether the account's sums prove that the request was not accepted. They do if more time has passed than a
        task can take, the sums are the same as before, no other generation could have changed them, and EvoLink has
        neither called back nor fetched a reference."""
        attempt = look.attempt
        if not attempt.credits_before or attempt.callback_at or look.elapsed < AGE_LIMIT:
            return False
        fetched = await in_database(attempt.addresses.exclude(fetched_at=None).exists)()
        if fetched or await in_database(Generation.objects.beside(generation).exists)():
            return False
        return bool(await self._balance(client) == attempt.credits_before)

    async def _is_ours(self, generation: Generation, task_id: str, client: Client) -> bool:
        """Whether the account knows this task, and no other generation is bound to it."""
        if await in_database(Generation.objects.bound_to(task_id, generation.rehearsal).exists)():
            return False
        try:
            await client.task(task_id)
        except errors.EvoLinkError as error:
            log.info("hinted task not confirmed", error=str(error))
            return False
        return True

    async def _no_evidence(self, generation: Generation, look: Look | None = None) -> None:
        now = timezone.now()
        look = look or await in_database(evidence.look)(generation, now)
        if look.over:
            await in_database(generation.give_up)(now)
        else:
            await in_database(generation.wait)(now + look.pause, "no_evidence_yet")

    async def _balance(self, client: Client) -> dict[str, str] | None:
        """EvoLink's sums for the account, as evidence for later. None if EvoLink does not answer: the generation goes
        on without them."""
        try:
            return _sums(await client.credits(deadline=BALANCE_DEADLINE))
        except errors.EvoLinkError as error:
            log.info("no balance", error=str(error))
            return None


def _asked_for(retry_after: float | None) -> timedelta | None:
    """The pause that EvoLink asks for, at most `PAUSE_MAX`. `retry_after` is in seconds."""
    return min(timedelta(seconds=retry_after), PAUSE_MAX) if retry_after else None


def _sums(credits: Credits) -> dict[str, str] | None:
    """The account's sums, as decimal texts. None if one is missing, because then credits may move without a change in
    the others. A key without a limit has no `token_remaining`."""
    names = ["token_used", "user_used", "user_remaining", *([] if credits.unlimited else ["token_remaining"])]
    sums = {name: getattr(credits, name) for name in names}
    return None if None in sums.values() else {name: str(value) for name, value in sums.items()}


def _idempotency_key(attempt: Attempt) -> str:
    """The value of the `Idempotency-Key` header. EvoLink does not document it. If EvoLink honors it, a request that
    arrives twice is paid for once. It is a digest, because the nonce itself is the secret of the callback."""
    return hashlib.sha256(attempt.nonce.encode()).hexdigest()


def _store(image: GeneratedImage, file: IO[bytes], download: Download) -> dict[str, Any]:
    """Check the picture, and store its unchanged bytes and its thumbnails. Returns the values for `mark_saved`. Raises
    `NotAPicture` or `OSError`. Runs in the pool."""
    picture = decoding.read_picture(file, max_pixels=settings.MAX_PIXELS)
    file.seek(0)
    name = default_storage.save(f"images/{image.token}.{picture.extension}", File(file))
    thumbnails = {
        name: default_storage.save(f"images/{image.token}-{side}.webp", ContentFile(picture.thumbnails[side]))
        for name, side in (("thumbnail", decoding.LARGER), ("thumbnail_small", decoding.SMALLER))
    }
    return {
        "file": name,
        **thumbnails,
        "content_type": picture.content_type,
        "sha256": download.sha256,
        "byte_size": download.length,
        "width": picture.width,
        "height": picture.height,
    }
