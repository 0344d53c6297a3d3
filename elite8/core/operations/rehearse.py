"""Play the coming days before they happen: the real operations, simulated networks, no waiting.

The clock jumps from event to event; the days are lived on a scratch copy and leave nothing behind.
Making videos is the only thing that is played: each takes credits as the tariff says and may fail,
its bytes are those of one video that was really made.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from elite8.core import log
from elite8.core.domain.destination import ONLINE
from elite8.core.domain.fault import SCENARIOS, Fault, Faults, scenario
from elite8.core.domain.job import Family
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError, Elite8Error
from elite8.core.operations import (
    accounts,
    due,
    missed,
    plan,
    produce,
    region_plan,
    stuck,
)
from elite8.core.operations.stage import Stage, staged
from elite8.core.parsing import parse
from elite8.core.simulators.weather import Killed
from elite8.core.storage import attempts, calendar
from elite8.core.studio import Studio

GRID = 300.0
"""Seconds between two ticks of the daemon (mission.md 1.5)."""
DAY = timedelta(days=1)
OVER = (PostStatus.PUBLISHED, PostStatus.REFUSED)
LATE = 15
"""Minutes after which a post counts as late; networks follow each other by five."""
ID = re.compile(r"\b[0-9A-Z]{26}\b")
AHEAD = 7
"""Days that are planned every night."""
Progress = Callable[[str, float], None]
Engine = Literal["local", "a2e"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One post and what became of it; one that missed its slot is `put_off` to a later one."""

    post: str
    character: str
    network: str
    slot: str
    meant: datetime
    status: str
    published_at: datetime | None
    minutes_late: int
    put_off: bool
    why: str

    @property
    def is_late(self) -> bool:
        """Whether it is out, and later than it was meant to be."""
        late = self.put_off or self.minutes_late > LATE
        return self.status == PostStatus.PUBLISHED and late


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the rehearsal; `credits` are what was left at its end, `None` without A2E."""

    day: date
    published: int
    late: int
    missed: int
    credits: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What would happen; `duplicates` must be 0, `broken` caps, budgets and windows none."""

    first: datetime
    until: datetime
    faults: tuple[Fault, ...]
    posts: tuple[Played, ...]
    days: tuple[Day, ...]
    alerts: tuple[tuple[datetime, str], ...]
    limits: tuple[tuple[str, int], ...]
    duplicates: int
    violations: tuple[str, ...]
    broken: tuple[str, ...]
    advice: tuple[str, ...]
    calls: int
    events: int


@dataclass
class Score:
    """What is noted on the way."""

    alerts: dict[tuple[str, str], datetime] = field(default_factory=dict)
    limits: Counter[str] = field(default_factory=Counter)
    purse: int | None = None
    purses: dict[date, int | None] = field(default_factory=dict)
    renders_failed: int = 0
    to_sign_in: set[str] = field(default_factory=set)
    events: int = 0


def rehearse(  # noqa: PLR0913  # what is played
    studio: Studio,
    *,
    first: datetime,
    days: int,
    faults: Sequence[Fault],
    seed: int,
    engine: Engine = "local",
    regions: Sequence[str] = (),
    master: Video | None = None,
    progress: Progress = lambda *_: None,
) -> Rehearsal:
    """Return what `days` days from `first` on would be; with `regions`, planned for them."""
    studio = region_plan.as_if(studio, regions, engine) if regions else studio
    end = first + timedelta(days=days)
    score = Score(purse=studio.config.tariff.current.monthly_credits if engine == "a2e" else None)
    with log.silent(), staged(studio, first, faults, seed, master) as stage:
        over = ended(stage, first, end)
        while stage.clock() < end:
            progress(f"{stage.clock():%Y-%m-%d}", (stage.clock() - first) / (end - first))
            live(stage, faults, score)
            stage.clock.now = min(next_event(stage, faults), end)
        return report(stage, (first, end), over, faults, score)


def weather(written: str, first: datetime, days: int, seed: int) -> tuple[Fault, ...]:
    """Return the faults of a scenario's name or a file."""
    for name in SCENARIOS:
        if written == name:
            return scenario(name, first, days, seed)
    if not Path(written).is_file():
        raise ConfigError(
            f"--faults '{written[:60]}' is no file; name one, or say {', '.join(SCENARIOS)}"
        )
    return parse(Path(written), Faults).faults


