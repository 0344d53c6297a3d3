"""Whose turn it is and what it brought: each performer's share, and results by network."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core.operations import reports
from elite8.core.storage import scenes, trends
from elite8.core.studio import Studio

DAY = timedelta(days=1)
AHEAD = timedelta(days=7)
BACK = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One performer's part in the rotation: videos that went or go out.

    `share` is of all videos of the coming days, from 0 to 1; `a_week` is the most there may be.
    """

    character: str
    name: str
    past: int
    ahead: int
    share: float
    a_week: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one performer's posts on one network have done, of those that went out in some days."""

    character: str
    network: str
    posts: int
    views: int
    engaged: int


def rotation(studio: Studio) -> tuple[Turn, ...]:
    """Return each performer's part of the last four weeks and of the coming one."""
    now, most = studio.clock(), studio.config.calendar.per_character_a_week
    with studio.looking.database.transaction() as session:
        past = Counter(who for who, *_ in scenes.videos_by_character(session, now - BACK, now))
        coming = scenes.videos_by_character(session, now, now + AHEAD)
    ahead, soonest = Counter(who for who, *_ in coming), dict[str, datetime]()
    for who, _, at in coming:
        soonest[who] = min(at, soonest.get(who, at))
    return tuple(
        Turn(
            character=one.id,
            name=one.name,
            past=past[one.id],
            ahead=ahead[one.id],
            share=ahead[one.id] / len(coming) if coming else 0.0,
            a_week=most,
            next_at=soonest.get(one.id),
        )
        for one in studio.config.roster.characters
    )


def results(studio: Studio, *, days: int = 28) -> tuple[Result, ...]:
    """Return what went out in the last days, by performer and network, the most seen first."""
    today = studio.clock().astimezone(studio.settings.zone).date()
    borders = [reports.midnight(studio, today + n * DAY) for n in (1 - days, 0, 1)]
    with studio.looking.database.transaction() as session:
        sums = trends.out_by_day(session, borders)
    found: dict[tuple[str, str], Counter[str]] = {}
    for one in sums:
        counts = {"posts": one.posts, "views": one.views, "engaged": one.engaged}
        found.setdefault((one.character, one.network), Counter()).update(counts)
    told = [
        Result(
            character=who,
            network=network,
            posts=total["posts"],
            views=total["views"],
            engaged=total["engaged"],
        )
        for (who, network), total in found.items()
    ]
    return tuple(sorted(told, key=lambda one: (-one.views, one.character, one.network)))
