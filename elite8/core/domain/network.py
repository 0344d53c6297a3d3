"""What each network takes: the operator's limits beside its own; the tighter one wins."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from pydantic import Field

from elite8.core.domain.character import Hashtag, Network, Strict, Text
from elite8.core.domain.text import (
    clean_hashtag,
    clean_hashtags,
    hashtags_in,
    seen,
    shorten,
    utf8,
    utf16,
)

Measure = Literal[
    "caption_utf16",
    "caption_characters",
    "caption_graphemes",
    "caption_bytes",
    "title_characters",
    "hashtags",
]


class NetworkLimit(Strict):
    """A limit of the network itself, with the page and day it was read."""

    what: Measure
    value: int = Field(gt=0)
    source: Text
    as_of: date


class DailyLimit(Strict):
    """How many posts the network takes in a day of the zone it counts in."""

    posts: int = Field(gt=0)
    zone: Text
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
    public_url: str = Field(
        default="",
        pattern=r"^(https://[!-~]*\{file\}[!-~]*)?$",
        description="Instagram: where its servers fetch the file instead of an upload.",
    )
    daily: DailyLimit | None = None
    limits: tuple[NetworkLimit, ...] = ()

    def own(self, what: Measure) -> int | None:
        """Return the network's own limit, `None` when none is recorded."""
        return next((limit.value for limit in self.limits if limit.what == what), None)

    @property
    def hashtags_allowed(self) -> int:
        """The tighter of the operator's and the network's own number."""
        return min(self.hashtags_at_most, self.own("hashtags") or self.hashtags_at_most)

    def excess(self, words: "Wording", kind: str = "") -> int:
        """Return by how much the worst measure whose name begins with `kind` is over, else 0."""
        limits = (each for each in self.limits if each.what.startswith(kind))
        return max((0, *(length_of(words, each.what) - each.value for each in limits)))

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
    tries = [_fitted(text, disclosure, tags[:kept], rules) for kept in range(len(tags), 0, -1)]
    fitting = [each for each in tries if not rules.excess(each[1])] or tries[-1:]
    caption = next((words for left, words in fitting if left), fitting[0][1])
    return replace(caption, title=shorten(title, rules.own("title_characters") or len(title), len))


def _fitted(
    text: str, disclosure: str, tags: tuple[str, ...], rules: NetworkRules
) -> tuple[str, Wording]:
    """Return what is left of `text` beside these hashtags, and the words, still untitled."""

    def written(cut: str) -> Wording:
        caption = write_caption(cut, disclosure, tags)
        return Wording(title="", caption=caption, hashtags=tags)

    left = shorten(text, 0, lambda cut: rules.excess(written(cut), "caption"))
    return left, written(left)


def length_of(words: Wording, what: Measure) -> int:
    """Return the size of a post's words in the unit the network counts."""
    return SIZES[what](words)


SIZES: Mapping[Measure, Callable[[Wording], int]] = {
    "caption_utf16": lambda words: utf16(words.caption),
    "caption_bytes": lambda words: utf8(words.caption),
    "caption_characters": lambda words: len(words.caption),
    "caption_graphemes": lambda words: seen(words.caption),
    "title_characters": lambda words: len(words.title),
    "hashtags": lambda words: max(len(words.hashtags), len(hashtags_in(words.caption))),
}
