"""A parameter of the API: its type, range and default."""

from dataclasses import dataclass
from typing import Literal

from playground.evolink.rules import free_size_problem, parse_pixels
from playground.evolink.types import CONTENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One parameter of POST /v1/images/generations.

    `minimum` and `maximum` limit the value of an integer, the length of a string in code points, or the number of items
    in an array. `choices` are all allowed values. If `open` is set, other values are allowed, too (free sizes).
    """

    name: str
    type: Literal["string", "integer", "array"]
    required: bool = False
    default: str | int | None = None
    choices: tuple[str, ...] = ()
    open: bool = False
    minimum: int | None = None
    maximum: int | None = None
    priced: bool = False
    """Whether the price depends on it."""

    @property
    def is_setting(self) -> bool:
        return self.name not in CONTENT

    @property
    def is_open_to_choice(self) -> bool:
        """Whether there is more than one value to choose from."""
        return self.open or len(self.choices) > 1 or (self.minimum or 0) < (self.maximum or 0)

    def accepts(self, value: object) -> bool:
        """Whether the model takes `value` for this setting. An integer may be text, because forms send text."""
        text = str(value)
        if self.type == "integer":
            low, high = self.minimum or 0, self.maximum or 0
            return text.isascii() and text.isdigit() and len(text) <= len(str(high)) and low <= int(text) <= high
        if text in self.choices:
            return True
        pixels = parse_pixels(text) if self.open else None
        return pixels is not None and free_size_problem(*pixels) is None
