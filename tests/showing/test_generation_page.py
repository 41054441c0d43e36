"""The page of one generation: what was asked for, what came, the cost, the request to EvoLink, and the pictures."""

import ast
import json
import shlex
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from playground.evolink import Task
from playground.models import Attempt, Generation, ReferenceUse
from playground.money.amounts import credits_text
from playground.showing import generation_page
from tests.factories import make_generation, make_reference, make_saved
from tests.html import Html

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_it_tells_what_was_asked_what_came_and_what_it_cost(
    as_alice: Client, alice: User, run_worker: Callable[[], None]
) -> None:
    row = make_generation(owner=alice, prompt="A <b>fox</b> & 'friends'", n=2)
    run_worker()
    row.refresh_from_db()
    page = as_alice.get(f"/generations/{row.code}/")
    html = Html(page)
    assert "A <b>fox</b> & 'friends'" in html.text
    came = {setting.name: (setting.asked, setting.got) for setting in page.context["page"].settings}
    assert came["Size"] == ("Square", "1024 × 1024")
    assert came["How many pictures"] == ("2", "2")
    assert [moment.name for moment in page.context["page"].moments] == [
        "Submitted",
        "Sent to EvoLink",
        "Accepted by EvoLink",
        "Drawn by EvoLink",
        "All saved",
    ]
    lines = page.context["page"].lines
    assert sum(line.billed.credits for line in lines) == row.cost
    assert sum(line.estimated.credits for line in lines) == row.estimate_high
    assert len(html.all("figure")) == 2


def test_reported_tokens_stand_beside_the_estimate(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice)
    attempt = row.attempts.get()
    usage = {
        "input_tokens": 20,
        "input_tokens_details": {"text_tokens": 20, "image_tokens": 0},
        "output_tokens": 272,
        "output_tokens_details": {"image_tokens": 272},
    }
    answer = {
        "id": row.task_id,
        "status": "completed",
        "progress": 100,
        "results": ["https://x.example/1.png"],
        "usage": usage,
    }
    attempt.record_answer(Task.from_json(answer))
    Generation.objects.filter(pk=row.pk).update(cost=Decimal("0.6721"))
    lines = as_alice.get(f"/generations/{row.code}/").context["page"].lines
    assert {line.billed.category: line.billed.tokens for line in lines} == {"text_input": 20, "image_output": 272}
    assert sum(line.billed.credits for line in lines) == Decimal("0.6721")


@pytest.mark.django_db(transaction=True)
def test_request_and_answer_are_kept_without_our_secrets(
    as_alice: Client, alice: User, run_worker: Callable[[], None]
) -> None:
    row = make_generation(owner=alice, prompt="夕焼けの海")
    run_worker()
    attempt = Attempt.objects.get()
    sent, answer = json.loads(attempt.request), json.loads(attempt.answer)
    assert (sent["model"], sent["prompt"], sent["n"]) == ("gpt-image-1", "夕焼けの海", 1)
    row.refresh_from_db()
    assert answer["id"] == row.task_id
    assert answer["status"] == "completed"
    html = as_alice.get(f"/generations/{row.code}/").content.decode()
    assert attempt.nonce not in html
    assert row.task_id in html
    assert "夕焼けの海" in html
    assert "sk-sandbox" not in html


def test_our_callback_secret_is_hidden_wherever_it_stands(alice: User) -> None:
    row = make_generation(owner=alice)
    attempt = row.attempts.get()
    attempt.request = json.dumps({"prompt": "x", "callback_url": f"https://studio.example/callbacks/{attempt.nonce}/"})
    attempt.answer = json.dumps({"echo": [{"url": f"https://studio.example/{attempt.nonce}"}]})
    wire = generation_page.wire_of(row, attempt)
    assert attempt.nonce not in wire.request + wire.answer + "".join(code.text for code in wire.code)
    assert "https://studio.example/callbacks/…/" in wire.request


def test_the_code_is_the_request_without_our_callback(as_alice: Client, alice: User) -> None:
    row = make_generation(owner=alice, prompt='It\'s "quoted", $HOME `id` 夕焼け\nsecond line </script>', n=2)
    attempt = row.attempts.get()
    attempt.mark_sent(row.as_request(callback_url="https://studio.example/callbacks/x/"), None, row.created_at)
    curl, python, javascript = generation_page.wire_of(row, attempt).code
    body = row.as_request().to_json()
    assert shlex.quote(json.dumps(body, ensure_ascii=False, indent=2)) in curl.text
    literal = next(node.value for node in ast.parse(python.text).body if isinstance(node, ast.Assign))
    assert ast.literal_eval(literal) == row.as_request().to_json()
    assert "studio.example" not in javascript.text


