"""The price calculator: a form without a prompt, only with its length. The estimate is the studio's own."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from playground.evolink import MODELS, GenerationRequest, Model, pricing
from playground.models import labels
from playground.studio.forms import chosen_model

# A letter stands for the alphabet: its UTF-8 bytes are the upper bound of its tokens.
ALPHABETS: Final = {"latin": "x", "japanese": "あ"}
USUAL_LETTERS: Final = 200
# Another model has other choices, so the whole form comes anew; every other value changes the sum alone.
_REPLACES_THE_FORM: Final = {
    "hx-get": reverse_lazy("calculator"),
    "hx-trigger": "change consume",
    "hx-target": "#calculator",
    "hx-swap": "outerHTML",
}


class CalculatorForm(forms.Form):
    """`cleaned_data["estimate"]` is the `Estimate`, `["request"]` the request it is of."""

    model = forms.ChoiceField(label=_("Model"), choices=[(model.id, model.name) for model in MODELS.values()])
    size = forms.ChoiceField(label=_("Size"))
    quality = forms.ChoiceField(label=_("Quality"))
    resolution = forms.ChoiceField(label=_("Resolution"))
    n = forms.IntegerField(label=_("How many pictures"), min_value=1)
    references = forms.IntegerField(label=_("Reference images"), min_value=0)
    letters = forms.IntegerField(label=_("Characters in the prompt"), min_value=0)
    alphabet = forms.ChoiceField(
        label=_("Written in"), choices=[("latin", _("Latin letters")), ("japanese", _("Japanese"))]
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        """`data` may name anything; what is missing or what the model does not offer becomes its default."""
        chosen = chosen_model(data)
        super().__init__(_defaults(chosen) | _kept(chosen, data), auto_id="calculator-%s")
        self.chosen = chosen
        self._fit()
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        self.fields["model"].widget.attrs |= _REPLACES_THE_FORM

    def _fit(self) -> None:
        """Only the choices and limits of this model."""
        model = self.chosen
        choices: dict[str, list[tuple[str, Any]]] = {
            "size": [(value, _size_label(model, value)) for value in _sizes(model)],
            "quality": [(value, labels.quality(value, model.qualities).name) for value in model.qualities],
            "resolution": [(value, value) for value in model.resolutions],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            if len(offered) > 1 and isinstance(field, forms.ChoiceField):
                field.choices = offered
            else:
                del self.fields[name]
        for name, most in {"n": model.n_max, "references": model.references_max, "letters": model.prompt_limit}.items():
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label, min_value=getattr(self.fields[name], "min_value", 0), max_value=most
            )
        if model.n_max == 1:
            del self.fields["n"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.errors:
            return data
        prompt = ALPHABETS[data["alphabet"]] * data["letters"]
        limit = self.chosen.prompt_bytes_limit
        if limit is not None and len(prompt.encode()) > limit:
            self.add_error("letters", _("That is too long for this model. Shorten it a little."))
            return data
        data["request"] = GenerationRequest(
            model=self.chosen.id,
            prompt=prompt,
            n=data.get("n", 1),
            size=data.get("size"),
            quality=data.get("quality"),
            resolution=data.get("resolution"),
        )
        data["estimate"] = pricing.estimate(data["request"], references=data["references"])
        return data


def _defaults(model: Model) -> dict[str, Any]:
    return {
        "model": model.id,
        "size": model.default_size,
        "quality": model.default_quality or "",
        "resolution": model.default_resolution or "",
        "n": 1,
        "references": 0,
        "letters": USUAL_LETTERS,
        "alphabet": "latin",
    }


def _kept(model: Model, data: Mapping[str, Any]) -> dict[str, Any]:
    """What was given; a choice that belongs to another model is not kept, nor a number it cannot have."""
    allowed = {"size": _sizes(model), "quality": model.qualities, "resolution": model.resolutions}
    kept = {name: data[name] for name in (*allowed, "n", "references", "letters", "alphabet") if data.get(name)}
    return {name: value for name, value in kept.items() if name not in allowed or value in allowed[name]}


def _sizes(model: Model) -> list[str]:
    """The sizes by name; where two are the same pixels (1:1 and 1024x1024), the default or the first."""
    by_pixels: dict[object, str] = {}
    for value in sorted(model.size_choices, key=lambda value: value != model.default_size):
        by_pixels.setdefault(model.pixels(value), value)
    return [value for value in model.size_choices if value in by_pixels.values()]


def _size_label(model: Model, value: str) -> str:
    pixels = model.pixels(value)
    name = str(labels.size(value).name)
    return f"{name} ({pixels[0]} × {pixels[1]})" if pixels and not model.resolutions else name
