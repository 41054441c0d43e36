"""The forms of the studio. Their choices and limits come from the chosen model. Nothing here calls EvoLink."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Self

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from playground.evolink import GenerationRequest, Model, Parameter, Problem
from playground.evolink.catalogue import known_parameters
from playground.evolink.invisible import is_empty
from playground.evolink.validation import problems
from playground.fields.widgets import Choice, Stepper
from playground.models import Delivery, GeneratedImage, codes, labels
from playground.models.request_values import chosen_model, first_values, with_own_size
from playground.references import reachability
from playground.references.selection import References
from playground.studio import choices
from playground.studio.choices import OwnSizeRules, QualityTiles

_SENTENCES: dict[str, Promise] = {
    "required": _("Write what the picture should show."),
    "too_long": _("That is %(length)s characters; the limit is %(limit)s. Shorten it a little."),
    "too_many_bytes": _(
        "That is %(excess)s characters too many. For this model, letters such as é or あ count two or three times."
    ),
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


# The settings that people change most.
_IN_THE_ROW = ("size", "quality", "n")


class OpenChoiceField(forms.ChoiceField):
    """A choice field that accepts every value, and none. The model's rules check the value."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def valid_value(self, value: str) -> bool:
        return True


class ModelField(forms.ChoiceField):
    """The models as tiles. If the form's model does not exist, it shows the model whose settings the form has."""

    def prepare_value(self, value: Any) -> str:
        return chosen_model({"model": value}).id


class SideField(forms.CharField):
    """The width or height of a custom size."""

    def __init__(self, **options: Any) -> None:
        own = OwnSizeRules()
        limits = {"min": own.shortest, "max": own.longest, "step": own.multiple}
        attrs = limits | {"inputmode": "numeric", "aria-describedby": "own-size-hint"}
        super().__init__(required=False, max_length=5, widget=forms.NumberInput(attrs=attrs), **options)


