"""Accounts on networks: sign in, look, sign out; and a token that is good now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from elite8.core import http, log
from elite8.core.domain.account import Account, new_account
from elite8.core.errors import ConfigError, Elite8Error, SignInNeeded, Unavailable
from elite8.core.platforms import doorway, instagram, oauth, tiktok, youtube
from elite8.core.platforms.oauth import App, Attempt
from elite8.core.storage import accounts
from elite8.core.storage.tokens import Tokens, TokenStore
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One network: where it is, and what speaks to it.

    `by_token`: one signs in with a token made on the network's own page. A token that ends within
    `margin` is renewed before it is used.
    """

    bases: Any
    network: Any
    by_token: bool = False
    margin: timedelta = timedelta(minutes=5)


SITES = {
    "instagram": Site(
        bases=instagram.Bases,
        network=instagram.Instagram,
        by_token=True,
        margin=instagram.TOKEN_LASTS - timedelta(days=7),
    ),
    "tiktok": Site(bases=tiktok.Bases, network=tiktok.TikTok),
    "youtube": Site(bases=youtube.Bases, network=youtube.YouTube),
}
LANDING = "http://127.0.0.1:8989/callback/"
"""Where the browser is sent when nobody listens: its address is copied by hand."""

Network = youtube.YouTube | tiktok.TikTok | instagram.Instagram
Open = Callable[[str], None]
Ask = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One account, for people; `state` says whether anything has to be done."""

    id: str
    network: str
    name: str
    handle: str
    characters: str
    regions: str
    state: Literal["ok", "sign in soon", "sign in again"]
    access_ends_at: datetime | None
    refresh_ends_at: datetime | None
    failure: str


def login(  # noqa: PLR0913  # who signs in where, for whom, and how
    studio: Studio,
    network: str,
    *,
    characters: tuple[str, ...],
    regions: tuple[str, ...],
    show: Open,
    paste: Ask | None,
) -> Listed:
    """Sign in to a network and keep what it gives.

    `show` gets the page to open. With `paste`, the address the browser ends at is asked for
    instead of being waited for: for servers without a browser.
    """
    check(studio, network)
    for name in characters:
        studio.config.roster.named(name)
    if SITES[network].by_token:
        if paste is None:
            raise ConfigError(f"{network}: sign in with --paste (docs/how-to/{network}.md)")
        show(f"https://developers.facebook.com/apps ({network}: API setup, Generate token)")
        return enter_token(studio, network, paste().strip(), characters, regions)
    app = app_of(studio, network)
    provider = bases(studio, network).provider
    if paste is not None:
        attempt = oauth.begin(provider, app, LANDING)
        show(attempt.address)
        return enter(studio, network, attempt, paste(), characters, regions)
    with doorway.opened() as door:
        attempt = oauth.begin(provider, app, door.address)
        show(attempt.address)
        return enter(studio, network, attempt, door.wait(), characters, regions)


def enter(  # noqa: PLR0913, PLR0917  # what a sign-in consists of
    studio: Studio,
    network: str,
    attempt: Attempt,
    came_back: str,
    characters: tuple[str, ...],
    regions: tuple[str, ...],
) -> Listed:
    """Change the code for tokens, ask whose they are, and keep both."""
    now, site = studio.clock(), bases(studio, network)
    code = oauth.code_of(attempt, came_back)
    with http.open_client(transport=studio.transport) as client:
        app = app_of(studio, network)
        grant = oauth.exchange(client, site.provider, app, attempt, code, now=now)
        owner = spoken_to(studio, network, client, lambda _fresh: grant.access).whose()
    account = new_account(now=now, network=network, handle=owner.id, name=owner.name)
    account.scopes = " ".join(grant.scopes)
    account.characters, account.regions = " ".join(characters), " ".join(regions)
    account.access_ends_at, account.refresh_ends_at = grant.access_ends_at, grant.refresh_ends_at
    with studio.database.transaction() as session:
        kept = accounts.keep(session, account)
        store(studio).write(kept.id, tokens_of(grant))
        listed = shown(kept, now)
    log.get().info("account.signed_in", account=listed.id, network=network)
    return listed


def enter_token(
    studio: Studio,
    network: str,
    token: str,
    characters: tuple[str, ...],
    regions: tuple[str, ...],
) -> Listed:
    """Keep a token made on the network's own page, when it is one."""
    now = studio.clock()
    with http.open_client(transport=studio.transport) as client:
        owner = spoken_to(studio, network, client, lambda _fresh: token).whose()
    account = new_account(now=now, network=network, handle=owner.id, name=owner.name)
    account.characters, account.regions = " ".join(characters), " ".join(regions)
    account.access_ends_at = account.refresh_ends_at = now + instagram.TOKEN_LASTS
    tokens = Tokens(
        access=token,
        access_ends_at=account.access_ends_at,
        refresh_ends_at=account.refresh_ends_at,
    )
    with studio.database.transaction() as session:
        kept = accounts.keep(session, account)
        store(studio).write(kept.id, tokens)
        signed_in = shown(kept, now)
    log.get().info("account.signed_in", account=signed_in.id, network=network)
    return signed_in