def engine_of(written: str) -> Engine:
    """Return the engine that is played; an unknown one is a ConfigError."""
    if written not in ("local", "a2e"):
        raise ConfigError(f"no engine '{written[:20]}' can be played; say local or a2e")
    return written  # type: ignore[return-value]  # one of them


def live(stage: Stage, faults: Sequence[Fault], score: Score) -> None:
    """Live through one instant, unless the daemon is dead; a killed one leaves all as it is."""
    now, since = stage.clock(), stage.clock() - timedelta(seconds=GRID)
    score.events += 1
    for fault in faults:
        begins, ends = since < fault.begins <= now, since < fault.ends <= now
        if fault.kind == "token-dies" and begins:
            for network in of_fault(fault):
                stage.world.kill_token(network)
        if fault.kind == "token-dies" and ends:
            score.to_sign_in.update(of_fault(fault))
        if fault.kind == "daemon-killed" and begins:
            stage.world.killing = True
    for network in tuple(score.to_sign_in):
        with suppress(Elite8Error):
            stage.sign_in(network)
            score.to_sign_in.discard(network)
    is_down = any(fault.kind == "daemon-killed" and fault.holds(now) for fault in faults)
    if is_down and not stage.world.killing:
        return
    try:
        work(stage, faults, score)
    except Killed:
        stage.database.dead = False
    stage.world.killing = False


def of_fault(fault: Fault) -> tuple[str, ...]:
    """Return the networks that a fault is of."""
    return (fault.network,) if fault.network else ONLINE


def work(stage: Stage, faults: Sequence[Fault], score: Score) -> None:
    """Do what the daemon does at a tick."""
    studio, now = stage.studio, stage.clock()
    zone = ZoneInfo(studio.config.calendar.zone)
    if now.astimezone(zone).hour == 0 or score.events == 1:
        plan.plan(studio, days=AHEAD)
        give_back()
    if now.hour % 6 == 0 and now.minute < GRID / 60:
        accounts.keep_fresh(studio)
    day = now.astimezone(UTC).date()
    if day not in score.purses and score.purse is not None:
        score.purse += studio.config.tariff.current.daily_bonus
    missed.sweep(studio)
    for video in produce.next_ones(studio):
        make(stage, video, faults, score)
    for done in due.run(studio, limit=1000, at_once=1):
        if done.error == "rate-limited":
            score.limits[done.message[:80]] += 1
    due.look_back(studio)
    for alarm in stuck.alarms(studio):
        score.alerts.setdefault((alarm.post, alarm.state), now)
    score.purses[day] = score.purse


