"""The one thing that matters in EXIF data: how the picture has to be turned."""

import struct

ORIENTATION, SHORT = 0x0112, 3
ORDERS = {b"II*\x00": "<", b"MM\x00*": ">"}
ENTRY = 12


def orientation(data: bytes) -> int:
    """The orientation, from 1 to 8, as browsers read it: also from data that ends too early behind it. 1 if there is
    none."""
    data = data.removeprefix(b"Exif\x00\x00")
    order = ORDERS.get(data[:4])
    if order is None:
        return 1
    try:
        (place,) = struct.unpack_from(f"{order}I", data, 4)
        (entries,) = struct.unpack_from(f"{order}H", data, place)
        for index in range(entries):
            tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", data, place + 2 + ENTRY * index)
            if tag == ORIENTATION:
                return value if kind == SHORT and 1 <= value <= 8 else 1
    except struct.error:
        # The data ends before an orientation.
        return 1
    return 1
