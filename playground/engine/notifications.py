"""Mails about budgets, about broken files, and about paid pictures whose links die soon. The code that settles a bill
writes the warnings (`BudgetQuerySet.warn`), and the nightly check of the files writes what is broken. This module
sends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts import emails
from accounts.models import User
from playground.models import BrokenFile, Budget, BudgetWarning, FileCheck, GeneratedImage
from playground.models.months import Month

# How many broken files a mail names.
FILES_NAMED = 20
TOLD_BEFORE = timedelta(hours=2)

Table = type[BudgetWarning] | type[BrokenFile] | type[GeneratedImage]


@dataclass(frozen=True)
class Notice:
    """One mail for one reader: the template and what it needs. `rows` are the primary keys of what it tells, in
    `table`."""

    address: str
    language: str
    template: str
    context: dict[str, Any]
    table: Table
    rows: Sequence[int]


def take(now: datetime) -> list[Notice]:
    """Take what was not sent yet. Each row is marked as told, so that two workers never send it twice. If the mail
    cannot be sent, `give_back` removes the mark."""
    return _budgets(now) + _files(now) + _dying_links(now) if emails.configured() else []


def _budgets(now: datetime) -> list[Notice]:
    untold = BudgetWarning.objects.filter(told_at=None, month=Month.of(now).first_day)
    notices = []
    for warning in untold.select_related("budget__owner"):
        if untold.filter(pk=warning.pk).update(told_at=now):
            budget = warning.budget
            facts = {"team": budget.is_team, "level": warning.level, "limit": budget.monthly}
            notices += _to(_readers(budget), "budget", facts, BudgetWarning, [warning.pk])
    return notices


def _files(now: datetime) -> list[Notice]:
    """One mail for each administrator, after the check."""
    if FileCheck.objects.filter(finished_at=None).exists():
        return []
    untold = BrokenFile.objects.current().filter(told_at=None)
    mine = [file for file in untold if BrokenFile.objects.filter(pk=file.pk, told_at=None).update(told_at=now)]
    if not mine:
        return []
    facts = {"count": len(mine), "files": mine[:FILES_NAMED], "more": max(0, len(mine) - FILES_NAMED)}
    readers = list(User.objects.administrators())
    return _to(readers, "broken_files", facts, BrokenFile, [file.pk for file in mine])


def _dying_links(now: datetime) -> list[Notice]:
    """One mail for each picture, to its owner and the administrators."""
    notices = []
    for image in GeneratedImage.objects.dying(now + TOLD_BEFORE, now).select_related("generation__owner"):
        if GeneratedImage.objects.filter(pk=image.pk, told_at=None).update(told_at=now):
            owner = image.generation.owner
            readers = [owner, *User.objects.administrators().exclude(pk=owner.pk)]
            minutes = ((image.expires_at or now) - now) // timedelta(minutes=1)
            facts = {"code": image.generation.code, "link": image.source_url, "minutes": max(1, minutes)}
            notices += _to(readers, "dying_link", facts, GeneratedImage, [image.pk])
    return notices


def _to(
    readers: Sequence[User],
    template: str,
    facts: dict[str, Any],
    table: Table,
    rows: Sequence[int],
) -> list[Notice]:
    return [
        Notice(person.email, person.mail_language, template, {"name": person.name, **facts}, table, rows)
        for person in readers
        if person.email
    ]


def _readers(budget: Budget) -> list[User]:
    """Who gets the mail: the owner of the budget, or all administrators for the team's budget."""
    return list(User.objects.administrators()) if budget.owner is None else [budget.owner]


def send(notice: Notice) -> bool:
    """Send the mail. Returns whether the mail server took it. Does not use the database."""
    return emails.send(notice.address, notice.template, language=notice.language, **notice.context)


def give_back(notice: Notice) -> None:
    notice.table.objects.filter(pk__in=notice.rows).update(told_at=None)
