"""After a random day with failures and killed workers, the ledger has the same sums as EvoLink's bills."""

import os
import random
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from playground.models import Charged, CostSource, Generation, LedgerEntry, Status
from playground.sandbox import Sandbox
from tests.engine.dying_worker import start_worker
from tests.engine.test_kill import let_leases_end
from tests.factories import make_generation
from tests.waits import let_pass

# Needs the database: workers and clicks at the same time, and correct sums afterwards.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

# The possible results of a request. Failures are as frequent as successes.
FATES = (
    *("", "", "sandbox:token_counts", "sandbox:fewer_pictures", "sandbox:finished_at_once", "sandbox:no_usage"),
    *("sandbox:content_policy_violation", "sandbox:generation_timeout", "sandbox:cancelled", "sandbox:results_null"),
    *("sandbox:submit_content_filter", "sandbox:submit_insufficient_quota", "sandbox:submit_rate_limit_exceeded=1"),
    *("sandbox:charge_reserved=2", "sandbox:charge_unknown=2", "sandbox:charge_unsaid=2", "sandbox:charge_never"),
    *("sandbox:refund_late=2", "sandbox:refund_failed", "sandbox:failed_and_unsaid", "sandbox:failed_and_charged"),
    *("sandbox:failed_and_released", "sandbox:failed_with_results"),
    *("sandbox:answer_lost", "sandbox:answer_html", "sandbox:dropped", "sandbox:submit_internal_error"),
)


def live_through(
    chance: random.Random, people: list[User], run_worker: Callable[[], None], *, clicks: int, kills: int
) -> None:
    """Several people send requests, and some workers die. Then a worker finishes the rest."""
    for burst in range(kills + 1):
        for _click in range(clicks // (kills + 1)):
            fate = chance.choice(FATES)
            make_generation(
                owner=chance.choice(people),
                prompt=f"A lighthouse at dusk {'and gulls ' * chance.randint(0, 20)}{fate}",
                n=chance.randint(1, 2),
            )
        if burst < kills:
            worker = start_worker(seconds=chance.random() / 2)
            time.sleep(chance.uniform(0.3, 1.8))
            worker.kill()
            worker.join()
            let_leases_end()
    run_worker()


def check_the_books(sandbox: Sandbox) -> None:
    billed: dict[str, Decimal] = defaultdict(Decimal)  # what is left after refunds, by the task
    for entry in sandbox.billing_log():
        billed[entry.task_id] += entry.credits
    rows = Generation.objects.exclude(settled_at=None)
    known = rows.exclude(cost_source=CostSource.ESTIMATED)
    charges = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.CHARGE)

    told = charges.filter(estimated=False).total()
    assert told == sum((billed.get(row.task_id, Decimal(0)) for row in known.exclude(task_id="")), Decimal(0))
    # If EvoLink reports no cost, the estimate counts as the bill. It is never below the real one.
    for row in rows.filter(cost_source=CostSource.ESTIMATED).exclude(task_id=""):
        assert row.cost is not None
        assert billed.get(row.task_id, Decimal(0)) <= row.cost <= row.estimate_high
    # A bill that we never learned of counts as possible, with at least its amount.
    bound = set(rows.exclude(task_id="").values_list("task_id", flat=True))
    unseen = sum((credits for task, credits in billed.items() if task not in bound), Decimal(0))
    possible = sum((row.cost or Decimal(0) for row in rows.filter(charged=Charged.POSSIBLY)), Decimal(0))
    assert unseen <= possible
    for row in rows:
        entries = {entry.kind: entry.credits for entry in row.ledger.all()}
        assert entries["hold"] == entries["release"] == row.estimate_high
        assert entries.get("charge", Decimal(0)) == (row.cost or 0)
        assert (row.charged in (Charged.NO, Charged.REFUNDED)) == ("charge" not in entries)


def a_day(
    seed: int, people: list[User], run_worker: Callable[[], None], sandbox: Sandbox, *, clicks: int, kills: int
) -> None:
    live_through(random.Random(seed), people, run_worker, clicks=clicks, kills=kills)
    unknown = Generation.objects.filter(status=Status.UNKNOWN, finished_at=None)
    assert [row for row in unknown if row.charged != Charged.CHECKING] == []
    with time_machine.travel(timezone.now(), tick=True) as clock:
        let_pass(clock, timedelta(hours=25))
        run_worker()
        let_pass(clock, timedelta(hours=25))
        run_worker()
        # EvoLink settles late, so its bills are read at this time too.
        check_the_books(sandbox)
    assert not Generation.objects.filter(settled_at=None).exists()
    assert LedgerEntry.objects.unsettled().held() == LedgerEntry.objects.all().held() == 0


def test_the_ledger_is_what_evolink_billed(
    alice: User, bob: User, run_worker: Callable[[], None], sandbox: Sandbox
) -> None:
    a_day(1, [alice, bob], run_worker, sandbox, clicks=10, kills=1)


@pytest.mark.soak
def test_the_ledger_is_what_evolink_billed_on_many_days(
    alice: User, bob: User, run_worker: Callable[[], None], sandbox: Sandbox
) -> None:
    first = int(os.environ.get("SOAK_SEED", str(time.time_ns())))
    for seed in range(first, first + int(os.environ.get("SOAK_ROUNDS", "200")) // 10):
        print(f"seed {seed}")
        a_day(seed, [alice, bob], run_worker, sandbox, clicks=10, kills=1)