class GenerationForm(forms.Form):
    """What a person asks for. `cleaned_data["request"]` is the `GenerationRequest`.

    The settings come from the catalogue. There is a field for every setting of any model. So a setting that the chosen
    model does not take is refused and not silently dropped.
    """

    request_id = forms.SlugField(max_length=codes.LENGTH_MAX, widget=forms.HiddenInput)
    prompt = forms.CharField(
        required=False,
        strip=False,
        label=_("Prompt"),
        help_text=_("Say what is in the picture, then how it should look. Ctrl+Enter (⌘Enter on a Mac) sends it."),
        widget=forms.Textarea(
            attrs={"rows": 3, "required": True, "placeholder": _("A beautiful colorful sunset over the ocean")}
        ),
    )
    width = SideField(label=_("Width in pixels"))
    height = SideField(label=_("Height in pixels"))
    # Live only if the page said so: a key that was added in another tab must not make an open form spend money.
    mode = OpenChoiceField(
        label=_("Live or rehearsal"),
        choices=[("live", _("Live")), ("rehearsal", _("Rehearsal (free)"))],
        widget=Choice(default="live"),
    )
    # The primary key of the API key that the page named. No other key pays.
    key = forms.CharField(required=False, widget=forms.HiddenInput)
    other_models = forms.BooleanField(
        required=False,
        label=_("If it is not available, another model may draw it"),
    )
    # The code of the generation whose prompt and settings the form was opened with.
    parent = forms.CharField(required=False, widget=forms.HiddenInput)
    # A failure to rehearse, as the sandbox understands it. Only in a rehearsal.
    scenario = forms.RegexField(r"sandbox:[a-z0-9_]+(=[0-9.]+)?", required=False, max_length=60)
    # A checkbox. In `cleaned_data` it is the `Delivery` of the reference images.
    reference_way = forms.BooleanField(required=False, label=_("Send them through EvoLink’s own file storage"))

    # htmx attributes of the models: what the page loads for another model.
    on_model = {
        "hx-get": reverse_lazy("settings-for-model"),
        "hx-target": "#settings",
        "hx-swap": "innerHTML",
        "hx-include": "#studio-form",
        "hx-sync": "#id_model:replace",
    }

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *args: Any,
        pictures: References | None = None,
        rehearsal: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(None if data is None else with_own_size(data), *args, **kwargs)
        self.pictures = References() if pictures is None else pictures
        self.rehearsal = rehearsal
        self.chosen = chosen_model(self.data or self.initial)
        self.settings = [parameter for parameter in known_parameters().values() if parameter.is_setting]
        self.fields |= {parameter.name: _field(parameter, self.chosen) for parameter in self.settings}
        self.fields["model"].widget.attrs |= self.on_model
        self._split_own_size(str((self.data or self.initial).get("size") or ""))

    @classmethod
    def fresh(cls, pictures: References | None = None, rehearsal: bool = True, /, **values: Any) -> Self:
        """A new form with the model's defaults. `values` win over them."""
        given = {name: value for name, value in values.items() if value not in ("", None)}
        initial = {**first_values(chosen_model(values)), "request_id": new_request_id(), **given}
        return cls(initial=initial, pictures=pictures, rehearsal=rehearsal)

    def again(self) -> Self:
        """The same form with a new request id, already validated."""
        data = {name: self[name].value() or "" for name in self.fields} | {"request_id": new_request_id()}
        form = type(self)(data, pictures=self.pictures, rehearsal=self.rehearsal, auto_id=self.auto_id)
        form.full_clean()
        return form

    def wanted(self) -> GenerationRequest | None:
        """The request for the present values of the form, sent or not. None if a setting is wrong. It ignores an empty
        prompt and all other fields."""
        values = {parameter.name: self[parameter.name].value() or "" for parameter in self.settings}
        prompt = str(self["prompt"].value() or "")
        form = GenerationForm(values | {"request_id": new_request_id(), "prompt": "…" if is_empty(prompt) else prompt})
        return form.cleaned_data["request"] if form.is_valid() else None

    @property
    def open_settings(self) -> list[forms.BoundField]:
        """The settings with more than one choice, in the order of the catalogue. The others are not shown and not
        sent."""
        return [self[parameter.name] for parameter in self.chosen.settings if parameter.is_open_to_choice]

    @property
    def chips(self) -> list[choices.Chip]:
        """The settings in the row below the prompt."""
        return [self._chip(field) for field in self.open_settings if field.name in _IN_THE_ROW]

    @property
    def more_settings(self) -> list[forms.BoundField]:
        """The other settings of the model. They are folded away."""
        return [field for field in self.open_settings if field.name not in _IN_THE_ROW]

    @property
    def more_errors(self) -> bool:
        """Whether one of them is wrong."""
        return any(field.errors for field in self.more_settings)

    @property
    def model_chip(self) -> choices.Chip:
        return choices.Chip(self["model"], self.chosen.name)

    def _chip(self, field: forms.BoundField) -> choices.Chip:
        value = field.value() or ""
        if field.name == "n":
            number = int(value) if str(value).isdecimal() else 1
            return choices.Chip(
                field, ngettext("%(number)s picture", "%(number)s pictures", number) % {"number": number}
            )
        shape = choices.shape_of(self.chosen, str(value)) if field.name == "size" else None
        return choices.Chip(field, str(labels.setting(field.name, str(value)).name), shape)

    @property
    def own_size(self) -> OwnSizeRules | None:
        """The rules for a custom size. None if the model takes none."""
        return choices.own_size(self.chosen)

    def show_levels(self, levels: Mapping[str, object]) -> None:
        """Shows the price of a picture beside each quality."""
        tiles = self.fields["quality"].widget
        assert isinstance(tiles, QualityTiles)  # noqa: S101  narrows the type
        tiles.levels = levels

    def _split_own_size(self, size: str) -> None:
        """Fills width and height from a custom size, or else with first values."""
        own = self.own_size and size and size not in self.chosen.size_choices
        width, _x, height = size.replace("×", "x").partition("x") if own else ("1280", "", "720")
        values: dict[str, Any] = self.data if self.is_bound else self.initial  # type: ignore[assignment]
        values |= {"width": width, "height": height}

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "model" not in data:
            return data
        request = self._request(data)
        for problem in problems(self.chosen, request):
            self._add(problem)
        data["request"] = request
        data["reference_way"] = self._reference_way(data)
        for sentence in self._reference_problems(data["reference_way"]):
            self.add_error("reference_way", sentence)
        return data

    def _request(self, data: dict[str, Any]) -> GenerationRequest:
        """The form's values as a request. An empty choice is not sent."""
        values = {parameter.name: data.get(parameter.name) for parameter in self.settings}
        chosen = {name: None if value == "" else value for name, value in values.items()}
        prompt = data.get("prompt", "").replace("\r\n", "\n")
        if self.rehearsal and data.get("scenario"):
            prompt = f"{prompt} {data['scenario']}"
        return GenerationRequest.from_values(chosen | {"prompt": prompt})

    def _reference_way(self, data: dict[str, Any]) -> str:
        if not len(self.pictures):
            return ""
        return Delivery.EVOLINK.value if data.get("reference_way") else settings.REFERENCE_DELIVERY

    def _reference_problems(self, way: str) -> Iterator[str]:
        """Problems of the reference images as a whole. Problems of one file are shown beside its name."""
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
    def agreed(self) -> bool:
        """Whether the person has agreed to EvoLink's own file storage, so that the form need not ask."""
        return bool(self["reference_way"].value()) and not self["reference_way"].errors

    @property
    def offers_evolink(self) -> bool:
        """Whether to offer EvoLink's own file storage, because EvoLink cannot fetch the images from us."""
        return bool(reachability.obstacle(settings.REFERENCE_DELIVERY, rehearsal=self.rehearsal))

    def _add(self, problem: Problem) -> None:
        sentence = _SENTENCES.get(problem.code, _("Something is wrong with this value."))
        # The page does not show a setting that the model does not take, so its error goes above the form.
        self.add_error(
            None if problem.code == "not_accepted" else problem.field,
            forms.ValidationError(
                str(sentence), params={name: _shown(value) for name, value in problem.params.items()}
            ),
        )


