"""The small writes of many steps in one transaction: a commit costs the disk the same for one as for fifty."""

import asyncio
from collections.abc import Callable, Sequence

from asgiref.sync import sync_to_async
from django.db import transaction

Verb = Callable[[], None]


class GroupCommit:
    """Collects what is to be written while the database is busy with what came before; nobody waits for company.

    For verbs of one statement each that may be done again: when the transaction fails, none of them was done. A verb
    that fails is undone alone.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Verb, asyncio.Future[None]]] = []
        self._work: asyncio.Task[None] | None = None

    async def write(self, verb: Verb) -> None:
        """Run `verb` and commit. Raises what it raises, and for all alike what ends the transaction."""
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
    """Run them in one transaction; what became of each. Whatever goes wrong must reach every step that waits."""
    try:
        with transaction.atomic():
            outcomes = [_outcome(verb) for verb in verbs]
            if transaction.get_rollback():
                raise next(outcome for outcome in outcomes if outcome)
            return outcomes
    except Exception as error:
        return [error] * len(verbs)


def _outcome(verb: Verb) -> Exception | None:
    """A verb that failed changed nothing, so the others go on in the same transaction. Where it broke the connection,
    Django marks the transaction to be rolled back."""
    try:
        with transaction.atomic():
            verb()
    except Exception as error:
        return error
    return None
