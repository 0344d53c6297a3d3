"""Accounts on networks: who they are, which one takes a post, and speaking as one of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from elite8.core import http
from elite8.core.domain.account import Account
from elite8.core.domain.audit import Decision
from elite8.core.errors import ConfigError, Elite8Error, SignInNeeded
from elite8.core.operations import audit, egress, networks
from elite8.core.operations.networks import SITES
from elite8.core.operations.outlets import audience, best, rivals, speaking
from elite8.core.operations.renewal import Freshened, access, keep_fresh
from elite8.core.operations.signin import login
from elite8.core.operations.standing import Listed, Standing, command, held, shown, status
from elite8.core.operations.strongbox import key_in_use, new_key, store
from elite8.core.platforms.site import Network
from elite8.core.storage import accounts
from elite8.core.studio import Studio

__all__ = [
    "SITES",
    "Freshened",
    "Listed",
    "Standing",
    "access",
    "account_for",
    "audience",
    "check_clear",
    "keep_fresh",
    "key_in_use",
    "listed",
    "login",
    "logout",
    "named",
    "new_key",
    "opened",
    "shown",
    "speaking",
    "status",
    "store",
    "taking",
    "tested",
    "why_none",
]

MINUTE = timedelta(minutes=1)


def listed(studio: Studio) -> tuple[Listed, ...]:
    """Return the accounts; nothing is asked over the network."""
    with studio.database.transaction() as session:
        return tuple(shown(account, studio.clock()) for account in accounts.every(session))


def tested(studio: Studio) -> tuple[tuple[Listed, str], ...]:
    """Ask every account who it is; return each with "" or what is wrong, not naming it again."""
    found = []
    with studio.database.transaction() as session:
        every = list(accounts.every(session))
    for account in every:
        try:
            with http.open_client(transport=egress.line(studio, account)) as client:
                channel = opened(studio, account, client).whose()
            wrong = "" if channel.id == account.handle else "it answers as another channel"
        except Elite8Error as trouble:
            wrong = str(trouble).removeprefix(f"{account.network} {account.name}: ")
        found.append((shown(account, studio.clock()), wrong))
    return tuple(found)


def logout(studio: Studio, reference: str) -> Listed:
    """Forget an account's tokens; its history stays."""
    account = named(studio, reference)
    kept = store(studio)
    with kept.alone(account.id):  # a renewal under way would write them again
        kept.forget(account.id)
        detail = account.network
        what = Decision(act="account", subject=account.id, decision="signed_out", detail=detail)
        with studio.database.transaction() as session:
            if row := accounts.get(session, account.id):
                row.unlinked_at = studio.clock()
            audit.keep(studio, session, what)
    return shown(account, studio.clock())


def named(studio: Studio, reference: str, network: str = "") -> Account:
    """Return the one account meant by an id, the first characters of one, a handle or a name.

    Where it is known on which `network` it must be, one of the same name elsewhere is not meant.
    """
    with studio.database.transaction() as session:
        every = accounts.every(session, network) if network else accounts.every(session)
    found = [
        one
        for one in every
        if reference and (reference in (one.handle, one.name) or one.id.startswith(reference))
    ]
    if len(found) != 1:
        known = ", ".join(f"{one.network} {one.name or one.handle}" for one in every) or "none yet"
        raise ConfigError(f"no one account '{reference[:40]}'; there are: {known}")
    return found[0]


def account_for(studio: Studio, network: str, character: str, region: str = "") -> Account:
    """Return the account that takes this performer's posts; one bound to them goes first."""
    with studio.database.transaction() as session:
        every = accounts.every(session, network)
    return taking(every, network, character, region)


def taking(every: Sequence[Account], network: str, character: str, region: str) -> Account:
    """Return the one of `every` that takes such posts.

    None is `SignInNeeded`, several of which nothing chooses one `ConfigError`.
    """
    found = best(every, character, region)
    if several := rivals(every, character, region):
        raise ConfigError(unclear(several, network, character))
    if found is None:
        raise SignInNeeded(
            f"no {network} account takes {character}'s posts; run: {command(network, '')}"
        )
    return found


def unclear(several: Sequence[Account], network: str, character: str) -> str:
    """Return which accounts could take a post for no region, and how to choose."""
    known = ", ".join(f"{one.name or one.handle} ({one.regions})" for one in several)
    return (
        f"several {network} accounts take {character}'s posts, each bound to regions: {known}; "
        "choose one with --account, or sign in to one again bound to no region: "
        f"{command(network, '')}"
    )


def why_none(every: Sequence[Account], network: str, character: str) -> str:
    """Return why none of these takes a performer's posts for no region, "" when one does."""
    if several := rivals(every, character, ""):
        return unclear(several, network, character)
    return "" if best(every, character, "") else command(network, "")


def check_clear(studio: Studio, network: str, character: str) -> None:
    """Refuse a post for no region when nothing chooses among the accounts it could go out by."""
    with studio.database.transaction() as session:
        several = rivals(accounts.every(session, network), character, "")
    if several:
        raise ConfigError(unclear(several, network, character))


def opened(studio: Studio, account: Account, client: Any) -> Network:  # noqa: ANN401  # httpx's
    """Return the network as this account, whose token is looked up once a minute."""
    kept: dict[str, Any] = {}
    tokens, lost = held(studio, account)
    seen = None if lost else tokens

    def token(fresh: bool) -> str:  # noqa: FBT001  # the seam's
        now = studio.clock()
        if fresh or not kept or not kept["at"] <= now < kept["at"] + MINUTE:
            known, refused = None if kept else seen, kept.get("access", "") if fresh else ""
            kept.update(at=now, access=access(studio, account, refused=refused, seen=known))
        return str(kept["access"])

    return networks.spoken_to(studio, account.network, client, token, tokens.via, me=account.handle)
