"""Questions about what subscribers did, as sums that fade, and scores of everybody in one pass."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    String,
    Table,
    cast,
    delete,
    insert,
    literal,
)
from sqlalchemy import select as sqlalchemy_select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, case, col, func, or_, select

from elite8.core.domain.arrays import Counts, Floats
from elite8.core.domain.campaign import Campaign, HandedOut
from elite8.core.domain.engagement import PARTS, Engagement, EngagementState
from elite8.core.domain.fading import (
    ACTIVITY,
    ANSWERED,
    STARTS,
    SUMS,
    Draft,
    Happened,
    Scale,
    read,
)
from elite8.core.domain.score import ACTIVITIES
from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.domain.subscriber import (
    Act,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionStatus,
)
from elite8.core.storage.engaging import seen as seen  # noqa: PLC0414  # kept name
from elite8.core.storage.pieces import pieces

AT_ONCE = 20_000
"""Rows that are taken from an answer together."""
TABLE: Table = Engagement.__table__  # type: ignore[attr-defined]  # SQLModel sets it
E = SubscriberEvent


def states(session: Session) -> dict[tuple[int, int], EngagementState]:
    """Return by lag and part up to when the sums are."""
    return {(one.days_before, one.part): one for one in session.exec(select(EngagementState))}


def untils(session: Session, days_before: int) -> list[datetime]:
    """Return up to when each part's sums are; nothing while any part has none."""
    kept = [one.until for (lag, _), one in states(session).items() if lag == days_before]
    return kept if len(kept) == PARTS else []


def numbers(shard: Shard) -> Sequence[int]:
    """Return which parts these are, from 1."""
    return range(1, PARTS + 1) if shard == WHOLE else (shard.number,)


def part_of(who: int) -> int:
    """Return in which part somebody is."""
    return who % PARTS + 1


def of_part(who: Mapped[Any], shard: Shard) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of people of this part; nothing of the whole."""
    return () if shard == WHOLE else (who % PARTS == shard.number - 1,)


def note(session: Session, state: EngagementState) -> None:
    """Keep up to when the sums of a lag are."""
    session.merge(state)
    session.flush()


def everybody(session: Session, platform: str = "", shard: Shard = WHOLE) -> list[tuple[int, str]]:
    """Return who is not erased with their platforms, by number."""
    asked = select(Subscriber.id, Subscriber.platform).where(
        col(Subscriber.erased_at).is_(None), *of_part(col(Subscriber.id), shard)
    )
    if platform:
        asked = asked.where(col(Subscriber.platform) == platform)
    return [
        (int(who or 0), where) for who, where in session.exec(asked.order_by(col(Subscriber.id)))
    ]


def changed(session: Session, shard: Shard = WHOLE) -> list[int]:
    """Return whose events are others than when their sums were made: one look at all of them.

    An id is never given twice, so what was added has a higher one, and what went lowers the count.
    """
    had = (
        select(
            col(E.subscriber_id).label("who"),
            func.count().label("events"),
            func.max(col(E.id)).label("newest"),
        )
        .where(*of_part(col(E.subscriber_id), shard))
        .group_by(col(E.subscriber_id))
        .subquery()
    )
    kept = (
        select(Engagement.subscriber_id, Engagement.events, Engagement.last_event)
        .where(col(Engagement.days_before) == 0)
        .subquery()
    )
    asked = (
        select(Subscriber.id)
        .join(kept, kept.c.subscriber_id == col(Subscriber.id), isouter=True)
        .join(had, had.c.who == col(Subscriber.id), isouter=True)
        .where(
            col(Subscriber.erased_at).is_(None),
            *of_part(col(Subscriber.id), shard),
            or_(
                kept.c.subscriber_id.is_(None),
                kept.c.events != func.coalesce(had.c.events, 0),
                kept.c.last_event != func.coalesce(had.c.newest, 0),
            ),
        )
    )
    return [int(who or 0) for who in session.exec(asked)]


def grown(session: Session, days_before: int, until: datetime, shard: Shard = WHOLE) -> list[int]:
    """Return who has an event that was still to come when their sums were made."""
    asked = select(Engagement.subscriber_id).where(
        col(Engagement.days_before) == days_before,
        col(Engagement.next_at) <= until,
        *of_part(col(Engagement.subscriber_id), shard),
    )
    return [*session.exec(asked)]


def forget_erased(session: Session) -> int:
    """Delete the sums of whoever is erased; return how many rows went."""
    erased = select(Subscriber.id).where(col(Subscriber.erased_at).is_not(None))
    gone = session.connection().execute(delete(TABLE).where(TABLE.c.subscriber_id.in_(erased)))
    return int(gone.rowcount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Had:
    """How many events somebody had, and the newest's id."""

    events: int = 0
    newest: int = 0


