"""A change: a generation made from one picture and a sentence.

It has the picture as its only reference image and a prompt of its own. Model, size and quality are those of the
picture; everything else is the model's default. So nothing of an earlier request is left over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from playground.evolink import MODELS, GenerationRequest, Model, Problem, get_model
from playground.evolink.successors import current, put_to
from playground.models import Descent, GeneratedImage, Generation, Lineage
from playground.references.selection import References
from playground.studio.drafts import agreed, other_models
from playground.studio.estimates import Quote, quote
from playground.studio.forms import GenerationForm, new_request_id

# What the box says for itself. Everything else follows from the picture.
_SENT = ("request_id", "prompt", "mode", "key", "reference_way")


class ChangeForm(GenerationForm):
    """The box for one picture. People fill in the words alone."""

    prompt = forms.CharField(
        required=False,
        strip=False,
        label=_("What should be different?"),
        widget=forms.Textarea(
            attrs={"rows": 1, "placeholder": _("What should be different?"), "enterkeyhint": "send", "required": True}
        ),
    )

    def _add(self, problem: Problem) -> None:
        if problem.code == "required" and problem.field == "prompt":
            self.add_error("prompt", gettext("Write what should be different."))
        else:
            super()._add(problem)


@dataclass(frozen=True)
class Box:
    """The box of a picture: its form and its price. `replaced` is the model that drew the picture, if that model is
    gone and the one of the form takes its place."""

    image: GeneratedImage
    form: ChangeForm
    quote: Quote | None
    model: Model
    replaced: Model | None


def box_of(form: ChangeForm, image: GeneratedImage, user: User) -> Box:
    """The box with the price of the words that are in the form now."""
    now = timezone.now()
    drew = MODELS.get(image.generation.model)
    model = model_for(image.generation, now.date())
    wanted = form.wanted()
    price = None
    if wanted is not None:
        # The picture becomes a reference only when the change is submitted, so the form has none yet.
        price = quote(
            user,
            wanted,
            rehearsal=form.rehearsal,
            references=1,
            now=now,
            other_models=other_models(user),
            key=str(form["key"].value() or ""),
        )
    return Box(image, form, price, model, drew if drew and drew.id != model.id else None)


def empty_form(image: GeneratedImage, user: User, *, rehearsal: bool) -> ChangeForm:
    """A box without words, for one submission."""
    data = _settings(image, user) | {"request_id": new_request_id()}
    if agreed(user):
        data["reference_way"] = "on"
    return ChangeForm(initial=data, rehearsal=rehearsal, auto_id=_ids(data["request_id"]))


def sent_form(
    image: GeneratedImage,
    user: User,
    sent: Mapping[str, Any],
    *,
    rehearsal: bool,
    pictures: References | None = None,
) -> ChangeForm:
    """The box as it was sent. What the person does not fill in comes from the picture, not from the browser."""
    data = {name: sent.get(name, "") for name in _SENT} | _settings(image, user)
    return ChangeForm(data, pictures=pictures, rehearsal=rehearsal, auto_id=_ids(data["request_id"]))


def _ids(request_id: str) -> str:
    """The ids of the controls. A page may have several boxes, also of one picture."""
    return f"change-{request_id[:12]}-%s"


def _settings(image: GeneratedImage, user: User) -> dict[str, Any]:
    wanted = request_for(image, timezone.now().date())
    chosen = {name: "" if value is None else value for name, value in wanted.settings().items()}
    return chosen | {"other_models": "on" if other_models(user) else ""}


def model_for(row: Generation, today: date) -> Model:
    """The model that drew it, or the one that took its place. Every model takes reference images."""
    return current(MODELS.get(row.model) or get_model(settings.DEFAULT_MODEL), today)


def request_for(image: GeneratedImage, today: date, prompt: str = "…") -> GenerationRequest:
    """The request of a change of this picture, without its reference image. What decides the price stays as it was
    (the size, the quality), except that there is one picture; everything else is the model's default."""
    row = image.generation
    model = model_for(row, today)
    priced = {parameter.name for parameter in model.settings if parameter.priced}
    same = {name: value for name, value in row.as_request().settings().items() if name in priced and value}
    values = {**model.defaults, **same, **_own_size(image, model), "prompt": prompt, "n": 1}
    return put_to(model, GenerationRequest.from_values(values))


def _own_size(image: GeneratedImage, model: Model) -> dict[str, str]:
    """If EvoLink chose the size: the pixels that came, if the model draws them. Else nothing."""
    wide, high = image.width or 0, image.height or 0
    free = image.generation.width is None and model.draws_freely(wide, high)
    return {"size": f"{wide}x{high}"} if free else {}


def descent_from(image: GeneratedImage) -> Descent:
    return Descent(image.generation, Lineage.CHANGE, image.index)
