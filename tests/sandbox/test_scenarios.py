"""Every error that the sandbox can simulate."""

import io
import time
from collections.abc import Callable

import httpx
import pytest
from PIL import Image

from playground.evolink import MODELS, APIResponseValidationError, Outcome, Reason, Task
from playground.evolink.refusals import status_error
from playground.sandbox import KEY_SCENARIOS, SCENARIOS, Scenario, UnknownScenarioError, describe
from tests.sandbox.conftest import ALICE, Reached


def of(*places: str) -> list[Scenario]:
    return [scenario for scenario in SCENARIOS.values() if scenario.place in places]


def named(scenario: Scenario) -> str:
    return scenario.name


def outcome(evolink: Reached, prompt: str, **body: object) -> dict[str, object]:
    return evolink.finished(prompt=f"a fox, sandbox:{prompt}", **body)


# --- the table -----------------------------------------------------------------------------------------------


def test_the_help_lists_every_scenario_with_its_spelling() -> None:
    text = describe()
    for scenario in (*SCENARIOS.values(), *KEY_SCENARIOS.values()):
        assert f"  {scenario.spelling} " in text
        assert scenario.summary in text
        assert scenario.summary.endswith(".")


def test_every_documented_code_can_be_had() -> None:
    submit = {scenario.refusal.code for scenario in of("submit") if scenario.refusal}
    assert submit >= {
        "invalid_request", "unauthorized", "insufficient_quota", "model_access_denied", "rate_limit_exceeded",
        "internal_error", "model_not_found", "model_unavailable", "no_available_channel", "channel_selection_failed",
        "insufficient_user_quota", "quota_not_enough", "account_balance_insufficient", "insufficient_token_quota",
        "key_quota_exhausted", "token_daily_quota_exceeded", "key_daily_quota_exhausted", "key_disabled",
        "key_expired", "key_model_not_allowed", "user_disabled", "ip_restricted", "invalid_media_url",
        "invalid_parameter", "invalid_parameters", "unsupported_parameters", "content_policy_violation",
        "content_filter", "sensitive_content", "moderation_blocked", "input_moderation_failed",
        "idempotency_conflict", "paid_outcome_unknown", "billing_hard_limit_reached", "sensitive_words_detected",
        "invalid_token", "mcp_paused", "mcp_key_expired", "mcp_channel_disabled", "agent_session_unavailable",
    }  # fmt: skip
    assert {scenario.code for scenario in of("task") if scenario.code} == {
        "content_policy_violation", "invalid_parameters", "image_processing_error", "image_dimension_mismatch",
        "request_cancelled", "resource_not_found", "generation_failed_no_content", "service_error",
        "generation_timeout", "resource_exhausted", "quota_exceeded", "service_unavailable", "unknown_error",
    }  # fmt: skip
    assert {scenario.refusal.code for scenario in of("read") if scenario.refusal} >= {
        "unauthorized", "quota_exceeded", "permission_denied", "task_not_found", "rate_limit_exceeded",
        "internal_error",
    }  # fmt: skip


@pytest.mark.parametrize("word", ["nothing", "answer_lost=3", "slow=soon"])
def test_an_unknown_scenario_stops_the_start(reach: Callable[..., Reached], word: str) -> None:
    with pytest.raises((UnknownScenarioError, ValueError)):
        reach(scenarios=[word])


# --- refused at the submit -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", of("submit"), ids=named)
def test_a_submit_is_refused_with_the_documented_words(alone: Reached, scenario: Scenario) -> None:
    assert scenario.refusal is not None
    model = scenario.model or "gpt-image-1"
    response = alone.submit(model=model, quality=..., prompt=f"a fox sandbox:{scenario.name}")
    assert response.status_code == scenario.refusal.status
    error = response.json()["error"]
    assert (error.get("code"), error["message"]) == (scenario.refusal.code, scenario.refusal.message)
    assert alone.sandbox.task_log() == []
    assert alone.credits()["user"]["used_credits"] == 0


MAY_BE_ACCEPTED = {
    "submit_unsaid", "submit_timeout", "submit_conflict", "submit_internal_error", "submit_paid_outcome_unknown",
    "submit_upstream_error", "submit_gateway_timeout",
}  # fmt: skip


