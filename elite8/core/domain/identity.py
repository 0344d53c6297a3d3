"""Ids that sort by time."""

import secrets
import threading
from datetime import UTC, datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U to mistake. https://www.crockford.com/base32.html"""
LENGTH = 26
RANDOM_BITS = 80
STEP_BITS = 76
"""How far an id steps on from the one before: by chance, so that no other process takes it too.

So far that a few characters tell the ids of one millisecond apart; many of them run ahead of it.
"""

_lock = threading.Lock()
_last = 0


def new_id(now: datetime) -> str:
    """Return 26 characters: 48 bits of milliseconds, then 80 random ones (the ULID layout).

    Within one process an id is always greater than the one before, also within a millisecond
    and when the clock steps back. Processes that were forked from one share no id.
    """
    global _last  # noqa: PLW0603  # one counter for the process is what makes ids rise
    fresh = int(now.timestamp() * 1000) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
    with _lock:
        _last = fresh if fresh > _last else _last + 1 + secrets.randbits(STEP_BITS)
        return encode(_last)


def next_id(after: str) -> str:
    """Return what sorts after an id, whatever the clock says."""
    number = 0
    for sign in after:
        number = number << 5 | ALPHABET.index(sign)
    return encode(number + 1 + secrets.randbits(STEP_BITS))


def first_id(since: datetime) -> str:
    """Return what sorts before every id of that millisecond."""
    return encode(int(since.timestamp() * 1000) << RANDOM_BITS)


def born(name: str) -> datetime:
    """Return when an id was made, to the millisecond."""
    number = 0
    for sign in name:
        number = number << 5 | ALPHABET.index(sign)
    return datetime.fromtimestamp((number >> RANDOM_BITS) / 1000, UTC)


def encode(number: int) -> str:
    """Return a number of 130 bits or fewer as 26 characters that sort like it."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH - 1, -1, -1))
