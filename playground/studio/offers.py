"""What can be made of a finished generation with one press, each with its price: the final version of a draft, more
like it, and the pictures that did not arrive. EvoLink knows no seed, so each of them is a new drawing of the same
words."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django import forms
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from playground.evolink import MODELS, GenerationRequest, Model, RateTable, pricing
from playground.evolink.successors import current, put_to
from playground.models import Descent, GeneratedImage, Generation, Lineage, Status, current_rates, labels
from playground.money.amounts import credits_text

MORE_AT_FIRST = 4


@dataclass(frozen=True)
class Offer:
    """One request that comes from a generation. `price` is the upper end of its estimate in credits, and `extra` how
    much that is more than the generation's own. `replaced` is the model that drew the generation, if it is retired."""

    request: GenerationRequest
    descent: Descent
    price: Decimal
    extra: Decimal
    replaced: Model | None = None

    @property
    def less(self) -> Decimal:
        """How much less that is than the generation's own, for one with many pictures."""
        return -self.extra

    @property
    def model_name(self) -> str:
        return labels.model_name(self.request.model)

    @property
    def quality(self) -> str:
        return str(labels.quality(self.request.quality or "").name)


class MoreForm(forms.Form):
    """How many more, each number with its price. `first` is the number if nobody chooses one."""

    n = forms.TypedChoiceField(label=gettext_lazy("How many"), coerce=int, required=False)

    def __init__(self, data: object = None, *, row: Generation) -> None:
        offers = [more(row, number) for number in range(1, _most(row) + 1)]
        self.first = min(MORE_AT_FIRST, len(offers))
        super().__init__(data, initial={"n": self.first}, auto_id=f"more-{row.code}-%s")  # type: ignore[arg-type]
        field = self.fields["n"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  narrows the type
        field.choices = [(offer.request.n, _numbered(offer)) for offer in offers]

    def clean_n(self) -> int:
        return self.cleaned_data["n"] or self.first


@dataclass(frozen=True)
class Offers:
    """The offers of a generation, for its owner. `final` is None if it has the highest quality already."""

    code: str
    rehearsal: bool
    final: Offer | None
    more: MoreForm
    replaced: Model | None
    model_name: str


def offers_of(row: Generation, reader: User) -> Offers | None:
    """None while it is not completed, and for everybody but its owner, whose key pays. Queries the database."""
    if row.owner_id != reader.pk or row.status != Status.COMPLETED or row.model not in MODELS:
        return None
    prefetch_related_objects([row], "images", "reference_uses")
    one = more(row, 1)
    return Offers(row.code, row.rehearsal, final(row), MoreForm(row=row), one.replaced, one.model_name)


def final(row: Generation) -> Offer | None:
    """One picture in the highest quality of the model. None if the generation has that, or if the model has no
    qualities."""
    model = _model(row, timezone.now().date())
    highest = model.qualities[-1] if model.qualities else None
    if highest is None or (row.quality or model.default_quality) == highest:
        return None
    first = next((image.index for image in row.images.all() if image.shown), 0)
    return _offer(row, Descent(row, Lineage.FINAL, first), quality=highest, n=1)


def more(row: Generation, number: int) -> Offer:
    """So many more pictures of the same request."""
    return _offer(row, Descent(row, Lineage.MORE), n=number)


def missing(row: Generation) -> Offer | None:
    """The pictures that did not arrive. None if nothing is missing, or nothing arrived. Reads `row.images`."""
    State = GeneratedImage.State
    states = [image.state for image in row.images.all()]
    lost = states.count(State.MISSING)
    if not row.final or row.model not in MODELS or not lost or not {State.SAVED, State.DELETED} & set(states):
        return None
    return _offer(row, Descent(row, Lineage.MISSING), n=lost)


def missing_label(offer: Offer) -> str:
    """The button, with the price."""
    price = {"number": offer.request.n, "credits": credits_text(offer.price)}
    if offer.request.n == 1:
        return _("Make the missing one (≈ %(credits)s credits)") % price
    return _("Make the %(number)s missing ones (≈ %(credits)s credits)") % price


def _numbered(offer: Offer) -> str:
    return _("%(number)s (≈ %(credits)s credits)") % {
        "number": offer.request.n,
        "credits": credits_text(offer.price),
    }


def _model(row: Generation, today: date) -> Model:
    """The model that drew it, or the one that took its place."""
    return current(MODELS[row.model], today)


def _most(row: Generation) -> int:
    return _model(row, timezone.now().date()).n_max


def _offer(row: Generation, descent: Descent, **changes: object) -> Offer:
    drew, model = MODELS[row.model], _model(row, timezone.now().date())
    request = put_to(model, replace(row.as_request(), model=model.id, **changes))  # type: ignore[arg-type]
    price = _price(row, request, current_rates())
    return Offer(request, descent, price, price - row.estimate_high, None if drew is model else drew)


def _price(row: Generation, request: GenerationRequest, table: RateTable) -> Decimal:
    group = row.key.user_group if row.key else ""
    return pricing.estimate(request, references=len(row.reference_uses.all()), group=group, table=table).high
