"""Against an upstream that loses, breaks and lies: nothing paid is lost, nothing is paid twice, every word is true."""

import os
import random
import time
from collections.abc import Callable

import pytest

from tests.hostile.loop import Studio

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

OpenStudio = Callable[[str], Studio]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_round(seed: str, open_studio: OpenStudio) -> None:
    assert open_studio(seed).play(random.Random(seed)) == []


@pytest.mark.soak
def test_rounds_at_random(open_studio: OpenStudio) -> None:
    seed = os.environ.get("SOAK_SEED", str(time.time_ns()))
    print(f"seed {seed}")
    studio, chance = open_studio(seed), random.Random(seed)
    for number in range(int(os.environ.get("SOAK_ROUNDS", "200"))):
        assert studio.play(chance) == [], f"round {number} of seed {seed}"
