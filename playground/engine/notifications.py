"""Mails about budgets. The code that settles a bill writes the warnings (`BudgetQuerySet.warn`). This module sends
them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts import emails
from accounts.models import User
from playground.models import Budget, BudgetWarning
from playground.models.months import Month


@dataclass(frozen=True)
class Notice:
    """One warning for one reader. `team` tells that it is about the team's budget, not the reader's own. `level` is in
    percent, `limit` in credits, and `warning` is a primary key."""

    warning: int
    address: str
    language: str
    name: str
    team: bool
    level: int
    limit: Decimal


def take(now: datetime) -> list[Notice]:
    """Take the warnings of this month that were not sent yet. Each is marked as told, so that two workers never send it
    twice. If the mail cannot be sent, `give_back` removes the mark."""
    if not emails.configured():
        return []
    untold = BudgetWarning.objects.filter(told_at=None, month=Month.of(now).first_day)
    notices = []
    for warning in untold.select_related("budget__owner"):
        if untold.filter(pk=warning.pk).update(told_at=now):
            notices += [_notice(warning, person) for person in _readers(warning.budget) if person.email]
    return notices


def _readers(budget: Budget) -> list[User]:
    """Who gets the mail: the owner of the budget, or all administrators for the team's budget."""
    return list(User.objects.administrators()) if budget.owner is None else [budget.owner]


def _notice(warning: BudgetWarning, person: User) -> Notice:
    budget = warning.budget
    return Notice(
        warning.pk, person.email, person.mail_language, person.name, budget.is_team, warning.level, budget.monthly
    )


def send(notice: Notice) -> bool:
    """Send the mail. Returns whether the mail server took it. Does not use the database."""
    context = {"name": notice.name, "team": notice.team, "level": notice.level, "limit": notice.limit}
    return emails.send(notice.address, "budget", language=notice.language, **context)


def give_back(notice: Notice) -> None:
    BudgetWarning.objects.filter(pk=notice.warning).update(told_at=None)
