"""What may be spent: the ledger is opened, filled and asked here, and nothing leaves it unseen."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from elite8.core import log
from elite8.core.domain.credit import CreditEntry, EntryKind, Purse, new_entry
from elite8.core.domain.job import Job
from elite8.core.errors import OutOfCredits
from elite8.core.storage import ledger
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

ACCOUNT = "a2e"


@dataclass(frozen=True, slots=True, kw_only=True)
class Low:
    """Credits run low: which threshold, and the sentence about it."""

    level: Literal["warning", "critical"]
    what: Literal["month", "today"]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One entry of the ledger."""

    at: datetime
    kind: str
    amount: int
    character: str
    operation: str
    reference: str
    note: str


def movement(entry: CreditEntry) -> Movement:
    """Return an entry for people."""
    return Movement(
        at=entry.at,
        kind=entry.kind,
        amount=entry.amount,
        character=entry.character_id,
        operation=entry.operation,
        reference=entry.reference,
        note=entry.note,
    )


def fill(studio: Studio, session: Session, reported: int | None) -> None:
    """Open the ledger with what A2E reports, and enter the grants of the days since.

    A day is looked at once: what another plan gave by then is not given again by this one.
    """
    ledger.lock(session, ACCOUNT)
    now = studio.clock()
    filled = ledger.filled_at(session, ACCOUNT)
    if filled is None:
        if reported is None:
            raise OutOfCredits(
                "A2E does not tell its balance; tell it once: elite8 credits reconcile --balance N"
            )
        note = "as A2E reported when the ledger began"
        enter(session, now, EntryKind.OPENING, reported, "opening", note=note)
        return
    plan = studio.config.tariff.current
    for day in days(filled.astimezone(UTC).date(), today_there(studio, reported)):
        at = datetime.combine(day, time(), UTC)
        enter(session, at, EntryKind.DAILY, plan.daily_bonus, f"{day}", note="daily bonus")
        if day.day == studio.config.tariff.renews_on_day:
            month = f"{day:%Y-%m}"
            enter(session, at, EntryKind.MONTHLY, plan.monthly_credits, month, note="renewal")


def today_there(studio: Studio, reported: int | None) -> date:
    """Return the UTC day by A2E's clock: a machine whose clock is wrong grants itself nothing.

    Without a word of A2E no day counts.
    """
    heard = studio.a2e.heard_at if studio.settings.a2e_api_key else None
    if heard is None and reported is None:
        return date.min
    return (heard or studio.clock()).astimezone(UTC).date()


def days(after: date, until: date) -> list[date]:
    """Return the days after one day up to another."""
    return [after + timedelta(days=number) for number in range(1, (until - after).days + 1)]


def enter(  # noqa: PLR0913  # an entry's facts
    session: Session,
    now: datetime,
    kind: EntryKind,
    amount: int,
    reference: str,
    *,
    job: Job | None = None,
    note: str = "",
) -> bool:
    """Enter a movement once; return whether it is new. What costs nothing leaves no entry."""
    if amount == 0 and kind != EntryKind.OPENING:
        return False
    entry = new_entry(
        now=now,
        account=ACCOUNT,
        kind=kind,
        amount=amount,
        reference=reference,
        character_id=job.character_id if job else "",
        operation=job.family if job else "",
        note=note,
    )
    return ledger.enter(session, entry)


def hold(session: Session, now: datetime, job: Job) -> None:
    """Set aside what the job may cost."""
    enter(session, now, EntryKind.HOLD, -job.held, job.id, job=job)


def release(session: Session, now: datetime, job: Job, why: str = "") -> None:
    """Let go of what was set aside."""
    enter(session, now, EntryKind.RELEASE, job.held, job.id, job=job, note=why)


def settle(session: Session, now: datetime, job: Job, coins: int) -> None:
    """Pay for the job: what was set aside goes, what it cost is entered, both once."""
    release(session, now, job)
    enter(session, now, EntryKind.SETTLE, -coins, job.id, job=job)


def afford(studio: Studio, session: Session, coins: int, reported: int | None) -> None:
    """Refuse what the credits, the reserve or the day's budget do not allow, with the numbers."""
    if coins == 0:
        return
    budget = studio.config.tariff.budget
    free = free_credits(ledger.sums(session, ACCOUNT), reported)
    if free - coins < budget.reserve:
        raise OutOfCredits(
            f"this needs {coins} credits; {free} are free and {budget.reserve} are kept in reserve "
            "(budget.reserve in config/avatars/pro_plan_optimized.json)"
        )
    spent = spent_since(session, midnight(studio))
    if spent + coins > budget.per_day:
        raise OutOfCredits(
            f"this needs {coins} credits; {spent} of today's {budget.per_day} are used "
            "(budget.per_day in config/avatars/pro_plan_optimized.json); tomorrow is another day"
        )


def free_credits(purse: Purse, reported: int | None) -> int:
    """Return what may be used: the lower of our ledger and what A2E reports."""
    return purse.free if reported is None else min(purse.free, reported)


def spent_since(session: Session, since: datetime) -> int:
    """Return credits settled since then, and all that is held now."""
    recent = ledger.sums(session, ACCOUNT, since=since)
    return recent.settled + ledger.sums(session, ACCOUNT).held


def midnight(studio: Studio) -> datetime:
    """Return when the operator's day began."""
    here = studio.clock().astimezone(studio.settings.zone)
    return here.replace(hour=0, minute=0, second=0, microsecond=0)


def month_began(studio: Studio) -> datetime:
    """Return when the plan's month began, in UTC."""
    now = studio.clock().astimezone(UTC)
    day = studio.config.tariff.renews_on_day
    first = now.replace(day=day, hour=0, minute=0, second=0, microsecond=0)
    if first <= now:
        return first
    return (first.replace(day=1) - timedelta(days=1)).replace(day=day)


def low(studio: Studio, session: Session) -> tuple[Low, ...]:
    """Return the thresholds that are passed, and log each."""
    tariff = studio.config.tariff
    free = ledger.sums(session, ACCOUNT).free
    used = spent_since(session, month_began(studio))
    percent = 100 * used // max(free + used, 1)
    left = tariff.budget.per_day - spent_since(session, midnight(studio))
    found = []
    if level := passed(percent, tariff.warnings.used_percent):
        sentence = f"{percent} % of this month's credits are used, {free} are free"
        found.append(Low(level=level, what="month", message=sentence))
    if level := passed(-left, tuple(-n for n in tariff.warnings.left_today)):
        sentence = f"{max(left, 0)} credits are left of today's {tariff.budget.per_day}"
        found.append(Low(level=level, what="today", message=sentence))
    for one in found:
        log.get().warning("credits.low", level_of_alert=one.level, what=one.what)
    return tuple(found)


def passed(value: int, thresholds: tuple[int, ...]) -> Literal["warning", "critical"] | None:
    """Return the sharper threshold that `value` has reached."""
    warning, critical = thresholds
    return "critical" if value >= critical else "warning" if value >= warning else None
