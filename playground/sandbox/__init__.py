"""An imitation of EvoLink with its whole HTTP contract. It needs no key and no network, and paints its own pictures."""

from playground.sandbox.api.app import BillingEntry, Sandbox, ServingEntry, TaskEntry
from playground.sandbox.painter import Painter, paint, paint_plain
from playground.sandbox.scenarios import KEY_SCENARIOS, SCENARIOS, Scenario, describe
from playground.sandbox.script import UnknownScenarioError

__all__ = [
    "KEY_SCENARIOS",
    "SCENARIOS",
    "BillingEntry",
    "Painter",
    "Sandbox",
    "Scenario",
    "ServingEntry",
    "TaskEntry",
    "UnknownScenarioError",
    "describe",
    "paint",
    "paint_plain",
]
