"""Spending: one's own and, for administrators, everybody's; and the administrators' tasks about money."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, administrators_only
from accounts.models import EventKind, SecurityEvent
from playground.models import Budget, Generation, LedgerEntry, Standing, Superseded
from playground.models.months import Month
from playground.money import prices, spreadsheets, usage
from playground.money.budgets import BudgetsForm, CorrectionForm, warning_sentence

CSV = "text/csv; charset=utf-8"


@require_GET
def mine(request: MemberRequest) -> HttpResponse:
    standings = Budget.objects.standings(request.user, timezone.now())
    return render(request, "playground/usage.html", _context(request, request.user.pk, standings))


@administrators_only
@require_GET
def team(request: MemberRequest) -> HttpResponse:
    team_budget = Budget.objects.filter(owner=None).first()
    standings = [team_budget.standing(timezone.now())] if team_budget else []
    context = _context(request, None, standings) | {
        "to_check": [(charge, CorrectionForm(prefix=charge.code)) for charge in usage.unconfirmed()],
        "team": True,
        "followed": prices.followed(),
    }
    return render(request, "playground/usage.html", context)


def _context(request: MemberRequest, owner_id: int | None, standings: list[Standing]) -> dict[str, Any]:
    now = timezone.now()
    current = Month.of(now)
    month = _month(request)
    return {
        "report": usage.report(owner_id, month, now),
        "is_current": month == current,
        "standings": [(standing, warning_sentence(standing)) for standing in standings],
    }


def _month(request: MemberRequest) -> Month:
    """The month in the address. The current month if it is missing, wrong or in the future."""
    current = Month.of(timezone.now())
    month = Month.read(request.GET.get("month", ""))
    return min(month, current) if month else current


@require_POST
def export_mine(request: MemberRequest) -> HttpResponseBase:
    return _export(request, request.user.pk)


@administrators_only
@require_POST
def export_team(request: MemberRequest) -> HttpResponseBase:
    return _export(request, None)


def _export(request: MemberRequest, owner_id: int | None) -> HttpResponseBase:
    """The month as a CSV file. It is a POST, because the security log notes it."""
    month = _month(request)
    SecurityEvent.objects.record(EventKind.EXPORTED, request=request, detail=f"CSV {month}")
    entries = LedgerEntry.objects.live().of(owner_id).bills().within(month)
    response = StreamingHttpResponse(spreadsheets.table(usage.csv_head(), usage.csv_rows(entries)), content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="usage-{month}.csv"'
    return response


@administrators_only
@require_http_methods(["GET", "POST"])
def budgets(request: MemberRequest) -> HttpResponse:
    """The limits of the team and of each person in it, on one page."""
    form = BudgetsForm(request.POST or None, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
        messages.success(request, _("The budgets are saved."))
        return redirect("budgets")
    return render(request, "playground/budgets.html", {"form": form}, status=422 if form.errors else 200)


@administrators_only
@require_POST
def correct(request: MemberRequest, code: str) -> HttpResponse:
    """Saves what EvoLink really charged, in place of an estimate."""
    row = get_object_or_404(Generation, code=code, rehearsal=False)
    form = CorrectionForm(request.POST, prefix=code)
    if not form.is_valid():
        messages.error(request, _("Enter the credits EvoLink charged as a number, or 0 if there were none."))
        return redirect("team-usage")
    try:
        row.correct(form.cleaned_data["credits"], timezone.now(), request.user, form.cleaned_data["note"])
    except Superseded:
        messages.info(request, _("It had already been corrected; this is how it is now."))
    else:
        messages.success(request, _("Corrected. The difference counts for the month of the charge."))
    return redirect("team-usage")