def tokens_of(grant: oauth.Grant) -> Tokens:
    """Return what is kept of a grant."""
    return Tokens(
        access=grant.access,
        refresh=grant.refresh,
        access_ends_at=grant.access_ends_at,
        refresh_ends_at=grant.refresh_ends_at,
    )


def access(studio: Studio, account: Account, *, fresh: bool = False) -> str:
    """Return an access token that is good now; `fresh`: the one in use was refused.

    One process refreshes at a time; what is new is on disk before it is used. Only the network's
    own word that the sign-in is over makes it so.
    """
    kept = store(studio)
    before = kept.read(account.id)
    margin = SITES[account.network].margin
    if not fresh and not stale(before, studio.clock(), margin):
        return before.access
    with kept.alone(account.id):
        now_kept = kept.read(account.id)
        if now_kept.access != before.access and not stale(now_kept, studio.clock(), margin):
            return now_kept.access  # another process was quicker
        try:
            return renew(studio, account, now_kept)
        except Unavailable:
            if fresh or stale(now_kept, studio.clock(), timedelta(0)):
                raise
            return now_kept.access  # good for now; the next use asks again


def renew(studio: Studio, account: Account, before: Tokens) -> str:
    """Ask the network for new tokens and keep them; the caller holds the account's lock."""
    with http.open_client(transport=studio.transport) as client:
        try:
            grant = asked_for(studio, account, before, client)
        except SignInNeeded as over:
            note(studio, account, failure=str(over))
            raise SignInNeeded(again(account, str(over))) from None
    store(studio).write(account.id, tokens_of(grant))
    facts = {"access_ends_at": grant.access_ends_at, "failure": ""}
    if grant.refresh_ends_at:
        facts["refresh_ends_at"] = grant.refresh_ends_at
    note(studio, account, **facts)
    return grant.access


def asked_for(studio: Studio, account: Account, before: Tokens, client: Any) -> oauth.Grant:  # noqa: ANN401  # httpx's
    """Return what the network gives for the tokens of before."""
    now, where = studio.clock(), bases(studio, account.network)
    if SITES[account.network].by_token:
        network = instagram.Instagram(client, where, lambda _fresh: before.access, studio.pause)
        return network.renewed(before.access, now=now)
    if not before.refresh:
        raise SignInNeeded("there is nothing to renew it with")
    app = app_of(studio, account.network)
    return oauth.refreshed(client, where.provider, app, before.refresh, now=now)


def stale(tokens: Tokens, now: datetime, margin: timedelta) -> bool:
    """Return whether the access token ends within `margin`."""
    return tokens.access_ends_at is not None and tokens.access_ends_at - now < margin


def again(account: Account, why: str) -> str:
    """Return what to do when a sign-in is over."""
    return f"{account.network} {account.name}: {why}; run: elite8 accounts login {account.network}"


def note(studio: Studio, account: Account, **facts: object) -> None:
    """Write down what is known of an account."""
    with studio.database.transaction() as session:
        row = accounts.get(session, account.id)
        for name, value in facts.items():
            setattr(row, name, value)


