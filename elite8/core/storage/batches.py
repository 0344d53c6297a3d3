"""Questions about files that were taken in, and taking exactly one of them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, inspect, text
from sqlmodel import Session, col, delete, exists, func, select, update

from elite8.core.domain.subscriber import (
    PSEUDONYM,
    Alias,
    ImportBatch,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.errors import Refused
from elite8.core.storage import subscribers
from elite8.core.storage.pieces import pieces


def begun(session: Session, sha256: str, profile: str) -> ImportBatch | None:
    """Return the batch of a file that was begun and not ended: it goes on."""
    asked = select(ImportBatch).where(
        col(ImportBatch.sha256) == sha256,
        col(ImportBatch.profile) == profile,
        col(ImportBatch.ended_at).is_(None),
        col(ImportBatch.undone_at).is_(None),
    )
    return session.exec(asked.order_by(col(ImportBatch.id)).limit(1)).first()


def get(session: Session, number: int) -> ImportBatch | None:
    """Return a batch."""
    return session.get(ImportBatch, number)


def still(session: Session, number: int) -> None:
    """Refuse to go on with a batch that was taken back: nothing would undo what came after."""
    asked = select(ImportBatch.undone_at).where(col(ImportBatch.id) == number)
    if session.exec(asked.with_for_update()).one() is not None:
        raise Refused(
            f"batch {number} was taken back while it came in, and nothing more of it is entered; "
            "begin again"
        )


def newest(session: Session, limit: int) -> Sequence[ImportBatch]:
    """Return batches, the newest first."""
    return session.exec(select(ImportBatch).order_by(col(ImportBatch.id).desc()).limit(limit)).all()


def entered(session: Session, number: int) -> int:
    """Return how many rows stand there that came with a batch."""
    found = 0
    for kind in (SubscriberEvent, SubscriptionState):
        asked = select(func.count()).where(col(kind.batch_id) == number)
        found += session.exec(asked).one()
    return found


def end(session: Session, number: int, at: datetime, **counts: int) -> None:
    """Note that a file was taken in to its end."""
    batch = session.get(ImportBatch, number)
    if batch is None:
        raise LookupError(number)
    for name, value in counts.items():
        setattr(batch, name, value)
    batch.ended_at = at
    session.add(batch)
    session.flush()


@dataclass
class Removed:
    """How much of a batch was taken back."""

    events: int = 0
    states: int = 0
    subscriptions: int = 0
    names: int = 0
    subscribers: int = 0


def begin_undo(session: Session, number: int, at: datetime) -> None:
    """Note that a batch is undone; what is left of it goes from here on."""
    batch = session.get(ImportBatch, number)
    if batch is not None and batch.undone_at is None:
        batch.undone_at = at
        session.add(batch)
        session.flush()


def end_undo(session: Session, number: int, at: datetime) -> None:
    """Note that nothing of a batch is left: who looked before then saw a part of it."""
    mine = col(ImportBatch.id) == number
    session.exec(update(ImportBatch).where(mine).values(undone_at=at))


def remove_events(session: Session, number: int, most: int) -> int:
    """Take back some events of a batch; return how many those were."""
    some = select(SubscriberEvent.id).where(col(SubscriberEvent.batch_id) == number).limit(most)
    done = session.exec(delete(SubscriberEvent).where(col(SubscriberEvent.id).in_(some)))
    return int(done.rowcount)


def remove_states(session: Session, number: int, most: int) -> tuple[int, int]:
    """Take back some of what a batch said of subscriptions; return how many, and how many went.

    What is left of a subscription is as the newest of the others has it; without any it goes. Of
    its subscriber is known what the others say.
    """
    asked = select(SubscriptionState.id, SubscriptionState.subscription_id)
    found = session.exec(asked.where(col(SubscriptionState.batch_id) == number).limit(most)).all()
    for some in pieces(one for one, _ in found):
        session.exec(delete(SubscriptionState).where(col(SubscriptionState.id).in_(some)))
    touched = sorted({of for _, of in found})
    whose = subscribers.holders(session, touched)
    subscribers.renew(session, touched)
    went = 0
    for part in pieces(touched):
        said = exists().where(col(SubscriptionState.subscription_id) == col(Subscription.id))
        gone = delete(Subscription).where(col(Subscription.id).in_(part), ~said)
        went += int(session.exec(gone).rowcount)
    subscribers.retell(session, whose)
    return len(found), went


def strangers(session: Session, after: int, most: int) -> list[int]:
    """Return subscribers who came with a batch that was undone, by number; none is a person's."""
    undone = select(ImportBatch.id).where(col(ImportBatch.undone_at).is_not(None))
    asked = select(Subscriber.id).where(
        col(Subscriber.id) > after,
        col(Subscriber.batch_id).in_(undone),
        col(Subscriber.person_key).is_(None),
        col(Subscriber.erased_at).is_(None),
    )
    found = session.exec(asked.order_by(col(Subscriber.id)).limit(most))
    return [one for one in found if one is not None]


def references(session: Session) -> list[tuple[str, str]]:
    """Return each table and column that refers to a subscriber, but for their names."""
    seen = inspect(session.connection())
    return [
        (table, key["constrained_columns"][0])
        for table in seen.get_table_names()
        for key in seen.get_foreign_keys(table)
        if key["referred_table"] == "subscriber" and table != "alias"
    ]


def remove_strangers(
    session: Session, some: Sequence[int], refer: Sequence[tuple[str, str]]
) -> tuple[int, int]:
    """Take back those subscribers nothing refers to, with their names; return names and people."""
    left = set(some)
    for table, field in refer:
        for part in pieces(left):
            asked = text(f"SELECT {field} FROM {table} WHERE {field} IN :some")  # noqa: S608  # the database's own names
            asked = asked.bindparams(bindparam("some", expanding=True))
            left -= {one for (one,) in session.connection().execute(asked, {"some": part})}
    names = people = 0
    for part in pieces(sorted(left)):
        mine = delete(Alias).where(col(Alias.subscriber_id).in_(part))
        names += int(session.exec(mine).rowcount)
        people += int(session.exec(delete(Subscriber).where(col(Subscriber.id).in_(part))).rowcount)
    return names, people


def remove_names(session: Session, number: int) -> int:
    """Take back the names that came with a batch, but those whose pseudonym somebody bears."""
    own = exists().where(
        col(Subscriber.id) == col(Alias.subscriber_id),
        col(Subscriber.key) == func.substr(col(Alias.digest), 1, PSEUDONYM),
    )
    gone = delete(Alias).where(col(Alias.batch_id) == number, ~own)
    return int(session.exec(gone).rowcount)


def first_after(session: Session, at: datetime) -> int | None:
    """Return the first batch that began at or after an instant."""
    asked = select(ImportBatch.id).where(col(ImportBatch.started_at) >= at)
    return session.exec(asked.order_by(col(ImportBatch.id)).limit(1)).first()
