"""Keep the sums of what subscribers did right: only of those about whom anything is new."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import product

from elite8.core.domain import fading
from elite8.core.domain.engagement import PARTS, EngagementState
from elite8.core.domain.fading import LAGS, SUMS
from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.errors import ConfigError
from elite8.core.storage import engagement, held
from elite8.core.storage.database import Session
from elite8.core.storage.pieces import pieces
from elite8.core.studio import Studio


def freshen(studio: Studio, shard: Shard = WHOLE, *, whole: bool = False) -> int:
    """Bring everybody's sums up to now, and to 28 days before today; return of how many people.

    Only those of a part with `shard`. Nothing is worked out while the tables look as they did; with
    `whole` each one's events are counted all the same. A second one beside it, or a kill in
    between, harms nothing: each piece is right by itself, and what is missing is found again.
    """
    if shard != WHOLE and shard.of != PARTS:
        raise ConfigError(f"people are in {PARTS} parts; write 1/{PARTS} to {PARTS}/{PARTS}")
    numbers = engagement.numbers(shard)
    now = studio.clock()
    with studio.database.transaction() as session:
        looks = engagement.seen(session)
        who = waiting(studio, session, now, looks, shard, whole=whole)
    for piece in pieces(who):
        with studio.database.transaction() as session:
            alone(session, numbers)
            reckon(studio, session, piece, now)
    with studio.database.transaction() as session:
        alone(session, numbers)
        engagement.forget_erased(session)
        for lag, number in product(LAGS, numbers):
            day = fading.since(now, lag)
            rules = fading.basis(studio.config.scoring, day)
            state = EngagementState(
                days_before=lag, part=number, until=day, basis=rules, seen=looks
            )
            engagement.note(session, state)
    return len(who)


def alone(session: Session, numbers: Iterable[int]) -> None:
    """Wait until nobody else writes sums of these parts; always in one order."""
    for number in numbers:
        held.alone(session, f"engagement {number}")


def waiting(  # noqa: PLR0913  # who, when, of what
    studio: Studio, session: Session, now: datetime, looks: str, shard: Shard, *, whole: bool
) -> list[int]:
    """Return whose sums have to be worked out, by number."""
    kept = engagement.states(session)
    numbers = engagement.numbers(shard)
    days = {lag: fading.since(now, lag) for lag in LAGS}
    off = {
        number
        for (lag, day), number in product(days.items(), numbers)
        if (lag, number) not in kept
        or kept[lag, number].basis != fading.basis(studio.config.scoring, day)
        or kept[lag, number].until > day
    }
    found: set[int] = set()
    if off:
        every = engagement.everybody(session, shard=shard)
        found.update(who for who, _ in every if engagement.part_of(who) in off)
    if len(off) == len(numbers):
        return sorted(found)
    for lag, day in days.items():
        found.update(engagement.grown(session, lag, day, shard))
    if whole or any(kept[0, number].seen != looks for number in numbers if number not in off):
        found.update(engagement.changed(session, shard))
    return sorted(found)


def reckon(studio: Studio, session: Session, who: Sequence[int], now: datetime) -> None:
    """Work out the sums of some people from all their events, and keep them."""
    # How many there are is asked first: one that comes in between is then found as new next time.
    had, where = engagement.counts(session, who), engagement.platforms(session, who)
    found = engagement.happened(session, who, now)
    for lag in LAGS:
        day = fading.since(now, lag)
        made = fading.sums(found, studio.config.scoring, day, len(who)).tolist()
        coming = engagement.coming(session, who, day)
        rows: list[dict[str, object]] = [
            {
                "days_before": lag,
                "platform": where[one],
                "subscriber_id": one,
                "events": had.get(one, engagement.Had()).events,
                "last_event": had.get(one, engagement.Had()).newest,
                "next_at": coming.get(one),
                **dict(zip(SUMS, made[place], strict=True)),
            }
            for place, one in enumerate(who)
            if one in where
        ]
        engagement.replace(session, lag, who, rows)
