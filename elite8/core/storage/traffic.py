"""What went through the proxy, and what its provider said was left."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, cast
from sqlmodel import Session, and_, col, func, or_, select

from elite8.core.domain.proxy import FAILED, Balance, Outcome, Use
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.storage import held


def alone(session: Session) -> None:
    """Let nobody else look for room until this transaction ends."""
    held.alone(session, "proxy budget")


def add(session: Session, use: Use) -> None:
    """Keep a new row."""
    session.add(use)
    session.flush()


def get(session: Session, use_id: str) -> Use | None:
    """Return the row, `None` when there is none."""
    return session.get(Use, use_id, populate_existing=True)


def whole() -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return the sum of all bytes, those held too."""
    total = func.coalesce(func.sum(col(Use.up) + col(Use.down) + col(Use.held)), 0)
    return cast(total, BigInteger)


def used(session: Session, since: date) -> int:
    """Return the bytes of the days from then on; what is held counts as used."""
    return int(session.exec(select(whole()).where(col(Use.day) >= since)).one())


def everything(session: Session) -> int:
    """Return every byte there has been, what is held too."""
    return int(session.exec(select(whole())).one())


def by_region(session: Session, since: date | None = None) -> Sequence[tuple[str, int, int, int]]:
    """Return region, bytes up, bytes down and bytes held, of the days from then on."""
    up, down, kept = (cast(func.sum(col(one)), BigInteger) for one in (Use.up, Use.down, Use.held))
    asked = select(Use.region, up, down, kept).group_by(col(Use.region)).order_by(col(Use.region))
    if since is not None:
        asked = asked.where(col(Use.day) >= since)
    return [(name, int(a), int(b), int(c)) for name, a, b, c in session.exec(asked)]


def usual_size(session: Session) -> int:
    """Return the mean size of finished videos in bytes, 0 when there is none."""
    done = col(Video.status) == VideoStatus.FINISHED
    return int(session.exec(select(func.avg(Video.size_bytes)).where(done)).one() or 0)


def newest(session: Session, region: str) -> Use | None:
    """Return the newest row of a region that tells how the proxy is: it worked, or failed."""
    worked = and_(col(Use.up) > 0, col(Use.outcome) == Outcome.GOOD)
    asked = select(Use).where(col(Use.region) == region)
    asked = asked.where(or_(worked, col(Use.outcome).in_(FAILED)))
    return session.exec(asked.order_by(col(Use.at).desc(), col(Use.id).desc())).first()


def since(
    session: Session, outcomes: Sequence[Outcome], then: datetime
) -> Sequence[tuple[str, str, str, int]]:
    """Return region, host, outcome and how many rows of these outcomes there are since then."""
    asked = select(Use.region, Use.host, Use.outcome, func.count()).where(
        col(Use.outcome).in_(outcomes), col(Use.at) >= then
    )
    return session.exec(asked.group_by(col(Use.region), col(Use.host), col(Use.outcome))).all()


def seen(session: Session, region: str) -> Use | None:
    """Return the newest test of a region that said where it came out."""
    asked = select(Use).where(col(Use.region) == region, col(Use.country) != "")
    return session.exec(asked.order_by(col(Use.at).desc())).first()


def estimated(session: Session, since: date) -> int:
    """Return how many rows of the days from then on no kernel counted."""
    asked = select(func.count()).select_from(Use)
    return session.exec(asked.where(col(Use.day) >= since, col(Use.exact).is_(False))).one()


def fold(session: Session, before: date) -> int:
    """Merge the rows of older days into one for each day and region; return how many went.

    No byte is lost by it: sums stay what they were.
    """
    old = col(Use.day) < before
    apart = select(col(Use.day), col(Use.region)).where(old).group_by(col(Use.day), col(Use.region))
    went = 0
    for day, region in session.exec(apart.having(func.count() > 1)).all():
        here = session.exec(select(Use).where(Use.day == day, Use.region == region)).all()
        first, *others = sorted(here, key=lambda one: one.id)
        for name in ("up", "down", "held"):
            setattr(first, name, sum(getattr(one, name) for one in here))
        first.exact = all(one.exact for one in here)
        first.account, first.host, first.outcome, first.country = "", "", "", ""
        for one in others:
            session.delete(one)
        went += len(others)
    return went


def note(session: Session, balance: Balance) -> None:
    """Keep what the provider said."""
    session.merge(balance)


def balances(session: Session, limit: int = 1000) -> Sequence[Balance]:
    """Return what the provider said, the newest first."""
    return session.exec(select(Balance).order_by(col(Balance.at).desc()).limit(limit)).all()
