"""All texts that a person reads after something went wrong: what happened, and what to do next.

The row itself says what happened to the money (`Charged`). The codes are EvoLink's, if EvoLink has one.
"""

from dataclasses import dataclass, fields

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from playground.evolink import Reason, Task, errors
from playground.models.images import LINK_DEAD, NOT_STORED
from playground.pictures import decoding


@dataclass(frozen=True)
class Failure:
    """The texts of a failure. `remedy` is what the button does: run it `again`, `change` it first, or show the
    `keys`."""

    happened: Promise
    advice: Promise
    remedy: str = "again"


_AGAIN = _("Try again in a few minutes.")
_REWORD = _("Describe it in other words, then try again.")
_ADMINISTRATOR = _("Ask your administrator.")
_CHECKING = _(
    "We keep checking for a day. You can check again now, or run it again anyway, which may be charged a second time."
)

FAILURES = {
    # While the request is sent
    "unreachable": Failure(_("EvoLink could not be reached."), _AGAIN),
    "key_refused": Failure(_("EvoLink did not accept the API key."), _("Check the key, or use another one."), "keys"),
    "key_unreadable": Failure(_("The API key for this could not be read, so nothing was sent."), _ADMINISTRATOR),
    "no_credits": Failure(
        _("The account at EvoLink has no credits left."), _("Top up the account at EvoLink, then try again.")
    ),
    "key_limit": Failure(
        _("The API key has reached its own limit."), _("Raise its limit at EvoLink, or use another key."), "keys"
    ),
    "key_daily_limit": Failure(
        _("The API key has reached its limit for today."), _("Wait for tomorrow, or use another key."), "keys"
    ),
    "key_expired": Failure(_("The API key has expired."), _("Create a new one at EvoLink, then add it."), "keys"),
    "key_disabled": Failure(
        _("The API key is switched off at EvoLink."), _("Switch it on there, or use another one."), "keys"
    ),
    "account_disabled": Failure(_("The account at EvoLink is disabled."), _ADMINISTRATOR),
    "address_refused": Failure(_("EvoLink does not accept this server with your key."), _ADMINISTRATOR),
    "model_not_allowed": Failure(
        _("The API key may not use this model."), _("Choose another model, or use another key."), "change"
    ),
    "model_refused": Failure(_("EvoLink no longer offers this model."), _("Choose another model.")),
    "not_allowed": Failure(_("EvoLink does not allow this with your key."), _ADMINISTRATOR),
    "too_many_requests": Failure(_("EvoLink received too many requests."), _AGAIN),
    "service_unavailable": Failure(_("EvoLink is out of service at the moment."), _AGAIN),
    "too_large": Failure(_("The request was too large for EvoLink."), _("Use fewer or smaller pictures."), "change"),
    "invalid_parameters": Failure(
        _("EvoLink did not accept these settings."), _("Choose another size or quality, then try again."), "change"
    ),
    "reference_gone": Failure(
        _("A reference image was deleted before it could be sent."), _("Choose another one."), "change"
    ),
    "storage_away": Failure(_("The reference images could not be read here."), _ADMINISTRATOR),
    "step_failed": Failure(_("Something went wrong here."), _ADMINISTRATOR),
    "owner_deactivated": Failure(
        _("It was canceled before it was sent, because the account of the person who wanted it was deactivated."),
        _ADMINISTRATOR,
    ),
    # While drawing
    "reference_not_fetched": Failure(
        _("EvoLink could not fetch a reference image from this studio."),
        _("Ask your administrator whether the studio’s address can be reached from the internet."),
    ),
    "content_policy_violation": Failure(
        _("EvoLink refused this prompt for safety reasons."),
        _("Leave out real people, brands, violence and nudity, then try again."),
        "change",
    ),
    "image_processing_error": Failure(
        _("EvoLink could not use a reference image."), _("Use another picture, then try again."), "change"
    ),
    "image_dimension_mismatch": Failure(
        _("A reference image has a size that EvoLink does not accept."),
        _("Use another picture, then try again."),
        "change",
    ),
    "request_cancelled": Failure(_("EvoLink canceled it."), _AGAIN),
    "resource_not_found": Failure(_("EvoLink could not find something it needed."), _AGAIN),
    "generation_failed_no_content": Failure(_("EvoLink drew nothing for this prompt."), _REWORD, "change"),
    "service_error": Failure(_("Something went wrong at EvoLink."), _AGAIN),
    "generation_timeout": Failure(_("EvoLink took too long and gave up."), _AGAIN),
    "resource_exhausted": Failure(_("EvoLink is very busy."), _AGAIN),
    "quota_exceeded": Failure(_("A rate limit or a quota at EvoLink is reached."), _("Try again later.")),
    "failed_without_a_reason": Failure(_("It failed at EvoLink, without a reason."), _AGAIN),
    "unknown_error": Failure(_("Something went wrong at EvoLink."), _AGAIN),
    # While the pictures are saved
    "links_died": Failure(
        _("The pictures were drawn, but could not be saved before EvoLink deleted them."),
        _ADMINISTRATOR,
    ),
    "no_pictures": Failure(_("EvoLink said it was done, but sent no picture."), _REWORD, "change"),
    # When EvoLink's answer is lost
    "answer_lost": Failure(
        _("We do not know whether EvoLink accepted this."),
        _CHECKING,
    ),
    "task_lost": Failure(
        _("EvoLink accepted this, but has not said what became of it."),
        _CHECKING,
    ),
    "not_accepted": Failure(_("The request did not arrive at EvoLink."), _("You can safely run it again.")),
}

