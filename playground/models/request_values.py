"""The settings of a request as texts, by EvoLink's names. Forms, addresses, drafts and a person's defaults use them."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from playground.evolink import MODELS, Model, get_model
from playground.evolink.model import AUTO
from playground.models.labels import COMMON_SIZES

# The form's value for a custom size. In the API a custom size is WIDTHxHEIGHT.
OWN_SIZE: Final = "own"


def chosen_model(values: Mapping[str, Any]) -> Model:
    """The model that the values name, or the default one."""
    wanted = values.get("model", "")
    return MODELS.get(wanted) or get_model(settings.DEFAULT_MODEL)


def first_values(model: Model) -> dict[str, Any]:
    """The values that a form for this model starts with: its defaults, and a square in place of an automatic size."""
    square = COMMON_SIZES[0]
    named = {"size": square} if model.default_size == AUTO and square in model.size_choices else {}
    return {**model.defaults, **named}


def with_own_size(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with a custom size built from the fields `width` and `height`."""
    plain = {name: values.get(name) for name in values}
    if plain.get("size") == OWN_SIZE:
        plain["size"] = f"{plain.get('width') or ''}x{plain.get('height') or ''}"
    return plain


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that the chosen model accepts. The others are left out, so the model's defaults apply."""
    given = with_own_size(values)
    taken = chosen_model(given).settings
    return {one.name: given[one.name] for one in taken if one.name in given and one.accepts(given[one.name])}
