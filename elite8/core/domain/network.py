"""What each network takes: the operator's limits beside its own; the tighter one wins."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from math import ceil
from typing import Literal

from pydantic import Field

from elite8.core.domain.character import Hashtag, Network, Strict, Text
from elite8.core.domain.text import (
    clean_hashtag,
    clean_hashtags,
    hashtags_in,
    links_in,
    seen,
    shorten,
    utf8,
    utf16,
    weighted,
)
from elite8.core.errors import ConfigError

Interaction = Literal["comment", "duet", "stitch"]
"""What TikTok lets viewers do with a post, and wants off unless somebody turns it on."""
Measure = Literal[
    "caption_utf16",
    "caption_characters",
    "caption_graphemes",
    "caption_bytes",
    "caption_weighted",
    "title_characters",
    "hashtags",
]
Media = Literal["seconds", "width", "height", "fps", "size_bytes"]
Quantity = Measure | Media


class NetworkLimit(Strict):
    """A limit of the network itself, with the page and day it was read."""

    what: Quantity
    value: int = Field(gt=0)
    severity: Literal["block", "warn"] = Field(
        default="block", description="Does more than that keep a post back, or is it only said?"
    )
    source: Text
    as_of: date


class DailyLimit(Strict):
    """How many posts the network takes in a day of the zone it counts in."""

    posts: int = Field(gt=0)
    zone: Text
    source: Text
    as_of: date


class Pace(Strict):
    """How many posts an account may begin in so many minutes."""

    posts: int = Field(gt=0)
    minutes: int = Field(gt=0, le=1440)
    source: Text
    as_of: date


class Price(Strict):
    """What the network charges for one post, in US dollars; reading costs beside it."""

    post_usd: float = Field(ge=0)
    link_post_usd: float = Field(ge=0, description="When the words hold an address.")
    read_usd: float = Field(ge=0, description="One of our own posts, read once.")
    source: Text
    as_of: date

    def of(self, words: "Wording") -> tuple[float, bool]:
        """Return what these words cost, and whether that is for an address in them."""
        linked = bool(links_in(words.caption))
        return (self.link_post_usd if linked else self.post_usd), linked


class NetworkRules(Strict):
    """The operator's limits for one network, and the network's own."""

    longest_seconds: int = Field(gt=0, le=600)
    hashtags_at_most: int = Field(ge=0, le=60)
    hashtag_strategy: tuple[Hashtag, ...] = ()
    privacy: Literal["public", "unlisted", "private"] = Field(
        default="public", description="Who sees a post, where the network asks."
    )
    mode: Literal["direct", "inbox"] = Field(
        default="direct", description="TikTok: post, or leave a draft to finish in the app."
    )
    interactions: tuple[Interaction, ...] = Field(
        default=(), description="TikTok: what viewers may do with a post; off unless named."
    )
    followers: bool = Field(
        default=True,
        description="TikTok: ask at sign-in for user.info.stats, which tells how many follow.",
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https://[!-~]*\{file\}[!-~]*)?$",
        description="Instagram: where its servers fetch the file instead of an upload.",
    )
    daily: DailyLimit | None = None
    paces: tuple[Pace, ...] = ()
    price: Price | None = None
    limits: tuple[NetworkLimit, ...] = ()

    def own(self, what: Quantity) -> int | None:
        """Return the network's own limit, `None` when none is recorded."""
        return next((limit.value for limit in self.limits if limit.what == what), None)

    @property
    def hashtags_allowed(self) -> int:
        """The tighter of the operator's and the network's own number."""
        return min(self.hashtags_at_most, self.own("hashtags") or self.hashtags_at_most)

    def excess(self, words: "Wording", kind: str = "") -> int:
        """Return by how much the worst measure whose name begins with `kind` is over, else 0."""
        limits = (each for each in self.limits if each.what.startswith(kind))
        over = (SIZES[each.what](words) - each.value for each in limits if each.what in SIZES)
        return max((0, *over))

    def problems(self, words: "Wording", seconds: float) -> tuple[str, ...]:
        """Return what of a post this network would not take, in sentences; empty when all fits."""
        found = []
        if seconds > self.longest_seconds:
            lasts = ceil(round(seconds * 10, 3)) / 10  # never the very number that is allowed
            found.append(f"the video lasts {lasts:.1f} s, at most {self.longest_seconds} s go out")
        sizes = ((limit, length_of(words, limit.what)) for limit in self.limits)
        found += [
            f"{limit.what} is {size}, the limit is {limit.value}"
            for limit, size in sizes
            if size > limit.value
        ]
        return tuple(found)


