"""What opens a post on TikTok: what is said of it, and in what pieces its bytes will come.

Source of every rule: api/tiktok.md, by section.
"""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from elite8.core.domain.network import Interaction, NetworkRules
from elite8.core.domain.rendition import Rendition
from elite8.core.errors import Refused

SINGLE, CHUNK = 64_000_000, 10_000_000
"""Bytes: up to the first in one piece, else in pieces of the second (4.2)."""
COVER_AT_MS = 1500
PRIVACY = {"public": "PUBLIC_TO_EVERYONE", "private": "SELF_ONLY"}
OFFERED = tuple(PRIVACY.values())
INTERACTIONS: tuple[Interaction, ...] = get_args(Interaction)


def opening(
    ready: Rendition, rules: NetworkRules, creator: Mapping[str, Any]
) -> tuple[str, dict[str, object]]:
    """Return path and body of the call that opens a post or a draft; `Refused` is sent nowhere."""
    check_length(ready, creator)
    chunk, count = pieces(ready.size)
    source = {
        "source": "FILE_UPLOAD",
        "video_size": ready.size,
        "chunk_size": chunk,
        "total_chunk_count": count,
    }
    if rules.mode == "inbox":
        return "/v2/post/publish/inbox/video/init/", {"source_info": source}
    info = post_info(ready, rules, creator)
    return "/v2/post/publish/video/init/", {"post_info": info, "source_info": source}


def check_length(ready: Rendition, creator: Mapping[str, Any]) -> None:
    """Refuse a video that is longer than this creator may post (3); no word is no limit."""
    most, seconds = creator.get("max_video_post_duration_sec"), ready.facts.get("seconds")
    known = isinstance(most, int) and isinstance(seconds, int | float)
    if known and 0 < most < seconds:  # type: ignore[operator]  # both are numbers
        raise Refused(
            f"this TikTok account may post {most} s at most, the video lasts {seconds:.1f} s; make "
            "a shorter one"
        )


def post_info(
    ready: Rendition, rules: NetworkRules, creator: Mapping[str, Any]
) -> dict[str, object]:
    """Return what the post says; the AI flag is always on. What is not offered is `Refused`.

    Comments, duets and stitches are off unless the operator turns them on (11).
    """
    told = creator.get("privacy_level_options")
    offered = told if isinstance(told, list) else []
    wanted = PRIVACY.get(rules.privacy, "")
    if wanted not in offered:
        raise Refused(
            f"this TikTok account does not offer '{rules.privacy}' now, only "
            f"{', '.join(map(str, offered)) or 'nothing'}; change privacy of tiktok in "
            "social_config.json or the account's own setting"
        )
    if ready.promotes == "partner" and rules.privacy == "private":
        raise Refused("TikTok takes no paid partnership that only you can see; make it public")
    return {
        "title": ready.wording.caption,
        "privacy_level": wanted,
        **{f"disable_{one}": is_off(one, rules, creator) for one in INTERACTIONS},
        "video_cover_timestamp_ms": COVER_AT_MS,
        "brand_content_toggle": ready.promotes == "partner",
        "brand_organic_toggle": ready.promotes == "own",
        "is_aigc": True,
    }


def is_off(one: Interaction, rules: NetworkRules, creator: Mapping[str, Any]) -> bool:
    """Return whether viewers may not do this with the post: by our operator, or the creator."""
    return one not in rules.interactions or bool(creator.get(f"{one}_disabled"))


def pieces(size: int) -> tuple[int, int]:
    """Return the size of a piece and how many there are; the rest rides in the last one (4.2)."""
    return (size, 1) if size <= SINGLE else (CHUNK, size // CHUNK)


def ranges(size: int) -> Iterator[tuple[int, int]]:
    """Yield first and last byte of each piece, in order."""
    chunk, count = pieces(size)
    for number in range(count):
        first = number * chunk
        yield first, size - 1 if number == count - 1 else first + chunk - 1
