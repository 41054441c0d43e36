"""What a card shows in each state of a generation, for each of its readers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from playground.evolink import Task, get_model, pricing, successors
from playground.models import Charged, GeneratedImage, Generation, Status, failures
from playground.money.amounts import credits_text
from playground.studio.cards import Card, Concern, Slot, card_of
from tests.factories import charged, keep_picture, make_generation, make_key

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RETRIED = ["Try again", "Use these settings", "Open"]
CHANGED = ["Change and try again", "Try again unchanged", "Open"]


def sent(owner: User, **values: object) -> Generation:
    row = make_generation(owner=owner, now=NOW, **values)  # type: ignore[arg-type]
    row.mark_submitting(NOW, None)
    return row


def accepted(owner: User, **values: object) -> Generation:
    row = sent(owner, **values)
    row.mark_accepted(f"task-unified-{row.pk}-abcdefgh", NOW, NOW)
    return row


def drawn(owner: User, came: int, cost: str = "0.7", **values: object) -> Generation:
    """A drawn generation with `came` pictures that are not saved yet."""
    row = accepted(owner, **values)
    links = tuple(f"https://files.example/{row.pk}-{index}.png" for index in range(came))
    task = Task(id=row.task_id, status="completed", progress=100, results=links)
    row.mark_generated(task, charged(cost), NOW)
    row.images.filter(source_url="").update(state="missing")
    return row


def failed(owner: User, code: str, cost: Decimal | None = None, **values: object) -> Generation:
    row = accepted(owner, **values)
    row.mark_failed(code, "HTTP 400 (request id: abc)", charged(cost or 0), NOW, None)
    return row


def lost(owner: User, **values: object) -> Generation:
    row = sent(owner, **values)
    row.mark_unknown(NOW, NOW, "The connection broke.")
    return row


def card(row: Generation, reader: User, now: datetime = NOW) -> Card:
    row.refresh_from_db()
    return card_of(row, reader, now)


def labels(card: Card) -> list[str]:
    return [action.label for action in card.actions]


# --- States ---


def processing(owner: User) -> Generation:
    row = accepted(owner)
    row.mark_progress(Task(id=row.task_id, status="processing", progress=55, results=()), NOW)
    return row


def canceled(owner: User) -> Generation:
    row = make_generation(owner=owner, now=NOW)
    row.cancel(NOW)
    return row


def completed(owner: User, **values: object) -> Generation:
    row = drawn(owner, 1, **values)
    keep_picture(row.images.get(), NOW)
    row.complete(NOW)
    return row


@pytest.mark.parametrize(
    ("make", "status", "tone", "phase", "percent", "offered"),
    [
        (lambda owner: make_generation(owner=owner), "queued", "waiting", "Queued", None, ["Cancel"]),
        (sent, "submitting", "running", "Sending", None, []),
        (accepted, "pending", "running", "Accepted", 0, []),
        (processing, "processing", "running", "Drawing", 55, []),
        (lambda owner: drawn(owner, 1), "saving", "running", "Saving", 95, []),
    ],
)
def test_a_running_card(
    alice: User,
    make: Callable[[User], Generation],
    status: str,
    tone: str,
    phase: str,
    percent: int | None,
    offered: list[str],
) -> None:
    told = card(make(alice), alice)
    assert (told.status, told.tone, told.watched, told.note, told.ready) == (status, tone, True, None, 0)
    assert told.progress is not None
    assert (told.progress.phase, told.progress.percent) == (phase, percent)
    assert labels(told) == [*offered, "Open"]
    assert [slot.skeleton for slot in told.slots] == [True]


@pytest.mark.parametrize(
    ("make", "status", "tone", "watched", "pictures", "offered"),
    [
        (completed, "completed", "", False, 1, ["Run again", "Use these settings", "Open"]),
        (canceled, "cancelled", "plain", False, 0, RETRIED),
        (lambda owner: failed(owner, "unreachable"), "failed", "danger", False, 0, RETRIED),
        (lost, "unknown", "attention", False, 0, ["Check again", "Run again anyway", "Use these settings", "Open"]),
    ],
)
def test_a_card_at_rest(
    alice: User,
    make: Callable[[User], Generation],
    status: str,
    tone: str,
    watched: bool,
    pictures: int,
    offered: list[str],
) -> None:
    told = card(make(alice), alice)
    assert (told.status, told.tone, told.watched, told.progress) == (status, tone, watched, None)
    assert (len(told.slots), told.ready) == (pictures, pictures)
    assert labels(told) == offered


def test_every_state_is_told_in_both_languages(alice: User) -> None:
    row = make_generation(owner=alice)
    names: dict[str, set[str]] = {}
    for language in ("en", "ja"):
        with translation.override(language):
            for status in Status:
                row.status, row.failure = status, "answer_lost" if status in (Status.FAILED, Status.UNKNOWN) else ""
                told = card_of(row, alice, NOW)
                assert told.status_name
                assert (told.progress is not None) == row.running
                names.setdefault(status, set()).add(told.progress.phase if told.progress else told.status_name)
    assert all(len(both) == 2 for both in names.values()), names


def test_the_bar_stays_below_the_end_whatever_evolink_reports(alice: User) -> None:
    row = accepted(alice)
    row.mark_progress(Task(id=row.task_id, status="processing", progress=100, results=()), NOW)
    progress = card(row, alice).progress
    assert progress is not None
    assert progress.percent == 90


def test_the_usual_time_is_told_until_it_is_drawn_or_in_doubt(alice: User) -> None:
    row = accepted(alice)
    row.usual_seconds = 30
    told = card_of(row, alice, NOW)
    assert told.progress is not None
    assert (told.progress.usual_seconds, told.trouble) == (30, False)
    for status, trouble in ((Status.SAVING, ""), (Status.PENDING, "longer_than_usual")):
        row.status, row.trouble = status, trouble
        told = card_of(row, alice, NOW)
        assert told.progress is not None
        assert (told.progress.usual_seconds, told.trouble) == (None, bool(trouble))


def test_what_is_in_the_way_takes_the_place_of_the_phase(alice: User) -> None:
    row = accepted(alice)
    row.wait(NOW, "unreachable")
    progress = card(row, alice).progress
    assert progress is not None
    assert progress.phase == "EvoLink cannot be reached right now. We keep trying."
    assert card(row, alice).trouble


def test_a_lost_one_is_watched_while_somebody_asked_to_look_again(alice: User) -> None:
    row = lost(alice)
    row.check_now(NOW)
    told = card(row, alice)
    assert told.watched
    assert told.note is not None
    assert told.note.trouble == "Checking now."


def test_a_lost_one_that_was_given_up_can_be_checked_until_an_administrator_corrects_it(
    alice: User, administrator: User
) -> None:
    row = lost(alice)
    row.give_up(NOW)
    assert labels(card(row, alice)) == ["Check again", "Run again anyway", "Use these settings", "Open"]
    row.correct(Decimal(0), NOW, administrator)
    assert labels(card(row, alice)) == ["Run again anyway", "Use these settings", "Open"]


# --- Failures ---


@pytest.mark.parametrize("code", failures.FAILURES)
def test_every_failure_says_what_happened_and_what_to_do(alice: User, code: str) -> None:
    told = card(failed(alice, code, model="gpt-image-2", size="1:1"), alice)
    words = failures.FAILURES[code]
    assert told.note is not None
    assert (told.note.happened, told.note.advice) == (str(words.happened), str(words.advice))
    assert (told.note.tone, told.note.failure, told.note.detail) == ("danger", code, "")
    offered = {
        "again": RETRIED,
        "change": CHANGED,
        "keys": ["Check the keys", "Try again", "Use these settings", "Open"],
    }
    assert labels(told) == offered[words.remedy]


@pytest.mark.parametrize(
    ("make", "trouble"),
    [(completed, False), (canceled, False), (lost, True), (lambda owner: failed(owner, "unreachable"), True)],
)
def test_only_trouble_has_to_be_said(alice: User, make: Callable[[User], Generation], trouble: bool) -> None:
    assert card(make(alice), alice).trouble == trouble


def test_the_step_that_helps_most(alice: User) -> None:
    made = [completed(alice), canceled(alice), lost(alice), failed(alice, "content_policy_violation"), accepted(alice)]
    steps = [told.step.label if told.step else "" for told in (card(row, alice) for row in made)]
    assert steps == ["Run again", "Try again", "Check again", "Change and try again", ""]


def test_running_a_live_one_again_says_its_price_first(alice: User) -> None:
    row = completed(alice, rehearsal=False)
    assert labels(card(row, alice))[0] == f"Run again ({credits_text(row.estimate_high)} credits)"


def test_after_a_change_of_rates_the_form_says_the_price(alice: User) -> None:
    row = completed(alice, rehearsal=False)
    Generation.objects.filter(pk=row.pk).update(rates_version="of an earlier year")
    assert labels(card(row, alice)) == ["Use these settings", "Open"]


def test_a_colleague_may_look_and_use_the_settings(alice: User, bob: User) -> None:
    for row in (canceled(alice), lost(alice), failed(alice, "content_policy_violation")):
        assert labels(card(row, bob)) == ["Use these settings", "Open"]


def test_an_unheard_of_failure_is_told_too(alice: User) -> None:
    note = card(failed(alice, "from_tomorrow"), alice).note
    assert note is not None
    assert note.happened == "Something went wrong at EvoLink."


def test_the_technical_line_is_for_administrators(alice: User, administrator: User) -> None:
    row = failed(alice, "service_unavailable")
    for reader, detail in ((alice, ""), (administrator, "HTTP 400 (request id: abc)")):
        note = card(row, reader).note
        assert note is not None
        assert note.detail == detail


def test_a_canceled_one_explains_nothing(alice: User) -> None:
    note = card(canceled(alice), alice).note
    assert note is not None
    assert (note.tone, note.happened, note.advice, note.failure) == ("", "You canceled it before it was sent.", "", "")


def test_a_refused_key_of_the_team_is_its_owners_to_look_at(alice: User, administrator: User) -> None:
    key = make_key(owner=administrator, label="Team", for_members=True)
    told = card(failed(alice, "key_refused", rehearsal=False, key=key), alice)
    assert told.note is not None
    assert told.note.advice == f"The key belongs to the team. Ask {administrator.name} to look at it."
    assert labels(told) == [f"Try again ({credits_text(told.estimate_high)} credits)", *RETRIED[1:]]


def test_a_refused_model_offers_the_newer_one_with_its_price(alice: User) -> None:
    row = failed(alice, "model_refused")
    told = card(row, alice)
    price = credits_text(pricing.estimate(successors.put_to(get_model("gpt-image-2"), row.as_request())).high)
    assert labels(told) == [f"Run it on GPT Image 2 instead ({price} credits)", "Use these settings", "Open"]
    assert told.actions[0].makes_new
    gone = failed(alice, "model_refused")
    Generation.objects.filter(pk=gone.pk).update(model="gpt-image-0")
    assert labels(card(gone, alice)) == RETRIED


# --- Money ---


@pytest.mark.parametrize(
    ("charged", "sentence"),
    [
        (Charged.NO, "You were not charged."),
        (Charged.YES, "You were charged."),
        (Charged.CHECKING, "We do not know yet whether you were charged; we keep asking."),
        (Charged.POSSIBLY, "We do not know whether you were charged; the estimate counts."),
    ],
)
@pytest.mark.parametrize("rehearsal", [True, False])
def test_a_note_says_what_became_of_the_money(alice: User, charged: str, sentence: str, rehearsal: bool) -> None:
    row = failed(alice, "service_error", rehearsal=rehearsal)
    row.charged = charged
    note = card_of(row, alice, NOW).note
    assert note is not None
    assert note.money == ("A rehearsal costs nothing." if rehearsal else sentence)


@pytest.mark.parametrize("rehearsal", [True, False])
def test_estimate_and_cost(alice: User, rehearsal: bool) -> None:
    row = drawn(alice, 1, "9", rehearsal=rehearsal)
    told = card(row, alice)
    assert 0 < told.estimate_low < told.estimate_high == row.estimate_high < 9
    assert told.cost is not None
    assert told.cost.credits == 9
    assert told.cost.difference.startswith("EvoLink charged more than was estimated")
    assert told.cost.source == "reported by EvoLink"
    assert ("Rehearsal" in told.facts) == told.rehearsal == rehearsal


def test_there_is_no_cost_before_the_bill(alice: User) -> None:
    assert card(accepted(alice), alice).cost is None


# --- Pictures ---


def test_slots_tell_what_became_of_each_picture(alice: User) -> None:
    row = drawn(alice, 4, n=5)
    images = list(row.images.all())
    keep_picture(images[0], NOW)
    keep_picture(images[1], NOW)
    GeneratedImage.objects.filter(pk=images[1].pk).update(deleted_at=NOW)
    images[2].save_failed("download")
    told = card(row, alice, NOW + timedelta(hours=20, minutes=30)).slots
    assert [(slot.state, slot.note, slot.skeleton) for slot in told] == [
        ("ready", "", False),
        ("missing", "Deleted", True),
        ("failed", "Not saved yet; 4 hours left.", False),
        ("saving", "Saving", True),
        ("missing", "This picture did not arrive.", True),
    ]
    assert told[0].image == images[0]
    assert [(slot.width, slot.height) for slot in told[:2]] == [(64, 48), (1024, 1024)]


def test_a_picture_that_could_not_be_saved_is_not_one_that_did_not_arrive(alice: User) -> None:
    row = drawn(alice, 2, n=2)
    first, second = row.images.all()
    keep_picture(first, NOW)
    second.mark_missing("download")
    row.complete(NOW)
    told = card(row, alice)
    assert told.slots[1] == Slot("missing", 1024, 1024, note="This picture could not be saved.")
    assert (told.ready, told.concern) == (1, Concern.NOT_SAVED)


def test_more_pictures_than_were_asked_for_have_their_places(alice: User) -> None:
    assert len(card(drawn(alice, 3, n=1), alice).slots) == 3


@pytest.mark.parametrize(
    ("size", "shape"), [("1:1", "square"), ("9:16", "portrait"), ("16:9", "landscape"), ("auto", "square")]
)
def test_the_shape_of_what_is_expected(alice: User, size: str, shape: str) -> None:
    assert card(make_generation(owner=alice, model="gpt-image-2", size=size), alice).shape == shape


@pytest.mark.parametrize(("size", "n", "proportion"), [("1:1", 1, 1000), ("3:2", 2, 3000), ("2:3", 3, 2000)])
def test_the_row_is_as_wide_as_its_pictures(alice: User, size: str, n: int, proportion: int) -> None:
    told = card(make_generation(owner=alice, model="gpt-image-2", size=size, n=n), alice)
    assert told.proportion == pytest.approx(proportion, rel=0.01)


def test_concerns_are_for_what_did_not_fail(alice: User) -> None:
    assert card(make_generation(owner=alice), alice).concern is None
    late = accepted(alice)
    late.wait(NOW, "longer_than_usual")
    assert card(late, alice).concern == Concern.LATE
    fewer = drawn(alice, 1, n=2)
    keep_picture(fewer.images.all()[0], NOW)
    fewer.complete(NOW)
    assert card(fewer, alice).concern == Concern.FEWER
    none = drawn(alice, 0)
    none.complete(NOW)
    assert card(none, alice).concern is None, "its failure has words of its own"
    assert card(completed(alice), alice).concern is None


# --- Words and doors ---


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        ({}, ("GPT Image 1", "Square 1024 × 1024", "Draft", "1 picture", "Rehearsal")),
        ({"n": 3, "rehearsal": False}, ("GPT Image 1", "Square 1024 × 1024", "Draft", "3 pictures")),
        (
            {"model": "gpt-image-2", "size": "1280x720"},
            ("GPT Image 2", "1280 × 720", "Draft", "1 picture", "Rehearsal"),
        ),
        ({"model": "gpt-image-2", "size": "auto"}, ("GPT Image 2", "Automatic", "Draft", "1 picture", "Rehearsal")),
    ],
)
def test_the_settings_in_words(alice: User, values: dict[str, object], facts: tuple[str, ...]) -> None:
    assert card(make_generation(owner=alice, **values), alice).facts == facts  # type: ignore[arg-type]


def test_a_model_that_left_the_catalogue_keeps_its_id(alice: User) -> None:
    row = make_generation(owner=alice)
    Generation.objects.filter(pk=row.pk).update(model="gpt-image-0")
    assert card(row, alice).facts[0] == "gpt-image-0"


def test_where_actions_lead(alice: User) -> None:
    row = failed(alice, "content_policy_violation")
    change, again, opened = card(row, alice).actions
    assert (change.href, change.posts) == (f"/?from={row.code}#id_prompt", False)
    assert (again.href, again.posts, again.makes_new) == (f"/generations/{row.code}/again/", True, True)
    assert (opened.href, opened.id) == (f"/generations/{row.code}/", f"open-{row.code}")


def test_twenty_cards_need_no_query_of_their_own(
    alice: User, administrator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key = make_key(owner=administrator, label="Team", for_members=True)
    for _ in range(10):
        failed(alice, "key_refused", rehearsal=False, key=key)
        drawn(alice, 1, "0.5", n=2)
    with django_assert_num_queries(2):  # rows with keys and owners, images
        rows = list(Generation.objects.filter(owner=alice).recent(alice))
        assert len([card_of(row, alice, NOW) for row in rows]) == 20
