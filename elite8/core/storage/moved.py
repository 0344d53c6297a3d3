"""Payments, ends and signs of them, as columns; and when each account was last heard of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sqlmodel import Session, col, func, select

from elite8.core.domain.arrays import Counts, Flags
from elite8.core.domain.heard import Account
from elite8.core.domain.spell import FAILS, PAYS, Move
from elite8.core.domain.subscriber import (
    Act,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.storage.leaving import (
    ALL,
    KEPT,
    Days,
    Only,
    Words,
    batches,
    day,
    happened,
    joined,
    there,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

ACTS = (*sorted(PAYS), *sorted(FAILS), Act.SUB_EXPIRE, Act.AUTO_RENEW_OFF)
ENDS = (*sorted(PAYS), Act.SUB_EXPIRE)
IN_ORDER = (col(SubscriberEvent.subscriber_id) + 0, col(SubscriberEvent.at), SubscriberEvent.id)
"""By subscriber and time; "+ 0" for SQLite, which else goes by an index: in twice the time."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What was done about subscriptions, an entry a row, by subscriber and time.

    Days are ordinals; words are numbers of `words`; an amount is None where it is not known.
    """

    subscriber: Counts
    platform: Counts
    character: Counts
    act: Counts
    day: Counts
    amount: "NDArray[np.object_]"
    currency: Counts
    words: Words

    def is_any(self, acts: tuple[str, ...]) -> Flags:
        """Return which are of these kinds."""
        return np.isin(self.act, self.words.column(acts))

    @property
    def people(self) -> list["Own"]:
        """The rows of each person, by number."""
        who, first = np.unique(self.subscriber, return_index=True)
        last = np.append(first[1:], self.subscriber.size)[: who.size]
        ended = np.where(self.is_any(ENDS), self.day, 0)
        latest = np.maximum.reduceat(ended, first) if who.size else ended
        every = zip(who.tolist(), first.tolist(), last.tolist(), latest.tolist(), strict=True)
        return [Own(self, *one) for one in every]


class Own(NamedTuple):
    """Those of one person; `latest` is the day of the last payment or end, 0 where none is."""

    of: Moves
    subscriber: int
    first: int
    last: int
    latest: int

    @property
    def platform(self) -> str:
        """Return where it was."""
        return self.of.words.names[int(self.of.platform[self.first])]

    @property
    def characters(self) -> set[str]:
        """Return whom they name, "" for nobody."""
        names = self.of.words.names
        return {names[one] for one in set(self.of.character[self.first : self.last].tolist())}

    def rows(self) -> list[Move]:
        """Return them one by one, in the order of time."""
        every, part = self.of, slice(self.first, self.last)
        names = every.words.names
        return [
            Move(on, names[act], amount, names[currency], names[character])
            for on, act, amount, currency, character in zip(
                every.day[part].tolist(),
                every.act[part].tolist(),
                every.amount[part].tolist(),
                every.currency[part].tolist(),
                every.character[part].tolist(),
                strict=True,
            )
        ]


def moves(session: Session, as_of: datetime, only: Only = ALL) -> Moves:
    """Return payments, ends and signs of them until then, of nobody who was erased."""
    asked = (
        select(  # type: ignore[call-overload]  # seven
            SubscriberEvent.subscriber_id,
            Subscriber.platform,
            SubscriberEvent.character_id,
            SubscriberEvent.act,
            day(session, col(SubscriberEvent.at)),
            SubscriberEvent.amount_minor,
            SubscriberEvent.currency,
        )
        .join(Subscriber, col(Subscriber.id) == col(SubscriberEvent.subscriber_id))
        .where(happened(as_of), col(SubscriberEvent.act).in_(ACTS), *there(only))
        .order_by(*IN_ORDER)
    )
    words, days, parts = Words(), Days(), []
    for some in batches(session, asked):
        who, where, whose, did, at, paid_, currency = zip(*some, strict=True)
        parts.append(
            (
                np.array(who, dtype=np.int64),
                *map(words.column, (where, whose, did)),
                np.fromiter(map(days.__getitem__, at), np.int64, len(at)),
                np.array(paid_, dtype=np.object_),
                words.column(currency),
            )
        )
    counts = np.int64
    *columns, money = joined(parts, (*[counts] * 5, np.object_, counts))
    subscriber, platform, character, act, on, amount = columns
    return Moves(subscriber, platform, character, act, on, amount, money, words)


def heard(session: Session, as_of: datetime, found: Moves, only: Only = ALL) -> dict[Account, int]:
    """Return the day on which each account was last heard of by then, as an ordinal.

    A payment that names no performer is of the only subscription there is, if it is one.
    """
    last = dict(paid(session, found))
    for asked in told(as_of, only):
        for platform, character, at in session.exec(asked):
            on = at.astimezone(UTC).toordinal()
            last[platform, character] = max(on, last.get((platform, character), on))
    return last


def paid(session: Session, found: Moves) -> Iterator[tuple[Account, int]]:
    """Yield on which day each account was last paid."""
    words, pays = found.words, found.is_any(tuple(PAYS))
    who, whose, on = found.subscriber[pays], found.character[pays], found.day[pays]
    nobody = words.number("")
    alone, single = only_subscriptions(session, words)
    if alone.size:
        place = np.minimum(np.searchsorted(alone, who), alone.size - 1)
        whose = np.where((whose == nobody) & (alone[place] == who), single[place], whose)
    wide = len(words.names)
    accounts, where = np.unique(found.platform[pays] * wide + whose, return_inverse=True)
    latest = np.zeros(accounts.size, dtype=np.int64)
    np.maximum.at(latest, where.ravel(), on)
    for account, last in zip(accounts.tolist(), latest.tolist(), strict=True):
        yield (words.names[account // wide], words.names[account % wide]), last


def only_subscriptions(session: Session, words: Words) -> tuple[Counts, Counts]:
    """Return who has one subscription alone, by number, and to whom."""
    asked = (
        select(Subscription.subscriber_id, func.min(Subscription.character_id))
        .group_by(col(Subscription.subscriber_id))
        .having(func.count() == 1)
        .order_by(col(Subscription.subscriber_id))
    )
    parts = []
    for some in batches(session, asked):
        who, whose = zip(*some, strict=True)
        parts.append((np.array(who, dtype=np.int64), words.column(whose)))
    alone, single = joined(parts, (np.int64, np.int64))
    return alone, single


def told(as_of: datetime, only: Only) -> Iterator[Any]:
    """Yield the questions for when exports of each account were made; a row alone counts as one."""
    own = col(Subscription.source_at)
    of = (Subscriber.platform, Subscription.character_id)
    subscribed = select(*of, func.max(own)).join(
        Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id)
    )
    yield subscribed.where(own <= as_of, KEPT, *there(only)).group_by(*of)
    said = col(SubscriptionState.source_at)
    yield (
        select(*of, func.max(said))
        .join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))
        .join(SubscriptionState, col(SubscriptionState.subscription_id) == col(Subscription.id))
        .where(said <= as_of, KEPT, *there(only))
        .group_by(*of)
    )
