"""What an error means: by code first, at every HTTP status, and whether a submit it answered was accepted."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.evolink import Money, Outcome, Reason, classify, outcome
from playground.evolink.reasons import CODES, Verdict
from playground.evolink.refusals import status_error

REFUSED, RESEND, UNKNOWN = Outcome.REFUSED, Outcome.RESEND, Outcome.UNKNOWN
GENERIC = {"invalid_request", "invalid_parameter", "invalid_parameters", "unknown_error"}
SAFETY = "Your request was rejected as a result of our safety system."

# The one table: (status, code) of an answer to a submit.
OUTCOMES = [
    (307, None, REFUSED),
    (405, None, REFUSED),
    (405, "unlisted", REFUSED),
    (405, "paid_outcome_unknown", UNKNOWN),
    (400, "invalid_request", REFUSED),
    (400, "invalid_parameters", REFUSED),
    (400, "unsupported_parameters", REFUSED),
    (400, "invalid_media_url", REFUSED),
    (400, "content_filter", REFUSED),
    (400, "moderation_blocked", REFUSED),
    (400, "billing_hard_limit_reached", REFUSED),
    (400, None, UNKNOWN),
    (400, "something_new", UNKNOWN),
    (400, "generation_timeout", UNKNOWN),
    (400, "unknown_error", UNKNOWN),
    (400, "paid_outcome_unknown", UNKNOWN),
    (401, "unauthorized", REFUSED),
    (401, "invalid_token", REFUSED),
    (401, "key_expired", REFUSED),
    (401, None, UNKNOWN),
    (402, "insufficient_quota", REFUSED),
    (402, "key_daily_quota_exhausted", REFUSED),
    (402, "quota_exceeded", REFUSED),
    (402, None, UNKNOWN),
    (403, "insufficient_user_quota", REFUSED),
    (403, "model_access_denied", REFUSED),
    (403, "user_disabled", REFUSED),
    (403, "ip_restricted", REFUSED),
    (403, None, UNKNOWN),
    (404, "model_not_found", REFUSED),
    (404, None, UNKNOWN),
    (408, None, UNKNOWN),
    (408, "rate_limit_exceeded", UNKNOWN),
    (409, "idempotency_conflict", REFUSED),
    (409, None, UNKNOWN),
    (409, "insufficient_quota", UNKNOWN),
    (413, "request_too_large", REFUSED),
    (413, None, UNKNOWN),
    (422, "invalid_parameters", REFUSED),
    (429, "rate_limit_exceeded", RESEND),
    (429, "model_unavailable", RESEND),
    (429, "insufficient_quota", REFUSED),
    (429, "key_daily_quota_exhausted", REFUSED),
    (429, "content_filter", REFUSED),
    (429, None, UNKNOWN),
    (429, "paid_outcome_unknown", UNKNOWN),
    (500, "internal_error", UNKNOWN),
    (500, None, UNKNOWN),
    (500, "paid_outcome_unknown", UNKNOWN),
    (500, "content_policy_violation", UNKNOWN),
    (500, "insufficient_user_quota", REFUSED),
    (502, "upstream_error", UNKNOWN),
    (502, None, UNKNOWN),
    (503, "service_unavailable", RESEND),
    (503, "model_unavailable", RESEND),
    (503, "no_available_channel", RESEND),
    (503, "channel_selection_failed", RESEND),
    (503, "mcp_channel_disabled", RESEND),
    (503, "rate_limit_exceeded", RESEND),
    (503, "key_disabled", REFUSED),
    (503, None, UNKNOWN),
    (503, "something_new", UNKNOWN),
    (504, "gateway_timeout", UNKNOWN),
    (302, None, UNKNOWN),
    (302, "insufficient_quota", UNKNOWN),
    (599, None, UNKNOWN),
    (399, "insufficient_quota", UNKNOWN),
    (499, "insufficient_quota", REFUSED),
    (599, "insufficient_quota", REFUSED),
    (600, "insufficient_quota", UNKNOWN),
]


@pytest.mark.parametrize(("status", "code", "expected"), OUTCOMES)
def test_the_table_of_outcomes(status: int, code: str | None, expected: Outcome) -> None:
    error = status_error(status, {"error": {"code": code, "message": "No."}}, {}, spends=True)
    assert error.outcome is expected
    assert error.money is (Money.UNKNOWN if expected is UNKNOWN else Money.NOT_MOVED)
    assert error.retryable is (expected is RESEND)


@pytest.mark.parametrize(
    ("status", "type", "expected"),
    [
        (402, "insufficient_quota_error", REFUSED),
        (429, "rate_limit_error", RESEND),
        (503, "service_unavailable_error", RESEND),
        (400, "invalid_request_error", REFUSED),
        (400, "image_generation_user_error", REFUSED),
        (500, "internal_server_error", UNKNOWN),
        (502, "upstream_error", UNKNOWN),
        (429, "evo_api_error", UNKNOWN),
    ],
)
def test_in_the_old_dialect_the_type_stands_for_the_code(status: int, type: str, expected: Outcome) -> None:
    for code in (status, str(status), None):
        body = {"error": {"code": code, "message": "No.", "type": type}}
        assert status_error(status, body, {}, spends=True).outcome is expected


def test_beside_a_code_that_is_not_listed_the_type_proves_nothing() -> None:
    error = status_error(400, {"error": {"code": "something_new", "type": "rate_limit_error"}}, {}, spends=True)
    assert (error.reason, error.outcome) == (Reason.RATE_LIMITED, UNKNOWN)


def test_a_read_that_failed_moved_no_money_and_may_be_repeated_where_it_can_pass() -> None:
    def read(status: int, code: str | None = None) -> tuple[Money, bool]:
        error = status_error(status, {"error": {"code": code}}, {}, spends=False)
        return error.money, error.retryable

    assert read(401, "unauthorized") == read(404) == read(400) == (Money.NOT_MOVED, False)
    assert read(429) == read(502) == read(503, "model_unavailable") == read(500, "x") == (Money.NOT_MOVED, True)
    assert read(500, "paid_outcome_unknown") == (Money.NOT_MOVED, True)


# (reason, its own word, EvoLink's codes for it, whether it passes, what it makes of a submit at 400, 500 and 503)
MEANINGS: list[tuple[Reason, str, str, bool, tuple[Outcome, Outcome, Outcome]]] = [
    (Reason.CONTENT, "content_policy_violation",
     "content_policy_violation content_filter sensitive_content sensitive_words_detected moderation_blocked "
     "input_moderation_failed image_generation_user_error", False, (REFUSED, UNKNOWN, UNKNOWN)),
    (Reason.PARAMETERS, "invalid_parameters",
     "invalid_request invalid_parameter invalid_parameters unsupported_parameters unprocessable invalid_task_id "
     "estimate_unsupported", False, (REFUSED, UNKNOWN, UNKNOWN)),
    (Reason.IMAGE, "image_processing_error",
     "invalid_media_url image_processing_error", False, (REFUSED, UNKNOWN, UNKNOWN)),
    (Reason.DIMENSIONS, "image_dimension_mismatch",
     "image_dimension_mismatch", False, (REFUSED, UNKNOWN, UNKNOWN)),
    (Reason.TOO_LARGE, "request_too_large", "request_too_large", False, (REFUSED, UNKNOWN, UNKNOWN)),
    (Reason.NOT_FOUND, "resource_not_found",
     "resource_not_found task_not_found pricing_policy_not_found", False, (REFUSED, UNKNOWN, UNKNOWN)),
    (Reason.CONFLICT, "idempotency_conflict", "idempotency_conflict", False, (REFUSED, UNKNOWN, UNKNOWN)),
    (Reason.BALANCE, "account_balance_insufficient",
     "insufficient_quota insufficient_user_quota quota_not_enough account_balance_insufficient "
     "billing_hard_limit_reached", False, (REFUSED, REFUSED, REFUSED)),
    (Reason.KEY_LIMIT, "key_quota_exhausted",
     "insufficient_token_quota key_quota_exhausted", False, (REFUSED, REFUSED, REFUSED)),
    (Reason.KEY_DAILY_LIMIT, "key_daily_quota_exhausted",
     "token_daily_quota_exceeded key_daily_quota_exhausted", False, (REFUSED, REFUSED, REFUSED)),
    (Reason.QUOTA, "quota_exceeded", "quota_exceeded", True, (REFUSED, UNKNOWN, RESEND)),
    (Reason.KEY_REFUSED, "unauthorized",
     "unauthorized invalid_token invalid_api_key", False, (REFUSED, REFUSED, REFUSED)),
    (Reason.KEY_EXPIRED, "key_expired", "key_expired mcp_key_expired", False, (REFUSED, REFUSED, REFUSED)),
    (Reason.KEY_DISABLED, "key_disabled", "key_disabled mcp_paused", False, (REFUSED, REFUSED, REFUSED)),
    (Reason.ACCOUNT_DISABLED, "user_disabled", "user_disabled", False, (REFUSED, REFUSED, REFUSED)),
    (Reason.ADDRESS_REFUSED, "ip_restricted", "ip_restricted", False, (REFUSED, REFUSED, REFUSED)),
    (Reason.FORBIDDEN, "permission_denied", "permission_denied", False, (REFUSED, REFUSED, REFUSED)),
    (Reason.MODEL_NOT_ALLOWED, "key_model_not_allowed",
     "model_access_denied key_model_not_allowed", False, (REFUSED, REFUSED, REFUSED)),
    (Reason.MODEL_UNAVAILABLE, "model_unavailable",
     "model_not_found model_unavailable no_available_channel channel_selection_failed", True,
     (REFUSED, REFUSED, RESEND)),
    (Reason.RATE_LIMITED, "rate_limit_exceeded",
     "rate_limit_exceeded upload_token_rate_limited", True, (REFUSED, REFUSED, RESEND)),
    (Reason.UNAVAILABLE, "service_unavailable",
     "service_unavailable mcp_channel_disabled agent_session_unavailable upload_token_unavailable "
     "pricing_unavailable", True, (REFUSED, UNKNOWN, RESEND)),
    (Reason.BUSY, "resource_exhausted", "resource_exhausted", True, (UNKNOWN, UNKNOWN, UNKNOWN)),
    (Reason.FAULT, "service_error",
     "service_error internal_error upstream_error gateway_timeout", True, (UNKNOWN, UNKNOWN, UNKNOWN)),
    (Reason.NOT_ACCEPTED, "not_accepted", "", False, (UNKNOWN, UNKNOWN, UNKNOWN)),
    (Reason.NO_CONTENT, "generation_failed_no_content",
     "generation_failed_no_content", False, (UNKNOWN, UNKNOWN, UNKNOWN)),
    (Reason.TIMED_OUT, "generation_timeout", "generation_timeout", True, (UNKNOWN, UNKNOWN, UNKNOWN)),
    (Reason.CANCELLED, "request_cancelled", "request_cancelled", True, (UNKNOWN, UNKNOWN, UNKNOWN)),
    (Reason.NOT_SAID, "failed_without_a_reason", "", False, (UNKNOWN, UNKNOWN, UNKNOWN)),
    (Reason.OUTCOME_UNKNOWN, "paid_outcome_unknown", "paid_outcome_unknown", False, (UNKNOWN, UNKNOWN, UNKNOWN)),
    (Reason.UNKNOWN, "unknown_error", "unknown_error", False, (UNKNOWN, UNKNOWN, UNKNOWN)),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "word", "codes", "passes", "outcomes"), MEANINGS, ids=[row[1] for row in MEANINGS])
def test_what_each_reason_means(
    reason: Reason, word: str, codes: str, passes: bool, outcomes: tuple[Outcome, Outcome, Outcome]
) -> None:
    assert (reason.value, reason.passes) == (word, passes)
    for code in codes.split():
        for status in (None, 400, 401, 402, 403, 404, 409, 429, 500, 503):
            assert classify(status, code).reason is reason
            if code not in GENERIC:
                assert classify(status, code.upper() + " ", "rate_limit_error", SAFETY).reason is reason
        assert tuple(outcome(status, classify(status, code)) for status in (400, 500, 503)) == outcomes


def test_every_reason_and_code_is_in_the_table() -> None:
    assert [row[0] for row in MEANINGS] == list(Reason)
    assert sorted(code for row in MEANINGS for code in row[2].split()) == sorted(CODES)


TYPES = [
    ("image_generation_user_error", Reason.CONTENT),
    ("invalid_request_error", Reason.PARAMETERS),
    ("authentication_error", Reason.KEY_REFUSED),
    ("insufficient_quota", Reason.BALANCE),
    ("insufficient_quota_error", Reason.BALANCE),
    ("permission_error", Reason.FORBIDDEN),
    ("not_found_error", Reason.NOT_FOUND),
    ("request_too_large_error", Reason.TOO_LARGE),
    ("rate_limit_error", Reason.RATE_LIMITED),
    ("service_unavailable_error", Reason.UNAVAILABLE),
    ("internal_server_error", Reason.FAULT),
    ("upstream_error", Reason.FAULT),
    ("api_error", Reason.FAULT),
]


@pytest.mark.parametrize(("type", "reason"), TYPES)
def test_a_type_means_the_same_at_every_status(type: str, reason: Reason) -> None:
    for status in (None, 400, 402, 418, 429, 500):
        assert classify(status, None, type).reason is reason
        assert classify(status, "500", f" {type.upper()}").listed is (reason is not Reason.FAULT)
        assert classify(status, "something_new", type, SAFETY) == Verdict(reason, False)


def test_the_words_of_a_message_do_not_weaken_a_code() -> None:
    assert classify(400, "service_error", None, SAFETY) == Verdict(Reason.FAULT, False)
    assert classify(400, "something_new", None, SAFETY) == Verdict(Reason.PARAMETERS, False)
    assert classify(400, "invalid_request", None, "No such size.") == Verdict(Reason.PARAMETERS, True)
    assert classify(None, None, None, None) == Verdict(Reason.UNKNOWN, False)
    assert classify(None, " ", None, f"{SAFETY} insufficient credits") == Verdict(Reason.CONTENT, True)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("our Safety System", Reason.CONTENT), ("safety filters", Reason.CONTENT), ("safety policy", Reason.CONTENT),
        ("content policies", Reason.CONTENT), ("Blocked by moderation", Reason.CONTENT),
        ("moderation blocked it", Reason.CONTENT), ("moderation failed", Reason.CONTENT),
        ("insufficient credits", Reason.BALANCE), ("Insufficient account balance", Reason.BALANCE),
        ("insufficient quota", Reason.BALANCE), ("insufficient funds", Reason.BALANCE),
        ("x" * 1981 + "insufficient credits", Reason.BALANCE), ("x" * 1982 + "insufficient credits", Reason.FORBIDDEN),
        ("x" * 1987 + "content policy", Reason.CONTENT), ("x" * 1988 + "content policy", Reason.FORBIDDEN),
        ("safety", Reason.FORBIDDEN), ("content", Reason.FORBIDDEN), ("insufficient", Reason.FORBIDDEN),
        ("moderation", Reason.FORBIDDEN), ("", Reason.FORBIDDEN),
    ],
    ids=range(20),
)  # fmt: skip
def test_a_message_without_a_code_is_read_for_safety_and_money(message: str, reason: Reason) -> None:
    assert classify(403, None, None, message).reason is reason
    assert classify(403, None, None, message).listed is (reason is not Reason.FORBIDDEN)


@pytest.mark.parametrize("status", [None, 400, 403, 500])
@pytest.mark.parametrize("code", [None, "", "400", *sorted(GENERIC)])
def test_the_sentence_about_safety_is_a_refusal_for_safety(code: str | None, status: int | None) -> None:
    assert classify(status, code, "invalid_request_error", SAFETY).reason is Reason.CONTENT
    words = "Content policy violation.\nYour request was blocked by safety filters."
    assert classify(status, code, None, words).reason is Reason.CONTENT
    assert status_error(400, {"error": {"message": SAFETY}}, {}, spends=True).outcome is REFUSED


@pytest.mark.parametrize("code", [None, "unknown_error"])
def test_insufficient_credits_in_words_are_the_balance(code: str | None) -> None:
    body = {"error": {"code": code, "message": "Forbidden: insufficient credits, please recharge"}}
    error = status_error(403, body, {}, spends=True)
    assert (error.reason, error.outcome) == (Reason.BALANCE, REFUSED)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Reason.KEY_REFUSED), (402, Reason.BALANCE), (403, Reason.FORBIDDEN), (404, Reason.NOT_FOUND),
        (413, Reason.TOO_LARGE), (429, Reason.RATE_LIMITED), (503, Reason.UNAVAILABLE), (500, Reason.FAULT),
        (307, Reason.NOT_ACCEPTED), (405, Reason.NOT_ACCEPTED), (400, Reason.PARAMETERS), (302, Reason.UNKNOWN),
        (None, Reason.UNKNOWN), (499, Reason.UNKNOWN), (502, Reason.FAULT), (599, Reason.FAULT), (600, Reason.UNKNOWN),
        (415, Reason.PARAMETERS), (422, Reason.PARAMETERS), (418, Reason.UNKNOWN), (200, Reason.UNKNOWN),
    ],
)  # fmt: skip
def test_without_any_word_the_status_is_all_there_is(status: int | None, reason: Reason) -> None:
    assert classify(status, None).reason is reason
    assert not classify(status, None).listed


@given(st.integers(100, 599), st.none() | st.sampled_from(sorted(CODES)) | st.text(), st.text(), st.text())
def test_any_error_has_a_reason_and_an_outcome(status: int, code: str | None, type: str, message: str) -> None:
    verdict = classify(status, code, type, message)
    found = outcome(status, verdict)
    if found is not UNKNOWN:
        assert verdict.listed or status in (307, 405)
    error = status_error(status, {"error": {"code": code, "type": type, "message": message}}, {}, spends=True)
    assert error.retryable is (error.outcome is RESEND)


def test_the_figures_beside_a_refusal_are_kept() -> None:
    body = {
        "error": {
            "code": "key_daily_quota_exhausted",
            "message": "Daily limit reached",
            "key_name": "studio",
            "daily_limit_credits": 50,
            "daily_used_credits": "49.5",
            "account_balance_credits": -1.25,
            "remaining_credits": 0.5,
            "reset_timezone": "Asia/Shanghai",
            "expired_at": 1_790_000_000,
            "limit_scope": "MCP",
            "allowed_models": ["gpt-image-2", 7, {}],
            "action_url": "https://evolink.ai/dashboard/keys",
            "min": 1,
            "max": "10",
            "fallback_suggestion": "https://evolink.ai/dashboard/billing",
        }
    }
    details = status_error(402, body, {}, spends=True).details
    assert details is not None
    assert (details.daily_limit_credits, details.daily_used_credits) == (Decimal(50), Decimal("49.5"))
    assert (details.account_balance_credits, details.remaining_credits) == (Decimal("-1.25"), Decimal("0.5"))
    assert (details.key_name, details.reset_timezone, details.limit_scope) == ("studio", "Asia/Shanghai", "mcp")
    assert details.expired_at == datetime.fromtimestamp(1_790_000_000, UTC)
    assert details.allowed_models == ("gpt-image-2", "7")
    assert details.action_url == "https://evolink.ai/dashboard/keys"
    assert (details.min, details.max) == (Decimal(1), Decimal(10))
    assert details.suggestion == "https://evolink.ai/dashboard/billing"


def test_without_figures_there_are_no_details() -> None:
    assert status_error(402, {"error": {"code": "insufficient_quota", "message": "x"}}, {}, spends=True).details is None
    assert status_error(402, None, {}, spends=True).details is None


@pytest.mark.parametrize(
    "address",
    [
        "http://evolink.ai/x", "https://evolink.ai.evil.example/", "https://notevolink.ai/", "javascript:alert(1)",
        "https://user@evolink.ai/", "evolink.ai/dashboard", "//evolink.ai/", 7, None, "https://xn--/",
    ],
)  # fmt: skip
def test_only_evolinks_own_pages_are_linked_to(address: object) -> None:
    body = {"error": {"code": "insufficient_quota", "action_url": address, "key_name": "k"}}
    error = status_error(402, body, {}, spends=True)
    assert error.details is not None
    assert error.details.action_url is None


ANYTHING = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=8)


@given(st.dictionaries(st.text(), ANYTHING))
def test_any_body_is_an_error(body: dict[str, object]) -> None:
    for candidate in (body, {"error": body}, [body]):
        assert status_error(400, candidate, {}, spends=True).message
