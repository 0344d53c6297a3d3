"""The networks one signs in to: where each is, what speaks to it, and by which app of ours."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from elite8.core.domain.destination import destination
from elite8.core.domain.permission import FACEBOOK, permission
from elite8.core.errors import ConfigError
from elite8.core.platforms import discord, fanvue, instagram, tiktok, x, youtube
from elite8.core.platforms.oauth import App, Provider
from elite8.core.platforms.site import Network, Site
from elite8.core.studio import Studio

SITES = {
    one.name: one
    for one in (instagram.SITE, tiktok.SITE, youtube.SITE, x.SITE, discord.SITE)  # a line each
}
READ_ONLY = {fanvue.SITE.name: fanvue.SITE}
"""Where nothing is ever posted: who subscribes and what they paid is read."""
BUSINESS = "business"
BY_FACEBOOK = Site(
    name="instagram",
    bases=instagram.PageBases,
    network=instagram.Instagram,
)


def site(network: str, via: str) -> Site:
    """Return the network, as it is signed in to that way."""
    return BY_FACEBOOK if via == FACEBOOK else (SITES.get(network) or READ_ONLY[network])


def check(studio: Studio, network: str, via: str) -> None:
    """Refuse a network that cannot be signed in to so, or that is not set up."""
    if network not in (every := {**SITES, **READ_ONLY}):
        raise ConfigError(f"no sign-in for '{network[:40]}'; choose {' or '.join(every)}")
    if via not in ("", network) and (network != "instagram" or via not in (FACEBOOK, BUSINESS)):
        raise ConfigError(
            f"{network} has no sign-in via '{via[:40]}'; only Instagram has business and facebook"
        )
    if not by_token(network, via):
        app_of(studio, network, via)


def by_token(network: str, via: str) -> bool:
    """Return whether one signs in there with a token that is pasted."""
    return via != BUSINESS and permission(network, via).by_token


def app_of(studio: Studio, network: str, via: str = "") -> App:
    """Return our registration at the network."""
    whose = FACEBOOK if via == FACEBOOK else network
    client = getattr(studio.settings, f"{whose}_client_id")
    secret = getattr(studio.settings, f"{whose}_client_secret")
    if not (client and secret):
        name = f"ELITE8_{whose.upper()}"
        raise ConfigError(
            f"{network} needs an app of yours: set {name}_CLIENT_ID and {name}_CLIENT_SECRET "
            f"(docs/how-to/{network}.md)"
        )
    return App(client=client, secret=secret.get_secret_value())


def bases(studio: Studio, network: str, via: str = "") -> Any:  # noqa: ANN401  # each its own
    """Return where the network is: itself, or the simulator."""
    url, found = getattr(studio.settings, f"{network}_url"), site(network, via)
    where = found.bases.at(url) if url else found.bases()
    given = {name: getattr(studio.settings, setting) for name, setting in found.also.items()}
    secrets = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in given.items()
    }
    return replace(where, **{name: value for name, value in secrets.items() if value})


def provider(studio: Studio, network: str, via: str = "") -> Provider:
    """Return how one signs in to the network."""
    found: Provider = bases(studio, network, via).provider
    if not studio.config.social.follows(network):
        left_out = destination(network).followers_scope
        found = replace(found, scopes=tuple(one for one in found.scopes if one != left_out))
    back = {
        FACEBOOK: studio.settings.facebook_redirect,
        BUSINESS: studio.settings.instagram_redirect,
    }
    return replace(found, redirect=back[via]) if via in back else found


def pasted(network: str, via: str = "") -> str:
    """Return the page on which a sign-in's token is made, "" where a page of consent leads back."""
    return SITES[network].page if network in SITES and by_token(network, via) else ""


def spoken_to(  # noqa: PLR0913  # who speaks, where, and how
    studio: Studio,
    network: str,
    client: Any,  # noqa: ANN401  # httpx has its owners
    token: Callable[[bool], str],
    via: str = "",
    *,
    me: str = "",
) -> Network:
    """Return the network, speaking with `token`; `me` is what it calls the account, if known."""
    where = bases(studio, network, via)
    spoken: Network = site(network, via).network(client, where, token, studio.pause, me)
    return spoken
