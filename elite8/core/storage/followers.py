"""Questions about followers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from elite8.core.domain.follower import ABOUT, EVERY, MONTH, Counted, FollowerCount
from elite8.core.storage import held

Key = tuple[str, str]
"""Network, and the account's id: "" for a LINE official account."""


def newest(session: Session) -> Mapping[Key, FollowerCount]:
    """Return the last time each account was asked, whether it told or not."""
    network, account = col(FollowerCount.network), col(FollowerCount.account_id)
    last = (
        select(network, account, func.max(FollowerCount.at).label("at"))
        .group_by(network, account)
        .subquery()
    )
    asked = select(FollowerCount).where(
        network == last.c.network,
        func.coalesce(account, "") == func.coalesce(last.c.account_id, ""),
        col(FollowerCount.at) == last.c.at,
    )
    return {key(one): one for one in session.exec(asked)}


def key(one: FollowerCount) -> Key:
    """Return whose count it is."""
    return one.network, one.account_id or ""


def is_due(asked: FollowerCount | None, now: datetime) -> bool:
    """Return whether an account is to be asked again."""
    return asked is None or now - asked.at >= EVERY


def known(session: Session, begun: datetime) -> Mapping[Key, Sequence[Counted]]:
    """Return the counts of about a month before the day that has `begun`, and all since."""
    asked = (
        select(
            FollowerCount.network,
            FollowerCount.account_id,
            FollowerCount.at,
            FollowerCount.followers,
        )
        .where(
            col(FollowerCount.at) >= begun - MONTH - ABOUT,
            col(FollowerCount.followers).is_not(None),
        )
        .order_by(col(FollowerCount.at))
    )
    found: dict[Key, list[Counted]] = {}
    for network, account, at, followers in session.exec(asked):
        counted = Counted(at=at, followers=followers or 0)
        found.setdefault((network, account or ""), []).append(counted)
    return found


def add(session: Session, row: FollowerCount) -> bool:
    """Keep a count unless another process asked since it was due; return whether it was kept."""
    held.alone(session, "followers")
    same = func.coalesce(FollowerCount.account_id, "") == (row.account_id or "")
    asked = select(func.max(FollowerCount.at)).where(
        col(FollowerCount.network) == row.network, same
    )
    last: datetime | None = session.exec(asked).one()
    if last is not None and row.at - last < EVERY:
        return False
    session.add(row)
    session.flush()
    return True
