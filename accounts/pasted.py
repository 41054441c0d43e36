"""API keys as people paste them: with what stood around them in a mail, a terminal or a file of settings."""

import re
from typing import Final

from playground.evolink.invisible import without_invisible

# Quotation marks and brackets of many languages, and the end of a line of code.
_AROUND: Final = " \t\r\n\u00a0\u3000\"'`´‘’‚‛“”„‟′″«»‹›＂＇「」『』<>()[]{},;\\"
_QUOTED: Final = "[\"'”’]?\\s*"
# KEY=, export API_KEY=, $env:API_KEY =, "api_key": and the like. Any other = may belong to the key.
_NAME: Final = (
    rf"(?:(?:export|set|setx|const|let|var|api)\s+)?(?!sk-)[\w$:.-]*(?:key|token|secret|キー){_QUOTED}[=:＝：]"
)
_HEADER: Final = rf"(?:-H|--header)\s|authorization{_QUOTED}[=:]|bearer[\s:]"
_BEFORE: Final = re.compile(f"^(?:{_HEADER}|{_NAME})", re.IGNORECASE)


def key_in(text: str) -> str:
    """The key in a pasted text, without the invisible characters in it and without the quotation marks, `Bearer` or
    `NAME=` around it."""
    before, key = "", without_invisible(text)
    while key != before:
        before = key
        key = _BEFORE.sub("", key.strip(_AROUND))
    return key
