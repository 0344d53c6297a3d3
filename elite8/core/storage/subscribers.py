"""Questions about subscribers: who is known, what files said of them, what holds now."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, exists, func, select

from elite8.core.domain.consent import Suppression
from elite8.core.domain.subscriber import (
    Alias,
    AliasKind,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.storage import bulk, tombstones
from elite8.core.storage.pieces import pieces

TERMS = (
    *("tier", "price_minor", "currency", "months", "status", "auto_renew"),
    *("started_on", "period_end", "left_reason", "source_at"),
)
"""What one export says of a subscription."""
FACTS = ("country", "language", "birth_year", "last_seen_at")
"""What it says with that of the subscriber themselves."""
NEWEST = "source_at DESC, period_end IS NULL, period_end DESC, started_on IS NULL, started_on DESC"
"""Which of several states holds: the newest export; of one export what lasts longest."""
PAST = "g"
"""What comes after each hexadecimal digit: an index finds what lies between."""


@dataclass(frozen=True, slots=True)
class Known:
    """A subscriber that is there; `identified`: a name of theirs is an id, which stays."""

    id: int
    key: str
    erased: bool
    identified: bool


def gone(session: Session, digests: Collection[str]) -> dict[str, datetime]:
    """Return which hashes of names are of people who were erased, and before when all stays out."""
    asked = select(Suppression.digest).where(
        bulk.among(session, Suppression.digest, digests), col(Suppression.reason) == "erased"
    )
    for_ever = dict.fromkeys(session.exec(asked), tombstones.FOR_EVER)
    return for_ever | tombstones.barred(session, digests)


def named(session: Session, digests: Collection[str]) -> dict[str, Known]:
    """Return whose names these are, by digest."""
    other = aliased(Alias)
    has_id = exists().where(
        col(other.subscriber_id) == col(Subscriber.id), col(other.kind) == AliasKind.ID
    )
    columns: tuple[Any, ...] = (
        *(Alias.digest, Subscriber.id, Subscriber.key, Subscriber.erased_at),
        has_id,
    )
    asked = (
        select(*columns)
        .join(Subscriber, col(Subscriber.id) == col(Alias.subscriber_id))
        .where(bulk.among(session, Alias.digest, digests))
    )
    return {
        digest: Known(number or 0, key, at is not None, identified)
        for digest, number, key, at, identified in session.exec(asked)
    }


def known_before(session: Session, digests: Collection[str], at: datetime) -> set[str]:
    """Return which hashes of names are of subscribers who were there before then and still are."""
    asked = select(Alias.digest).join(Subscriber, col(Subscriber.id) == col(Alias.subscriber_id))
    asked = asked.where(bulk.among(session, Alias.digest, digests), col(Subscriber.added_at) < at)
    return set(session.exec(asked))


def all_there(session: Session, numbers: Collection[int]) -> bool:
    """Return whether all of these subscribers are there, none of them erased."""
    if not numbers:
        return True
    wanted = set(numbers)
    asked = select(func.count()).where(
        bulk.among_numbers(session, Subscriber.id, wanted), col(Subscriber.erased_at).is_(None)
    )
    return session.exec(asked).one() == len(wanted)


def keyed(session: Session, keys: Collection[str]) -> dict[str, Known]:
    """Return the subscribers of these pseudonyms."""
    asked = select(Subscriber.key, Subscriber.id, Subscriber.erased_at).where(
        bulk.among(session, Subscriber.key, keys)
    )
    return {
        key: Known(number or 0, key, at is not None, identified=False)
        for key, number, at in session.exec(asked)
    }


def said_of(
    session: Session, keys: Collection[str], names: Sequence[str]
) -> dict[str, tuple[object, ...]]:
    """Return what events say under these names of columns, by their keys."""
    columns: list[Any] = [getattr(SubscriberEvent, name) for name in ("key", *names)]
    asked = select(*columns).where(bulk.among(session, SubscriberEvent.key, keys))
    return {key: tuple(told) for key, *told in session.exec(asked)}


def alike(session: Session, beginnings: Collection[str]) -> Sequence[tuple[str, str, int | None]]:
    """Return the events whose keys begin with any of these: key, performer and batch."""
    if not beginnings:
        return ()
    given = bulk.listed(session, beginnings)
    key, begins = col(SubscriberEvent.key), given.c.value
    asked = select(SubscriberEvent.key, SubscriberEvent.character_id, SubscriberEvent.batch_id)
    within = and_(key >= begins, key < begins + PAST)
    return session.exec(asked.select_from(given).join(SubscriberEvent, within)).all()


def subscriptions(session: Session, of: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return subscriptions by subscriber and character."""
    found: dict[tuple[int, str], int] = {}
    for some in pieces(of):
        asked = select(
            Subscription.subscriber_id, Subscription.character_id, Subscription.id
        ).where(col(Subscription.subscriber_id).in_(some))
        found |= {(who, whom): number or 0 for who, whom, number in session.exec(asked)}
    return found


