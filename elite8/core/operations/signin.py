"""Sign in to a network: in the browser, with an address pasted, or with a token of its own page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from elite8.core import http, log
from elite8.core.domain.account import Account, new_account
from elite8.core.domain.audit import Decision
from elite8.core.domain.permission import FACEBOOK
from elite8.core.domain.rendition import Owner
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import audit, networks, regional
from elite8.core.operations.renewal import tokens_of
from elite8.core.operations.standing import Listed, shown
from elite8.core.operations.strongbox import store
from elite8.core.platforms import doorway, facebook, instagram_login, oauth
from elite8.core.platforms.oauth import Attempt, Grant
from elite8.core.storage import accounts
from elite8.core.studio import Studio

LANDING = "http://127.0.0.1:8989/callback/"
"""Where the browser is sent when nobody listens: its address is copied by hand."""
TOKEN = re.compile(r"[A-Za-z0-9._~+/=|!*:-]{8,}")
"""What a bearer token is made of (RFC 6750, 2.1, and signs that networks add)."""

Open = Callable[[str], None]
Ask = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Where to sign in and for whom.

    `via` is "business" or "facebook" for Instagram by a page of consent; `page` names the Page when
    there are several. Empty `characters` and `regions` take every post.
    """

    network: str
    characters: tuple[str, ...]
    regions: tuple[str, ...]
    via: str = ""
    page: str = ""


def login(  # noqa: PLR0913  # who signs in where, for whom, and how
    studio: Studio,
    network: str,
    *,
    characters: tuple[str, ...],
    regions: tuple[str, ...],
    show: Open,
    paste: Ask | None,
    via: str = "",
    page: str = "",
) -> Listed:
    """Sign in to a network and keep what it gives.

    `show` gets the page to open. With `paste`, the address the browser ends at is asked for
    instead of being waited for: for servers without a browser.
    """
    studio.only_real("signs in anywhere")
    networks.check(studio, network, via)
    for name in characters:
        studio.config.roster.named(name)
    for code in regions:
        regional.named(studio, code)
    regions = tuple(code.upper() for code in regions)
    way = "" if via == network else via
    wish = Wish(network=network, characters=characters, regions=regions, via=way, page=page)
    if networks.by_token(network, way):
        if paste is None:
            others = ", --via business or --via facebook" if network == "instagram" else ""
            raise ConfigError(f"{network}: sign in with --paste{others} (docs/how-to/{network}.md)")
        show(networks.pasted(network, way))
        return enter_token(studio, wish, paste().strip())
    return agreed(studio, wish, show, paste)


def agreed(studio: Studio, wish: Wish, show: Open, paste: Ask | None) -> Listed:
    """Show the network's page, take what the browser comes back with, and sign in."""
    provider = networks.provider(studio, wish.network, wish.via)
    app = networks.app_of(studio, wish.network, wish.via)
    if paste is not None:
        attempt = oauth.begin(provider, app, provider.redirect or LANDING)
        show(attempt.address)
        return enter(studio, wish, attempt, paste())
    if provider.redirect and not doorway.is_here(provider.redirect):
        raise ConfigError(f"{wish.network} via {wish.via}: the address has to be pasted (--paste)")
    with doorway.opened(provider.redirect) as door:
        attempt = oauth.begin(provider, app, door.address)
        show(attempt.address)
        return enter(studio, wish, attempt, door.wait())


def enter(studio: Studio, wish: Wish, attempt: Attempt, came_back: str) -> Listed:
    """Change the code for tokens, ask whose they are, and keep both."""
    code = oauth.code_of(attempt, came_back)
    if wish.via == FACEBOOK:
        return enter_page(studio, wish, code)
    now = studio.clock()
    with http.open_client(transport=studio.transport) as client:
        provider = networks.provider(studio, wish.network, wish.via)
        app = networks.app_of(studio, wish.network, wish.via)
        if wish.via == networks.BUSINESS:
            long_at = f"{networks.bases(studio, wish.network, wish.via).api}/access_token"
            grant = instagram_login.granted(
                client, provider, app, attempt, code, long_at=long_at, now=now
            )
        else:
            grant = oauth.exchange(client, provider, app, attempt, code, now=now)
    return keep(studio, wish, grant)


def enter_token(studio: Studio, wish: Wish, token: str) -> Listed:
    """Keep a token made on the network's own page, when it is one."""
    if not TOKEN.fullmatch(token):
        raise Refused(f"that is no {wish.network} token; copy all of it and nothing else")
    lasts = networks.site(wish.network, wish.via).lasts
    end = studio.clock() + lasts if lasts else None
    return keep(studio, wish, given(token, ends_at=end))


def enter_page(studio: Studio, wish: Wish, code: str) -> Listed:
    """Change the code for the token of the Page that is meant, and keep that alone."""
    provider = networks.provider(studio, wish.network, wish.via)
    app = networks.app_of(studio, wish.network, wish.via)
    with http.open_client(transport=studio.transport) as client:
        person = facebook.user_token(client, provider, app, code)
        where = networks.bases(studio, wish.network, wish.via).pages
        page = facebook.chosen(facebook.pages(client, where, person), wish.page)
    return keep(studio, wish, given(page.token, ends_at=None))


def given(token: str, ends_at: datetime | None) -> Grant:
    """Return a token that came without a refresh token."""
    return Grant(
        access=token,
        refresh="",
        scopes=(),
        access_ends_at=ends_at,
        refresh_ends_at=ends_at,
        raw={},
    )


def keep(studio: Studio, wish: Wish, grant: Grant) -> Listed:
    """Ask whose the tokens are, and keep account and tokens together.

    A renewal of the same account that is under way is waited for, with no transaction open.
    """
    studio.only_real("signs in anywhere")
    owner = owner_of(studio, wish, grant.access)
    account, kept = account_of(studio, wish, grant, owner), store(studio)
    with studio.database.transaction() as session:
        known = accounts.find(session, wish.network, owner.id)
        known_id = known.id if known else account.id
    with kept.alone(known_id), studio.database.transaction() as session:
        row = accounts.keep(session, account)
        kept.write(row.id, tokens_of(grant, wish.via))
        what = Decision(act="account", subject=row.id, decision="signed_in", detail=wish.network)
        audit.keep(studio, session, what)
        listed = shown(row, studio.clock())
    log.get().info("account.signed_in", account=listed.id, network=wish.network)
    return listed


def owner_of(studio: Studio, wish: Wish, token: str) -> Owner:
    """Return whose account a token speaks for."""
    with http.open_client(transport=studio.transport) as client:
        return networks.spoken_to(
            studio, wish.network, client, lambda _fresh: token, wish.via
        ).whose()


def account_of(studio: Studio, wish: Wish, grant: Grant, owner: Owner) -> Account:
    """Return the account as it is signed in to."""
    account = new_account(
        now=studio.clock(), network=wish.network, handle=owner.id, name=owner.name
    )
    account.scopes = " ".join(grant.scopes)
    account.characters, account.regions = " ".join(wish.characters), " ".join(wish.regions)
    account.access_ends_at, account.refresh_ends_at = grant.access_ends_at, grant.refresh_ends_at
    return account