def new_request_id() -> str:
    """An id for one submission, which stays the same if the form arrives more than once."""
    return secrets.token_urlsafe(16)


def _field(known: Parameter, model: Model) -> forms.Field:
    """The field of a setting, with the choices of the model. Only the model's rules check its value."""
    label, hint = str(labels.parameter(known.name).name), labels.HINTS.get(known.name, "")
    if known.name == "model":
        return ModelField(label=label, choices=choices.models(timezone.now().date()), widget=choices.ModelTiles)
    taken = next((one for one in model.settings if one.name == known.name), None)
    parameter = taken or known
    if parameter.type == "integer":
        attrs = {"min": parameter.minimum, "max": parameter.maximum, "inputmode": "numeric"}
        return forms.IntegerField(required=False, label=label, help_text=hint, widget=Stepper(attrs=attrs))
    offered = choices.offered(model, taken) if taken else []
    return OpenChoiceField(label=label, help_text=hint, choices=offered, widget=choices.widget(parameter))


class DefaultsForm(GenerationForm):
    """The settings that the studio starts with."""

    on_model = {
        "hx-get": reverse_lazy("defaults"),
        "hx-include": "#settings",
        "hx-target": "#settings",
        "hx-select": "#settings",
        "hx-swap": "outerHTML",
        "hx-sync": "#id_model:replace",
    }


class DescriptionField(forms.CharField):
    """A text in one line. Text that is too long is cut, without an error."""

    def to_python(self, value: Any) -> str:
        return " ".join((value or "").replace("\0", "").split())[: self.max_length]


class DescriptionForm(forms.Form):
    """A description for people who cannot see a picture. A page has one form for each of its pictures."""

    alternative_text = DescriptionField(
        required=False,
        max_length=GeneratedImage.ALTERNATIVE_MAX,
        label=_("Description for people who cannot see it"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, image: GeneratedImage) -> None:
        super().__init__(data, auto_id=f"%s-{image.index}", initial={"alternative_text": image.alternative_text})
        self.fields["alternative_text"].widget.attrs["placeholder"] = image.alternative


def _shown(value: object) -> object:
    """A number in the format of the page's language."""
    return number_format(value, force_grouping=True) if isinstance(value, int) else value
