"""The studio's form. Its choices and limits are the chosen model's; nothing here talks to EvoLink."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from playground.evolink import MODELS, GenerationRequest, Model, Parameter, Problem
from playground.evolink.catalogue import known_parameters
from playground.models import Delivery, codes, labels
from playground.models.request_values import chosen_model, with_own_size
from playground.references import reachability
from playground.references.selection import References

_SENTENCES: dict[str, Promise] = {
    "required": _("Write what the picture should show."),
    "too_long": _("That is %(length)s characters; the limit is %(limit)s. Shorten it a little."),
    "too_many_bytes": _("That is too long for this model. Shorten it a little."),
    "not_text": _("There is a broken character in the text. Type it again."),
    "not_accepted": _("This model does not take this setting."),
    "unknown_choice": _("This model does not offer that. Choose one of the others."),
    "out_of_range": _("Choose a number from %(minimum)s to %(maximum)s."),
    "size_multiple": _("Width and height must be multiples of %(multiple)s."),
    "size_side": _("Width and height must be between %(minimum)s and %(maximum)s."),
    "size_area": _("Width times height must be between %(minimum)s and %(maximum)s pixels."),
    "size_ratio": _("The long side may be at most %(maximum)s times the short side."),
    "needs_alpha_format": _("A transparent background needs PNG or WebP."),
}


class GenerationForm(forms.Form):
    """What a person asks for. `cleaned_data["request"]` is the request in EvoLink's terms.

    The settings come from the catalogue. There is a field for each that any model takes, so that one which the chosen
    model does not take is refused and not left out in silence.
    """

    request_id = forms.SlugField(max_length=codes.LENGTH_MAX, widget=forms.HiddenInput)
    prompt = forms.CharField(required=False, strip=False, label=_("Prompt"))
    width = forms.CharField(required=False, max_length=5, label=_("Width in pixels"))
    height = forms.CharField(required=False, max_length=5, label=_("Height in pixels"))
    # Only what a page offered as live is: a key added in another tab does not make an open form spend.
    mode = forms.CharField(required=False, max_length=10)
    reference_way = forms.ChoiceField(
        required=False, choices=[(Delivery.EVOLINK.value, _("Send them through EvoLink’s own file storage"))]
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *args: Any,
        pictures: References | None = None,
        rehearsal: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(None if data is None else with_own_size(data), *args, **kwargs)
        self.pictures = pictures or References()
        self.rehearsal = rehearsal
        self.chosen = chosen_model(self.data or self.initial)
        self.settings = [parameter for parameter in known_parameters().values() if parameter.is_setting]
        self.fields |= {parameter.name: _field(parameter) for parameter in self.settings}

    @classmethod
    def fresh(cls, pictures: References | None = None, rehearsal: bool = True, /, **values: Any) -> "GenerationForm":
        """An unsent form with the model's defaults, over which `values` are laid."""
        given = {name: value for name, value in values.items() if value not in ("", None)}
        initial = {**chosen_model(values).defaults, "request_id": new_request_id(), **given}
        return cls(initial=initial, pictures=pictures, rehearsal=rehearsal)

    def again(self) -> "GenerationForm":
        """The same form, checked, with a new request id."""
        data = {name: self[name].value() or "" for name in self.fields} | {"request_id": new_request_id()}
        form = GenerationForm(data, pictures=self.pictures, rehearsal=self.rehearsal)
        form.full_clean()
        return form

    def wanted(self) -> GenerationRequest | None:
        """The request of what stands in the form, sent or not; None where a setting is wrong. An empty prompt is no
        error here, and no other part of the form counts."""
        values = {parameter.name: self[parameter.name].value() or "" for parameter in self.settings}
        prompt = str(self["prompt"].value() or "")
        form = GenerationForm(values | {"request_id": new_request_id(), "prompt": prompt if prompt.strip() else "…"})
        return form.cleaned_data["request"] if form.is_valid() else None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "model" not in data:
            return data
        request = self._request(data)
        for problem in self.chosen.problems(request):
            self._add(problem)
        data["request"] = request
        data["reference_way"] = self._reference_way(data)
        for sentence in self._reference_problems(data["reference_way"]):
            self.add_error("reference_way", sentence)
        return data

    def _request(self, data: dict[str, Any]) -> GenerationRequest:
        """The form's values in EvoLink's terms; an empty choice is one that is not sent."""
        values = {parameter.name: data.get(parameter.name) for parameter in self.settings}
        chosen = {name: None if value == "" else value for name, value in values.items()}
        return GenerationRequest.from_values(chosen | {"prompt": data.get("prompt", "").replace("\r\n", "\n")})

    def _reference_way(self, data: dict[str, Any]) -> str:
        return (data.get("reference_way") or settings.REFERENCE_DELIVERY) if len(self.pictures) else ""

    def _reference_problems(self, way: str) -> Iterator[str]:
        """What is wrong with the reference images as a whole; what is wrong with one file stands beside its name."""
        if self.pictures.refused:
            yield gettext("Not every picture could be added, so nothing was sent.")
        if self.pictures.gone:
            yield gettext(
                "A reference image has been deleted in the meantime, so nothing was sent. Add it again, or continue"
                " without it."
            )
        limit, largest = self.chosen.references_max, self.chosen.reference_bytes_max
        if len(self.pictures) > limit:
            yield ngettext(
                "This model takes at most %(limit)s reference image.",
                "This model takes at most %(limit)s reference images.",
                limit,
            ) % {"limit": limit}
        for reference in self.pictures.chosen:
            if reference.byte_size > largest:
                sizes = {"name": reference.name, "limit": filesizeformat(largest)}
                yield gettext("%(name)s is too large for this model. The limit is %(limit)s.") % sizes
        if obstacle := reachability.obstacle(way, rehearsal=self.rehearsal):
            yield obstacle

    @property
    def offers_evolink(self) -> bool:
        """Whether EvoLink's own file storage is the way out."""
        return bool(reachability.obstacle(settings.REFERENCE_DELIVERY, rehearsal=self.rehearsal))

    def _add(self, problem: Problem) -> None:
        sentence = _SENTENCES.get(problem.code, _("Something is wrong with this value."))
        # A setting the model does not take is not on the page; its error goes above the form.
        self.add_error(
            None if problem.code == "not_accepted" else problem.field,
            forms.ValidationError(
                str(sentence), params={name: _shown(value) for name, value in problem.params.items()}
            ),
        )


def new_request_id() -> str:
    """A name for what one form hands in, however often it arrives."""
    return secrets.token_urlsafe(16)


def _field(parameter: Parameter) -> forms.Field:
    """The field of a setting. The rules of the model judge its value; nothing else does."""
    label = str(labels.parameter(parameter.name).name)
    if parameter.name == "model":
        return forms.ChoiceField(label=label, choices=[(model.id, _listed(model)) for model in MODELS.values()])
    if parameter.type == "integer":
        return forms.IntegerField(required=False, label=label)
    return forms.CharField(required=False, label=label)


def _shown(value: object) -> object:
    """A figure as the page's language writes it."""
    return number_format(value, force_grouping=True) if isinstance(value, int) else value


def _listed(model: Model) -> str:
    """A model's name in the list, marked when it is gone."""
    if model.retired(timezone.now().date()):
        return _("%(model)s (retired)") % {"model": model.name}
    return model.name
