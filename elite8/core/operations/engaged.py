"""Keep the sums of what subscribers did right: only of those about whom anything is new."""

from collections.abc import Sequence
from datetime import datetime

from elite8.core.domain import fading
from elite8.core.domain.engagement import EngagementState
from elite8.core.domain.fading import LAGS, SUMS
from elite8.core.storage import engagement, held
from elite8.core.storage.database import Session
from elite8.core.storage.pieces import pieces
from elite8.core.studio import Studio


def freshen(studio: Studio, *, whole: bool = False) -> int:
    """Bring everybody's sums up to now, and to 28 days before today; return of how many people.

    Nothing is worked out while the tables look as they did; with `whole` each one's events are
    counted all the same. A second one beside it, or a kill in between, harms nothing: each piece is
    right by itself, and what is missing is found again.
    """
    now = studio.clock()
    with studio.database.transaction() as session:
        looks = engagement.seen(session)
        who = waiting(studio, session, now, looks, whole=whole)
    for piece in pieces(who):
        with studio.database.transaction() as session:
            held.alone(session, "engagement")
            reckon(studio, session, piece, now)
    with studio.database.transaction() as session:
        engagement.forget_erased(session)
        for lag in LAGS:
            day = fading.since(now, lag)
            rules = fading.basis(studio.config.scoring, day)
            engagement.note(
                session, EngagementState(days_before=lag, until=day, basis=rules, seen=looks)
            )
    return len(who)


def waiting(
    studio: Studio, session: Session, now: datetime, looks: str, *, whole: bool
) -> list[int]:
    """Return whose sums have to be worked out, by number."""
    kept = engagement.states(session)
    days = {lag: fading.since(now, lag) for lag in LAGS}
    if any(
        lag not in kept
        or kept[lag].basis != fading.basis(studio.config.scoring, day)
        or kept[lag].until > day
        for lag, day in days.items()
    ):
        return [who for who, _ in engagement.everybody(session)]
    found = {who for lag, day in days.items() for who in engagement.grown(session, lag, day)}
    if whole or kept[0].seen != looks:
        found.update(engagement.changed(session))
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
