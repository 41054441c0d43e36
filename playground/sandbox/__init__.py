"""EvoLink in a bottle: the whole HTTP contract with no key and no network. Draws its pictures itself."""

from playground.sandbox.api.app import BillingEntry, Sandbox, ServingEntry, TaskEntry
from playground.sandbox.scenarios import KEY_SCENARIOS, SCENARIOS, Scenario, describe
from playground.sandbox.script import UnknownScenarioError

__all__ = [
    "KEY_SCENARIOS",
    "SCENARIOS",
    "BillingEntry",
    "Sandbox",
    "Scenario",
    "ServingEntry",
    "TaskEntry",
    "UnknownScenarioError",
    "describe",
]
