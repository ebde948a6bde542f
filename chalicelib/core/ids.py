"""Identifiers: ULIDs, which sort by the time they were made (26 characters of Crockford's base 32)."""

import secrets
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_LENGTH = 26


def ulid(at_ms: int | None = None) -> str:
    """A new ULID; `at_ms` is epoch milliseconds and defaults to now."""
    moment = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    number = moment << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
