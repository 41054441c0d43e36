"""How long tests wait: TEST_SLOWNESS stretches every wait, for a machine that is slow or busy."""

import os

SLOWNESS = float(os.environ.get("TEST_SLOWNESS", "1"))


def seconds(value: float) -> float:
    """`value` seconds on a machine with nothing else to do. An upper bound: when all is well, nobody waits for it."""
    return value * SLOWNESS
