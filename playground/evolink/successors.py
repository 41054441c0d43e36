"""The replacement for a model that was shut down, and how a request is changed for it."""

from dataclasses import replace
from datetime import date

from playground.evolink.catalogue import MODELS
from playground.evolink.model import Model
from playground.evolink.types import GenerationRequest
from playground.evolink.validation import problems


def successor(model: Model) -> Model | None:
    """The model that is recommended instead, or None."""
    return MODELS.get(model.replacement or "")


def current(model: Model, today: date) -> Model:
    """The model itself until it is shut down. From that day, the model that is recommended instead."""
    seen = {model.id}
    while model.retired(today):
        following = successor(model)
        if following is None or following.id in seen:
            return model
        seen.add(following.id)
        model = following
    return model


def put_to(model: Model, request: GenerationRequest) -> GenerationRequest:
    """The same request for another model. A setting that this model does not take becomes its default."""
    adapted = replace(request, model=model.id, n=min(request.n, model.n_max))
    refused = {problem.field for problem in problems(model, adapted)} & adapted.settings().keys()
    return GenerationRequest.from_values({**adapted.values(), **{name: model.defaults.get(name) for name in refused}})
