"""Spending on pages and as a table, setting budgets, and correcting charges."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiKey, EventKind, SecurityEvent, User
from playground.evolink import ApiSecret, GenerationRequest
from playground.models import AppendOnly, Budget, Generation, LedgerEntry, Superseded
from playground.models.generations import Generation as Row
from playground.models.months import Month
from playground.money import usage
from tests.factories import make_generation
from tests.html import Html
from tests.money.test_budgets import finish, live

# Needs the database: sums by day and month, and protected rows.
pytestmark = pytest.mark.database

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOVEMBER = Month(2026, 11)


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser(username="ada", password="ada", first_name="Ada")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def spend(owner: User, credits: str, *, days_ago: int = 0, model: str = "gpt-image-1") -> Row:
    at = NOW - timedelta(days=days_ago)
    row = live(owner, now=at, model=model)
    finish(row, Decimal(credits), at)
    return row


def give_up(owner: User) -> Row:
    """A live generation whose answer is lost."""
    row = live(owner, now=NOW)
    row.mark_submitting(NOW, None)
    row.mark_unknown(NOW, NOW, "The answer was lost.")
    row.give_up(NOW)
    return row


# --- The report --------------------------------------------------------------------------------------------


def test_a_month_adds_up_by_day_model_and_person(alice: User, bob: User) -> None:
    spend(alice, "1")
    spend(alice, "2.5", model="gpt-image-1.5")
    spend(alice, "4", days_ago=1)
    spend(bob, "10")
    spend(alice, "100", days_ago=20)  # October
    running = live(alice)
    finish(make_generation(owner=alice, now=NOW), Decimal(50), NOW)  # a rehearsal
    mine = usage.report(alice.pk, NOVEMBER, NOW)
    assert (mine.spent, mine.generations, mine.held) == (Decimal("7.5"), 3, running.estimate_high)
    assert {column.day.day: column.credits for column in mine.columns if column.credits} == {20: Decimal("3.5"), 19: 4}
    assert {column.day.day: column.height for column in mine.columns if column.credits} == {20: 87.5, 19: 100.0}
    assert [(share.name, share.credits) for share in mine.models] == [
        ("GPT Image 1", 5),
        ("GPT Image 1.5", Decimal("2.5")),
    ]
    assert mine.people == []
    assert usage.report(alice.pk, Month(2026, 10), NOW).spent == 100
    ours = usage.report(None, NOVEMBER, NOW)
    assert [(share.name, share.generations, share.credits) for share in ours.people] == [
        ("Bob", 1, 10),
        ("Alice", 3, Decimal("7.5")),
    ]
    assert [(bar.label, bar.credits) for bar in ours.months] == [
        ("October 2026", 100),
        ("November 2026", Decimal("17.5")),
    ]


def test_how_well_estimates_matched_counts_reported_bills_of_30_days(alice: User) -> None:
    within = live(alice, now=NOW)
    finish(within, within.estimate_high, NOW)
    spend(alice, "0.1")
    spend(alice, "99")
    spend(alice, "99", days_ago=31)
    give_up(alice)
    match = usage.match(alice.pk, NOW)
    assert (match.bills, match.within, match.above, match.percent) == (3, 1, 1, 33)


def test_keys_are_shown_beside_what_evolink_says_is_left(alice: User, admin: User) -> None:
    key = ApiKey.objects.add(alice, "Posters", ApiSecret("sk-" + "k" * 48), NOW)
    ApiKey.objects.filter(pk=key.pk).update(credits_left=Decimal("123.45"), checked_at=NOW)
    request = GenerationRequest(model="gpt-image-1", prompt="A lighthouse")
    row, _new = Generation.objects.submit(alice, request, request_id="k", rehearsal=False, key=key, now=NOW)
    finish(row, Decimal("6.5"), NOW)
    [share] = usage.report(alice.pk, NOVEMBER, NOW).keys
    assert (share.key, share.generations, share.credits) == (key, 1, Decimal("6.5"))
    page = client_of(admin).get("/team/usage/").content.decode()
    for text in ("Posters", "6.50", "123.45"):
        assert text in page
    assert usage.report(admin.pk, NOVEMBER, NOW).keys == []


def test_pages_for_oneself_and_for_administrators(alice: User, admin: User) -> None:
    spend(alice, "1.23")
    mine = client_of(alice).get("/usage/").content.decode()
    assert "1.23" in mine
    assert "/team/usage/" not in mine
    ours = client_of(admin).get("/team/usage/").content.decode()
    assert "Alice" in ours
    assert "1.23" in ours
    for address in ("/team/usage/", "/team/usage/export.csv", "/team/budgets/"):
        assert client_of(alice).get(address).status_code == 404
        assert Client().get(address).status_code == 302


def test_months_are_walked_and_the_future_is_not_shown(alice: User) -> None:
    spend(alice, "7.77", days_ago=20)
    client = client_of(alice)
    assert "month=2026-10" in client.get("/usage/").content.decode()
    october = client.get("/usage/?month=2026-10").content.decode()
    assert "7.77" in october
    assert "month=2026-09" not in october
    assert "month=2026-11" in october
    for odd in ("2027-01", "2026-13", "x"):
        assert "November 2026" in client.get(f"/usage/?month={odd}").content.decode()


def test_export_is_a_table_a_spreadsheet_reads_and_cannot_run(alice: User, bob: User) -> None:
    alice.first_name = "=HYPERLINK(1)"
    alice.save()
    row = spend(alice, "68")
    spend(bob, "1")
    response = client_of(alice).post("/usage/export.csv?month=2026-11")
    assert SecurityEvent.objects.filter(kind=EventKind.EXPORTED, actor=alice, detail="CSV 2026-11").count() == 1
    assert response["Content-Disposition"] == 'attachment; filename="usage-2026-11.csv"'
    text = response.getvalue().decode("utf-8-sig")
    [line] = csv.DictReader(io.StringIO(text))
    assert line["generation"].lstrip("'") == row.code
    assert (line["person"], line["credits"], line["usd"]) == ("'=HYPERLINK(1)", "68.0000", "1.000000")
    assert (line["source"], line["charged"], line["rates_version"]) == ("reported", "yes", row.rates_version)


# --- Budgets -----------------------------------------------------------------------------------------------


def test_an_administrator_sets_and_takes_away_limits(alice: User, admin: User) -> None:
    client = client_of(admin)
    name = f"person-{alice.pk}"
    assert client.post("/team/budgets/", {"team": "500", name: "12.5"}).status_code == 302
    assert set(Budget.objects.values_list("owner__username", "monthly")) == {(None, 500), ("alice", Decimal("12.5"))}
    page = Html(client.get("/team/budgets/"))
    assert (page.one("[name=team]")["value"], page.one(f"[name={name}]")["value"]) == ("500", "12.5")
    assert client.post("/team/budgets/", {"team": "", name: "-1"}).status_code == 422
    assert Budget.objects.count() == 2
    client.post("/team/budgets/", {"team": "", name: "0"})
    assert Budget.objects.get().monthly == 0


def test_warnings_on_the_page(alice: User) -> None:
    Budget.objects.put(alice, Decimal(10))
    spend(alice, "8.1")
    assert "81% of your budget for this month has been used." in client_of(alice).get("/usage/").content.decode()
    spend(alice, "1.9")
    page = client_of(alice).get("/usage/").content.decode()
    assert "Your budget of 10.00 credits for this month is used up." in page


# --- The ledger --------------------------------------------------------------------------------------------


def test_rows_of_the_ledger_are_never_changed_nor_deleted(alice: User) -> None:
    spend(alice, "1")
    entry = LedgerEntry.objects.first()
    assert entry is not None
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()
    with pytest.raises(AppendOnly):
        LedgerEntry.objects.update(credits=0)
    with pytest.raises(AppendOnly):
        LedgerEntry.objects.filter(pk=entry.pk).delete()


def test_a_person_with_a_bill_cannot_be_deleted(alice: User) -> None:
    spend(alice, "1")
    with pytest.raises(Exception, match="protected foreign keys"):
        alice.delete()
    assert LedgerEntry.objects.spent() == 1


def test_a_possible_charge_counts_until_an_administrator_corrects_it(alice: User, admin: User) -> None:
    row = give_up(alice)
    assert (row.charged, row.cost, row.cost_source) == ("possibly", row.estimate_high, "estimated")
    assert usage.report(alice.pk, NOVEMBER, NOW).possible == row.estimate_high
    client = client_of(admin)
    assert row.code in client.get("/team/usage/").content.decode()
    answer = client.post(
        f"/generations/{row.code}/correct/", {f"{row.code}-credits": "0.25", f"{row.code}-note": "EvoLink’s log"}
    )
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.charged, row.cost, row.cost_source) == ("yes", Decimal("0.25"), "corrected")
    correction = row.ledger.get(kind="correction")
    assert (correction.credits, correction.corrected_by, correction.note) == (
        Decimal("0.25") - row.estimate_high,
        admin,
        "EvoLink’s log",
    )
    report = usage.report(alice.pk, NOVEMBER, NOW)
    assert (report.spent, report.possible) == (Decimal("0.25"), 0)
    assert row.code not in client.get("/team/usage/").content.decode()


def test_a_correction_is_made_once_and_only_where_an_estimate_stood(alice: User, admin: User) -> None:
    row = give_up(alice)
    row.correct(Decimal(0), NOW, admin)
    assert row.charged == "no"
    with pytest.raises(Superseded):
        row.correct(Decimal(1), NOW, admin)
    reported = spend(alice, "1")
    with pytest.raises(Superseded):
        reported.correct(Decimal(2), NOW, admin)
    assert Generation.objects.get(pk=reported.pk).cost == 1
    assert LedgerEntry.objects.spent() == 1


def test_a_correction_counts_for_the_month_of_its_charge(alice: User, admin: User) -> None:
    """If a charge in November is corrected in December, December's budget gets nothing back."""
    Budget.objects.put(alice, Decimal(100))
    row = give_up(alice)
    december = NOW + timedelta(days=31)
    row.correct(Decimal(0), december, admin)
    assert Budget.objects.get(owner=alice).standing(december).left == 100
    assert usage.report(alice.pk, NOVEMBER, december).spent == 0
    assert usage.report(alice.pk, NOVEMBER.next, december).spent == 0
    assert row.ledger.get(kind="correction").at == december


def test_only_administrators_correct(alice: User) -> None:
    row = give_up(alice)
    answer = client_of(alice).post(f"/generations/{row.code}/correct/", {f"{row.code}-credits": "0"})
    assert answer.status_code == 404
    assert not row.ledger.filter(kind="correction").exists()


def test_a_correction_that_is_no_number_changes_nothing(alice: User, admin: User) -> None:
    row = give_up(alice)
    client_of(admin).post(f"/generations/{row.code}/correct/", {f"{row.code}-credits": "much"})
    row.refresh_from_db()
    assert row.charged == "possibly"


def test_fewer_pictures_cost_their_share_of_the_estimate_rounded_up(alice: User) -> None:
    from playground.engine.billing import assumed
    from playground.evolink import Task

    row = live(alice, n=3)
    links = ["https://files.example.com/1.png"]
    task = Task.from_json({"id": "task-unified-1-abcdefgh", "status": "completed", "results": links})
    bill = assumed(row, task)
    assert (bill.source, bill.charged) == ("estimated", "possibly")
    assert bill.cost == (row.estimate_high / 3).quantize(Decimal("0.0001"), "ROUND_CEILING")
