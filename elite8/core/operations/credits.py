"""The credits, for people: what is left, where it went, when it ends, and whether A2E agrees."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from elite8.core.domain.credit import CreditEntry, EntryKind
from elite8.core.domain.job import Family
from elite8.core.domain.tariff import Tariff
from elite8.core.errors import ConfigError, Elite8Error, Refused, Unavailable
from elite8.core.operations import purse
from elite8.core.operations.brief import Planned
from elite8.core.operations.purse import ACCOUNT, Low, Movement, movement
from elite8.core.production.a2e import SLACK, Charge, Strange
from elite8.core.storage import jobs, ledger
from elite8.core.storage.database import Session
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Credits that went to one performer or network; a video's are shared by its networks."""

    name: str
    credits: float
    videos: int
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The purse now. `reported` is A2E's own number, `None` when it was not asked or not told."""

    balance: int
    held: int
    free: int
    reported: int | None
    today: int
    today_budget: int
    month: int
    percent_used: int
    usd_this_month: float
    characters: tuple[Share, ...]
    networks: tuple[Share, ...]
    low: tuple[Low, ...]
    uncertain: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that our ledger and A2E's books do not agree on; `credits` is A2E less ours."""

    what: str
    at: datetime | None
    credits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Our ledger beside A2E's. `charged` credits of tasks under way are gone at A2E already.

    `items` are of the time since both last agreed; `notes` say why there are none.
    """

    ours: int
    charged: int
    reported: int | None
    difference: int | None
    items: tuple[Difference, ...]
    adjusted: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One way to make a video, and what it costs by our table."""

    operation: str
    credits: int
    usd: float
    note: str


def overview(studio: Studio, *, ask: bool) -> Overview:
    """Return the purse; with `ask` and a key, A2E's own balance beside it."""
    reported, notes = reported_balance(studio) if ask else (None, ())
    with studio.database.transaction() as session:
        if reported is not None or ledger.opened_at(session, ACCOUNT):
            purse.fill(studio, session, reported)
        else:
            notes = (*notes, "the ledger begins with the first contact to A2E")
        sums = ledger.sums(session, ACCOUNT)
        month = purse.spent_since(session, purse.month_began(studio))
        today = purse.spent_since(session, purse.midnight(studio))
        by_character = ledger.by_character(session, ACCOUNT)
        posted = ledger.posts_of_jobs(session, ACCOUNT)
        low = purse.low(studio, session) if ledger.opened_at(session, ACCOUNT) else ()
        unsure = [(job.id, job.character_id, job.failure) for job in jobs.uncertain(session)]
    rate = studio.config.tariff.usd_per_credit
    return Overview(
        balance=sums.balance,
        held=sums.held,
        free=sums.free,
        reported=reported,
        today=today,
        today_budget=studio.config.tariff.budget.per_day,
        month=month,
        percent_used=100 * month // max(sums.free + month, 1),
        usd_this_month=round(month * rate, 2),
        characters=tuple(
            Share(name=name, credits=total, videos=count, usd=round(total * rate, 2))
            for name, total, count in by_character
        ),
        networks=networks(posted, rate),
        low=low,
        uncertain=tuple(unsure),
        notes=notes,
    )


def reported_balance(studio: Studio) -> tuple[int | None, tuple[str, ...]]:
    """Return what A2E reports, or why it is not known; without a key nobody is asked."""
    if studio.settings.a2e_api_key is None:
        return None, ("no A2E key is set, so this is our ledger alone",)
    try:
        reported = studio.a2e.balance()
    except Elite8Error as trouble:
        return None, (f"A2E's own balance is not known: {trouble}",)
    return reported, () if reported is not None else ("A2E does not tell its balance",)


def networks(posted: Sequence[tuple[int, str, str]], rate: float) -> tuple[Share, ...]:
    """Return credits by network: what a video cost, shared evenly by where it was posted."""
    times = Counter(video for _, video, _ in posted)
    shares: defaultdict[str, float] = defaultdict(float)
    videos: defaultdict[str, set[str]] = defaultdict(set)
    for amount, video, network in posted:
        shares[network] += amount / times[video]
        videos[network].add(video)
    return tuple(
        Share(
            name=name,
            credits=round(total, 1),
            videos=len(videos[name]),
            usd=round(total * rate, 2),
        )
        for name, total in sorted(shares.items(), key=lambda item: -item[1])
    )