class SocialConfig(Strict):
    """config/social/social_config.json."""

    networks: dict[Network, NetworkRules]

    def rules_of(self, network: str) -> NetworkRules:
        """Return what is decided of a network; one that the operator took out is a ConfigError."""
        for name, rules in self.networks.items():
            if name == network:
                return rules
        raise ConfigError(
            f"social/social_config.json says nothing of '{network[:40]}'; copy that part of the "
            "shipped one ('elite8 config init' writes it)"
        )

    def follows(self, network: str) -> bool:
        """Return whether the operator wants to know who follows, where that takes a scope more."""
        return all(one.followers for name, one in self.networks.items() if name == network)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A post's words on one network."""

    title: str
    caption: str
    hashtags: tuple[str, ...]


def pick_hashtags(first: str, wanted: Iterable[str], allowed: int) -> tuple[str, ...]:
    """Return at most `allowed` clean hashtags without repeats; `first`, the AI tag, stays."""
    ours = clean_hashtag(first) or first
    return clean_hashtags((ours, *wanted))[: max(allowed, 1)]


def write_caption(text: str, disclosure: str, hashtags: tuple[str, ...]) -> str:
    """Return the caption: the words, the AI sentence, then the hashtags with spaces between."""
    tags = " ".join(f"#{tag}" for tag in hashtags)
    return "\n".join(line for line in (text, disclosure, tags) if line)


@lru_cache(maxsize=1024)
def compose(
    text: str, title: str, disclosure: str, hashtags: tuple[str, ...], rules: NetworkRules
) -> Wording:
    """Return the words as the network takes them; the first hashtag is the AI tag.

    Of a caption too long, `text` is shortened first; when nothing would be left of it, hashtags
    go from the end. The AI sentence and tag stay whole, even where they alone are too long.
    """
    room = rules.hashtags_allowed - len(hashtags_in(text))
    tags = pick_hashtags(hashtags[0], hashtags[1:], room)
    caption = _longest(text, disclosure, tags, rules)
    return replace(caption, title=shorten(title, rules.own("title_characters") or len(title), len))


def _longest(text: str, disclosure: str, tags: tuple[str, ...], rules: NetworkRules) -> Wording:
    """Return the words with the most hashtags beside which something of `text` is left."""
    first: Wording | None = None
    for kept in range(len(tags), 0, -1):
        left, words = _fitted(text, disclosure, tags[:kept], rules)
        if not rules.excess(words):
            if left:
                return words
            first = first or words
    return first or _fitted(text, disclosure, tags[:1], rules)[1]


def _fitted(
    text: str, disclosure: str, tags: tuple[str, ...], rules: NetworkRules
) -> tuple[str, Wording]:
    """Return what is left of `text` beside these hashtags, and the words, still untitled."""

    def written(cut: str) -> Wording:
        caption = write_caption(cut, disclosure, tags)
        return Wording(title="", caption=caption, hashtags=tags)

    left = shorten(text, 0, lambda cut: rules.excess(written(cut), "caption"))
    return left, written(left)


def length_of(words: Wording, what: Quantity) -> int:
    """Return the size of a post's words in the unit the network counts; 0 for what is a file's."""
    return SIZES[what](words) if what in SIZES else 0


SIZES: Mapping[Quantity, Callable[[Wording], int]] = {
    "caption_utf16": lambda words: utf16(words.caption),
    "caption_bytes": lambda words: utf8(words.caption),
    "caption_characters": lambda words: len(words.caption),
    "caption_graphemes": lambda words: seen(words.caption),
    "caption_weighted": lambda words: weighted(words.caption),
    "title_characters": lambda words: len(words.title),
    "hashtags": lambda words: max(len(words.hashtags), len(hashtags_in(words.caption))),
}
