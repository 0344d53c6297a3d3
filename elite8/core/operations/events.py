"""What happened lately: tries and decisions, alerts, tasks that failed, orders that did."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from elite8.core.domain.alert import AlertEvent, AlertState
from elite8.core.domain.attempt import Attempt
from elite8.core.domain.job import Job, JobStatus
from elite8.core.domain.tick import Tick
from elite8.core.storage import figures, scenes
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

Kind = Literal["post", "decision", "alert", "task", "order"]
KINDS: tuple[Kind, ...] = ("post", "decision", "alert", "task", "order")
LONGEST = timedelta(days=30)
Level = Literal["info", "warning", "error"]
LEVELS: dict[str, Level] = {
    "refused": "error",
    "failed": "error",
    "critical": "error",
    "uncertain": "warning",
    "warning": "warning",
    "missed": "warning",
}
"""How bad a word is; any other is news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: `subject` is a post, an alert's rule, a task or a video."""

    at: datetime
    kind: Kind
    level: Level
    subject: str
    says: str


def lately(session: Session, *, limit: int) -> tuple[Event, ...]:
    """Return what happened last of all kinds, the newest first."""
    found = [of_try(one, network) for one, network in scenes.tries(session, limit=limit)]
    found += map(of_turn, scenes.turns(session, limit=limit))
    found += of_tasks(figures.ticks(session))
    found += of_orders(scenes.orders(session, limit=limit))
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:limit])


def search(
    studio: Studio,
    *,
    kinds: Collection[Kind] = KINDS,
    words: str = "",
    since: datetime | None = None,
    limit: int = 200,
) -> tuple[Event, ...]:
    """Return what happened since then, or in the last thirty days, of some kinds and words."""
    begins, found = since or studio.clock() - LONGEST, list[Event]()
    with studio.looking.database.transaction() as session:
        if by := {one == "decision" for one in kinds if one in ("post", "decision")}:
            tries = scenes.tries_like(session, words, by=by, since=begins, limit=limit)
            found += [of_try(one, network) for one, network in tries]
        if "alert" in kinds:
            turns = scenes.turns_like(session, words, since=begins, limit=limit)
            found += map(of_turn, turns)
        rest = [*of_tasks(figures.ticks(session)), *of_orders(scenes.orders(session, limit=limit))]
    told = words.casefold()
    found += [one for one in rest if told in f"{one.subject} {one.says}".casefold()]
    wanted = [one for one in found if one.kind in kinds and one.at >= begins]
    return tuple(sorted(wanted, key=lambda one: one.at, reverse=True)[:limit])


def of_try(one: Attempt, network: str) -> Event:
    """Return what a try, or an operator's decision, came to."""
    decided = one.kind == "operator"
    what = one.outcome or ("begun" if not decided else "decided")
    done = what if decided or one.kind == "send" else f"{one.kind}: {what}"
    said = ": ".join(filter(None, (f"{network} {done}", one.message)))
    level = "info" if decided else LEVELS.get(one.kind, LEVELS.get(what, "info"))
    kind: Kind = "decision" if decided else "post"
    return Event(at=one.at, kind=kind, level=level, subject=one.post_id, says=said)


def of_turn(one: AlertEvent) -> Event:
    """Return what happened to an alert."""
    rings = one.what == AlertState.FIRING
    level = LEVELS.get(one.severity, "info") if rings else "info"
    who = f" by {one.who}" if one.who else ""
    said = f"{one.what}{who}: {one.message}"
    return Event(at=one.at, kind="alert", level=level, subject=one.rule, says=said)


def of_tasks(ticks: Sequence[Tick]) -> Iterator[Event]:
    """Yield the tasks whose last run failed."""
    for one in ticks:
        if one.failures and one.ended_at:
            said = f"failed {one.failures} times in a row: {one.message}"
            said = said if one.failures > 1 else f"failed: {one.message}"
            yield Event(at=one.ended_at, kind="task", level="error", subject=one.task, says=said)


def of_orders(jobs: Sequence[Job]) -> Iterator[Event]:
    """Yield when videos were ordered of a paid engine, and what became of them."""
    for one in jobs:
        about = one.video_id or one.id
        said = f"{one.family} for {one.character_id}, {one.priced} credits"
        yield Event(at=one.sent_at, kind="order", level="info", subject=about, says=said)
        if one.status in (JobStatus.FAILED, JobStatus.COLLECTED) and one.ended_at:
            told = f"{one.status}: {one.failure}" if one.failure else one.status
            level = LEVELS.get(one.status, "info")
            yield Event(at=one.ended_at, kind="order", level=level, subject=about, says=told)
