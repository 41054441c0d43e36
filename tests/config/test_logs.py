"""The log has no keys in it, whoever writes them there."""

import logging

import pytest

from playground.config.logs import configuration

KEY = "sk-proj-0123456789abcdef"


@pytest.mark.parametrize("debug", [True, False])
def test_a_key_is_masked_wherever_it_stands(debug: bool) -> None:
    settings = configuration(debug=debug, level="INFO")["formatters"]["lines"]
    make = settings.pop("()")
    formatter = make(**settings)
    try:
        raise ValueError(f"EvoLink said: {KEY} is wrong")
    except ValueError as error:
        record = logging.LogRecord(
            "any", logging.ERROR, __file__, 1, f"with {KEY}", None, (type(error), error, error.__traceback__)
        )
    line = formatter.format(record)
    assert "ValueError" in line
    assert KEY not in line
    assert "sk-…cdef" in line or "sk-\\u2026cdef" in line