@pytest.mark.parametrize("scenario", of("submit"), ids=named)
def test_the_client_reads_every_refusal_as_what_the_help_says(alone: Reached, scenario: Scenario) -> None:
    model = scenario.model or "gpt-image-1"
    response = alone.submit(model=model, quality=..., prompt=f"a fox sandbox:{scenario.name}")
    error = status_error(response.status_code, response.json(), response.headers, spends=True)
    assert (error.outcome is Outcome.UNKNOWN) is (scenario.name in MAY_BE_ACCEPTED)
    if "content" in scenario.summary:
        assert error.reason is Reason.CONTENT
    if "no credits left" in scenario.summary:
        assert error.reason is Reason.BALANCE
    if "limit is used up" in scenario.summary:
        assert error.reason is Reason.KEY_LIMIT
    if "for today" in scenario.summary:
        assert error.reason is Reason.KEY_DAILY_LIMIT
    if "cannot be reached" in scenario.summary:
        assert (error.reason, error.outcome) == (Reason.MODEL_UNAVAILABLE, Outcome.RESEND)


@pytest.mark.parametrize("model", sorted(MODELS))
def test_an_outage_of_one_model_leaves_the_others(alone: Reached, model: str) -> None:
    (word,) = (scenario.name for scenario in of("submit") if scenario.model == model)
    answers = {other: alone.submit(model=other, quality=..., prompt=f"sandbox:{word}").status_code for other in MODELS}
    assert answers == {other: 503 if other == model else 200 for other in MODELS}


def test_figures_come_along_with_refusals(alone: Reached) -> None:
    response = alone.submit(prompt="sandbox:submit_key_daily_quota_exhausted")
    details = status_error(402, response.json(), {}, spends=True).details
    assert details is not None
    assert (details.daily_limit_credits, details.reset_timezone) == (50, "Asia/Shanghai")
    assert details.action_url == "https://evolink.ai/dashboard/keys"
    old = alone.submit(prompt="sandbox:submit_key_daily_quota_exhausted sandbox:dialect_old")
    assert "daily_limit_credits" not in old.json()["error"]


@pytest.mark.parametrize(
    ("name", "retry_after"),
    [("exceeded", "2"), ("unsaid", None), ("odd", "soon, -1"), ("day", "86400")],
)
def test_too_many_requests_passes_by_the_clock(evolink: Reached, name: str, retry_after: str | None) -> None:
    prompt = f"a fox sandbox:submit_rate_limit_{name}"
    for _ in range(3):
        response = evolink.submit(prompt=prompt)
        assert response.status_code == 429
        assert response.headers.get("retry-after") == retry_after
    evolink.clock.advance(2)
    assert evolink.submit(prompt=prompt).status_code == 200
    assert evolink.submit(prompt=prompt).status_code == 429


def test_a_value_says_how_long(evolink: Reached) -> None:
    prompt = "a fox sandbox:submit_service_unavailable=90"
    assert evolink.submit(prompt=prompt).headers["retry-after"] == "90"
    evolink.clock.advance(89)
    assert evolink.submit(prompt=prompt).status_code == 503
    evolink.clock.advance(1)
    assert evolink.submit(prompt=prompt).status_code == 200


def test_a_scenario_of_the_server_holds_for_every_request(reach: Callable[..., Reached]) -> None:
    evolink = reach(scenarios=["submit_internal_error", "dialect_old"])
    response = evolink.submit()
    assert response.status_code == 500
    assert response.json()["error"]["code"] == 500


# --- failed tasks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", [row for row in of("task") if row.code], ids=named)
def test_a_task_fails_with_its_code_and_is_not_charged(alone: Reached, scenario: Scenario) -> None:
    body = outcome(alone, scenario.name)
    assert body["status"] == ("cancelled" if scenario.name == "cancelled" else "failed")
    listed = alone.client.get("/v1/tasks", params={"status": body["status"]}).json()["data"]
    assert [(line["id"], line["has_error"]) for line in listed] == [(body["id"], True)]
    assert body["error"] == {"code": scenario.code, "message": scenario.message, "type": "task_error"}
    assert alone.sandbox.billing_log() == []
    assert alone.credits()["user"] == {"remaining_credits": 100_000, "used_credits": 0}


def test_a_task_takes_as_long_as_it_is_told(evolink: Reached) -> None:
    task_id = evolink.made(prompt="sandbox:takes=100", n=3)["id"]
    evolink.clock.advance(99)
    assert evolink.task(task_id).json()["status"] == "processing"
    evolink.clock.advance(1)
    assert evolink.task(task_id).json()["status"] == "completed"


def test_a_task_that_never_finishes_keeps_its_reservation(evolink: Reached) -> None:
    task_id = evolink.made(prompt="sandbox:never_finishes")["id"]
    shown = []
    for _ in range(3):
        evolink.clock.advance(1_000_000)
        body = evolink.task(task_id).json()
        assert body["status"] == "processing"
        shown.append(body["progress"])
    assert shown == sorted(shown)
    assert shown[-1] < 100
    assert evolink.credits()["user"]["remaining_credits"] < 100_000


