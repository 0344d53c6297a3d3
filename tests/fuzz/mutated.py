"""Good inputs made bad: bytes changed, parts repeated, JSON values of another kind, deep nests."""

import json
from random import Random
from typing import TYPE_CHECKING, Any

from tests.platforms.contract import nodes, replaced

if TYPE_CHECKING:
    from collections.abc import Callable

ODD: tuple[object, ...] = (
    *(None, True, False, 0, -1, 7, 1.5, 10**30, -(10**30), 1e308, [], {}, "", "x", "\0", "\ud800"),
    *("9" * 5000, "a" * 3000, "<script>", "=1+1", "\x1b[31m", "2026-02-30", "0001-01-01T00:00:00Z"),
    *("9999-12-31T23:59:59-12:00", "NaN", "-0", "1e999999", "https://[x", [[[]]], {"a": {"b": []}}),
)
RAW = (
    *(
        b"9" * 5000,
        b"[" * 3000,
        b'{"a":' * 2000,
        b"\0",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\r\n",
        b'"',
    ),
    *(b"1e999", b"NaN", b"-Infinity", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"<!DOCTYPE", b"'", b"\\"),
    *(b"2026-02-30", b"0000-00-00", b"99999999999999999999", b",,,,", b"\n\n", b"\t", b"#", b"%"),
)


def of(good: bytes, chance: Random, some: bytes) -> bytes:
    """Return an input made out of a good one."""
    ways: tuple[Callable[[bytes, Random, bytes], bytes], ...] = (
        other_value,
        other_value,
        changed,
        raw,
        cut,
        doubled,
    )
    found = good
    for _ in range(chance.choice((1, 1, 2, 3))):
        found = chance.choice(ways)(found, chance, some)
    return found


def other_value(good: bytes, chance: Random, some: bytes) -> bytes:
    """Return JSON with a value of another kind in one place; what is no JSON is changed raw."""
    at = min((place for place in (good.find(b"{"), good.find(b"[")) if place >= 0), default=-1)
    try:
        whole: Any = json.loads(good[at:]) if at >= 0 else None
    except (ValueError, RecursionError):
        whole = None
    if whole is None:
        return raw(good, chance, some)
    changed_at = chance.choice(list(nodes(whole)))
    told = json.dumps(replaced(whole, changed_at, chance.choice(ODD)))
    return good[:at] + told.encode("utf-8", "surrogatepass")


def changed(good: bytes, chance: Random, some: bytes) -> bytes:
    """Return it with some bytes put over others."""
    at = chance.randrange(len(good) + 1)
    return good[:at] + some + good[at + len(some) :]


def raw(good: bytes, chance: Random, _some: bytes) -> bytes:
    """Return it with what parsers stumble over put in, or in place of something."""
    at = chance.randrange(len(good) + 1)
    until = at + chance.choice((0, 0, 1, 8, 40))
    return good[:at] + chance.choice(RAW) + good[until:]


def cut(good: bytes, chance: Random, _some: bytes) -> bytes:
    """Return its beginning, or it without some of the middle."""
    at, until = sorted(chance.randrange(len(good) + 1) for _ in range(2))
    return good[:at] + (good[until:] if chance.random() < 1 / 2 else b"")


def doubled(good: bytes, chance: Random, _some: bytes) -> bytes:
    """Return it with a part repeated."""
    at, until = sorted(chance.randrange(len(good) + 1) for _ in range(2))
    return good[:until] + good[at:until] * chance.choice((1, 2, 9)) + good[until:]
