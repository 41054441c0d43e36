"""Reads which scenarios apply to a request, from the prompt, the key, or the server's options."""

from __future__ import annotations

import re
from collections.abc import Iterable

from playground.sandbox.scenarios import KEY_SCENARIOS, SCENARIOS, Place, Scenario

WORD = re.compile(r"(?<![A-Za-z0-9_])sandbox:([a-z][a-z0-9_]*)(?:=(\d+(?:\.\d+)?))?")
KEY_WORD = re.compile(r"sk-sandbox-([a-z_]+)")


class UnknownScenarioError(ValueError):
    """No scenario has this name, or the scenario takes no value."""


class Script(dict[str, float]):
    """The scenarios that apply to one task: name → value (0 if the scenario takes no value)."""

    def of(self, place: Place) -> Iterable[Scenario]:
        return [SCENARIOS[name] for name in self if SCENARIOS[name].place == place]

    def encoding(self, place: Place) -> str | None:
        """The Content-Encoding that a scenario asks for."""
        return next((scenario.encoding for scenario in self.of(place) if scenario.encoding is not None), None)

    @property
    def dialect(self) -> str | None:
        """The dialect that a scenario asks for in error bodies."""
        return next((name.removeprefix("dialect_") for name in self if name.startswith("dialect_")), None)


def choose(name: str, value: str | None = None) -> tuple[str, float]:
    """Return (name, value) of a scenario from its name and the text of its value. Raises `UnknownScenarioError`."""
    scenario = SCENARIOS.get(name)
    if scenario is None:
        raise UnknownScenarioError(f"There is no scenario {name!r}")
    if value is not None and scenario.value is None:
        raise UnknownScenarioError(f"The scenario {name!r} takes no value")
    return name, float(value) if value is not None else (scenario.value or 0.0)


def read_words(text: str) -> Script:
    """Return the scenarios that a prompt names."""
    return Script(choose(name, value or None) for name, value in WORD.findall(text))


def read_options(options: Iterable[str]) -> Script:
    """Return the scenarios from a server's options, each `name` or `name=value`."""
    return Script(choose(*option.removeprefix("sandbox:").split("=", 1)) for option in options)


def key_scenario(key: str) -> Scenario | None:
    """Return the scenario that a bearer key names, or None."""
    word = KEY_WORD.match(key)
    return KEY_SCENARIOS.get(word[1].rstrip("_")) if word else None
