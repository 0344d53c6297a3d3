"""What a post on X says, how it is known again, and what it has done.

Source of every rule: api/x.md, by section.
"""

import html
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from elite8.core.domain.reading import Counts
from elite8.core.domain.rendition import Rendition
from elite8.core.platforms.answers import count, record, records

TOGETHER = 100
"""Ids of one call (5)."""


def body(ready: Rendition, media: str) -> dict[str, object]:
    """Return what is posted; the AI flag is always on, media ids are text (3.1, 11)."""
    return {
        "text": ready.wording.caption,
        "media": {"media_ids": [media]},
        "made_with_ai": True,
        **({"paid_partnership": True} if ready.promotes == "partner" else {}),
    }


def likeness(
    post: Mapping[str, Any], words: str, key: str, taken: Collection[str]
) -> Literal["ours", "like", ""]:
    """Return how surely a listed post is ours; "" is certainly not (9).

    Its video's key is proof, either way. Where no video is told, the same words are a likeness.
    """
    if str(post.get("id")) in taken:
        return ""
    told = record(post.get("attachments")).get("media_keys")
    if isinstance(told, list):
        return "ours" if key in told else ""
    return "like" if plain(written(post)) == words else ""


def written(post: Mapping[str, Any]) -> str:
    """Return a post's words with its links as they were written; its own video's is left out."""
    text = str(post.get("text") or "")
    for link in records(record(post.get("entities")).get("urls")):
        short, full = str(link.get("url") or ""), str(link.get("expanded_url") or "")
        if short:
            text = text.replace(short, "" if link.get("media_key") else full)
    return text


def plain(text: str) -> str:
    """Return words as they are compared: composed, spaces folded, `&amp;` as it was written."""
    return " ".join(unicodedata.normalize("NFC", html.unescape(text)).split())


def counted(answer: Mapping[str, Any]) -> dict[str, Counts]:
    """Return what is told of each post."""
    media = {
        str(one.get("media_key")): one
        for one in records(record(answer.get("includes")).get("media"))
    }
    return {
        str(post["id"]): of_post(post, media)
        for post in records(answer.get("data"))
        if post.get("id")
    }


def of_post(post: Mapping[str, Any], media: Mapping[str, Mapping[str, Any]]) -> Counts:
    """Return one post's numbers: its video's plays, and the two names reposts go by (4, 5)."""
    told = record(post.get("public_metrics"))
    keys = record(post.get("attachments")).get("media_keys")
    shown = [media[key] for key in keys_of(keys) if key in media]
    plays = [count(record(one.get("public_metrics")).get("view_count")) for one in shown]
    reposts = count(told.get("repost_count", told.get("retweet_count")))
    quotes = count(told.get("quote_count"))
    return Counts(
        views=next((seen for seen in plays if seen is not None), None),
        likes=count(told.get("like_count")),
        comments=count(told.get("reply_count")),
        shares=None if reposts is None else reposts + (quotes or 0),
        saves=count(told.get("bookmark_count")),
    )


def keys_of(told: object) -> Sequence[str]:
    """Return the media keys of a post; none for anything else."""
    return [one for one in told if isinstance(one, str)] if isinstance(told, list) else []
