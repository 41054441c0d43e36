"""Nobody overspends by accident: holds, limits, warnings.

Mutation testing of prices, ledger and budgets leaves these survivors:

* `pricing.published_range`: what a missing rate counts as; every model sold by tokens has both rates.
* `pricing._sum`: an empty sum as the whole number 0, which equals the Decimal; `_per_call`: a name for "no tier", which
  is in no price list either way.
* `budgets.of`: where NULL sorts when nothing is said; SQLite puts it first by itself, PostgreSQL's run fails.
* `budgets.make_room`: reading the whole row again instead of the limit; and a lock on no row, which SQLite's own write
  lock makes up for, while on PostgreSQL twenty parallel submits then overspend and the test below fails.
* `LedgerEntry.save`: arguments that `create` passes on and that change nothing for a new row.
"""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.engine import notifications
from playground.evolink import Task
from playground.models import Budget, BudgetExceeded, BudgetWarning, Generation, LedgerEntry, Standing
from playground.models.months import Month
from tests.factories import charged, make_generation, make_key
from tests.waits import seconds

# Sums of decimals, and submits that wait for one another at a row.
pytestmark = pytest.mark.database

# Another month than the one this test runs in, so that no clock but the one that is given can be right.
NOW = datetime(2025, 6, 20, 12, tzinfo=UTC)


def live(owner: User, **values: object) -> Generation:
    return make_generation(owner=owner, rehearsal=False, **values)


def finish(row: Generation, cost: Decimal, now: datetime = NOW) -> None:
    """The row's end as the worker writes it: drawn at this cost, no picture came."""
    row.mark_submitting(now, None)
    row.mark_accepted(f"task-unified-{row.pk}-abcdefgh", now, now)
    task = Task.from_json({"id": row.task_id, "status": "completed", "progress": 100, "results": []})
    row.mark_generated(task, charged(cost), now)
    row.images.waiting().update(state="missing")
    row.complete(now)


def test_a_submit_holds_the_estimates_upper_end(alice: User) -> None:
    row = live(alice)
    hold = LedgerEntry.objects.get()
    assert (hold.kind, hold.credits, hold.rates_version) == ("hold", row.estimate_high, row.rates_version)
    Budget.objects.put(alice, Decimal(10))
    [standing] = Budget.objects.standings(alice, timezone.now())
    assert (standing.spent, standing.held, standing.left) == (0, row.estimate_high, 10 - row.estimate_high)


def test_what_does_not_fit_is_refused_whole(alice: User) -> None:
    Budget.objects.put(alice, Decimal("0.5"))
    with pytest.raises(BudgetExceeded) as caught:
        live(alice)
    assert caught.value.needed > caught.value.standing.left == Decimal("0.5")
    assert str(caught.value) == f"{caught.value.needed} credits needed, 0.5000 left"
    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_what_fits_exactly_is_accepted(alice: User) -> None:
    needed = make_generation(owner=alice).estimate_high
    Budget.objects.put(alice, needed)
    live(alice)
    [standing] = Budget.objects.standings(alice, timezone.now())
    assert (standing.left, standing.percent) == (0, 100)


def test_what_was_spent_this_month_is_not_there_any_more(alice: User) -> None:
    Budget.objects.put(alice, Decimal("4.3"))
    finish(live(alice, now=NOW), Decimal(4))
    with pytest.raises(BudgetExceeded):
        live(alice, now=NOW)
    live(alice, now=Month.of(NOW).end)
    assert Budget.objects.get().guard == 2  # written by each submit that was accepted


def test_the_hold_is_settled_to_the_cost(alice: User) -> None:
    Budget.objects.put(alice, Decimal(10))
    row = live(alice, now=NOW)
    finish(row, Decimal("0.66"))
    [standing] = Budget.objects.standings(alice, NOW)
    assert (standing.spent, standing.held) == (Decimal("0.66"), 0)
    assert [entry.kind for entry in row.ledger.all()] == ["hold", "release", "charge"]


def test_on_failure_the_hold_is_released(alice: User) -> None:
    Budget.objects.put(alice, Decimal(10))
    row = live(alice)
    row.cancel(NOW)
    [standing] = Budget.objects.standings(alice, timezone.now())
    assert (standing.spent, standing.held, standing.left) == (0, 0, 10)


def test_the_teams_budget_limits_everybody_together(alice: User, bob: User) -> None:
    needed = make_generation(owner=alice).estimate_high
    Budget.objects.put(None, needed * 2)
    Budget.objects.put(bob, Decimal(1000))
    live(alice)
    live(bob)
    with pytest.raises(BudgetExceeded) as caught:
        live(bob)
    assert caught.value.standing.budget.is_team


def test_ones_own_budget_is_not_anothers(alice: User, bob: User) -> None:
    Budget.objects.put(alice, Decimal(5))
    Budget.objects.put(bob, Decimal(0))
    finish(live(alice, now=NOW), Decimal(4))
    with pytest.raises(BudgetExceeded):
        live(bob, now=NOW)
    [standing] = Budget.objects.standings(bob, NOW)
    assert standing.spent == 0


