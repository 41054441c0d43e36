"""The error tree: the class of each error, whether to repeat the request, whether money has moved, and no key
anywhere."""

import copy
import inspect
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.evolink import ApiSecret, errors, redact
from playground.evolink.errors import Money, parse_retry_after
from playground.evolink.refusals import status_error

KEY = "sk-evo-CANARYcanaryCANARYcanary1234"

CLASSES = [
    (400, "invalid_request", errors.BadRequestError),
    (400, "content_filter", errors.ContentPolicyError),
    (400, "billing_hard_limit_reached", errors.InsufficientCreditsError),
    (401, "unauthorized", errors.AuthenticationError),
    (401, None, errors.AuthenticationError),
    (403, "key_expired", errors.AuthenticationError),
    (402, "insufficient_quota", errors.InsufficientCreditsError),
    (402, "quota_exceeded", errors.InsufficientCreditsError),
    (403, "insufficient_user_quota", errors.InsufficientCreditsError),
    (429, "insufficient_quota", errors.InsufficientCreditsError),
    (402, "key_quota_exhausted", errors.InsufficientCreditsError),
    (403, "permission_denied", errors.PermissionDeniedError),
    (403, "user_disabled", errors.PermissionDeniedError),
    (403, None, errors.PermissionDeniedError),
    (403, "model_access_denied", errors.ModelAccessError),
    (404, "model_not_found", errors.ModelAccessError),
    (400, "model_unavailable", errors.ModelAccessError),
    (503, "no_available_channel", errors.ModelAccessError),
    (404, "task_not_found", errors.NotFoundError),
    (404, None, errors.NotFoundError),
    (413, None, errors.RequestTooLargeError),
    (422, None, errors.UnprocessableEntityError),
    (429, "rate_limit_exceeded", errors.RateLimitError),
    (429, "quota_exceeded", errors.RateLimitError),
    (429, None, errors.RateLimitError),
    (500, "internal_error", errors.InternalServerError),
    (502, None, errors.InternalServerError),
    (503, "service_unavailable", errors.ServiceUnavailableError),
    (503, None, errors.ServiceUnavailableError),
    (504, None, errors.InternalServerError),
    (409, "idempotency_conflict", errors.ConflictError),
    (409, None, errors.APIStatusError),
    (302, None, errors.APIStatusError),
    (418, None, errors.APIStatusError),
]


@pytest.mark.parametrize(("status", "code", "expected"), CLASSES)
def test_the_code_decides_the_class_and_the_status_where_it_says_nothing(
    status: int, code: str | None, expected: type
) -> None:
    error = status_error(status, {"error": {"code": code, "message": "No"}}, {}, spends=True)
    assert type(error) is expected


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_reads_may_be_repeated_after_a_server_error(status: int) -> None:
    error = status_error(status, None, {}, spends=False)
    assert error.retryable
    assert error.money is Money.NOT_MOVED


@pytest.mark.parametrize(
    ("kind", "retryable", "money"),
    [
        (errors.NotSentError, True, Money.NOT_MOVED),
        (errors.BlockedAddressError, False, Money.NOT_MOVED),
        (errors.APIConnectionError, False, Money.UNKNOWN),
        (errors.APITimeoutError, False, Money.UNKNOWN),
        (errors.APIResponseValidationError, False, Money.UNKNOWN),
        (errors.DownloadError, True, Money.NOT_MOVED),
        (errors.TooLargeError, False, Money.NOT_MOVED),
        (errors.LinkDeadError, False, Money.NOT_MOVED),
    ],
)
def test_what_a_fault_on_the_way_means_for_a_submit(
    kind: type[errors.EvoLinkError], retryable: bool, money: Money
) -> None:
    error = kind("x", spends=True)
    assert (error.retryable, error.money) == (retryable, money)
    assert kind("x", spends=False).money is Money.NOT_MOVED


@pytest.mark.parametrize(
    ("body", "code", "message", "param"),
    [
        (
            {"error": {"code": "invalid_request", "message": "No", "type": "t", "param": "size"}},
            "invalid_request",
            "No",
            "size",
        ),
        (
            {"error": {"code": 400, "message": "No", "type": "invalid_request_error"}},
            "invalid_request_error",
            "No",
            None,
        ),
        ({"error": {"message": "Invalid URL (GET /x)", "type": "t"}}, "t", "Invalid URL (GET /x)", None),
        ({"success": False, "code": 400, "msg": "bad file"}, None, "bad file", None),
        ({"error": "plain"}, None, "plain", None),
        ({"message": "plain"}, None, "plain", None),
        ({"error": {"code": "402", "message": "No"}}, None, "No", None),
        ({"error": "insufficient_quota", "error_description": "No"}, "insufficient_quota", "No", None),
        ({"code": "insufficient_user_quota", "message": "No"}, "insufficient_user_quota", "No", None),
        ({"error": {"code": [], "message": {}, "param": 3}}, None, "EvoLink answered with HTTP 400.", "3"),
        ({"error": None}, None, "EvoLink answered with HTTP 400.", None),
        ([], None, "EvoLink answered with HTTP 400.", None),
        (None, None, "EvoLink answered with HTTP 400.", None),
    ],
)
def test_every_dialect_of_the_error_body(body: object, code: str | None, message: str, param: str | None) -> None:
    error = status_error(400, body, {}, spends=True)
    assert (error.status, error.code, error.message, error.param) == (400, code, message, param)


