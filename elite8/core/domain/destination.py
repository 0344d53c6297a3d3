"""Where a post can go, as it is said to people: one line for each, and nothing else names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Online = Literal["tiktok", "instagram", "youtube", "x", "discord"]
Network = Literal[Online, "outbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """How one is called in a sentence, and in a cell of a month.

    `ai_switch` is what its own upload screen calls its AI switch, for whoever posts by hand; "" for
    the one that is none. `hosts` are its official interface, a leading dot for all names below;
    `upload` is the one that takes the bytes. `followers` is where it tells how many follow an
    account, "" where it does not or nobody asks; `followers_scope` is a scope nothing else needs.
    """

    label: str
    cell: str
    ai_switch: str = ""
    hosts: tuple[str, ...] = ()
    upload: str = ""
    followers: str = ""
    followers_scope: str = ""


DESTINATIONS: Mapping[Network, Destination] = {
    "tiktok": Destination(
        label="TikTok",
        cell="tt",
        ai_switch="AI-generated content: on",
        hosts=("open.tiktokapis.com", ".tiktokapis.com"),
        upload="open-upload.tiktokapis.com",
        followers="user/info follower_count",
        followers_scope="user.info.stats",
    ),
    "instagram": Destination(
        label="Instagram",
        cell="ig",
        ai_switch="Add AI label: on",
        hosts=("graph.instagram.com", "graph.facebook.com", "rupload.facebook.com"),
        upload="rupload.facebook.com",
        followers="IG User followers_count",
    ),
    "youtube": Destination(
        label="YouTube",
        cell="yt",
        ai_switch="Altered or synthetic content: yes; made for kids: no",
        hosts=("www.googleapis.com", "oauth2.googleapis.com", "youtubeanalytics.googleapis.com"),
        upload="www.googleapis.com",
        followers="channels.list subscriberCount",
    ),
    "x": Destination(
        label="X",
        cell="x",
        ai_switch="Made with AI: on, where the app offers it; the words say it in any case",
        hosts=("api.x.com",),
        upload="api.x.com",
    ),
    "discord": Destination(
        label="Discord",
        cell="dc",
        ai_switch="there is none: leave the AI sentence and tag in the words",
        hosts=("discord.com",),
        upload="discord.com",
    ),
    "outbox": Destination(label="Outbox", cell="box"),
}
"""The networks' AI switches were read 2026-11 on their help pages; X's and Discord's are INFERRED
from their interfaces. Where they are: api/*.md, 2026-11."""
NAMES: tuple[Network, ...] = get_args(Network)
"""Every destination, the outbox last."""
ONLINE: tuple[Online, ...] = get_args(Online)
"""The networks: what a sign-in leads to."""


def destination(name: str) -> Destination:
    """Return a destination by its name; one that is none tells nothing of itself."""
    return DESTINATIONS[name] if name in NAMES else Destination(label=name, cell=name[:2])


def label(name: str) -> str:
    """Return what a destination is called in a sentence; an unknown name is its own."""
    return destination(name).label


def chosen(last: str = "or") -> str:
    """Return all names in a sentence, as `outbox, tiktok or youtube`."""
    *most, end = ("outbox", *ONLINE)
    return f"{', '.join(most)} {last} {end}"
