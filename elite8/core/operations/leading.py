"""Who ticks: of all daemons on one store one leads, and another takes over when it is gone."""

import platform
from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core.operations.holder import is_dead, new_holder
from elite8.core.storage import leases
from elite8.core.studio import Studio

NAME = "daemon"
RENEW = timedelta(seconds=30)
"""How often the leader says that it is there."""
LEASES = 3
"""For how many of these the lease lasts: two may be lost."""
SOONEST = timedelta(seconds=2)
LONGEST_HOST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Leading:
    """Who leads, since when, and until when unless it says more; `ours`: whoever asks."""

    who: str
    since: datetime
    until: datetime
    ours: bool


def new_leader() -> str:
    """Return a name for this daemon, which also says to people where it runs."""
    return f"{new_holder()}:{platform.node()[:LONGEST_HOST]}"


def every(studio: Studio) -> timedelta:
    """Return after how much real time the leader says that it is there."""
    return max(RENEW / studio.pace, SOONEST)


def lead(studio: Studio, me: str) -> Leading:
    """Lead, or go on leading, unless another daemon does; return who leads."""
    now = studio.shared_now()
    with studio.database.transaction() as session:
        before = leases.get(session, NAME)
        dead = before.holder if before and is_dead(before.holder) else ""
        lasts = LEASES * every(studio) * studio.pace
        held = leases.take(session, NAME, holder=me, now=now, lasts=lasts, dead=dead)
    return Leading(
        who=told(held.holder), since=held.since, until=held.until, ours=held.holder == me
    )


def leader(studio: Studio) -> Leading | None:
    """Return who leads; `None` when nobody does, or the leader is gone."""
    now = studio.shared_now()
    with studio.database.transaction() as session:
        held = leases.get(session, NAME)
    if held is None or held.until <= now or is_dead(held.holder):
        return None
    return Leading(who=told(held.holder), since=held.since, until=held.until, ours=False)


def resign(studio: Studio, me: str) -> None:
    """Let another lead at once; whoever does not lead changes nothing."""
    with studio.database.transaction() as session:
        leases.give_back(session, NAME, me)


def told(holder: str) -> str:
    """Return a leader's name for people: process and host."""
    _, pid, _, host = holder.split(":", 3)
    return f"process {pid} on {host}"