def counts(session: Session, who: Collection[int]) -> dict[int, Had]:
    """Return how many events each of these has."""
    asked = (
        select(E.subscriber_id, func.count(), func.max(col(E.id)))
        .where(col(E.subscriber_id).in_(who))
        .group_by(col(E.subscriber_id))
    )
    return {one: Had(events=n, newest=last or 0) for one, n, last in session.exec(asked)}


def platforms(session: Session, who: Collection[int]) -> dict[int, str]:
    """Return where these are, those who are not erased."""
    asked = select(Subscriber.id, Subscriber.platform).where(
        col(Subscriber.id).in_(who), col(Subscriber.erased_at).is_(None)
    )
    return {int(one or 0): where for one, where in session.exec(asked)}


def coming(session: Session, who: Collection[int], until: datetime) -> dict[int, datetime]:
    """Return of each of these who has any the first event after an instant."""
    asked = (
        select(E.subscriber_id, func.min(col(E.at)))
        .where(col(E.subscriber_id).in_(who), col(E.at) > until)
        .group_by(col(E.subscriber_id))
    )
    return dict(session.exec(asked).all())


def happened(session: Session, who: Sequence[int], until: datetime) -> Happened:
    """Return what these did until then, as arrays; `person` is the place in `who`."""
    wanted = (
        *(E.subscriber_id, E.act, cast(col(E.at), String), E.quantity, E.duration_s, E.completion),
        case((col(E.act) == Act.MESSAGE_OUT, col(E.key)), else_=""),
        E.about,
    )
    asked = select(*wanted).where(  # type: ignore[call-overload]  # eight
        col(E.subscriber_id).in_(who), col(E.act).in_([*ACTIVITY]), col(E.at) <= until
    )
    place = {one: number for number, one in enumerate(who)}
    rows = session.connection().execute(asked)
    return read([(place[one], *rest) for one, *rest in rows], drafts(session, place))


def drafts(session: Session, place: Mapping[int, int]) -> dict[int, list[Draft]]:
    """Return which winbacks' drafts were handed out, by the place of whom they are for."""
    asked = (
        sqlalchemy_select(
            col(Subscriber.id),
            col(HandedOut.at),
            col(Campaign.deadline),
            col(Campaign.window_until),
        )
        .join(HandedOut, col(HandedOut.who) == col(Subscriber.key))
        .join(Campaign, col(Campaign.id) == col(HandedOut.campaign_id))
        .where(col(Subscriber.id).in_(place))
    )
    found: dict[int, list[Draft]] = {}
    for who, at, *ends in session.connection().execute(asked):
        over = min((one for one in ends if one is not None), default=None)
        if over is not None:
            found.setdefault(place[who or 0], []).append(Draft(at=at, until=over))
    return found


def replace(
    session: Session, days_before: int, who: Sequence[int], rows: Sequence[dict[str, object]]
) -> None:
    """Have these rows instead of those people's older ones."""
    line = session.connection()
    old = delete(TABLE).where(TABLE.c.subscriber_id.in_(who), TABLE.c.days_before == days_before)
    line.execute(old)
    if rows:
        line.execute(insert(TABLE), [*rows])


def counting(of: Scale) -> dict[str, ColumnElement[Any]]:
    """Return what counts of each activity that a platform shows: `fading.lately` in SQL."""
    found: dict[str, ColumnElement[Any]] = {name: TABLE.c[name] for name in of.shown}
    received = TABLE.c.messages_received
    if of.answers:
        found["messages_received"] = TABLE.c[ANSWERED]
    else:
        found["messages_received"] = case((received < of.cap, received), else_=of.cap)
    if of.shrinks:
        starts, whole = TABLE.c[STARTS], TABLE.c.completions
        found["completions"] = over(starts * (whole + of.pulled), starts + of.pull)
    return found


