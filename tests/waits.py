"""The waits of the tests. TEST_SLOWNESS makes all of them longer, for a slow or busy machine."""

import os

SLOWNESS = float(os.environ.get("TEST_SLOWNESS", "1"))


def seconds(value: float) -> float:
    """An upper bound for a wait; `value` is for an idle machine. A test that passes does not wait that long."""
    return value * SLOWNESS
