"""Days and weeks in figures: worked out from the rows, so that any past day can be told again."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any

from elite8.core.domain.post import PostStatus
from elite8.core.domain.report import Report
from elite8.core.errors import ConfigError
from elite8.core.operations import comings, notices
from elite8.core.operations.comings import Comings, Followers
from elite8.core.operations.figures import IN_TIME
from elite8.core.operations.notices import ROUTES
from elite8.core.operations.purse import ACCOUNT
from elite8.core.storage import alerts as kept_alerts
from elite8.core.storage import chat, figures, ledger, reports
from elite8.core.storage import notices as kept_notices
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

DAYS = {"daily": 1, "weekly": 7}
TOLD = (
    *("videos", "failed", "render_seconds", "posts", "refused", "late"),
    *("views", "engaged", "credits", "usd", "alerts"),
)
BACK = 7
"""Days that are written down when the daemon was away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one performer or network did in a period.

    `views` and `engaged` are what the newest readings say of posts that went out in it.
    """

    name: str
    videos: int = 0
    failed: int = 0
    posts: int = 0
    refused: int = 0
    late: int = 0
    views: int = 0
    engaged: int = 0
    credits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period in figures, from `first` to before `until`.

    Who came and went is `None` where it was not asked for, `followers` also where nobody counted.
    """

    kind: str
    first: date
    until: date
    videos: int
    failed: int
    render_seconds: float | None
    posts: int
    refused: int
    late: int
    views: int
    engaged: int
    credits: int
    usd: float
    alerts: int
    characters: tuple[Part, ...]
    networks: tuple[Part, ...]
    subscribers: Comings | None = None
    followers: Followers | None = None


def with_people(studio: Studio, found: Period) -> Period:
    """Return a period with who came and who went in it, as counts."""
    since, until = midnight(studio, found.first), midnight(studio, found.until)
    now = studio.clock()
    with studio.database.transaction() as session:
        return replace(
            found,
            subscribers=comings.subscribers(session, since, until),
            followers=comings.followers(session, since, min(until, now)),
        )


def period(studio: Studio, kind: str, first: date) -> Period:
    """Return the figures of a day, or of the week that begins then, in the operator's zone."""
    until = first + timedelta(days=DAYS[kind])
    since, before = midnight(studio, first), midnight(studio, until)
    with studio.database.transaction() as session:
        videos = figures.ended_videos(session, since, before)
        posts = figures.posts_between(session, since, before)
        spent = ledger.spent_by_character(session, ACCOUNT, since, before)
        fired = kept_alerts.fired(session, since, before)
    seconds = [one.seconds for one in videos if one.good and one.seconds is not None]
    coins = sum(spent.values())
    return Period(
        kind=kind,
        first=first,
        until=until,
        videos=sum(one.good for one in videos),
        failed=sum(not one.good for one in videos),
        render_seconds=round(median(seconds), 1) if seconds else None,
        posts=sum(one.status == PostStatus.PUBLISHED for one in posts),
        refused=sum(one.status == PostStatus.REFUSED for one in posts),
        late=sum(is_late(one) for one in posts),
        views=sum(one.views for one in posts),
        engaged=sum(one.engaged for one in posts),
        credits=coins,
        usd=round(coins * studio.config.tariff.usd_per_credit, 2),
        alerts=fired,
        characters=by_character(videos, posts, spent),
        networks=by_network(posts),
    )


def midnight(studio: Studio, day: date) -> datetime:
    """Return when a day begins in the operator's zone, in UTC."""
    return datetime.combine(day, time(), studio.settings.zone).astimezone(UTC)


def is_late(one: figures.Posted) -> bool:
    """Return whether a post is out later than it may be."""
    return one.published_at is not None and one.published_at - one.meant_at > IN_TIME


