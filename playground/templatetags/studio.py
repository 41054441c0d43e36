"""What the studio's templates ask of a row: words, prices, shapes."""

import secrets
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template import RequestContext
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from playground.evolink import MODELS, pricing, successors
from playground.models import GeneratedImage, Generation, Slot, Status, failures, labels

register = template.Library()

_STAGES = {
    Status.QUEUED: pgettext_lazy("stage", "Waiting to be sent"),
    Status.SUBMITTING: pgettext_lazy("stage", "Sending to EvoLink"),
    Status.PENDING: pgettext_lazy("stage", "Accepted, waiting for EvoLink to start"),
    Status.PROCESSING: pgettext_lazy("stage", "EvoLink is drawing"),
    Status.SAVING: pgettext_lazy("stage", "Drawn; saving the pictures here"),
}
_TONES = {
    Status.QUEUED: "waiting",
    Status.FAILED: "danger",
    Status.UNKNOWN: "attention",
    Status.COMPLETED: "",
    Status.CANCELLED: "plain",
}


@register.simple_tag
def new_request_id() -> str:
    return secrets.token_urlsafe(16)


@register.simple_tag(takes_context=True)
def page_csrf_token(context: RequestContext) -> SafeString:
    """Like csrf_token, also inside `include … only`, where the context has nothing but the request itself."""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(context.request))


# --- Money ---


@register.filter
def credits(amount: Decimal) -> str:
    """Credits for show: two decimals, below one four."""
    places = Decimal("0.01") if amount >= 1 or not amount else Decimal("0.0001")
    return number_format(amount.quantize(places, ROUND_HALF_EVEN), use_l10n=True, force_grouping=True)


@register.filter
def dollars(amount: Decimal) -> str:
    """Credits as US dollars, for show."""
    value = pricing.usd(amount)
    places = Decimal("0.01") if value >= Decimal("0.1") or not value else Decimal("0.0001")
    return f"US${number_format(value.quantize(places, ROUND_HALF_EVEN), use_l10n=True, force_grouping=True)}"


# --- Words ---


@register.filter
def model_name(model_id: str) -> str:
    """A model's name; of one that has left the catalogue, its id."""
    model = MODELS.get(model_id)
    return model.name if model else model_id


@register.filter
def size_name(generation: Generation) -> str:
    name = str(labels.size(generation.size).name)
    pixels = f"{generation.width} × {generation.height}"
    return f"{name} {pixels}" if generation.width and name != pixels else name


@register.filter
def quality_name(generation: Generation) -> Promise | str:
    model = MODELS.get(generation.model)
    return labels.quality(generation.quality, model.qualities if model else ()).name


@register.filter
def stage(generation: Generation) -> Promise | str:
    return _STAGES.get(Status(generation.status), "")


@register.filter
def tone(generation: Generation) -> str:
    return _TONES.get(Status(generation.status), "running")


@register.filter
def lasted(time: timedelta) -> str:
    """A length of time in the two units that matter."""
    seconds = time.total_seconds()
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": number_format(round(seconds, 1), decimal_pos=1, use_l10n=True)}
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
    return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}


@register.filter
def about(seconds: int) -> str:
    """A wait in round figures: nobody counts the seconds of minutes."""
    if seconds < 90:
        return ngettext("%(number)s second", "%(number)s seconds", seconds) % {"number": seconds}
    minutes = round(seconds / 60)
    return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}


@register.filter
def failure(code: str) -> failures.Failure:
    return failures.failure(code)


@register.filter
def remedy(code: str) -> str:
    """What the button of a failed card does; nothing for a card that did not fail."""
    return failures.failure(code).remedy if code else ""


@register.filter
def charged(generation: Generation) -> str:
    """What became of the money."""
    return _("A rehearsal costs nothing.") if generation.rehearsal else generation.get_charged_display()


@register.filter
def trouble(code: str) -> Promise | str:
    return failures.trouble(code)


# --- Slots ---


@register.filter
def shows_slots(generation: Generation) -> bool:
    """A card keeps room for its pictures while they are on their way, and shows what came."""
    return generation.running or any(image.file for image in generation.images.all())


@register.filter
def slot_state(slot: Slot) -> str:
    """As the style sheet calls it."""
    if slot.image is None:
        return "waiting"
    if slot.image.state != GeneratedImage.State.WAITING:
        return "missing"
    return "failed" if slot.image.trouble else "saving"


@register.filter
def slot_note(slot: Slot, now: Any) -> str:
    """The word inside an empty slot; nothing while it is simply waited for."""
    if slot.image is None:
        return ""
    if slot.image.deleted_at:
        return _("Deleted")
    if slot.image.state == GeneratedImage.State.MISSING:
        return _("This picture did not arrive.") if not slot.image.source_url else _("This picture could not be saved.")
    if slot.image.trouble:
        hours = slot.image.hours_left(now)
        sentence = ngettext("Not saved yet; %(hours)s hour left.", "Not saved yet; %(hours)s hours left.", hours)
        return sentence % {"hours": hours}
    return _("Saving")


# --- Models ---


@register.filter
def on_successor(generation: Generation) -> dict[str, Any] | None:
    """The same request on the model that replaces a refused one: its name and its price."""
    model = MODELS.get(generation.model)
    follower = successors.successor(model) if model else None
    if follower is None:
        return None
    request = successors.put_to(follower, generation.as_request())
    return {"name": follower.name, "credits": pricing.estimate(request).high}
