"""Who follows our accounts: how many, and how many are new; unknown says why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from elite8.core.domain.account import Account
from elite8.core.domain.destination import destination, label
from elite8.core.domain.follower import MONTH, Counted, FollowerCount, Gained, gained
from elite8.core.storage import accounts
from elite8.core.storage import followers as kept
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

LINE = "line"
LINE_TELLS = "insight followers - blocks"
NEVER = "not counted yet: the daemon does, elite8 schedule run measure does it now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Who follows one account, for people; what is `None` nobody knows, and `why` says why.

    `new` is within `give` of the truth where the network rounds, from `first` to `last`.
    `source` is where the network tells it, "" where it does not or nobody asks.
    """

    network: str
    account: str
    name: str
    regions: str
    followers: int | None
    at: datetime | None
    new: int | None
    give: int
    first: date | None
    last: date | None
    source: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """The new followers of a region's own accounts in a month; `None` is unknown, `why` why."""

    new: int | None = None
    give: int = 0
    first: date | None = None
    last: date | None = None
    why: str = ""


def listed(studio: Studio) -> tuple[Following, ...]:
    """Return who follows each account, oldest sign-in first, LINE's official account last."""
    begun = day_begun(studio)
    with studio.database.transaction() as session:
        return tuple(each(studio, session, begun))


def due(studio: Studio) -> tuple[Account | None, ...]:
    """Return the accounts to be asked now; `None` is LINE's official account."""
    now, settings = studio.clock(), studio.settings
    with studio.database.transaction() as session:
        newest, every = kept.newest(session), accounts.every(session)
    found: list[Account | None] = [
        one
        for one in every
        if kept.is_due(newest.get((one.network, one.id)), now) and not why_not(studio, one)
    ]
    if settings.line_channel_id and settings.line_channel_secret:
        found += [None] if kept.is_due(newest.get((LINE, "")), now) else []
    return tuple(found)


def day_begun(studio: Studio) -> datetime:
    """Return when this day began where the operator is: what is told changes by the day alone."""
    zone = studio.settings.zone
    day = studio.clock().astimezone(zone).date()
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def each(studio: Studio, session: Session, begun: datetime) -> Iterator[Following]:
    """Yield who follows each account."""
    newest, known = kept.newest(session), kept.known(session, begun)
    for account in accounts.every(session):
        key = (account.network, account.id)
        why = why_not(studio, account)
        yield told(studio, account, newest.get(key), known.get(key, ()), begun, why=why)
    if studio.settings.line_channel_id:
        key = (LINE, "")
        yield told(studio, None, newest.get(key), known.get(key, ()), begun, why="")


def told(  # noqa: PLR0913  # one account, from several sides
    studio: Studio,
    account: Account | None,
    newest: FollowerCount | None,
    counts: Sequence[Counted],
    begun: datetime,
    *,
    why: str,
) -> Following:
    """Return what is known of one account; `None` is LINE's official account."""
    network = account.network if account else LINE
    came = gained(network, counts, begun)
    last = counts[-1] if counts else None
    return Following(
        network=network,
        account=account.id if account else "",
        name=(account.name or account.handle) if account else "official account",
        regions=account.regions.upper() if account else "",
        followers=last.followers if last else None,
        at=last.at if last else None,
        new=came.new if came else None,
        give=came.give if came else 0,
        first=day(studio, came.first) if came else None,
        last=day(studio, came.last) if came else None,
        source=source_of(account),
        why=why or why_unknown(studio, newest, counts, came),
    )


def source_of(account: Account | None) -> str:
    """Return where the network of an account tells its followers; `None`: LINE."""
    return destination(account.network).followers if account else LINE_TELLS


def called(network: str) -> str:
    """Return what a network is called in a sentence."""
    return "LINE" if network == LINE else label(network)


def day(studio: Studio, at: datetime) -> date:
    """Return the operator's day of an instant."""
    return at.astimezone(studio.settings.zone).date()


def why_not(studio: Studio, account: Account) -> str:
    """Return why an account is not asked at all, "" when it is."""
    network = destination(account.network)
    if not network.followers:
        return f"nobody asks {label(account.network)} for followers"
    if account.failure:
        return f"its sign-in is over; run: elite8 accounts login {account.network}"
    given = account.scopes.split()
    if network.followers_scope and given and network.followers_scope not in given:
        if not studio.config.social.follows(account.network):
            return f"followers is false for {account.network} in social_config.json"
        return (
            f"sign in again to know its followers ({network.followers_scope} was not allowed); "
            f"run: elite8 accounts login {account.network}"
        )
    return ""


def why_unknown(
    studio: Studio,
    newest: FollowerCount | None,
    counts: Sequence[Counted],
    came: Gained | None,
) -> str:
    """Return why the new followers of a month are not known, "" when they are."""
    if newest is None:
        return NEVER
    if newest.followers is None:
        return newest.why
    if came is not None:
        return ""
    if not counts:
        return f"last counted on {day(studio, newest.at)}"
    first, last = day(studio, counts[0].at), day(studio, counts[-1].at)
    return f"counted from {first} to {last}, {MONTH.days} days are needed"


def of_regions(studio: Studio, codes: Sequence[str]) -> Mapping[str, Came]:
    """Return the new followers of each region's own accounts.

    An account for several regions, or for all, tells of none of them. One of its own accounts of
    which nobody knows makes the region's unknown; one whose network tells none is left out.
    """
    found = listed(studio)
    return {
        code: came(code, [one for one in found if one.regions.split() == [code]]) for code in codes
    }


def came(code: str, own: Sequence[Following]) -> Came:
    """Return the new followers of one region's own accounts."""
    asked = [one for one in own if one.source]
    if not asked:
        return Came(why=f"no account that tells them speaks to {code} alone")
    unsure = next((one for one in asked if one.new is None), None)
    if unsure:
        return Came(why=f"{called(unsure.network)} {unsure.name}: {unsure.why}")
    return Came(
        new=sum(one.new or 0 for one in asked),
        give=sum(one.give for one in asked),
        first=min(one.first for one in asked if one.first),
        last=max(one.last for one in asked if one.last),
    )
