"""Who came and who went in a time, as counts alone: subscribers, and followers of our accounts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from elite8.core.domain.follower import FRESH, Counted
from elite8.core.storage import followers as kept
from elite8.core.storage.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Followers:
    """How many follow `accounts` of ours at the end of a time, by the newest counts of then.

    `new` are those of `known` accounts that were counted at its beginning as well; they may be
    fewer than all, and below 0 where more left.
    """

    accounts: int
    count: int
    known: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comings:
    """Subscriptions that began and ended in a time, and who turned renewal off or failed to pay."""

    began: int
    ended: int
    turned_off: int
    failed: int


def subscribers(session: Session, since: datetime, until: datetime) -> Comings:
    """Return who came and went in a time, of all platforms together."""
    from elite8.core.domain.subscriber import Act
    from elite8.core.storage import rolls

    found = rolls.happened(session, since, until)
    return Comings(
        began=found.get(Act.SUB_START, 0),
        ended=found.get(Act.SUB_EXPIRE, 0),
        turned_off=found.get(Act.AUTO_RENEW_OFF, 0),
        failed=found.get(Act.PAYMENT_FAILED, 0),
    )


def followers(session: Session, since: datetime, until: datetime) -> Followers | None:
    """Return who follows at the end of a time, `None` where nobody counted any about then."""
    ends = [*each(kept.known(session, since).values(), since, until)]
    if not ends:
        return None
    both = [(first, last) for first, last in ends if first is not None]
    return Followers(
        accounts=len(ends),
        count=sum(last for _, last in ends),
        known=len(both),
        new=sum(last - first for first, last in both),
    )


def each(
    every: Iterable[Sequence[Counted]], since: datetime, until: datetime
) -> Iterator[tuple[int | None, int]]:
    """Yield the counts of each account about the beginning and the end of a time."""
    for counts in every:
        last = about(counts, until)
        if last is not None:
            yield about(counts, since), last


def about(counts: Sequence[Counted], at: datetime) -> int | None:
    """Return the newest count until an instant, `None` where it says nothing of then any more."""
    found = [one for one in counts if at - FRESH <= one.at <= at]
    return max(found, key=lambda one: one.at).followers if found else None
