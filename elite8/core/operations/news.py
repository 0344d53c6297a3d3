"""What happened, as notices for the chat: videos made, failures, approvals, the end of credits.

Each thing is told once (`told`); what comes close together comes as one notice.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from elite8.core.domain.notice import STALE
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError
from elite8.core.operations import notices
from elite8.core.storage import held, ledger, videos
from elite8.core.storage import notices as kept
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

ROUTE = "telegram"
TOGETHER = timedelta(minutes=15)
"""Videos are told of no sooner than this after the last ones."""
MOST_LINES = 10
MOST_CARDS = 3
"""Cards that come at once; of more a number is told, and /pending shows them."""
SOON = timedelta(days=7)
USUAL = 15.0
"""Seconds of a video that a forecast is made with."""


def gather(studio: Studio) -> None:
    """Keep notices of what happened and was not told yet."""
    for kind, look in LOOKS.items():
        if notices.is_set_up(studio, ROUTE, kind):
            look(studio)


def tell(studio: Studio, session: Session, kind: str, severity: str, **facts: str) -> None:
    """Keep one notice."""
    notices.keep(studio, session, kind=kind, severity=severity, route=ROUTE, **facts)


def made(studio: Studio) -> None:
    """Tell of videos that were finished."""
    now = studio.clock()
    with studio.database.transaction() as session:
        held.alone(session, "news")
        last = kept.last_of(session, "video")
        if last is not None and timedelta(0) <= now - last < TOGETHER:
            return
        found = fresh(session, "video", videos.finished_since(session, now - STALE), now)
        if found:
            lines = [f"{one.character_id}: {one.title} ({one.seconds or 0:.0f} s)" for one in found]
            title = f"{len(found)} videos are made" if len(found) > 1 else "a video is made"
            tell(studio, session, "video", "info", title=title, words=listed(lines))


def failed(studio: Studio) -> None:
    """Tell of videos that could not be made."""
    now = studio.clock()
    with studio.database.transaction() as session:
        held.alone(session, "news")
        last = kept.last_of(session, "failure")
        if last is not None and timedelta(0) <= now - last < TOGETHER:
            return
        found = fresh(session, "failure", videos.failed_since(session, now - STALE), now)
        if found:
            lines = [f"{one.character_id}: {one.failure}" for one in found]
            title = f"{len(found)} videos failed" if len(found) > 1 else "a video failed"
            words = f"{listed(lines)}\n\nelite8 generate list shows them"
            tell(studio, session, "failure", "warning", title=title, words=words)


def fresh(session: Session, kind: str, found: Sequence[Video], now: datetime) -> list[Video]:
    """Return the videos of which nobody was told, and note that somebody is."""
    names = {f"{one.id}:{one.tries}": one for one in found}
    new = kept.untold(session, kind, [*names])
    kept.tell(session, kind, sorted(new), now)
    return [one for name, one in names.items() if name in new]


def listed(lines: Sequence[str]) -> str:
    """Return lines as words; of many the first ones."""
    more = len(lines) - MOST_LINES
    shown = [*lines[:MOST_LINES], f"and {more} more"] if more > 0 else lines
    return "\n".join(shown)


def to_approve(studio: Studio) -> None:
    """Show what began to wait for an approval; anew when it was changed."""
    if studio.config.publishing.asks_nobody:
        return
    from elite8.core.operations import decisions

    cards = {card.about: card for card in decisions.pending(studio)}
    now = studio.clock()
    with studio.database.transaction() as session:
        held.alone(session, "news")
        new = kept.untold(session, "approval", [*cards])
        kept.tell(session, "approval", sorted(new), now)
        shown = [card for name, card in cards.items() if name in new]
        for card in shown[:MOST_CARDS]:
            head, _, words = card.words.partition("\n")
            facts = {"title": head, "words": words.strip(), "about": card.about}
            tell(studio, session, "approval", "warning", **facts)
        if (more := len(shown) - MOST_CARDS) > 0:
            title = f"{more} more posts wait for approval"
            tell(studio, session, "approval", "warning", title=title, words="/pending shows them")


def credits_end(studio: Studio) -> None:
    """Say once a day when credits end, while that is within a week."""
    if not notices.is_set_up(studio, ROUTE, "credits"):
        return
    from elite8.core.operations import forecast
    from elite8.core.operations.purse import ACCOUNT

    with studio.database.transaction() as session:
        if ledger.opened_at(session, ACCOUNT) is None:
            return
    try:
        found = forecast.forecast(studio, videos_a_day=None, seconds=USUAL)
    except ConfigError:
        return
    now = studio.clock()
    if found.ends_at is None or found.ends_at - now > SOON:
        return
    zone = studio.settings.zone
    day = f"{now.astimezone(zone):%Y-%m-%d}"
    with studio.database.transaction() as session:
        held.alone(session, "news")
        if kept.untold(session, "credits", [day]):
            kept.tell(session, "credits", [day], now)
            title = f"credits end {found.ends_at.astimezone(zone):%a %d %b %H:%M %Z}"
            words = f"{found.free} are free, at {found.pace}"
            tell(studio, session, "credits", "warning", title=title, words=words)


LOOKS: Mapping[str, Callable[[Studio], None]] = {
    "video": made,
    "failure": failed,
    "approval": to_approve,
}
