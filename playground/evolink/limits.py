"""Limits and times of EvoLink's API that apply to every model. What differs between models is in the catalogue."""

from datetime import timedelta
from typing import Final

# A result link works for this time after its task has completed.
LINK_LIFE: Final = timedelta(hours=24)
# EvoLink's own file storage keeps a file for this time after its upload.
FILE_LIFE: Final = timedelta(hours=72)
# The largest file that EvoLink's file storage accepts, in bytes.
FILE_BYTES_MAX: Final = 100 * 1024 * 1024

# The longest callback address, in characters.
CALLBACK_LENGTH_MAX: Final = 2048
# The receiver of a callback must answer within this many seconds. EvoLink tries again after each pause (seconds).
CALLBACK_SECONDS: Final = 10.0
CALLBACK_PAUSES: Final = (1.0, 2.0, 4.0)
