"""Characters that nobody sees: blanks, control and format characters, variation selectors, and fillers."""

import unicodedata
from typing import Final

# Control and format characters (tags, zero-width characters, the byte order mark), blanks and line ends.
_CATEGORIES: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
# First and last code points of those that Unicode lists as ignorable and that are in other categories: the grapheme
# joiner, fillers of Hangul, vowels of Khmer, variation selectors of Mongolian and of all scripts, and reserved ones.
# And the blank of Braille.
_RANGES: Final = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2065, 0x2065),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0xE0000, 0xE0FFF),
)


def is_empty(text: str) -> bool:
    """Whether nobody sees anything of the text."""
    return all(map(_invisible, text))


def without_invisible(text: str) -> str:
    """The text without the characters that nobody sees. Blanks and line ends stay."""
    return "".join(letter for letter in text if letter.isspace() or not _invisible(letter))


def _invisible(letter: str) -> bool:
    return unicodedata.category(letter) in _CATEGORIES or any(first <= ord(letter) <= last for first, last in _RANGES)
