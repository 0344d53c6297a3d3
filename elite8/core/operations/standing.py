"""How every account stands, from what is on this machine: nobody is asked."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from elite8.core.domain.account import Account
from elite8.core.domain.permission import PERMISSIONS, permission
from elite8.core.errors import SignInNeeded
from elite8.core.storage import accounts
from elite8.core.storage.tokens import Tokens
from elite8.core.studio import Studio

State = Literal["ok", "sign in soon", "sign in again"]
GONE = Tokens(access="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One account, for people; `state` says whether anything has to be done."""

    id: str
    network: str
    name: str
    handle: str
    characters: str
    regions: str
    state: State
    access_ends_at: datetime | None
    refresh_ends_at: datetime | None
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One account with all that is known of its sign-in.

    `days_left`: whole days until its owner has to sign in again, `None` when no end is known.
    `missing`: scopes that our commands need and the owner did not give; `None` when the network
    does not tell them. `warnings` are sentences, the gravest first.
    """

    id: str
    network: str
    via: str
    name: str
    handle: str
    characters: str
    regions: str
    state: State
    access_ends_at: datetime | None
    signed_in_until: datetime | None
    days_left: int | None
    missing: tuple[str, ...] | None
    failure: str
    warnings: tuple[str, ...]


def shown(account: Account, now: datetime) -> Listed:
    """Return an account for people."""
    over = bool(account.failure) or (
        account.refresh_ends_at is not None and account.refresh_ends_at <= now
    )
    soon = account.ends_soon(now)
    return Listed(
        id=account.id,
        network=account.network,
        name=account.name,
        handle=account.handle,
        characters=account.characters,
        regions=account.regions,
        state="sign in again" if over else "sign in soon" if soon else "ok",
        access_ends_at=account.access_ends_at,
        refresh_ends_at=account.refresh_ends_at,
        failure=account.failure,
    )


def status(studio: Studio) -> tuple[Standing, ...]:
    """Return how every account stands, oldest first; reads its tokens here and asks no network."""
    with studio.database.transaction() as session:
        every = list(accounts.every(session))
    return tuple(standing(studio, account) for account in every)


def standing(studio: Studio, account: Account) -> Standing:
    """Return how one account stands."""
    (tokens, lost), row = held(studio, account), shown(account, studio.clock())
    end = row.refresh_ends_at
    found = Standing(
        id=row.id,
        network=row.network,
        via=tokens.via,
        name=row.name,
        handle=row.handle,
        characters=row.characters,
        regions=row.regions,
        state="sign in again" if row.failure or over(studio, account, tokens) else row.state,
        access_ends_at=row.access_ends_at,
        signed_in_until=end,
        days_left=None if end is None else max(0, (end - studio.clock()).days),
        missing=missing(account, tokens.via),
        failure=row.failure or lost,
        warnings=(),
    )
    return replace(found, warnings=warnings(studio, found, tokens.asked_at))


def held(studio: Studio, account: Account) -> tuple[Tokens, str]:
    """Return the account's tokens and ""; or empty ones and why they cannot be read here."""
    from elite8.core.operations.strongbox import store

    try:
        return store(studio).read(account.id), ""
    except SignInNeeded as why:
        return GONE, str(why)


def over(studio: Studio, account: Account, tokens: Tokens) -> bool:
    """Return whether only its owner can bring the sign-in back."""
    ended = tokens.access_ends_at is not None and tokens.access_ends_at <= studio.clock()
    renewable = tokens.refresh and not permission(account.network, tokens.via).by_token
    return not tokens.access or (ended and not renewable)


def missing(account: Account, via: str) -> tuple[str, ...] | None:
    """Return the scopes that are needed and not given; `None` when what was given is not known."""
    given = set(account.scopes.split())
    if not given:
        return None
    return tuple(one for one in permission(account.network, via).scopes if one not in given)


def again(account: Account, why: str, via: str = "") -> str:
    """Return what to do when a sign-in is over."""
    said = f"{account.network} {account.name}: {why}"
    return said if "run: elite8" in why else f"{said}; run: {command(account.network, via)}"


def command(network: str, via: str) -> str:
    """Return what signs in to a network in that way."""
    by_token = network in PERMISSIONS and permission(network, via).by_token
    how = f" --via {via}" if via else " --paste" if by_token else ""
    return f"elite8 accounts login {network}{how}"


def warnings(studio: Studio, found: Standing, asked_at: datetime | None) -> tuple[str, ...]:
    """Return what the operator should know, days ahead where that is possible."""
    name, run = f"{found.network} {found.name}", command(found.network, found.via)
    said = []
    if found.state == "sign in again":
        why = found.failure or "its sign-in has ended"
        said.append(f"{name}: {why}" if "run: elite8" in why else f"{name}: {why}; run: {run}")
    elif found.state == "sign in soon" and found.signed_in_until:
        end = local(studio, found.signed_in_until)
        said.append(f"{name}: its sign-in ends in {found.days_left} days, {end}; run: {run}")
    if asked_at and found.state != "sign in again":
        begun = local(studio, asked_at)
        said.append(
            f"{name}: a renewal begun {begun} got no answer that was kept; run: "
            "elite8 accounts refresh"
        )
    if found.missing:
        lacking = ", ".join(found.missing)
        said.append(f"{name}: not allowed at sign-in: {lacking}; sign in again and tick them")
    return tuple(said)


def local(studio: Studio, instant: datetime) -> str:
    """Return an instant in the operator's zone, with the zone named."""
    return f"{instant.astimezone(studio.settings.zone):%Y-%m-%d %H:%M %Z}"