def test_a_task_may_be_finished_at_once(evolink: Reached) -> None:
    body = evolink.made(prompt="sandbox:finished_at_once")
    assert body["status"] == "completed"
    assert len(Task.from_json(body).results) == 1


@pytest.mark.parametrize(("word", "count"), [("fewer_pictures", 1), ("fewer_pictures=2", 2), ("fewer_pictures=9", 4)])
def test_fewer_pictures_are_billed_as_fewer(evolink: Reached, word: str, count: int) -> None:
    body = outcome(evolink, word, n=4)
    assert len(body["results"]) == count  # type: ignore[arg-type]
    (entry,) = evolink.sandbox.billing_log()
    assert float(entry.credits) == pytest.approx(0.67 * count, rel=0.01)


# --- odd answers ---------------------------------------------------------------------------------------------


def test_an_accepted_answer_can_be_lost(evolink: Reached) -> None:
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        evolink.submit(prompt="sandbox:answer_lost")
    evolink.clock.advance(60)
    (task,) = evolink.sandbox.task_log()
    assert task.status == "completed"
    assert len(evolink.sandbox.billing_log()) == 1
    assert evolink.submit().status_code == 200


def test_a_connection_can_drop_before_anything_is_accepted(evolink: Reached) -> None:
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        evolink.submit(prompt="sandbox:dropped")
    assert evolink.sandbox.task_log() == []


@pytest.mark.parametrize(
    ("word", "status", "accepted"),
    [("answer_html", 200, 1), ("answer_not_json", 200, 1), ("answer_without_id", 200, 1), ("error_page", 502, 0)],
)
def test_an_answer_that_names_no_task(evolink: Reached, word: str, status: int, accepted: int) -> None:
    response = evolink.submit(prompt=f"sandbox:{word}")
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html") is (word in ("answer_html", "error_page"))
    try:
        body = response.json()
    except ValueError:
        body = None
    with pytest.raises(APIResponseValidationError):
        Task.from_json(body)
    assert len(evolink.sandbox.task_log()) == accepted


@pytest.mark.parametrize("word", ["slow=0.2", "answer_drip=0.2"])
def test_a_slow_answer_takes_its_time(evolink: Reached, word: str) -> None:
    started = time.monotonic()
    assert evolink.submit(prompt=f"sandbox:{word}").status_code == 200
    assert time.monotonic() - started >= 0.2


def test_a_slow_answer_meets_the_read_timeout_of_the_client(evolink: Reached) -> None:
    evolink.client.timeout = httpx.Timeout(5, read=0.1)
    with pytest.raises(httpx.ReadTimeout):
        evolink.submit(prompt="sandbox:slow=0.5")
    assert len(evolink.sandbox.task_log()) == 1


@pytest.mark.parametrize(
    ("word", "code", "extra"),
    [
        ("new", "rate_limit_exceeded", set()),
        ("old", 429, set()),
        ("gateway", "rate_limit_exceeded", {"param"}),
    ],
)
def test_errors_in_three_dialects(evolink: Reached, word: str, code: object, extra: set[str]) -> None:
    suffix = "" if word == "new" else f" sandbox:dialect_{word}"
    response = evolink.submit(prompt=f"sandbox:submit_rate_limit_exceeded{suffix}")
    error = response.json()["error"]
    assert error["code"] == code
    assert set(error) == {"code", "message", "type"} | extra
    request_id = response.headers["x-request-id"]
    assert error["message"].endswith(f"(request id: {request_id})") is (word == "gateway")
    assert response.headers["retry-after"] == "2"


def test_the_old_dialect_suggests_the_billing_page(evolink: Reached) -> None:
    error = evolink.submit(prompt="sandbox:submit_insufficient_quota sandbox:dialect_old").json()["error"]
    assert (error["code"], error["type"]) == (402, "insufficient_quota_error")
    assert error["fallback_suggestion"] == "https://evolink.ai/dashboard/billing"


def test_errors_without_a_body_and_as_a_page(evolink: Reached) -> None:
    empty = evolink.submit(prompt="sandbox:submit_internal_error sandbox:dialect_empty")
    assert (empty.status_code, empty.content) == (500, b"")
    page = evolink.submit(prompt="sandbox:submit_internal_error sandbox:dialect_html")
    assert page.status_code == 500
    assert page.headers["content-type"].startswith("text/html")


def test_the_token_counts_have_openais_names(evolink: Reached) -> None:
    body = outcome(evolink, "token_counts", n=2)
    usage = Task.from_json(body).usage
    assert usage is not None
    assert (usage.output_image_tokens, usage.output_tokens, usage.input_image_tokens) == (544, 544, 0)
    assert usage.input_text_tokens == usage.input_tokens == 2 * 7


