"""What networks answer, taken for what it should be: anything else is as if it were not there."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from elite8.core.errors import RateLimited, Refused, Unavailable

if TYPE_CHECKING:
    import httpx

MOST = 10**12
"""The largest count that is kept: a BIGINT holds the sum of millions of them, and no post has more.

SQLite's own sum refuses what is larger: an absurd number of ten posts would blind the watch.
"""


class Failed(Refused):
    """The network's own verdict on this very post: it failed, and nothing of it will appear."""


class MayBeSentAgain(RateLimited):
    """The post failed and a new one is safe, after `retry_after` where that is said."""


def object_of(answer: "httpx.Response", who: str) -> Mapping[str, Any]:
    """Return the JSON object of a network's answer; anything else is Unavailable."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable(f"{who} answered {answer.status_code} in an unknown form; try later")
    return found


def record(value: object) -> Mapping[str, Any]:
    """Return a JSON object; empty for anything else."""
    return value if isinstance(value, dict) else {}


def records(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a JSON array; none for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def own_id(one: Mapping[str, Any]) -> object:
    """Return what a record calls itself."""
    return one.get("id")


def listing(
    value: object, what: str, name: Callable[[Mapping[str, Any]], object] = own_id
) -> list[Mapping[str, Any]]:
    """Return the records of a list that may prove what is not there.

    One that is no list, or has what is no record or has no `name`, proves nothing: Unavailable,
    which says `what` was not done.
    """
    found = records(value)
    named = [one for one in found if isinstance(told := name(one), str) and told]
    if not isinstance(value, list) or len(named) < len(value):
        raise Unavailable(f"{what}; try later")
    return named


def whole(value: object) -> int:
    """Return a count that is not negative, of a number or its digits; 0 for anything else."""
    if isinstance(value, str) and value.isdecimal():
        return int(value[:18])
    return max(value, 0) if isinstance(value, int) and not isinstance(value, bool) else 0


def count(value: object) -> int | None:
    """Return a count, of a number or its digits, as far as a column holds it; else `None`."""
    told = (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.isdecimal()
    )
    return min(whole(value), MOST) if told else None


def instant(written: object) -> datetime | None:
    """Return a time with its zone; `None` for anything else."""
    try:
        found = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return found if found.tzinfo else None


def address(url: str, network: str) -> SplitResult:
    """Return the parts of an address a network named; one that is none is Refused."""
    try:
        parts = urlsplit(url)
        _ = parts.hostname, parts.port
    except ValueError:
        raise Refused(f"{network} named an upload address that is none; nothing was sent") from None
    return parts
