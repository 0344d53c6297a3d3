"""How subscribers stand, as the console shows it: counts, whose time ends, what is asked.

Everything is asked of the database in sums: no NumPy, which a console has no memory for. What the
models say is read as the task `outlook` left it.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from elite8.core.domain.campaign import CampaignStatus
from elite8.core.domain.outlook import Outlook
from elite8.core.domain.subscriber import Act, Tier
from elite8.core.operations import outlook
from elite8.core.operations.growth import is_fresh
from elite8.core.storage import campaigns, rolls
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

SOON = 14
"""Days ahead in which an end is told."""
MOST = 40
SHORT = 8
"""Digits of a pseudonym that are shown; 'elite8 subscribers show' takes them."""
ORDER = [*Tier]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Subscriptions of one platform, tier and currency by how they stand.

    `monthly` is what the active ones pay a month, in whole minor units, `None` without a price.
    """

    platform: str
    tier: str
    currency: str
    active: int
    pending: int
    paused: int
    ended: int
    unknown: int
    monthly: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A paid time that ends on a day and is not renewed by itself; `who` is a short pseudonym."""

    who: str
    platform: str
    character: str
    tier: str
    price_minor: int | None
    currency: str
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asked about themselves, and by when it has to be done."""

    kind: str
    who: str
    asked_at: datetime
    warn_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaigning:
    """A winback that was started, and how many drew which arm."""

    name: str
    kind: str
    window_until: datetime | None
    treated: int
    held_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """How all stand; `joined`, `left`, `turned_off` and `failed` are of the month from `since`.

    `outlook` is `None` until it is worked out, and in what was kept before there was one.
    """

    since: date
    joined: int
    left: int
    turned_off: int
    failed: int
    groups: tuple[Group, ...]
    endings: tuple[Ending, ...]
    requests: tuple[Asked, ...]
    campaigns: tuple[Campaigning, ...]
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read, when, and what the database's number of changes was then."""

    at: datetime
    changes: int | None
    found: Subscribed


def lately(studio: Studio) -> Subscribed:
    """Return how subscribers stand, at most a minute old; again only when something was written."""
    studio = studio.looking
    changes, now = studio.database.changes(), studio.clock()
    last: Read | None = studio.remembered.get("subscribed")
    if last and is_fresh(last.at, last.changes, now, changes):
        return last.found
    found = subscribed(studio)
    studio.remembered["subscribed"] = Read(at=now, changes=changes, found=found)
    return found


def subscribed(studio: Studio) -> Subscribed:
    """Return how subscribers stand, read now."""
    today = studio.clock().astimezone(studio.settings.zone).date()
    first = today.replace(day=1)
    since = datetime.combine(first, time(), studio.settings.zone).astimezone(UTC)
    with studio.database.transaction() as session:
        moved = rolls.happened(session, since, studio.clock() + timedelta(seconds=1))
        return Subscribed(
            since=first,
            joined=moved.get(Act.SUB_START, 0),
            left=moved.get(Act.SUB_EXPIRE, 0),
            turned_off=moved.get(Act.AUTO_RENEW_OFF, 0),
            failed=moved.get(Act.PAYMENT_FAILED, 0),
            groups=groups(session),
            endings=endings(session, today),
            requests=requests(session),
            campaigns=started(session),
            outlook=outlook.kept(session),
        )


def groups(session: Session) -> tuple[Group, ...]:
    """Return the subscriptions by platform, tier and currency."""
    counts: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    money: dict[tuple[str, str, str], float | None] = {}
    for platform, tier, currency, status, many, monthly in rolls.standings(session):
        name = (platform, tier, currency)
        counts[name]["ended" if status in ("expired", "cancelled") else status] += many
        if status == "active":
            money[name] = monthly
    names = sorted(counts, key=lambda one: (one[0], ORDER.index(Tier(one[1])), one[2]))
    return tuple(
        Group(
            platform=one[0],
            tier=one[1],
            currency=one[2],
            **{state: counts[one][state] for state in ("active", "pending", "paused", "ended")},
            unknown=counts[one]["unknown"],
            monthly=None if money.get(one) is None else round(money[one] or 0),
        )
        for one in names
    )


def endings(session: Session, today: date) -> tuple[Ending, ...]:
    """Return whose paid time ends soon and is not renewed."""
    found = rolls.ending(session, today, today + timedelta(days=SOON), MOST)
    return tuple(
        Ending(
            who=key[:SHORT],
            platform=platform,
            character=row.character_id,
            tier=row.tier,
            price_minor=row.price_minor,
            currency=row.currency,
            ends_on=row.period_end or today,
        )
        for row, key, platform in found
    )


def requests(session: Session) -> tuple[Asked, ...]:
    """Return what is asked and not done."""
    return tuple(
        Asked(
            kind=one.kind,
            who=one.who[:SHORT],
            asked_at=one.asked_at,
            warn_at=one.warn_at,
            due_at=one.due_at,
        )
        for one in rolls.requests(session)
    )


def started(session: Session) -> tuple[Campaigning, ...]:
    """Return the winbacks that run."""
    running = [one for one in campaigns.every(session) if one.status == CampaignStatus.STARTED]
    sizes = {one.id: campaigns.sizes(session, one.id) for one in running}
    return tuple(
        Campaigning(
            name=one.name,
            kind=one.kind,
            window_until=one.window_until,
            treated=sizes[one.id].get(False, 0),
            held_out=sizes[one.id].get(True, 0),
        )
        for one in running
    )
