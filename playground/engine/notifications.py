"""Mails about budgets. A warning is written by whoever settles a bill (`BudgetQuerySet.warn`) and sent from here."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts import emails
from accounts.models import User
from playground.models import Budget, BudgetWarning
from playground.models.months import Month


@dataclass(frozen=True)
class Notice:
    """One warning for one reader; `team`: it is about everybody's budget, not about the reader's own."""

    warning: int
    address: str
    language: str
    name: str
    team: bool
    level: int
    limit: Decimal


def take(now: datetime) -> list[Notice]:
    """The warnings of this month that nobody was told yet. Taking one marks it told, so that two workers never send it
    twice; `give_back` undoes that when it could not be sent."""
    if not emails.configured():
        return []
    untold = BudgetWarning.objects.filter(told_at=None, month=Month.of(now).first_day)
    notices = []
    for warning in untold.select_related("budget__owner"):
        if untold.filter(pk=warning.pk).update(told_at=now):
            notices += [_notice(warning, person) for person in _readers(warning.budget) if person.email]
    return notices


def _readers(budget: Budget) -> list[User]:
    """A person reads of their own budget, the administrators of the team's."""
    return list(User.objects.administrators()) if budget.owner is None else [budget.owner]


def _notice(warning: BudgetWarning, person: User) -> Notice:
    budget = warning.budget
    return Notice(
        warning.pk, person.email, person.mail_language, person.name, budget.is_team, warning.level, budget.monthly
    )


def send(notice: Notice) -> bool:
    """Whether it went out. Talks to the mail server, not to the database."""
    context = {"name": notice.name, "team": notice.team, "level": notice.level, "limit": notice.limit}
    return emails.send(notice.address, "budget", language=notice.language, **context)


def give_back(notice: Notice) -> None:
    BudgetWarning.objects.filter(pk=notice.warning).update(told_at=None)