TROUBLES = {
    "links_missing": _("EvoLink has not sent every picture yet. We are asking again."),
    "could_not_save": _("A picture could not be saved yet. We keep trying."),
    "unreachable": _("EvoLink cannot be reached right now. We keep trying."),
    "answer_lost": _("EvoLink did not answer. We are asking again."),
    "too_many_requests": _("EvoLink asks us to wait a little."),
    "service_unavailable": _("EvoLink is out of service right now. We keep trying."),
    "key_refused": _("EvoLink does not accept the API key right now. We keep trying."),
    "key_suspect": _("EvoLink did not accept the API key. We are checking it."),
    "key_unreadable": _("The API key for this cannot be read right now. Ask your administrator."),
    "storage_away": _("The reference images cannot be read here right now. We keep trying."),
    "step_failed": _("Something went wrong here. Your administrator can see what."),
    "checking": _("Checking now."),
    "task_to_choose": _("EvoLink’s list has tasks that may be this one. Open it to choose."),
    "task_for_administrator": _("EvoLink’s list has tasks that may be this one. An administrator can choose."),
    "no_evidence_yet": _("Checked again: nothing new yet."),
    "longer_than_usual": _("It is taking longer than usual."),
}

_UNKNOWN_TROUBLE = _("EvoLink’s answer could not be understood. We are asking again.")


def failure(code: str) -> Failure:
    return FAILURES.get(code, FAILURES["unknown_error"])


def trouble(code: str) -> Promise | str:
    """Why a running generation does not go on at the moment. Empty without a code."""
    if not code or code in TROUBLES:
        return TROUBLES.get(code, "")
    return FAILURES[code].happened if code in FAILURES else _UNKNOWN_TROUBLE


# --- From errors to codes ---

_BY_REASON = {
    Reason.CONTENT: "content_policy_violation",
    Reason.IMAGE: "image_processing_error",
    Reason.DIMENSIONS: "image_dimension_mismatch",
    Reason.TOO_LARGE: "too_large",
    Reason.BALANCE: "no_credits",
    Reason.KEY_LIMIT: "key_limit",
    Reason.KEY_DAILY_LIMIT: "key_daily_limit",
    Reason.QUOTA: "quota_exceeded",
    Reason.KEY_REFUSED: "key_refused",
    Reason.KEY_EXPIRED: "key_expired",
    Reason.KEY_DISABLED: "key_disabled",
    Reason.ACCOUNT_DISABLED: "account_disabled",
    Reason.ADDRESS_REFUSED: "address_refused",
    Reason.FORBIDDEN: "not_allowed",
    Reason.MODEL_NOT_ALLOWED: "model_not_allowed",
    Reason.RATE_LIMITED: "too_many_requests",
    Reason.UNAVAILABLE: "service_unavailable",
    Reason.NOT_ACCEPTED: "not_accepted",
}
# The model, or EvoLink as a whole, is out of service.
OUTAGES = frozenset({"model_refused", "service_unavailable"})
# EvoLink has said no: to the request, its content or the key, or because it has no room.
REFUSALS = OUTAGES | {*_BY_REASON.values(), "invalid_parameters", "resource_exhausted"} - {"not_accepted"}


def failure_of(error: errors.EvoLinkError) -> str:
    """Our code for an error of a call to EvoLink."""
    if isinstance(error, errors.APIStatusError):
        if error.reason is Reason.MODEL_UNAVAILABLE:
            return "service_unavailable" if error.status in (429, 503) else "model_refused"
        at_fault = "service_unavailable" if (error.status or 0) >= 500 else "invalid_parameters"
        return _BY_REASON.get(error.reason, at_fault)
    by_class: list[tuple[type[errors.EvoLinkError], str]] = [
        (errors.NotSentError, "unreachable"),
        (errors.APIConnectionError, "answer_lost"),
    ]
    return next((word for kind, word in by_class if isinstance(error, kind)), "unreadable_answer")


def failure_of_task(task: Task) -> str:
    """Our code for the reason why a task failed."""
    reason = task.reason or Reason.UNKNOWN
    word = _BY_REASON.get(reason, str(reason))
    return word if word in FAILURES else "unknown_error"


def detail_of(error: errors.EvoLinkError) -> str:
    """What an administrator can read about an error: EvoLink's words, and the details that it sent."""
    details = getattr(error, "details", None)
    told = {one.name: getattr(details, one.name) for one in fields(details)} if details else {}
    lines = [f"{name}: {_plain(value)}" for name, value in told.items() if value not in (None, ())]
    return "\n".join([str(error), *lines])


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def save_error_of(error: Exception) -> str:
    """Our code for the error that prevented the saving of a picture."""
    if isinstance(error, errors.LinkDeadError):
        return LINK_DEAD
    if isinstance(error, decoding.NotAPicture):
        return "not_a_picture"
    return NOT_STORED if isinstance(error, OSError) else "download"
