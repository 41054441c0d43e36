"""Limits and periods of EvoLink's API that hold for every model. What differs between models is in the catalogue."""

from datetime import timedelta
from typing import Final

# A result link lives this long after its task completed.
LINK_LIFE: Final = timedelta(hours=24)
# A file in EvoLink's own file storage lives this long after its upload.
FILE_LIFE: Final = timedelta(hours=72)
# The largest file that EvoLink's file storage takes, in bytes.
FILE_BYTES_MAX: Final = 100 * 1024 * 1024

# The longest callback address, in characters.
CALLBACK_LENGTH_MAX: Final = 2048
# The receiver of a callback has this many seconds to answer, and EvoLink tries again after each of these pauses.
CALLBACK_SECONDS: Final = 10.0
CALLBACK_PAUSES: Final = (1.0, 2.0, 4.0)
