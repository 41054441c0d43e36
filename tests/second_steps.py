"""The codes that an authenticator app shows (RFC 6238)."""

import base64
import hashlib
import hmac
import struct
import time


def code_of(secret: str) -> str:
    """The present code: six digits, a new one every 30 seconds. `secret` is the text that a person types into the
    app."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    [number] = struct.unpack_from(">I", digest, digest[-1] & 0x0F)
    return f"{(number & 0x7FFF_FFFF) % 10**6:06}"
