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
        print(f"round {number} of seed {seed}", flush=True)
        assert studio.play(chance) == [], f"round {number} of seed {seed}"


def test_a_few_rounds(open_studio: OpenStudio) -> None:
    """With one of each accident that takes something away."""
    studio = open_studio("583")
    play(studio, seed="583", rounds=3)
    assert studio.happened.keys() >= {"one_dies", "one_stops", "a_clock_is_set", "upstream_dies", "power_is_cut"}


@pytest.mark.soak
def test_rounds_at_random(open_studio: OpenStudio) -> None:
    """SOAK_SEED repeats what the upstream does, and the accidents as far as time allows."""
    seed = os.environ.get("SOAK_SEED", str(time.time_ns()))
    print(f"seed {seed}")
    studio = open_studio(seed)
    play(studio, seed, int(os.environ.get("SOAK_ROUNDS", "200")))
    print(f"what happened: {dict(studio.happened)}")
