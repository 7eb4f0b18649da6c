"""Keys that cannot be counted up in an address."""

import secrets
import uuid

from healthstack.lib import clock


def uuid7():
    """A UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits. New rows sort behind old ones."""
    milliseconds = int(clock.now().timestamp() * 1000) & 0xFFFFFFFFFFFF
    bits = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=bits)