def history(studio: Studio, *, limit: int) -> tuple[Movement, ...]:
    """Return the newest entries of the ledger."""
    with studio.database.transaction() as session:
        found = ledger.entries(session, ACCOUNT, limit=limit)
        return tuple(movement(entry) for entry in found)


def reconcile(studio: Studio, *, told: int | None, accept: bool) -> Reconciled:
    """Put our ledger beside A2E's balance and books; only with `accept` is the ledger adjusted.

    `told` is a balance the operator read off A2E's page, where the API does not tell it.
    """
    before = moved(studio)
    reported = told if told is not None else studio.a2e.balance()
    with studio.database.transaction() as session:
        purse.fill(studio, session, reported)
        sums = ledger.sums(session, ACCOUNT)
        charged = jobs.charged(session)
    difference = None if reported is None else reported - (sums.balance - charged)
    items, notes = itemised(studio) if difference else ((), ())
    adjusted = 0
    if accept and difference:
        adjust(studio, difference, before)
        adjusted = difference
    return Reconciled(
        ours=sums.balance,
        charged=charged,
        reported=reported,
        difference=difference,
        items=items,
        adjusted=adjusted,
        notes=notes,
    )


def itemised(studio: Studio) -> tuple[tuple[Difference, ...], tuple[str, ...]]:
    """Return what makes the difference, since both last agreed; or why that is not known.

    Our clock and A2E's differ: what is a little older finds its match, and is no difference itself.
    """
    with studio.database.transaction() as session:
        agreed = ledger.agreed_at(session, ACCOUNT) or studio.clock()
        paid = jobs.paid(session, agreed - SLACK)
        entries = ledger.entries(session, ACCOUNT, since=agreed - SLACK)
    grants = [entry for entry in entries if entry.kind in (EntryKind.DAILY, EntryKind.MONTHLY)]
    try:
        books = () if studio.settings.a2e_api_key is None else studio.a2e.charges(agreed - SLACK)
    except (Refused, Strange) as unreadable:
        return (), (f"what makes the difference is not known: {unreadable}",)
    found = differences(books, paid, grants)
    return tuple(one for one in found if one.at is None or one.at > agreed), ()


def moved(studio: Studio) -> tuple[int, ...]:
    """Return what changes whenever credits move in a way that is not a grant."""
    with studio.database.transaction() as session:
        return movements(session)


def movements(session: Session) -> tuple[int, ...]:
    """Return the same, seen from within a transaction."""
    ledger.lock(session, ACCOUNT)
    sums = ledger.sums(session, ACCOUNT)
    tasks = jobs.charged(session), jobs.undecided(session)
    return sums.settled, sums.held, ledger.adjusted(session, ACCOUNT), *tasks


def adjust(studio: Studio, difference: int, before: tuple[int, ...]) -> None:
    """Enter the difference, unless anything moved since A2E was asked: it would count twice."""
    now = studio.clock()
    with studio.database.transaction() as session:
        if undecided := jobs.undecided(session):
            raise ConfigError(
                f"{undecided} starts at A2E are undecided and may be part of the difference; run "
                "'elite8 generate collect', settle what stays uncertain, then accept"
            )
        if movements(session) != before:
            raise Unavailable("credits moved while A2E was asked; reconcile again")
        note = "the operator accepted A2E's balance"
        reference = f"{now:%Y%m%dT%H%M%S%f}"
        purse.enter(session, now, EntryKind.ADJUST, difference, reference, note=note)


