"""The price calculator. It asks for the length of a prompt, not for the prompt, and uses the studio's own estimate."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from playground.evolink import MODELS, GenerationRequest, Model, Parameter, RateTable, pricing
from playground.evolink.validation import problems
from playground.models import labels
from playground.models.request_values import chosen_model, first_values

# One letter of each alphabet: its UTF-8 bytes are the largest number of its tokens.
ALPHABETS: Final = {"latin": "x", "japanese": "あ"}
USUAL_LETTERS: Final = 200
# The calculator asks for these in place of a prompt and its references.
_PROMPT: Final = {"references": 0, "letters": USUAL_LETTERS, "alphabet": "latin"}
# Another model has other choices, so it replaces the whole form. Other values change only the sum.
_REPLACES_THE_FORM: Final = {
    "hx-get": reverse_lazy("calculator"),
    "hx-trigger": "change consume",
    "hx-target": "#calculator",
    "hx-swap": "outerHTML",
}


class CalculatorForm(forms.Form):
    """If the form is valid, `cleaned_data` has the `GenerationRequest` as "request" and its `Estimate` as
    "estimate"."""

    references = forms.IntegerField(label=_("Reference images"), min_value=0)
    letters = forms.IntegerField(label=_("Characters in the prompt"), min_value=0)
    alphabet = forms.ChoiceField(
        label=_("Written in"), choices=[("latin", _("Latin letters")), ("japanese", _("Japanese"))]
    )

    def __init__(self, data: Mapping[str, Any], table: RateTable) -> None:
        """`data` may have any keys. Missing values, and values that the model does not have, become the defaults."""
        model = chosen_model(data)
        others = {name: data[name] for name in _PROMPT if data.get(name)}
        super().__init__(first_values(model) | _kept(model, data) | _PROMPT | others, auto_id="calculator-%s")
        self.chosen = model
        self.table = table
        names = [(each.id, each.name) for each in MODELS.values()]
        chooser = forms.ChoiceField(label=str(labels.parameter("model").name), choices=names)
        chooser.widget.attrs |= _REPLACES_THE_FORM
        settings = {one.name: _field(model, one) for one in model.settings if one.priced and one.is_open_to_choice}
        self.fields = {"model": chooser, **settings, **self.fields}
        self._limit("references", model.references_max)
        self._limit("letters", model.prompt_limit)

    def _limit(self, name: str, most: int) -> None:
        self.fields[name] = forms.IntegerField(label=self.fields[name].label, min_value=0, max_value=most)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.errors:
            return data
        prompt = ALPHABETS[data["alphabet"]] * data["letters"]
        chosen = {parameter.name: data.get(parameter.name) for parameter in self.chosen.settings}
        data["request"] = GenerationRequest.from_values(chosen | {"prompt": prompt})
        for problem in problems(self.chosen, data["request"]):
            if problem.code == "too_many_bytes":
                sentence = _("That is %(excess)s too many for this model.")
                self.add_error(
                    "letters", sentence % {"excess": number_format(str(problem.params["excess"]), force_grouping=True)}
                )
                return data
        data["estimate"] = pricing.estimate(data["request"], references=data["references"], table=self.table)
        return data


def _kept(model: Model, data: Mapping[str, Any]) -> dict[str, Any]:
    """The given settings that this model has. Numbers are kept in any case, because the form checks them."""
    given = [parameter for parameter in model.settings if data.get(parameter.name)]
    return {
        parameter.name: data[parameter.name]
        for parameter in given
        if parameter.type == "integer" or data[parameter.name] in _values(model, parameter)
    }


def _field(model: Model, parameter: Parameter) -> forms.Field:
    label = str(labels.parameter(parameter.name).name)
    if parameter.type == "integer":
        return forms.IntegerField(label=label, min_value=parameter.minimum, max_value=parameter.maximum)
    choices = [(value, _label(model, parameter, value)) for value in _values(model, parameter)]
    return forms.ChoiceField(label=label, choices=choices)


def _values(model: Model, parameter: Parameter) -> Sequence[str]:
    return _sizes(model) if parameter.name == "size" else parameter.choices


def _sizes(model: Model) -> list[str]:
    """The sizes. If two names mean the same pixels (1:1 and 1024x1024), only the default or the first one."""
    by_pixels: dict[object, str] = {}
    for value in sorted(model.size_choices, key=lambda value: value != model.default_size):
        by_pixels.setdefault(model.pixels(value), value)
    return [value for value in model.size_choices if value in by_pixels.values()]


def _label(model: Model, parameter: Parameter, value: str) -> str:
    if parameter.name == "resolution":
        return value  # the tables of the page use the same name
    name = str(labels.setting(parameter.name, value).name)
    pixels = model.pixels(value) if parameter.name == "size" else None
    return f"{name} ({pixels[0]} × {pixels[1]})" if pixels and not model.resolutions else name