def by_character(
    videos: Sequence[figures.Outcome], posts: Sequence[figures.Posted], spent: Counter[str]
) -> tuple[Part, ...]:
    """Return what each performer did."""
    names = {one.character for one in videos} | {one.character for one in posts} | set(spent)
    return tuple(
        part(
            name,
            [one for one in posts if one.character == name],
            [one.good for one in videos if one.character == name],
            spent[name],
        )
        for name in sorted(names - {""})
    )


def by_network(posts: Sequence[figures.Posted]) -> tuple[Part, ...]:
    """Return what went out on each network."""
    names = sorted({one.network for one in posts})
    return tuple(part(name, [one for one in posts if one.network == name]) for name in names)


def part(
    name: str, posts: Sequence[figures.Posted], made: Sequence[bool] = (), coins: int = 0
) -> Part:
    """Return the figures of one name."""
    return Part(
        name=name,
        videos=sum(made),
        failed=len(made) - sum(made),
        posts=sum(one.status == PostStatus.PUBLISHED for one in posts),
        refused=sum(one.status == PostStatus.REFUSED for one in posts),
        late=sum(map(is_late, posts)),
        views=sum(one.views for one in posts),
        engaged=sum(one.engaged for one in posts),
        credits=coins,
    )


def write_missing(studio: Studio) -> int:
    """Write down the days and weeks that are over and were not yet; return how many."""
    today = studio.clock().astimezone(studio.settings.zone).date()
    wanted = [("daily", today - timedelta(days=back)) for back in range(1, BACK + 1)]
    monday = today - timedelta(days=today.weekday())
    wanted.append(("weekly", monday - timedelta(days=7)))
    with studio.database.transaction() as session:
        since = figures.first_video(session)
        began = since.astimezone(studio.settings.zone).date() if since else today
        missing = [
            (kind, day)
            for kind, day in wanted
            if day + timedelta(days=DAYS[kind]) > began and not reports.get(session, kind, day)
        ]
    for kind, day in missing:
        found = with_people(studio, period(studio, kind, day))
        body = json.dumps(asdict(found), default=str, ensure_ascii=False)
        report = Report(kind=kind, day=day, made_at=studio.clock(), body=body)
        with studio.database.transaction() as session:
            is_new = reports.keep(session, report)  # cron and a daemon may both have it missing
            if is_new and day == today - timedelta(days=DAYS[kind]):  # older ones tell nothing new
                tell(studio, session, json.loads(body))
    return len(missing)


def tell(studio: Studio, session: Session, told: dict[str, Any]) -> None:
    """Have the operator told of a period that is just over."""
    lines = [f"{name.replace('_', ' ')}: {told[name]}" for name in TOLD if told[name] is not None]
    words = "\n".join([*lines, *people(told)])
    for route in ROUTES:
        notices.keep(
            studio,
            session,
            kind=told["kind"],
            severity="info",
            title=f"{told['kind']} report of {told['first']}",
            words=words,
            route=route,
        )


def people(told: dict[str, Any]) -> Iterator[str]:
    """Yield who came and went, where anybody did."""
    if (came := told["subscribers"]) and any(came.values()):
        yield (
            f"subscriptions: {came['began']} began, {came['ended']} ended, {came['turned_off']} "
            "turned renewal off"
        )
    if found := told["followers"]:
        yield f"followers: {found['count']} ({found['new']:+})"


def as_written(studio: Studio, kind: str, day: date) -> dict[str, object]:
    """Return what was written down then; a day that was not is a ConfigError."""
    with studio.database.transaction() as session:
        found = reports.get(session, kind, day)
    if found is None:
        raise ConfigError(f"no {kind} report of {day} was written down; leave out --as-written")
    body: dict[str, object] = json.loads(found.body)
    return {**body, "made_at": found.made_at}


def forget(studio: Studio) -> None:
    """Delete notices, what was asked by chat and alerts that are older than the config keeps."""
    now, config = studio.clock(), studio.config
    with studio.database.transaction() as session:
        old = now - timedelta(days=config.metrics.keep_notices_days)
        kept_notices.forget(session, old)
        chat.forget(session, old)
        kept_alerts.forget(session, now - timedelta(days=config.alerts.keep_days))