def test_which_picture_came_from_which_both_ways(
    as_alice: Client, as_charlie: Client, alice: User, charlie: User
) -> None:
    parent = make_saved(owner=alice, prompt="The parent")
    child = make_saved(owner=charlie, prompt="The child", shared=True)
    reference = make_reference(owner=charlie)
    reference.source = parent.images.get()
    reference.save()
    ReferenceUse.record(child.pk, [reference])
    page = Html(as_alice.get(f"/generations/{child.code}/"))
    assert f"[href='/generations/{parent.code}/#picture-1']" in page
    assert f"[href='/generations/{child.code}/']" in Html(as_alice.get(f"/generations/{parent.code}/"))
    assert parent.code not in as_charlie.get(f"/generations/{child.code}/").content.decode()
    reference.delete()
    assert "Since deleted" in as_alice.get(f"/generations/{child.code}/").content.decode()


@pytest.mark.parametrize("state", ["queued", "cancelled", "unknown"])
def test_every_state_has_a_page(as_alice: Client, alice: User, state: str) -> None:
    row = make_generation(owner=alice)
    now = row.created_at
    if state == "cancelled":
        row.cancel(now)
    elif state == "unknown":
        row.mark_submitting(now, None)
        row.mark_unknown(now, now, "The connection broke. (request id: abc)")
    html = as_alice.get(f"/generations/{row.code}/").content.decode()
    assert Generation.objects.get().get_status_display() in html
    assert "request id: abc" not in html


def test_an_administrator_reads_the_technical_line(as_administrator: Client, alice: User) -> None:
    row = make_generation(owner=alice)
    row.mark_submitting(row.created_at, None)
    row.fail("service_unavailable", "HTTP 503: busy (request id: abc)", row.created_at)
    assert "request id: abc" in as_administrator.get(f"/generations/{row.code}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_pictures_have_strong_validators_and_stay_private(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice)
    image = row.images.get()
    for suffix, tag in (("", image.sha256), ("small/", f"{image.sha256}-small"), ("medium/", f"{image.sha256}-medium")):
        address = f"/generations/{row.code}/images/0/{suffix}"
        with closing(as_alice.get(address)) as response:
            assert response["ETag"] == f'"{tag}"'
            assert response["Cache-Control"] == "private, max-age=31536000, immutable"
            assert int(response["Content-Length"]) == len(b"".join(response.streaming_content))
        for known in (f'"{tag}"', f'"other", W/"{tag}"'):
            again = as_alice.get(address, headers={"If-None-Match": known})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", f'"{tag}"')
        with closing(as_alice.head(address)) as response:
            assert response.status_code == 200


def test_a_picture_lost_from_the_storage_is_not_found(as_alice: Client, alice: User) -> None:
    row = make_saved(owner=alice)
    row.images.get().file.delete(save=False)
    assert as_alice.get(f"/generations/{row.code}/images/0/").status_code == 404


def test_only_its_people_describe_a_picture(as_alice: Client, as_charlie: Client, alice: User) -> None:
    row = make_saved(owner=alice, shared=True)
    address = f"/generations/{row.code}/images/0/text/"
    assert as_charlie.post(address, {"alternative_text": "Mine"}).status_code == 404
    assert as_alice.post(address, {"alternative_text": "x" * 3000}).status_code == 302
    assert len(row.images.get().alternative_text) == 1000
    as_alice.post(address, {"alternative_text": 'A tower "by" the <sea>'})
    assert 'A tower "by" the <sea>' in Html(as_charlie.get("/gallery/")).values("img", "alt")


def test_what_is_a_colleagues_offers_nothing_to_change(as_charlie: Client, alice: User) -> None:
    row = make_saved(owner=alice, n=2, shared=True)
    html = as_charlie.get(f"/generations/{row.code}/").content.decode()
    assert "Stop sharing" not in html
    assert "Delete" not in html
    assert "Use these settings" in html
    assert "Alice" in html


@pytest.mark.django_db(transaction=True)
def test_the_group_that_evolink_counts_the_account_in_is_shown(
    as_alice: Client, alice: User, run_worker: Callable[[], None]
) -> None:
    row = make_generation(owner=alice)
    run_worker()
    rows = Html(as_alice.get(f"/generations/{row.code}/")).all("tr:has(td)")
    assert ["Price group at EvoLink", "–", "default"] in [row.texts("th, td") for row in rows]


def test_an_own_size_is_named_once(as_alice: Client, alice: User) -> None:
    make_generation(owner=alice, model="gpt-image-2", size="1280x720")
    make_generation(owner=alice, size="1024x1536")
    items = Html(as_alice.get("/")).texts("li")
    assert items.count("1280 × 720") == 1
    assert "Portrait 1024 × 1536" in items


@pytest.fixture
def in_trouble(alice: User) -> dict[str, Generation]:
    """A generation of alice in each state that a person can do something about."""
    rows = {state: make_generation(owner=alice, prompt=state) for state in ("queued", "failed", "unknown", "cancelled")}
    now = rows["queued"].created_at
    rows["cancelled"].cancel(now)
    for state in ("failed", "unknown"):
        rows[state].mark_submitting(now, None)
    rows["failed"].fail("service_unavailable", "HTTP 503", now)
    rows["unknown"].mark_unknown(now, now, "The connection broke.")
    return rows


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("queued", ["Cancel"]),
        ("failed", ["Try again", "Use these settings"]),
        ("unknown", ["Check again", "Run again anyway", "Use these settings"]),
        ("cancelled", ["Try again", "Use these settings"]),
    ],
)
def test_the_page_offers_what_the_card_offers(
    as_alice: Client, in_trouble: dict[str, Generation], state: str, offered: list[str]
) -> None:
    page = Html(as_alice.get(f"/generations/{in_trouble[state].code}/"))
    tools = page.one(".task-tools")
    actions = [one.text for one in tools.all("form > button, a") if one.text != "What does this mean?"]
    assert actions == offered
    # Nothing of it needs the studio around it.
    assert tools.all("[hx-post]") == []


