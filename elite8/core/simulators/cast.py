"""Every simulated network there is: how it is made, signed in to, and whom it knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from elite8.core.simulators import discord, instagram, tiktok, x, youtube


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One network, played.

    `settings` are our registration there, by the settings' names. `handle` is how it calls its nth
    person. Where one signs in with a token, `token` makes the nth person's; else the browser's next
    consents are theirs after `enter`, which may add to the page's address. `processes`: it takes a
    while to make a video of what it got.
    """

    simulator: Callable[..., Any]
    handle: Callable[[int], str]
    settings: Mapping[str, str] = field(default_factory=dict)
    token: Callable[[Any, int], str] | None = None
    enter: Callable[[Any, int], str] = lambda _simulator, _number: ""
    processes: bool = True


def app(network: str, client: str, secret: str) -> dict[str, str]:
    """Return the settings of an app of ours."""
    return {f"{network}_client_id": client, f"{network}_client_secret": secret}


def instagram_of(number: int) -> str:
    """Return what Instagram calls its nth account."""
    return str(17841400000000000 + number)


def tiktok_enter(simulator: Any, number: int) -> str:  # noqa: ANN401  # TikTok's
    """Let the nth creator be signed in to the browser."""
    simulator.sign_in(f"open-id-{number + 1}")
    return ""


def x_enter(simulator: Any, number: int) -> str:  # noqa: ANN401  # X's
    """Let the nth person be signed in to the browser."""
    simulator.sign_in(str(1001 + number))
    return ""


CAST: Mapping[str, Part] = {
    "youtube": Part(
        simulator=youtube.YouTubeSimulator,
        handle=lambda number: list(youtube.TEST_USERS.values())[number],
        settings=app("youtube", youtube.CLIENT_ID, youtube.CLIENT_SECRET),
        enter=lambda _, number: f"&login_hint={list(youtube.TEST_USERS)[number]}",
    ),
    "tiktok": Part(
        simulator=tiktok.TikTokSimulator,
        handle=lambda number: f"open-id-{number + 1}",
        settings=app("tiktok", tiktok.CLIENT_KEY, tiktok.CLIENT_SECRET),
        enter=tiktok_enter,
    ),
    "instagram": Part(
        simulator=instagram.InstagramSimulator,
        handle=instagram_of,
        token=lambda played, number: str(played.issue_token(user_id=instagram_of(number))),
    ),
    "x": Part(
        simulator=x.XSimulator,
        handle=lambda number: str(1001 + number),
        settings=app("x", x.CLIENT_ID, x.CLIENT_SECRET),
        enter=x_enter,
    ),
    "discord": Part(
        simulator=discord.DiscordSimulator,
        handle=lambda number: str(123_000 + number),
        settings={"discord_bot_token": discord.BOT_TOKEN},
        token=lambda played, number: str(played.issue_token(number=number)),
        processes=False,
    ),
}
SECRETS = ("_secret", "_token")
"""How the names of settings end that are secret."""
