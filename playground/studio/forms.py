"""The studio's form. Its choices and limits are the chosen model's; nothing here talks to EvoLink."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from playground.evolink import MODELS, GenerationRequest, Model, Problem, get_model
from playground.models import Delivery, Reference, codes
from playground.references import reachability

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


# The form's word for a size of one's own; on the wire it is WIDTHxHEIGHT.
OWN_SIZE = "own"


def with_own_size(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with a size of one's own put together from its two fields."""
    plain = {name: values.get(name) for name in values}
    if plain.get("size") == OWN_SIZE:
        plain["size"] = f"{plain.get('width') or ''}x{plain.get('height') or ''}"
    return plain


def chosen_model(data: Mapping[str, Any]) -> Model:
    """The model the form's values name, or the default one."""
    wanted = data.get("model", "")
    return MODELS.get(wanted) or get_model(settings.DEFAULT_MODEL)


@dataclass(frozen=True)
class References:
    """The reference images that came with a form: what can be used, in order, and what was refused by name."""

    chosen: Sequence[Reference] = ()
    refused: Sequence[tuple[str, str]] = ()
    gone: int = 0

    def __len__(self) -> int:
        return len(self.chosen)


class GenerationForm(forms.Form):
    """What a person asks for. `cleaned_data["request"]` is the request in EvoLink's terms."""

    request_id = forms.SlugField(max_length=codes.LENGTH_MAX, widget=forms.HiddenInput)
    prompt = forms.CharField(required=False, strip=False, label=_("Prompt"))
    model = forms.ChoiceField(label=_("Model"))
    size = forms.CharField(required=False, max_length=20, label=_("Size"))
    width = forms.CharField(required=False, max_length=5, label=_("Width in pixels"))
    height = forms.CharField(required=False, max_length=5, label=_("Height in pixels"))
    quality = forms.CharField(required=False, max_length=10, label=_("Quality"))
    resolution = forms.CharField(required=False, max_length=10, label=_("Resolution"))
    background = forms.CharField(required=False, max_length=20, label=_("Background"))
    output_format = forms.CharField(required=False, max_length=10, label=_("File format"))
    n = forms.IntegerField(required=False, label=_("How many pictures"))
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
        field = self.fields["model"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  narrows the type
        field.choices = [(model.id, _listed(model)) for model in MODELS.values()]
        self.chosen = chosen_model(self.data or self.initial)

    @classmethod
    def fresh(cls, pictures: References | None = None, rehearsal: bool = True, /, **values: Any) -> "GenerationForm":
        """An unsent form with the model's defaults, over which `values` are laid."""
        model = chosen_model(values)
        defaults = {
            "request_id": secrets.token_urlsafe(16),
            "model": model.id,
            "size": model.default_size,
            "quality": model.default_quality or "",
            "resolution": model.default_resolution or "",
            "background": next(iter(model.backgrounds), ""),
            "output_format": next(iter(model.output_formats), ""),
            "n": 1,
        }
        given = {name: value for name, value in values.items() if value not in ("", None)}
        return cls(initial=defaults | given, pictures=pictures, rehearsal=rehearsal)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "model" not in data or "n" in self.errors:
            return data
        request = _request(data)
        for problem in self.chosen.problems(request):
            self._add(problem)
        data["request"] = request
        data["reference_way"] = self._reference_way(data)
        for sentence in self._reference_problems(data["reference_way"]):
            self.add_error("reference_way", sentence)
        return data

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


def _shown(value: object) -> object:
    """A figure as the page's language writes it."""
    return number_format(value, force_grouping=True) if isinstance(value, int) else value


def _listed(model: Model) -> str:
    """A model's name in the list, marked when it is gone."""
    if model.retired(timezone.now().date()):
        return _("%(model)s (retired)") % {"model": model.name}
    return model.name


def _request(data: dict[str, Any]) -> GenerationRequest:
    """The form's values in EvoLink's terms; an empty choice is one that is not sent."""
    return GenerationRequest(
        model=data["model"],
        prompt=data.get("prompt", "").replace("\r\n", "\n"),
        size=data.get("size") or None,
        quality=data.get("quality") or None,
        n=1 if data.get("n") is None else data["n"],
        resolution=data.get("resolution") or None,
        background=data.get("background") or None,
        output_format=data.get("output_format") or None,
    )