def test_odd_fields_of_a_finished_task(evolink: Reached) -> None:
    assert not {"usage", "billing"} & set(outcome(evolink, "no_usage"))
    assert outcome(evolink, "results_null")["results"] is None
    assert len(outcome(evolink, "results_eleven")["results"]) == 11  # type: ignore[arg-type]
    assert Task.from_json(outcome(evolink, "results_script")).results == ()


@pytest.mark.parametrize(
    ("word", "key", "value"), [("progress_odd", "progress", 250), ("status_odd", "status", "dreaming")]
)
def test_odd_fields_of_a_running_task(evolink: Reached, word: str, key: str, value: object) -> None:
    task_id = evolink.made(prompt=f"sandbox:{word}")["id"]
    evolink.clock.advance(3)
    body = evolink.task(task_id).json()
    assert body[key] == value
    assert Task.from_json(body).status == "processing"
    evolink.clock.advance(3)
    assert evolink.task(task_id).json()["status"] == "completed"


# --- reading -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", [row for row in of("read") if row.refusal], ids=named)
def test_reading_fails_at_first(alone: Reached, scenario: Scenario) -> None:
    assert scenario.refusal is not None
    task_id = alone.made(prompt=f"sandbox:{scenario.name}=3")["id"]
    for _ in range(2):
        response = alone.task(task_id)
        assert response.status_code == scenario.refusal.status
        assert response.json()["error"]["code"] == scenario.refusal.code
    alone.clock.advance(3)
    assert alone.task(task_id).status_code == 200


def test_reading_may_give_a_page_or_be_slow(evolink: Reached) -> None:
    task_id = evolink.made(prompt="sandbox:read_html sandbox:read_slow=0.2")["id"]
    assert evolink.task(task_id).headers["content-type"].startswith("text/html")
    evolink.clock.advance(5)
    started = time.monotonic()
    assert evolink.task(task_id).json()["status"] == "processing"
    assert time.monotonic() - started >= 0.2


# --- pictures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "status"), [("dead_link", 404), ("dead_link=403", 403), ("dead_link=410", 410)])
def test_dead_links(evolink: Reached, word: str, status: int) -> None:
    body = outcome(evolink, word)
    assert evolink.anonymous.get(body["results"][0]).status_code == status  # type: ignore[index]


def test_a_picture_that_is_cut_off(evolink: Reached) -> None:
    body = outcome(evolink, "picture_cut_off")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        evolink.anonymous.get(body["results"][0])  # type: ignore[index]


def test_a_picture_that_lacks_its_end(evolink: Reached) -> None:
    body = outcome(evolink, "picture_truncated")
    response = evolink.anonymous.get(body["results"][0])  # type: ignore[index]
    assert response.headers["content-type"] == "image/png"
    with pytest.raises(OSError, match="truncated"), Image.open(io.BytesIO(response.content)) as image:
        image.load()


def test_a_page_instead_of_a_picture(evolink: Reached) -> None:
    body = outcome(evolink, "picture_html")
    response = evolink.anonymous.get(body["results"][0])  # type: ignore[index]
    assert (response.status_code, response.headers["content-type"][:9]) == (200, "text/html")


def test_a_picture_that_trickles(evolink: Reached) -> None:
    body = outcome(evolink, "drip=0.3")
    started = time.monotonic()
    pieces = 0
    with evolink.anonymous.stream("GET", body["results"][0]) as response:  # type: ignore[index]
        for _ in response.iter_raw():
            pieces += 1
    assert time.monotonic() - started >= 0.3
    assert pieces >= 10


# --- keys ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", [row for row in KEY_SCENARIOS.values() if row.refusal and not row.path], ids=named)
def test_a_key_can_ask_for_refusal(evolink: Reached, scenario: Scenario) -> None:
    assert scenario.refusal is not None
    for key in (f"sk-sandbox-{scenario.name}", f"sk-sandbox-{scenario.name}-0123456789"):
        response = evolink.client.get("/v1/credits", headers={"authorization": f"Bearer {key}"})
        assert response.status_code == response.json()["error"]["code"] == scenario.refusal.status
        response = evolink.submit(key=key)
        assert response.status_code == scenario.refusal.status
        assert response.json()["error"]["code"] == scenario.refusal.code


def test_a_key_can_have_an_empty_account(evolink: Reached) -> None:
    key = "sk-sandbox-empty_account-0123456789"
    assert evolink.credits(key=key)["user"]["remaining_credits"] == 0
    assert evolink.submit(key=key).status_code == 402
    assert evolink.submit(key=ALICE).status_code == 200
