"""Questions about what happened on the way from a look to money."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, exists, func, or_, select

from elite8.core.domain.account import Account
from elite8.core.domain.event import EventKind, EventSource, FunnelEvent, Happening, Origin
from elite8.core.domain.post import Post
from elite8.core.domain.reading import Reading
from elite8.core.domain.subscriber import PSEUDONYM
from elite8.core.domain.video import Video
from elite8.core.storage import bulk, held
from elite8.core.storage.pieces import pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How often a kind of thing happened that came from one place."""

    kind: str
    origin: Origin
    count: int


def known(session: Session, source: EventSource, keys: Collection[str]) -> set[str]:
    """Return which of the keys were entered before."""
    found: set[str] = set()
    for some in pieces(keys):
        asked = select(FunnelEvent.key).where(
            col(FunnelEvent.source) == source, col(FunnelEvent.key).in_(some)
        )
        found.update(session.exec(asked))
    return found


def by_keys(session: Session, source: EventSource, keys: Collection[str]) -> dict[str, FunnelEvent]:
    """Return the events that were entered by these keys."""
    found: dict[str, FunnelEvent] = {}
    for some in pieces(keys):
        asked = select(FunnelEvent).where(
            col(FunnelEvent.source) == source, col(FunnelEvent.key).in_(some)
        )
        found |= {one.key: one for one in session.exec(asked)}
    return found


def enter(session: Session, events: Iterable[FunnelEvent]) -> int:
    """Keep the events that were not entered before; return how many are new."""
    held.alone(session, "funnel")
    every = list(events)
    for source in EventSource:
        mine = [one for one in every if one.source == source]
        before = known(session, source, [one.key for one in mine])
        every = [one for one in every if one.source != source or one.key not in before]
    fresh = {(one.source, one.key): one for one in every}
    session.add_all(fresh.values())
    session.flush()
    return len(fresh)


def last_gathered(session: Session) -> datetime | None:
    """Return when the newest reading was made that is entered."""
    asked = select(func.max(FunnelEvent.at)).where(col(FunnelEvent.source) == EventSource.READING)
    return session.exec(asked).one()


def not_entered(session: Session, since: datetime | None, limit: int) -> list[tuple[Reading, Post]]:
    """Return readings that count anything and are not entered yet, with posts, oldest first."""
    keys = [col(Reading.id) + f":{kind}" for kind in (EventKind.VIEW, EventKind.ENGAGEMENT)]
    entered = exists().where(
        col(FunnelEvent.source) == EventSource.READING, col(FunnelEvent.key).in_(keys)
    )
    counts = (Reading.views, Reading.likes, Reading.comments, Reading.shares, Reading.saves)
    asked = (
        select(Reading, Post)
        .join(Post, col(Post.id) == col(Reading.post_id))
        .where(or_(*(col(count).is_not(None) for count in counts)), ~entered)
    )
    if since is not None:
        asked = asked.where(col(Reading.at) >= since)
    ordered = asked.order_by(col(Reading.at), col(Reading.id)).limit(limit)
    return [(reading, post) for reading, post in session.exec(ordered)]


def sums_of_posts(
    session: Session, posts: Collection[str]
) -> dict[tuple[str, str], tuple[int, datetime]]:
    """Return by post and kind what its readings add up to so far, and when the last was."""
    found: dict[tuple[str, str], tuple[int, datetime]] = {}
    for some in pieces(posts):
        asked = (
            select(
                FunnelEvent.post_id,
                FunnelEvent.kind,
                func.sum(FunnelEvent.count),
                func.max(FunnelEvent.at),
            )
            .where(
                col(FunnelEvent.source) == EventSource.READING,
                col(FunnelEvent.post_id).in_(some),
            )
            .group_by(col(FunnelEvent.post_id), col(FunnelEvent.kind))
        )
        for post, kind, total, last in session.exec(asked):
            found[post, kind] = (int(total), last)
    return found


def origins(session: Session, posts: Collection[str]) -> dict[str, Origin]:
    """Return where posts stand; the region is the post's, else its account's only one."""
    found: dict[str, Origin] = {}
    for some in pieces(posts):
        asked = (
            select(Post, Video.character_id, Video.stage, Account.regions)
            .join(Video, col(Video.id) == col(Post.video_id))
            .join(Account, col(Account.id) == col(Post.account_id), isouter=True)
            .where(col(Post.id).in_(some))
        )
        for post, character, stage, regions in session.exec(asked):
            own = (regions or "").split()
            found[post.id] = Origin(
                stage=stage,
                region=(post.region or (own[0] if len(own) == 1 else "")).upper(),
                network=post.platform,
                character=character,
                post=post.id,
                video=post.video_id,
            )
    return found


COLUMNS = (
    *(FunnelEvent.stage, FunnelEvent.region, FunnelEvent.network),
    *(FunnelEvent.character_id, FunnelEvent.post_id, FunnelEvent.video_id),
)


FACTS = ("id", "kind", "at", "person", "amount_minor", "currency", "source", "key", "about")
PLAIN = tuple(getattr(FunnelEvent, name) for name in FACTS)
AT_ONCE = 1000
"""Rows in memory as the driver gives them, where each is read and let go."""


def totals(session: Session, since: datetime, until: datetime) -> list[Total]:
    """Return what nobody in particular did in a time: views, engagements, clicks, by origin."""
    asked = (
        select(FunnelEvent.kind, *COLUMNS, func.sum(FunnelEvent.count))  # type: ignore[call-overload]  # eight
        .where(
            col(FunnelEvent.at) >= since,
            col(FunnelEvent.at) < until,
            col(FunnelEvent.kind).in_((EventKind.VIEW, EventKind.ENGAGEMENT, EventKind.CLICK)),
        )
        .group_by(col(FunnelEvent.kind), *map(col, COLUMNS))
    )
    return [
        Total(kind=kind, origin=origin_of(place), count=int(count))
        for kind, *place, count in session.exec(asked)
    ]