def test_canceling_on_the_page_leads_back_to_it(as_alice: Client, in_trouble: dict[str, Generation]) -> None:
    address = f"/generations/{in_trouble['queued'].code}/"
    form = Html(as_alice.get(address)).one(".task-tools > form")
    fields = {field["name"]: field["value"] for field in form.all("input")}
    page = Html(as_alice.post(form["action"], fields, follow=True))
    assert page.one("h1").text == "queued"
    assert "You canceled it before it was sent." in page.text


def test_running_again_from_the_page_makes_one_new_generation(
    as_alice: Client, in_trouble: dict[str, Generation]
) -> None:
    form = Html(as_alice.get(f"/generations/{in_trouble['failed'].code}/")).one(".task-tools > form")
    fields = {field["name"]: field["value"] for field in form.all("input")}
    for _press in range(2):
        assert as_alice.post(form["action"], fields)["Location"] == "/"
    assert Generation.objects.filter(prompt="failed").count() == 2


def test_what_is_done_with_pictures_stands_in_its_order(as_alice: Client, alice: User) -> None:
    one, two = make_saved(owner=alice), make_saved(owner=alice, n=2)
    tools = [Html(as_alice.get(f"/generations/{row.code}/")).one(".generation-tools") for row in (one, two)]
    assert [tool.texts(".button") for tool in tools] == [
        ["Download", "Share", "Change", "Present", ""],
        ["Download all", "Share", "Present", ""],
    ]
    assert [tool.texts(".menu .menu-item") for tool in tools] == [
        ["Run again", "Use these settings", "Share with the team", "Delete"],
        ["Compare", "Run again", "Use these settings", "Share with the team", "Delete all"],
    ]


def test_page_and_lightbox_say_the_same_beside_a_picture(
    as_alice: Client, as_administrator: Client, alice: User, charlie: User
) -> None:
    parent = make_saved(owner=alice, prompt="The parent", shared=True)
    child = make_saved(owner=charlie, prompt="The child", shared=True)
    reference = make_reference(owner=charlie)
    reference.source = parent.images.get()
    reference.save()
    ReferenceUse.record(child.pk, [reference])
    for client in (as_alice, as_administrator):
        page = Html(client.get(f"/generations/{child.code}/")).one(".panel")
        lightbox = Html(client.get(f"/generations/{child.code}/images/0/panel/")).one(".panel")
        assert "The child" in page.text
        assert "GPT Image 1 Square 1024 × 1024 Draft 1 picture" in page.words
        assert lightbox.words == f"About this picture {page.words}"
        for panel in (page, lightbox):
            origin = panel.one(".panel-origins a")
            assert origin["href"] == f"/generations/{parent.code}/#picture-1"
            assert "photo.png" in origin["aria-label"]


def test_a_retry_with_a_key_says_its_price(as_alice: Client, alice: User) -> None:
    row = make_generation(owner=alice, rehearsal=False)
    row.mark_submitting(row.created_at, None)
    row.fail("service_unavailable", "HTTP 503", row.created_at)
    button = Html(as_alice.get(f"/generations/{row.code}/")).one(".task-tools > form > button")
    assert button.text == f"Try again ({credits_text(row.estimate_high)} credits)"
