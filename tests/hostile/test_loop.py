"""Against an upstream that loses, breaks and lies: nothing paid is lost, nothing is paid twice, every word is true."""

import os
import random
import time
from collections.abc import Callable

import pytest

from tests.hostile.loop import Studio

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

OpenStudio = Callable[[str], Studio]


def play(studio: Studio, seed: str, rounds: int) -> None:
    chance = random.Random(seed)
    for number in range(rounds):
        assert studio.play(chance) == [], f"round {number} of seed {seed}"


def test_a_few_rounds(open_studio: OpenStudio) -> None:
    play(open_studio("3"), seed="3", rounds=3)


@pytest.mark.soak
def test_rounds_at_random(open_studio: OpenStudio) -> None:
    """SOAK_SEED repeats what the upstream does, and the accidents as far as time allows."""
    seed = os.environ.get("SOAK_SEED", str(time.time_ns()))
    print(f"seed {seed}")
    play(open_studio(seed), seed, int(os.environ.get("SOAK_ROUNDS", "200")))
