"""Small writes of many steps in one transaction. A commit of fifty writes costs the disk as much as a commit of one."""

import asyncio
from collections.abc import Callable, Sequence

from asgiref.sync import sync_to_async
from django.db import transaction

Verb = Callable[[], None]


class GroupCommit:
    """Collects new writes while the database is busy with earlier ones. A write never waits for others to join it.

    Each verb must be one statement that can be repeated: if the transaction fails, no verb was done. If one verb fails,
    only that verb is undone.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Verb, asyncio.Future[None]]] = []
        self._work: asyncio.Task[None] | None = None

    async def write(self, verb: Verb) -> None:
        """Run `verb` and commit. Raises what `verb` raises. If the transaction fails, every verb in it raises that
        error."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((verb, done))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            outcomes = await sync_to_async(_commit, thread_sensitive=True)([verb for verb, _done in batch])
            for (_verb, done), outcome in zip(batch, outcomes, strict=True):
                if done.done():
                    continue  # the step was cancelled meanwhile
                if outcome is None:
                    done.set_result(None)
                else:
                    done.set_exception(outcome)


def _commit(verbs: Sequence[Verb]) -> Sequence[Exception | None]:
    """Run the verbs in one transaction. Returns for each its error, or None. It returns every error and raises none,
    because each waiting step must get it."""
    try:
        with transaction.atomic():
            outcomes = [_outcome(verb) for verb in verbs]
            if transaction.get_rollback():
                raise next(outcome for outcome in outcomes if outcome)
            return outcomes
    except Exception as error:
        return [error] * len(verbs)


def _outcome(verb: Verb) -> Exception | None:
    """Run one verb. Returns its error, or None. A failed verb changes nothing, so the others continue in the same
    transaction. If it broke the connection, Django marks the transaction for rollback."""
    try:
        with transaction.atomic():
            verb()
    except Exception as error:
        return error
    return None
