"""Enter what readings say into the list of what happened; safe to run twice at once.

A reading is a network's count so far. What is entered is how much more than was entered before, so
that the sum is always what the newest reading says, also when a network takes something back.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from elite8.core import log
from elite8.core.domain.event import NOWHERE, EventKind, EventSource, FunnelEvent, Origin, new_event
from elite8.core.domain.post import Post
from elite8.core.domain.reading import Reading
from elite8.core.storage import events, held
from elite8.core.studio import Studio

AT_ONCE = 500
"""Readings of one transaction."""
BACK = timedelta(days=2)
"""Readings this much older than the newest one entered are looked at again: clocks differ."""
Sums = dict[tuple[str, str], tuple[int, datetime]]


def gather(studio: Studio) -> int:
    """Enter the readings that are not entered yet; return how many events are new.

    Some at a time: who else writes gets a turn between. A studio that only looks enters nothing.
    """
    if studio.looks:
        return 0
    new = 0
    while True:
        read, entered = some(studio)
        new += entered
        if read < AT_ONCE or studio.drafts:
            break
    if new:
        log.get().info("funnel.gathered", events=new)
    return new


def some(studio: Studio) -> tuple[int, int]:
    """Enter the oldest readings; return how many there were, and how many events are new."""
    with studio.database.transaction() as session:
        held.alone(session, "funnel")
        last = events.last_gathered(session)
        fresh = events.not_entered(session, last - BACK if last else None, AT_ONCE)
        posts = {post.id for _, post in fresh}
        sums = events.sums_of_posts(session, posts)
        origins = events.origins(session, posts)
        return len(fresh), events.enter(session, entries(fresh, sums, origins))


def key(reading: Reading, kind: EventKind) -> str:
    """Return what a reading's count is called."""
    return f"{reading.id}:{kind}"


def counted(reading: Reading) -> dict[EventKind, int]:
    """Return what a reading counts; what the network does not give is not there."""
    reactions = (reading.likes, reading.comments, reading.shares, reading.saves)
    given = [one for one in reactions if one is not None]
    found: dict[EventKind, int] = {}
    if reading.views is not None:
        found[EventKind.VIEW] = reading.views
    if given:
        found[EventKind.ENGAGEMENT] = sum(given)
    return found


def entries(
    fresh: list[tuple[Reading, Post]],
    sums: Sums,
    origins: Mapping[str, Origin],
) -> Iterator[FunnelEvent]:
    """Yield how much more each reading says, one after the other.

    One that is older than what is entered already adds nothing.
    """
    for reading, post in fresh:
        for kind, value in counted(reading).items():
            before, at = sums.get((post.id, kind), (0, reading.at))
            more = value - before if reading.at >= at else 0
            sums[post.id, kind] = (before + more, max(at, reading.at))
            yield new_event(
                kind=kind,
                at=reading.at,
                source=EventSource.READING,
                key=key(reading, kind),
                origin=origins.get(post.id, NOWHERE),
                count=more,
            )