def over(above: ColumnElement[Any], below: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a quotient of what is no whole number: SQLAlchemy's adds 0.0 below, a million times.

    The precedence is that of "/", so that sums stand in brackets.
    """
    return above.op("/", precedence=8)(below)


def score_of(of: Scale) -> ColumnElement[float]:
    """Return the score as SQL, the same on every database: all there is less w * g / (S + g).

    It is written in the order in which `fading.scored` adds, so that the digits are the same.
    """
    counts = counting(of)
    left: ColumnElement[Any] = literal(0.0, Float)
    for number, (name, place) in enumerate(of.places):
        half = literal(of.own_halves[place].item(), Float)
        part = over(literal(of.lacks[place].item(), Float), counts[name] + half)
        left = left + part if number else part
    return literal(of.all_of_it, Float) - left


def scoring(of: Scale, days_before: int = 0) -> Select[tuple[int, float]]:
    """Return the statement that scores everybody of a platform in one pass."""
    return sqlalchemy_select(TABLE.c.subscriber_id, score_of(of)).where(*here(of, days_before))


def here(of: Scale, days_before: int) -> tuple[ColumnElement[bool], ...]:
    """Return whose rows a scale is for."""
    return TABLE.c.days_before == days_before, TABLE.c.platform == of.platform


def scores(session: Session, of: Scale, days_before: int = 0) -> tuple[Counts, Floats]:
    """Return subscribers and scores of a platform; rows come in pieces, memory is the arrays'."""
    return arrays(session, scoring(of, days_before))


def sums_of(session: Session, of: Scale, days_before: int = 0) -> tuple[Counts, Floats]:
    """Return subscribers of a platform and their sums, a row each."""
    asked = sqlalchemy_select(TABLE.c.subscriber_id, *(TABLE.c[name] for name in SUMS))
    return arrays(session, asked.where(*here(of, days_before)))


def arrays(session: Session, asked: Any) -> tuple[Counts, Floats]:  # noqa: ANN401  # a Select of any width
    """Return numbers in the first column as one array, what follows as another."""
    names, values = [np.array([], dtype=np.int64)], []
    width = len(asked.selected_columns) - 1
    for rows in streamed(session, asked):
        whole = np.array(rows, dtype=np.float64)  # exact up to 2^53, and so are numbers of people
        names.append(whole[:, 0].astype(np.int64))
        values.append(whole[:, 1:])
    found = np.concatenate(values) if values else np.empty((0, width))
    return np.concatenate(names), found[:, 0] if width == 1 else found


def streamed(session: Session, asked: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401  # same
    """Yield the rows of a question in pieces, as the driver has them.

    SQLAlchemy's rows of a million people take three times as long as the scores.
    """
    line = session.connection()
    made = asked.compile(dialect=line.dialect)
    values: Any = made.params
    named = line.dialect.name == "postgresql"  # kept by the server: a plain one is read whole
    if made.positional:
        values = tuple(made.params[name] for name in made.positiontup)
    cursor = line.connection.cursor(*(["scores"] if named else []))
    try:
        cursor.execute(str(made), values)
        while rows := cursor.fetchmany(AT_ONCE):
            yield rows
    finally:
        cursor.close()


def known_platforms(session: Session) -> list[str]:
    """Return where anybody is who is not erased, by name."""
    asked = select(Subscriber.platform).where(col(Subscriber.erased_at).is_(None)).distinct()
    return sorted(session.exec(asked))


def tiers(session: Session, order: Sequence[str]) -> tuple[Counts, Floats]:
    """Return who has an active subscription, and which tier of `order` is their first."""
    place = case({name: number for number, name in enumerate(order)}, value=col(Subscription.tier))
    asked = (
        sqlalchemy_select(col(Subscription.subscriber_id), func.min(place).label("place"))
        .where(col(Subscription.status) == SubscriptionStatus.ACTIVE)
        .group_by(col(Subscription.subscriber_id))
    )
    return arrays(session, asked)


def counted(session: Session, platform: str) -> list[str]:
    """Return which activities anybody of a platform has at all."""
    asked = sqlalchemy_select(*(func.max(TABLE.c[name]) for name in ACTIVITIES)).where(
        TABLE.c.days_before == 0, TABLE.c.platform == platform
    )
    most = session.connection().execute(asked).one()
    return [name for name, value in zip(ACTIVITIES, most, strict=True) if value]


def fed(session: Session, platform: str, shown: Sequence[str]) -> bool:
    """Return whether anything ever came in of what a platform is said to show."""
    if not shown or not untils(session, 0):
        return True
    some = or_(*(TABLE.c[name] > 0 for name in shown))
    here = (TABLE.c.days_before == 0, TABLE.c.platform == platform)
    asked = sqlalchemy_select(literal(1)).where(*here, some).limit(1)
    return session.connection().execute(asked).first() is not None


def keys(session: Session, who: Collection[int]) -> dict[int, str]:
    """Return the pseudonyms of these."""
    found: dict[int, str] = {}
    for some in pieces(who):
        asked = select(Subscriber.id, Subscriber.key).where(col(Subscriber.id).in_(some))
        found |= {one or 0: key for one, key in session.exec(asked)}
    return found