def listed(studio: Studio) -> tuple[Listed, ...]:
    """Return the accounts; nothing is asked over the network."""
    with studio.database.transaction() as session:
        return tuple(shown(account, studio.clock()) for account in accounts.every(session))


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


def tested(studio: Studio) -> tuple[tuple[Listed, str], ...]:
    """Ask every account who it is; return each with "" or what is wrong."""
    found = []
    with studio.database.transaction() as session:
        every = list(accounts.every(session))
    for account in every:
        try:
            with http.open_client(transport=studio.transport) as client:
                channel = opened(studio, account, client).whose()
            wrong = "" if channel.id == account.handle else "it answers as another channel"
        except Elite8Error as trouble:
            wrong = str(trouble)
        found.append((shown(account, studio.clock()), wrong))
    return tuple(found)


def logout(studio: Studio, reference: str) -> Listed:
    """Forget an account's tokens; its history stays."""
    account = named(studio, reference)
    store(studio).forget(account.id)
    note(studio, account, unlinked_at=studio.clock())
    return shown(account, studio.clock())


def named(studio: Studio, reference: str) -> Account:
    """Return the one account meant by an id, the first characters of one, a handle or a name."""
    with studio.database.transaction() as session:
        every = accounts.every(session)
    found = [
        one
        for one in every
        if reference and (reference in (one.handle, one.name) or one.id.startswith(reference))
    ]
    if len(found) != 1:
        known = ", ".join(one.name or one.handle for one in every) or "none yet"
        raise ConfigError(f"no one account '{reference[:40]}'; there are: {known}")
    return found[0]


def account_for(studio: Studio, network: str, character: str, region: str = "") -> Account:
    """Return the account that takes this performer's posts; one bound to them goes first."""
    with studio.database.transaction() as session:
        every = [one for one in accounts.every(session, network) if one.takes(character, region)]
    if not every:
        raise SignInNeeded(
            f"no {network} account takes {character}'s posts; run: elite8 accounts login {network}"
        )
    return max(every, key=lambda one: (bool(one.regions), bool(one.characters)))


def opened(studio: Studio, account: Account, client: Any) -> Network:  # noqa: ANN401  # httpx's
    """Return the network as this account."""
    return spoken_to(
        studio, account.network, client, lambda fresh: access(studio, account, fresh=fresh)
    )


def spoken_to(
    studio: Studio,
    network: str,
    client: Any,  # noqa: ANN401  # httpx has its owners
    token: Callable[[bool], str],
) -> Network:
    """Return the network, speaking with `token`."""
    spoken: Network = SITES[network].network(client, bases(studio, network), token, studio.pause)
    return spoken


def check(studio: Studio, network: str) -> None:
    """Refuse a network that cannot be signed in to, or that is not set up."""
    if network not in SITES:
        raise ConfigError(f"no sign-in for '{network[:40]}'; choose {' or '.join(SITES)}")
    if not SITES[network].by_token:
        app_of(studio, network)


def app_of(studio: Studio, network: str) -> App:
    """Return our registration at the network."""
    client = getattr(studio.settings, f"{network}_client_id")
    secret = getattr(studio.settings, f"{network}_client_secret")
    if not (client and secret):
        name = f"ELITE8_{network.upper()}"
        raise ConfigError(
            f"{network} needs an app of yours: set {name}_CLIENT_ID and {name}_CLIENT_SECRET "
            f"(docs/how-to/{network}.md)"
        )
    return App(client=client, secret=secret.get_secret_value())


def bases(studio: Studio, network: str) -> Any:  # noqa: ANN401  # each network's own
    """Return where the network is: itself, or the simulator."""
    url = getattr(studio.settings, f"{network}_url")
    site = SITES[network].bases
    return site.at(url) if url else site()


def store(studio: Studio) -> TokenStore:
    """Return where tokens are kept."""
    key = studio.settings.token_key
    return TokenStore(studio.settings.state_dir, key.get_secret_value() if key else None)


def new_key() -> str:
    """Return a fresh key for ELITE8_TOKEN_KEY."""
    return TokenStore.new_key()