def differences(
    books: Sequence[Charge],
    paid: Sequence[tuple[str, datetime, int]],
    grants: Sequence[CreditEntry],
) -> tuple[Difference, ...]:
    """Return what stands in one book and not in the other, matched by amount, oldest first.

    A2E's rows name no task, so equal amounts are one another's match.
    """
    unmatched = sorted(books, key=lambda charge: charge.at)
    found = []
    for task, at, coins in sorted(paid, key=lambda one: one[1]):
        match = next((c for c in unmatched if -c.amount == coins), None)
        if match is not None:
            unmatched.remove(match)
        elif coins:
            found.append(Difference(what=f"ours alone: task {task}", at=at, credits=coins))
    for entry in grants:
        match = next((c for c in unmatched if c.amount == entry.amount), None)
        if match is not None:
            unmatched.remove(match)
        elif entry.amount:
            what = f"ours alone: {entry.kind} {entry.reference}"
            found.append(Difference(what=what, at=entry.at, credits=-entry.amount))
    pairs = [c for c in unmatched if c.amount > 0]
    for back in pairs:
        spent = next((c for c in unmatched if c.amount == -back.amount), None)
        if spent is not None:  # a task that failed and was refunded is even
            unmatched.remove(spent)
            unmatched.remove(back)
    found += [
        Difference(what=f"A2E alone: {c.kind or 'no reason given'}", at=c.at, credits=c.amount)
        for c in unmatched
    ]
    return tuple(found)


def estimate(studio: Studio, planned: Sequence[Planned]) -> tuple[Flow, ...]:
    """Return what the planned videos would cost at A2E by our table, cheapest flow first."""
    usual = studio.config.finishing.duration_seconds
    seconds = [one.seconds or usual for one in planned]
    return flows(studio.config.tariff, seconds)


def flows(tariff: Tariff, seconds: Sequence[float]) -> tuple[Flow, ...]:
    """Return each way to make videos of these lengths, cheapest first."""
    notes = {
        Family.AVATAR_VIDEO: "talks for as long as its script; needs an avatar, made once",
        Family.IMAGE_VIDEO: "moves without talking, in pieces of 5 to 20 s; our music and captions",
    }
    found = []
    for family, note in notes.items():
        total = sum(tariff.costs[family].of(length) for length in seconds)
        usd = round(total * tariff.usd_per_credit, 2)
        found.append(Flow(operation=family, credits=total, usd=usd, note=note))
    local = Flow(operation="local", credits=0, usd=0.0, note="drawn and spoken on this machine")
    return (local, *sorted(found, key=lambda flow: flow.credits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """The plan that is paid for, and how far it still goes; `source` is where its facts are from.

    `days_left` counts days of such videos until the renewal, 0 when not one more fits.
    """

    plan: str
    monthly_price_usd: float
    monthly_credits: int
    daily_bonus: int
    watermark: bool
    longest_side: int
    custom_avatars: int
    avatars_used: int
    renews_on: date
    free: int
    flow: str
    day_cost: int
    days_left: int
    source: str
    as_of: date


def allowance(studio: Studio, *, count: int, seconds: float) -> Allowance:
    """Return the plan's facts, what is left, and the cheapest paid flow for a day of videos."""
    tariff = studio.config.tariff
    with studio.database.transaction() as session:
        free = ledger.sums(session, ACCOUNT).free
        avatars = jobs.avatars_made(session)
    paid = [flow for flow in flows(tariff, [seconds] * count) if flow.operation != "local"]
    cheapest = paid[0]
    usable = max(0, free - tariff.budget.reserve)
    daily = max(0, cheapest.credits - tariff.current.daily_bonus)
    renews = renewal(studio)
    until = (renews - studio.clock().astimezone(UTC).date()).days
    return Allowance(
        plan=tariff.plan,
        avatars_used=avatars,
        renews_on=renews,
        free=free,
        flow=cheapest.operation,
        day_cost=cheapest.credits,
        days_left=min(until, usable // daily if daily else until),
        **tariff.current.model_dump(),
    )


def renewal(studio: Studio) -> date:
    """Return the day the plan renews next, UTC."""
    today = studio.clock().astimezone(UTC).date()
    this = today.replace(day=studio.config.tariff.renews_on_day)
    return (
        this if this > today else (this.replace(day=28) + timedelta(days=4)).replace(day=this.day)
    )
