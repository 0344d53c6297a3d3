"""A2E's records as tasks: every status word, and only the fields a result may stand in.

Records echo their inputs as URLs, so a result is read from `result_url`, `image_urls` or `result`
and nowhere else. Source: api/a2e.md section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from elite8.core.domain.job import Family
from elite8.core.production.a2e.wire import Strange

State = Literal["running", "done", "failed"]

DONE = {"completed", "success"}
FAILED = {"failed", "fail", "error", "cancelled", "canceled", "timeout"}
UNDERWAY = {
    *("initialized", "sent", "pending", "pendding", "processing"),
    *("init", "start", "process", "copy"),
}
STATUS_FIELD = {Family.AVATAR_VIDEO: "status"}
MOST = 10**12
"""Credits of which a column holds the sum of millions; more, or no number, is no answer."""
REASONS = ("failed_message", "faild_message", "msg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task at A2E. `share` is in [0, 1], `coins` its price when A2E says it.

    `known` is false for a status word nobody has documented: it counts as running.
    """

    id: str
    name: str
    state: State
    word: str
    known: bool
    share: float
    results: tuple[str, ...]
    reason: str
    coins: int | None
    created_at: datetime | None


def task(family: Family, record: object) -> Task:
    """Return A2E's record as a task; one without an id is `Strange`."""
    if not isinstance(record, Mapping) or not record.get("_id"):
        raise Strange(f"A2E sent a record of {family} without an id")
    word = str(record.get(STATUS_FIELD.get(family, "current_status")) or "")
    state: State = "done" if word in DONE else "failed" if word in FAILED else "running"
    return Task(
        id=str(record["_id"]),
        name=str(record.get("name") or record.get("title") or ""),
        state=state,
        word=word,
        known=word in DONE | FAILED | UNDERWAY,
        share=_share(record, state),
        results=_results(family, record),
        reason=next((str(record[key]) for key in REASONS if record.get(key)), ""),
        coins=credits_of(record.get("coins")) or None,  # 0 says nothing: what is made costs
        created_at=instant(record.get("createdAt")),
    )


def rows(data: object) -> list[Mapping[str, Any]]:
    """Return the records in any of the forms lists come in: bare, `rows`, `data`, `list`."""
    known = [data.get(key) for key in ("rows", "data", "list")] if isinstance(data, Mapping) else []
    found = next((one for one in (data, *known) if isinstance(one, list)), None)
    if found is None or not all(isinstance(row, Mapping) for row in found):
        raise Strange("A2E sent a list in a form this version does not know")
    return found


def one(data: object, task_id: str) -> object | None:
    """Return the record with this id from a detail, which may be an object or an array."""
    found = data if isinstance(data, list) else [data]
    return next((r for r in found if isinstance(r, Mapping) and r.get("_id") == task_id), None)


def whole(value: object) -> int | None:
    """Return a whole number of credits, signed; `None` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < MOST:
        return None
    return int(value) if value == int(value) else None


def credits_of(value: object) -> int | None:
    """Return a price or balance: a whole number that is not negative, else `None`."""
    found = whole(value)
    return None if found is None or found < 0 else found


def text(record: object, key: str) -> str:
    """Return a field that has to be there; without it the record is `Strange`."""
    found = record.get(key) if isinstance(record, Mapping) else None
    if not found:
        raise Strange(f"A2E sent a record without '{key}'")
    return str(found)


def instant(written: object) -> datetime | None:
    """Return a time, in UTC where it names no zone; `None` when it is none."""
    try:
        found = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _share(record: Mapping[str, Any], state: State) -> float:
    percent = record.get("process")
    if state == "done":
        return 1.0
    return min(max((whole(percent) or 0) / 100, 0.0), 1.0)


def _results(family: Family, record: Mapping[str, Any]) -> tuple[str, ...]:
    if family == Family.PICTURE:
        found = record.get("image_urls")
        return tuple(str(url) for url in found) if isinstance(found, list) else ()
    url = record.get("result" if family == Family.AVATAR_VIDEO else "result_url")
    return (str(url),) if url else ()