def test_a_rehearsal_is_never_counted(alice: User) -> None:
    Budget.objects.put(alice, Decimal(0))
    row = make_generation(owner=alice, now=NOW)
    finish(row, Decimal(5))
    [standing] = Budget.objects.standings(alice, NOW)
    assert (standing.spent, standing.held) == (0, 0)
    assert not BudgetWarning.objects.exists()


def test_a_new_month_begins_with_the_whole_budget_but_for_what_still_runs(alice: User) -> None:
    Budget.objects.put(alice, Decimal(10))
    finish(live(alice, now=NOW), Decimal(4))
    running = live(alice, now=NOW)
    [standing] = Budget.objects.standings(alice, Month.of(NOW).end)
    assert (standing.spent, standing.held) == (0, running.estimate_high)


def test_months_follow_the_installations_time_zone() -> None:
    with timezone.override("Asia/Tokyo"):
        month = Month.of(datetime(2026, 11, 30, 15, tzinfo=UTC))
        assert str(month) == "2026-12"
        assert month.start == datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert str(Month(2026, 12).next) == "2027-01"
    assert str(Month(2027, 1).previous) == "2026-12"
    assert Month.read("2026-13") is None


def test_there_is_one_budget_for_each(alice: User) -> None:
    for amount in (1, 2):
        Budget.objects.put(None, Decimal(amount))
        Budget.objects.put(alice, Decimal(amount))
    assert sorted(Budget.objects.values_list("monthly", flat=True)) == [2, 2]
    assert [budget.is_team for budget in Budget.objects.of(alice)] == [True, False]
    Budget.objects.put(alice, None)
    assert Budget.objects.get().is_team
    Budget.objects.put(None, None)
    assert not Budget.objects.exists()


def test_warnings_at_80_and_100_percent_once_each(alice: User) -> None:
    Budget.objects.put(alice, Decimal(10))
    for cost in (5, 2):
        finish(live(alice, now=NOW), Decimal(cost))
    assert not BudgetWarning.objects.exists()
    for cost in ("1", "0.5", "1.5"):
        finish(live(alice, now=NOW), Decimal(cost))
    assert [(warning.level, f"{warning.month:%Y-%m}") for warning in BudgetWarning.objects.all()] == [
        (80, "2025-06"),
        (100, "2025-06"),
    ]


def test_warnings_are_mailed_once_in_the_readers_language(
    alice: User, bob: User, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    admin = User.objects.create_superuser(username="ada", email="ada@example.com", password="ada", language="ja")
    alice.email = "alice@example.com"
    alice.save()
    Budget.objects.put(alice, Decimal(10))
    Budget.objects.put(None, Decimal(8))
    finish(live(alice, now=NOW), Decimal("8"))
    assert notifications.take(NOW) == []  # no mail server, nobody is told; the page says it
    settings.EMAIL_HOST = "mail.example.com"
    for notice in [*notifications.take(NOW), *notifications.take(NOW)]:
        assert notifications.send(notice)
    assert {tuple(mail.to) for mail in mailoutbox} == {("alice@example.com",), (admin.email,)}
    mine = next(mail for mail in mailoutbox if mail.to == ["alice@example.com"])
    assert mine.subject == "80% of your budget for this month has been used"
    assert "10.00 credits per month" in mine.body
    assert f"{settings.PUBLIC_URL}/usage/" in mine.body


def test_a_mail_that_could_not_be_sent_is_tried_again(alice: User, settings: Settings) -> None:
    alice.email = "alice@example.com"
    alice.save()
    Budget.objects.put(alice, Decimal(1))
    finish(live(alice, now=NOW), Decimal(1))
    settings.EMAIL_HOST = "mail.example.com"
    [notice] = notifications.take(NOW)
    notifications.give_back(notice)
    assert notifications.take(NOW) == [notice]
    assert notifications.take(Month.of(NOW).end) == []


@pytest.mark.parametrize(
    ("used", "level"), [("7.94", 0), ("7.96", 80), ("9.94", 80), ("9.96", 100), ("10", 100), ("11", 100)]
)
def test_levels_are_those_of_whole_percents(used: str, level: int) -> None:
    assert Standing(Budget(monthly=Decimal(10)), spent=Decimal(used), held=Decimal(0)).level == level


def test_a_budget_of_nothing_is_used_up() -> None:
    assert Standing(Budget(monthly=Decimal(0)), spent=Decimal(0), held=Decimal(0)).percent == 100


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_submits_against_a_budget_for_three_accept_exactly_three(alice: User) -> None:
    first = live(alice)
    first.cancel(NOW)
    request, needed = first.as_request(), first.estimate_high
    # A key's row is written by every submit that it pays; with a key for each, only the budget keeps them apart.
    keys = [make_key(owner=alice) for _ in range(20)]
    Budget.objects.put(alice, needed * 3)
    Budget.objects.put(None, needed * 100)
    together = threading.Barrier(20)
    outcomes: list[str] = []

    def submit(number: int) -> None:
        together.wait()
        try:
            Generation.objects.submit(
                alice, request, request_id=f"{number}", rehearsal=False, key=keys[number], now=NOW
            )
            outcomes.append("accepted")
        except BudgetExceeded:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=submit, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds(60))
    assert sorted(outcomes) == ["accepted"] * 3 + ["refused"] * 17
    assert LedgerEntry.objects.live().unsettled().held() == needed * 3