def test_request_id_from_either_header_or_the_body_and_in_the_words() -> None:
    body = {"error": {"message": "No", "request_id": "from-body"}}
    assert status_error(400, body, {"x-request-id": "a1"}, spends=True).request_id == "a1"
    assert status_error(400, body, {"x-oneapi-request-id": "b2"}, spends=True).request_id == "b2"
    error = status_error(400, body, {}, spends=True)
    assert str(error) == "No (request id: from-body)"
    assert str(errors.NotSentError("No")) == "No"


NOW = datetime(2026, 10, 21, 7, 28, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("86400", 86_400),
        ("2678400", 2_678_400),
        ("2678401", 2_678_400),
        ("99999999999999999999", 2_678_400),
        ("9" * 64, 2_678_400),
        ("Thu, 22 Oct 2026 07:28:00 GMT", 86_400),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0),
        ("Wed, 21 Oct 2026 09:28:30 +0200", 30),
        ("Wed, 21 Oct 2026 07:28:30 -0000", 30),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 2_678_400),
        ("-5", None),
        ("+5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("٧", None),
        ("7 seconds", None),
        ("Wed, 99 Oct 2026 07:28:30 GMT", None),
        ("9" * 65, None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, now=NOW) == seconds


@given(st.text())
def test_retry_after_never_fails(header: str) -> None:
    seconds = parse_retry_after(header)
    assert seconds is None or 0 <= seconds <= 2_678_400


def test_retry_after_reaches_the_error() -> None:
    assert status_error(429, None, {"retry-after": "12"}, spends=True).retry_after == 12


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    tree = inspect.getdoc(errors) or ""
    indent = next(line.index("EvoLinkError") for line in tree.splitlines() if "EvoLinkError" in line)
    for name, kind in vars(errors).items():
        if inspect.isclass(kind) and issubclass(kind, errors.EvoLinkError):
            lines = [line for line in tree.splitlines() if line.strip("│├└─ ").split(" ")[0] == name]
            assert len(lines) == 1, name
            depth = (lines[0].index(name) - indent) // 3
            assert len(kind.__mro__) - len(Exception.__mro__) - 1 == depth, name


def test_errors_can_be_copied_and_pickled() -> None:
    body = {"error": {"code": "rate_limit_exceeded", "message": "m", "key_name": "k"}}
    error = status_error(429, body, {"retry-after": "3"}, spends=True, raw="{}")
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):  # noqa: S301
        assert type(twin) is errors.RateLimitError
        assert vars(twin) == vars(error)
        assert (twin.code, twin.retry_after, twin.money, str(twin)) == ("rate_limit_exceeded", 3, Money.NOT_MOVED, "m")
        assert (twin.retryable, twin.details.key_name) == (True, "k")


def test_no_error_holds_a_key() -> None:
    body = {"error": dict.fromkeys(("code", "type", "message", "param", "request_id", "key_name", "suggestion"), KEY)}
    body["error"] |= {"message": f"Invalid API key {KEY}", "allowed_models": [KEY], "action_url": KEY}
    error = status_error(401, body, {"x-request-id": KEY}, spends=True)
    assert KEY not in repr(error) + str(error) + repr(vars(error)) + repr(error.args)
    assert "sk-…1234" in error.message


def test_messages_have_a_length() -> None:
    assert len(status_error(400, {"error": {"message": "x" * 10_000}}, {}, spends=True).message) == 2000


def test_a_secret_shows_its_last_four_characters_only() -> None:
    secret = ApiSecret(KEY)
    shown = f"{secret} {secret!r} {secret!s} {[secret]} {secret:}"
    assert KEY not in shown
    assert shown.count("sk-…1234") == 5
    assert secret.reveal() == KEY
    assert str(ApiSecret("sk-short")) == "sk-…"
    assert secret == ApiSecret(KEY)
    assert secret != ApiSecret(KEY + "5")
    assert secret != KEY
    assert len({secret, ApiSecret(KEY)}) == 1


def test_a_secret_is_not_pickled_and_has_no_dictionary() -> None:
    secret = ApiSecret(KEY)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize("value", ["", "sk-a b", "sk-\n", "sk-é", "sk-\x00"])
def test_what_cannot_stand_in_a_header_is_no_key_and_is_not_repeated(value: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII") as caught:
        ApiSecret(value)
    assert value == "" or value not in str(caught.value)


def test_redact_masks_what_looks_like_a_key_anywhere() -> None:
    assert redact(f"a {KEY}, b {KEY}.") == "a sk-…1234, b sk-…1234."
    assert redact("risk-averse and ask-me-anything-else") == "risk-averse and ask-me-anything-else"
