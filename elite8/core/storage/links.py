"""Questions about tracked links."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select, update

from elite8.core.domain.event import Origin
from elite8.core.domain.link import Link
from elite8.core.storage.pieces import pieces


def add(session: Session, link: Link) -> None:
    """Keep a new link; a code that is taken is the database's IntegrityError."""
    session.add(link)
    session.flush()


def of_code(session: Session, code: str) -> Link | None:
    """Return the link of a code."""
    return session.exec(select(Link).where(col(Link.code) == code)).first()


def of_codes(session: Session, codes: Sequence[str]) -> dict[str, Link]:
    """Return links by their codes."""
    found: dict[str, Link] = {}
    for some in pieces(codes):
        asked = select(Link).where(col(Link.code).in_(some))
        found |= {one.code: one for one in session.exec(asked)}
    return found


def every(session: Session, *, retired: bool, limit: int) -> Sequence[Link]:
    """Return links, the newest first; those that ended too when asked for."""
    asked = select(Link)
    if not retired:
        asked = asked.where(col(Link.retired_at).is_(None))
    return session.exec(asked.order_by(col(Link.id).desc()).limit(limit)).all()


def origins(session: Session) -> frozenset[Origin]:
    """Return where the links stand that there ever were."""
    asked = select(Link.stage, Link.region, Link.network, Link.character_id).distinct()
    return frozenset(
        Origin(stage=stage, region=region, network=network, character=character)
        for stage, region, network, character in session.exec(asked)
    )


def beside(session: Session, link: Link) -> Sequence[Link]:
    """Return the living links that stand at the same place, the oldest first."""
    mine = ("stage", "region", "network", "character_id", "post_id", "video_id", "campaign")
    asked = select(Link).where(col(Link.retired_at).is_(None))
    for name in mine:
        asked = asked.where(col(getattr(Link, name)) == getattr(link, name))
    return session.exec(asked.order_by(col(Link.id))).all()


def retire(session: Session, code: str, now: datetime) -> bool:
    """End a link; return whether it lived."""
    ended = session.connection().execute(
        update(Link)
        .where(col(Link.code) == code, col(Link.retired_at).is_(None))
        .values(retired_at=now)
    )
    return ended.rowcount == 1