def states(session: Session, of: Iterable[int], at: Collection[object]) -> set[tuple[object, ...]]:
    """Return what exports of these times said of subscriptions: its id, the terms, the facts."""
    found: set[tuple[object, ...]] = set()
    for some in pieces(of):
        asked = select(SubscriptionState).where(
            col(SubscriptionState.subscription_id).in_(some),
            col(SubscriptionState.source_at).in_(list(at)),
        )
        found |= {
            (one.subscription_id, *(getattr(one, name) for name in (*TERMS, *FACTS)))
            for one in session.exec(asked)
        }
    return found


COLUMNS = ", ".join(TERMS)
RENEW = text(
    f"UPDATE subscription SET ({COLUMNS}) = (SELECT {COLUMNS} FROM subscription_state "  # noqa: S608  # our own names
    f"WHERE subscription_id = subscription.id ORDER BY {NEWEST}, id DESC LIMIT 1) "
    "WHERE id IN :some AND EXISTS "
    "(SELECT 1 FROM subscription_state WHERE subscription_id = subscription.id)"
).bindparams(bindparam("some", expanding=True))


def renew(session: Session, numbers: Iterable[int]) -> None:
    """Have these subscriptions say what the newest of their states says."""
    session.flush()
    for some in pieces(numbers):
        session.connection().execute(RENEW, {"some": some})


def holders(session: Session, numbers: Iterable[int]) -> list[int]:
    """Return whose subscriptions these are, each once."""
    found: set[int] = set()
    for some in pieces(numbers):
        asked = select(Subscription.subscriber_id).where(col(Subscription.id).in_(some))
        found.update(session.exec(asked))
    return sorted(found)


SAID = (
    "FROM subscription_state AS said JOIN subscription AS mine ON mine.id = said.subscription_id "
    "WHERE mine.subscriber_id = subscriber.id"
)
LAST_SAID = (
    f"coalesce((SELECT said.{{0}} {SAID} AND said.{{0}} <> '' "
    "ORDER BY said.source_at DESC, said.id DESC LIMIT 1), '')"
)
RETELL = text(
    f"UPDATE subscriber SET country = {LAST_SAID.format('country')}, "  # noqa: S608  # our own names
    f"language = {LAST_SAID.format('language')}, "
    f"birth_year = (SELECT max(said.birth_year) {SAID}), "
    f"last_seen_at = (SELECT max(said.last_seen_at) {SAID}) WHERE id IN :some"
).bindparams(bindparam("some", expanding=True))


def retell(session: Session, numbers: Iterable[int]) -> None:
    """Have these subscribers be what the exports that stand say of them.

    The newest that tells a country or a language has it; of years of birth the latest holds, so
    that no later file makes anybody older.
    """
    session.flush()
    for some in pieces(numbers):
        session.connection().execute(RETELL, {"some": some})