def give_back() -> None:
    """Have what is free of the heap go back to the system, where its library can: a year is long.

    glibc keeps pages in which little is left; over a year that came to twice what is in use.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def make(stage: Stage, video: Video, faults: Sequence[Fault], score: Score) -> None:
    """Play the making of a video: what it costs, and whether it fails."""
    now, tariff = stage.clock(), stage.studio.config.tariff
    produce.again(stage.studio, video)
    for fault in faults:
        if fault.kind == "disk-full" and fault.holds(now):
            stage.tear(video, "no space left on the disk")
            return
        if fault.kind == "renders-fail" and fault.holds(now) and stage.rng.random() < fault.share:
            score.renders_failed += 1
            stage.tear(video, "the render failed")
            return
    if score.purse is not None:
        cost = tariff.costs[Family.AVATAR_VIDEO].of(video.asked_seconds or 15.0)
        spent = any(fault.kind == "credits-out" and fault.holds(now) for fault in faults)
        if spent or score.purse < cost:
            score.limits["credits are spent"] += 1
            if not tariff.local_when_spent:
                stage.tear(video, "credits are spent")
                return
        else:
            score.purse -= cost
    stage.film(video)


def next_event(stage: Stage, faults: Sequence[Fault]) -> datetime:
    """Return when something is to be done next, on the daemon's grid."""
    now = stage.clock()
    with stage.studio.database.transaction() as session:
        found = calendar.next_instants(session, now, stage.studio.config.calendar.begins())
    found += [edge for one in faults for edge in (one.begins, one.ends) if edge > now]
    zone = ZoneInfo(stage.studio.config.calendar.zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    found.append(datetime.combine(tomorrow, time(), zone).astimezone(UTC))
    soonest = max(min(found), now + timedelta(seconds=1))
    return datetime.fromtimestamp(-(-soonest.timestamp() // GRID) * GRID, UTC)


def ended(stage: Stage, first: datetime, end: datetime) -> set[str]:
    """Return the posts that are over before the rehearsal begins: they are none of its own."""
    with stage.studio.database.transaction() as session:
        found = calendar.due(session, first - DAY, end + DAY)
        return {post.id for post, _ in found if post.status in OVER}


def report(
    stage: Stage,
    span: tuple[datetime, datetime],
    over: set[str],
    faults: Sequence[Fault],
    score: Score,
) -> Rehearsal:
    """Return what became of every post, and what to change."""
    first, end = span
    with stage.studio.database.transaction() as session:
        every = [(p, v) for p, v in calendar.due(session, first - DAY, end + DAY) if meant(p) < end]
        rows = [(post, video) for post, video in every if post.id not in over]
        tries = attempts.missed(session)
    broken = region_plan.broken(stage.studio, rows) if region_plan.is_on(stage.studio) else ()
    found = [played(post, video, tries.get(post.id, "")) for post, video in rows]
    found.sort(key=lambda one: (one.meant, one.post))
    networks = stage.world.networks.items()
    zone = stage.studio.settings.zone
    by_day = groupby(found, key=lambda one: one.meant.astimezone(zone).date())
    days = [day_of([*here], day, score) for day, here in by_day]
    return Rehearsal(
        first=first,
        until=end,
        faults=tuple(faults),
        posts=tuple(found),
        days=tuple(days),
        alerts=tuple(
            sorted((at, f"{state}: {post}") for (post, state), at in score.alerts.items())
        ),
        limits=tuple(score.limits.most_common()),
        duplicates=duplicates(stage, [post for post, _ in every]),
        violations=tuple(f"{name}: {each}" for name, one in networks for each in one.violations),
        broken=broken,
        advice=tuple(advice(found, score)),
        calls=stage.world.calls,
        events=score.events,
    )


def meant(post: Post) -> datetime:
    """Return the time a post was for."""
    return post.wall_at if post.wall else post.due_at


def played(post: Post, video: Video, why: str) -> Played:
    """Return a post and what became of it."""
    late = (post.published_at - meant(post)) if post.published_at else timedelta(0)
    return Played(
        post=post.id,
        character=video.character_id,
        network=post.platform,
        slot=post.slot,
        meant=meant(post),
        status=post.status,
        published_at=post.published_at,
        minutes_late=max(round(late.total_seconds() / 60), 0),
        put_off=bool(why) and post.status != PostStatus.REFUSED,
        why=why or post.failure,
    )


def day_of(here: Sequence[Played], day: date, score: Score) -> Day:
    """Return a day of the rehearsal."""
    return Day(
        day=day,
        published=sum(one.status == PostStatus.PUBLISHED for one in here),
        late=sum(one.is_late for one in here),
        missed=sum(one.status != PostStatus.PUBLISHED for one in here),
        credits=score.purses.get(day),
    )


def duplicates(stage: Stage, rows: Sequence[Post]) -> int:
    """Return how many posts the networks show that no row of ours accounts for.

    A row accounts for the post it names; one that is uncertain, for one more.
    """
    total = 0
    for name, seen in stage.world.seen().items():
        here = [post for post in rows if post.platform == name]
        known = {post.remote_id for post in here}
        strangers = sum(not known & names_of(each) for each in seen)
        unsure = sum(
            post.status == PostStatus.UNCERTAIN or not post.remote_id
            for post in here
            if post.sent_at
        )
        total += max(strangers - unsure, 0)
    return total


def names_of(seen: Any) -> set[str]:  # noqa: ANN401  # a simulator's
    """Return what a network calls a post."""
    names = ("id", "post_id", "publish_id", "media_id")
    return {str(getattr(seen, name)) for name in names if getattr(seen, name, "")}


def advice(found: Sequence[Played], score: Score) -> Iterator[str]:
    """Yield what to change, the most telling first."""
    lost = Counter(reason(one) for one in found if one.status == PostStatus.REFUSED)
    for why, count in lost.most_common(5):
        yield f"{count} posts are lost: {why}"
    open_ones = sum(one.status in ("uncertain", "waiting", "publishing") for one in found)
    if open_ones:
        yield f"{open_ones} posts are not at an end when the days are over"
    if score.renders_failed:
        yield f"{score.renders_failed} renders fail and are made again; begin them hours ahead"
    spent = [day for day, left in score.purses.items() if left is not None and left < 1]
    if spent:
        yield f"credits end on {min(spent)}: allow local_when_spent, or plan fewer videos"


def reason(one: Played) -> str:
    """Return why a post was lost, without what only names it."""
    return ID.sub("…", one.why)[:100]
