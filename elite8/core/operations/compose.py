"""Compose what goes out: the bytes, the words for each network, the facts beside them."""

import hashlib
import json
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from elite8.core.domain.destination import DESTINATIONS
from elite8.core.domain.network import Wording, compose
from elite8.core.domain.post import Post
from elite8.core.domain.region import Region
from elite8.core.domain.rendition import Rendition
from elite8.core.domain.video import Video
from elite8.core.studio import Studio


def rendition(studio: Studio, video: Video, post: Post) -> Rendition:
    """Return the bytes and words that go out, with the words for each network beside them."""
    to = post.platform
    networks = studio.config.social.networks
    facts: dict[str, object] = {
        "character": video.character_id,
        "language": video.language,
        "seconds": video.seconds,
        "ai_generated": True,
    }
    if to == "outbox":  # for whoever posts it by hand
        by_hand = [name for name in networks if name != "outbox"]
        facts["networks"] = {name: posting_facts(studio, video, name, post) for name in by_hand}
    day = video.created_at.astimezone(studio.settings.zone).date().isoformat()
    return Rendition(
        post_id=post.id,
        video_id=video.id,
        character=video.character_id,
        folder="-".join(filter(None, (day, video.character_id, video.id, post.region))),
        video=Path(video.path),
        cover=Path(video.cover),
        sha256=video.sha256,
        size_bytes=video.size_bytes,
        wording=wording(studio, video, to, post),
        facts=facts,
        promotes=post.promotes,  # type: ignore[arg-type]  # one of them
    )


def fingerprint(studio: Studio, post: Post, ready: Rendition, account: str) -> str:
    """Return the SHA-256 of all that goes out, by which account: an approval is of just this."""
    words, to = ready.wording, post.platform
    rules = studio.config.social.rules_of(to)
    how = [to, rules.privacy, rules.mode, account, ready.promotes, *sorted(rules.interactions)]
    whole = [ready.sha256, *how, words.title, words.caption, list(words.hashtags)]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def wording(studio: Studio, video: Video, network: str, post: Post) -> Wording:
    """Return the words of this post on a network: opening, title, AI sentence, hashtags.

    What promotes something begins with the word for that, unless the operator's words do. A post
    for a region has its word, its spelling, and its hashtags before the performer's.
    """
    character = studio.config.roster.named(video.character_id)
    rules = studio.config.social.rules_of(network)
    disclosed = studio.config.disclosure.words(video.language)  # type: ignore[arg-type]  # from a Language
    own = character.hashtags.get(network, ())  # type: ignore[call-overload]  # same
    region = studio.config.regions.regions.get(post.region) if post.region else None
    tags = (disclosed.caption_tag, *rules.hashtag_strategy, *own)
    if region is not None:
        tags = of_region(disclosed.caption_tag, region, own, rules.hashtag_strategy)
    text = text_of(studio, video, post)
    return compose(text, video.title, disclosed.caption_sentence, tags, rules)


def text_of(studio: Studio, video: Video, post: Post) -> str:
    """Return the words before the AI sentence and the tags, as long as they are meant."""
    manner = studio.config.roster.named(video.character_id).caption_voice
    opening = manner.opening.get(video.language, "")  # type: ignore[call-overload]  # a Language
    gap = "" if video.language == "ja" else " "  # Japanese sets none after a comma
    text = post.caption or f"{opening}{gap}{video.title} {manner.emoji}".strip()
    if not post.promotes:
        return text
    region = studio.config.regions.regions.get(post.region) if post.region else None
    disclosed = studio.config.disclosure.words(video.language)  # type: ignore[arg-type]  # same
    return advertised(text, region.disclosure.ad if region else disclosed.advertising)


def of_region(
    tag: str, region: Region, own: Sequence[str], strategy: Sequence[str]
) -> tuple[str, ...]:
    """Return the hashtags for a region: the AI tags, then by turns the region's and one's own."""
    mixed = (each for pair in zip_longest(region.hashtags, own) for each in pair if each)
    return (tag, region.disclosure.ai, *mixed, *strategy)


def advertised(text: str, label: str) -> str:
    """Return the text with the label for advertising in front, unless it begins with it.

    A label that is a word and no hashtag has a colon after it: `Anzeige: …`.
    """
    first = text.split(maxsplit=1)[0].strip(":.-").casefold() if text.strip() else ""
    if first == label.casefold():
        return text
    return f"{label} {text}" if label.startswith("#") else f"{label}: {text}"


def posting_facts(studio: Studio, video: Video, network: str, post: Post) -> dict[str, object]:
    """Return what a person needs to post there by hand: words, switches, what would not fit."""
    words = wording(studio, video, network, post)
    rules = studio.config.social.rules_of(network)
    return {
        "title": words.title,
        "caption": words.caption,
        "tick": DESTINATIONS[network].ai_switch,  # type: ignore[index]  # same
        "problems": rules.problems(words, video.seconds or 0.0),
    }
