"""What each network takes: the operator's limits beside its own; the tighter one wins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from elite8.core.domain.character import Hashtag, Network, Strict, Text

Measure = Literal[
    "caption_utf16", "caption_characters", "caption_bytes", "title_characters", "hashtags"
]


class NetworkLimit(Strict):
    """A limit of the network itself, with the page and day it was read."""

    what: Measure
    value: int = Field(gt=0)
    source: Text
    as_of: date


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
    limits: tuple[NetworkLimit, ...] = ()

    def own(self, what: Measure) -> int | None:
        """Return the network's own limit, `None` when none is recorded."""
        return next((limit.value for limit in self.limits if limit.what == what), None)

    @property
    def hashtags_allowed(self) -> int:
        """The tighter of the operator's and the network's own number."""
        return min(self.hashtags_at_most, self.own("hashtags") or self.hashtags_at_most)

    def problems(self, words: "Wording", seconds: float) -> tuple[str, ...]:
        """Return what of a post this network would not take, in sentences; empty when all fits."""
        found = []
        if seconds > self.longest_seconds:
            found.append(
                f"the video lasts {seconds:.0f} s, at most {self.longest_seconds} s go out"
            )
        for limit in self.limits:
            size = length_of(words, limit.what)
            if size > limit.value:
                found.append(f"{limit.what} is {size}, the limit is {limit.value}")
        return tuple(found)


class SocialConfig(Strict):
    """config/social/social_config.json."""

    networks: dict[Network, NetworkRules]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A post's words on one network."""

    title: str
    caption: str
    hashtags: tuple[str, ...]


def pick_hashtags(first: str, wanted: Iterable[str], allowed: int) -> tuple[str, ...]:
    """Return at most `allowed` hashtags without repeats; `first`, the AI tag, always stays."""
    seen: dict[str, str] = {first.casefold(): first}
    for tag in wanted:
        seen.setdefault(tag.casefold(), tag)
    return tuple(seen.values())[: max(allowed, 1)]


def write_caption(text: str, disclosure: str, hashtags: tuple[str, ...]) -> str:
    """Return the caption: the words, the AI sentence, then the hashtags with spaces between."""
    return f"{text}\n{disclosure}\n" + " ".join(f"#{tag}" for tag in hashtags)


def length_of(words: Wording, what: Measure) -> int:
    """Return the size of a post's words in the unit the network counts."""
    sizes = {
        "caption_utf16": len(words.caption.encode("utf-16-le")) // 2,
        "caption_bytes": len(words.caption.encode()),
        "caption_characters": len(words.caption),
        "title_characters": len(words.title),
        "hashtags": len(words.hashtags),
    }
    return sizes[what]