def of_people(
    session: Session,
    since: datetime,
    until: datetime,
    *,
    keys: Collection[str] = (),
    people: Collection[str] = (),
) -> list[Happening]:
    """Return who came and paid in a time, also nobody in particular, oldest first.

    Beside it, from before: money whose key begins with one of `keys`, and all of these `people`.
    """
    money = col(FunnelEvent.kind) == EventKind.MONEY
    begins = func.substr(col(FunnelEvent.key), 1, PSEUDONYM)
    earlier = [money & bulk.among(session, begins, keys)] if keys else []
    if people:
        earlier.append(money & bulk.among(session, col(FunnelEvent.person), people))
    asked = select(*PLAIN, *COLUMNS).where(  # type: ignore[call-overload]  # fifteen
        col(FunnelEvent.kind).in_((EventKind.LEAD, EventKind.SUBSCRIBE, EventKind.MONEY)),
        col(FunnelEvent.at) < until,
        or_(col(FunnelEvent.at) >= since, *earlier),
    )
    ordered = asked.order_by(col(FunnelEvent.at), col(FunnelEvent.id))
    origin = cache(origin_of)
    return [
        Happening(**dict(zip(FACTS, row, strict=False)), origin=origin(tuple(row[len(PLAIN) :])))
        for row in session.exec(ordered.execution_options(yield_per=AT_ONCE))
    ]


def touching(
    session: Session, until: datetime, since: datetime | None = None
) -> Iterator[tuple[str, datetime, Origin]]:
    """Yield who came by something of ours until then, when, and what it was; oldest first."""
    asked = select(FunnelEvent.person, FunnelEvent.at, *COLUMNS).where(*touches(until))  # type: ignore[call-overload]  # eight
    if since is not None:
        asked = asked.where(col(FunnelEvent.at) >= since)
    ordered = asked.order_by(col(FunnelEvent.at), col(FunnelEvent.id))
    origin = cache(origin_of)
    for person, at, *place in session.exec(ordered.execution_options(yield_per=AT_ONCE)):
        yield person, at, origin(tuple(place))


def touched(session: Session, until: datetime) -> set[Origin]:
    """Return what anybody came by until then."""
    asked = select(*COLUMNS).where(*touches(until)).distinct()  # type: ignore[call-overload]  # six
    return {origin_of(place) for place in session.exec(asked)}


def touches(until: datetime) -> Iterator[ColumnElement[bool]]:
    """Yield what makes an event somebody's coming by something of ours."""
    yield col(FunnelEvent.person) != ""
    yield col(FunnelEvent.kind).in_((EventKind.CLICK, EventKind.LEAD, EventKind.SUBSCRIBE))
    yield or_(*(col(column) != "" for column in COLUMNS))
    yield col(FunnelEvent.at) < until


def joined(session: Session, until: datetime) -> dict[str, datetime]:
    """Return by person when they subscribed first, until then."""
    asked = (
        select(FunnelEvent.person, func.min(FunnelEvent.at))
        .where(
            col(FunnelEvent.kind) == EventKind.SUBSCRIBE,
            col(FunnelEvent.person) != "",
            col(FunnelEvent.at) < until,
        )
        .group_by(col(FunnelEvent.person))
    )
    return dict(session.exec(asked).all())


def paying(session: Session, until: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield each payment's person and instant until then, in no order."""
    asked = select(FunnelEvent.person, FunnelEvent.at).where(
        col(FunnelEvent.kind) == EventKind.MONEY,
        col(FunnelEvent.amount_minor) > 0,
        col(FunnelEvent.person) != "",
        col(FunnelEvent.at) < until,
    )
    yield from session.exec(asked.execution_options(yield_per=AT_ONCE))


def origin_of(place: Sequence[str]) -> Origin:
    """Return an origin from its columns."""
    stage, region, network, character, post, video = place
    return Origin(
        stage=stage, region=region, network=network, character=character, post=post, video=video
    )


def labels(session: Session, by: str, posts: Collection[str]) -> dict[str, str]:
    """Return what posts, or their videos, are called for people: title and where."""
    found: dict[str, str] = {}
    for some in pieces(posts if by in ("post", "video") else ()):
        asked = (
            select(Post.id, Video.id, Video.title, Post.platform)
            .join(Video, col(Video.id) == col(Post.video_id))
            .where(col(Post.id).in_(some))
        )
        for post, video, title, network in session.exec(asked):
            found[post if by == "post" else video] = (
                f"{title} ({network})" if by == "post" else title
            )
    return found


def titles(session: Session, videos: Collection[str]) -> dict[str, str]:
    """Return what videos are called."""
    found: dict[str, str] = {}
    for some in pieces(videos):
        asked = select(Video.id, Video.title).where(col(Video.id).in_(some))
        found |= dict(session.exec(asked).all())
    return found


def kinds(session: Session) -> set[str]:
    """Return which kinds were ever entered."""
    return set(session.exec(select(FunnelEvent.kind).distinct()))


def clicks_of_links(session: Session) -> dict[str, int]:
    """Return by link code how many clicks were counted."""
    asked = (
        select(FunnelEvent.about, func.sum(FunnelEvent.count))
        .where(col(FunnelEvent.source) == EventSource.LINK)
        .group_by(col(FunnelEvent.about))
    )
    return {code: int(count) for code, count in session.exec(asked)}
