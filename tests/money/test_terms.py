"""The terms of an estimate in words."""

from dataclasses import replace

import pytest

from playground.evolink import MODELS, GenerationRequest, pricing
from playground.money.terms import terms_of


@pytest.mark.parametrize("model", MODELS)
def test_the_terms_add_up_to_the_upper_end(model: str) -> None:
    known = MODELS[model]
    request = GenerationRequest(model=model, prompt="A fox in the snow", size=known.default_size)
    for wanted in (request, replace(request, n=known.n_max)):
        estimate = pricing.estimate(wanted, references=min(2, known.references_max))
        terms = terms_of(estimate)
        assert sum(term.credits for term in terms) == estimate.high
        assert {term.per_picture for term in terms} == {known.billing == "per_call"}
        assert all(str(term.words.use) for term in terms), "each is explained"
        if known.billing == "per_call":
            assert [term.count for term in terms] == [wanted.n]
