"""What a Short says of itself, and how it is known again.

Source of every rule: api/youtube.md, by section.
"""

from collections.abc import Mapping
from typing import Any

from elite8.core.domain.rendition import Rendition
from elite8.core.platforms.answers import record

TITLE, DESCRIPTION, TAGS = 100, 5000, 500
"""Characters, UTF-8 bytes, and characters with commas and quotes (3.4)."""
REFUSED_SIGNS = {ord("<"): "\u2039", ord(">"): "\u203a"}
"""What YouTube refuses in texts (3.4), and what looks like it."""
CATEGORY = "24"
"""Entertainment (3.4)."""


def metadata(ready: Rendition, privacy: str) -> dict[str, object]:
    """Return the video resource that is sent; the AI flag and both switches are always in it."""
    words = ready.wording
    return {
        "snippet": {
            "title": plain(words.title)[:TITLE],
            "description": plain(words.caption),
            "tags": tags_that_fit(words.hashtags),
            "categoryId": CATEGORY,
        },
        "status": {
            "privacyStatus": privacy,
            "selfDeclaredMadeForKids": False,
            "containsSyntheticMedia": True,
            "license": "youtube",
            "embeddable": True,
        },
        "paidProductPlacementDetails": {"hasPaidProductPlacement": ready.promotes == "partner"},
    }


def plain(text: str) -> str:
    """Return the text without the two signs YouTube refuses (3.4)."""
    return text.translate(REFUSED_SIGNS)


def tags_that_fit(tags: tuple[str, ...]) -> list[str]:
    """Return the first tags that fit into 500 as YouTube counts: commas, and quotes at spaces."""
    kept: list[str] = []
    total = 0
    for tag in tags:
        total += len(tag) + (2 if " " in tag else 0) + (1 if kept else 0)
        if total > TAGS:
            break
        kept.append(tag)
    return kept


def named_as_ours(video: Mapping[str, Any]) -> bool:
    """Return whether the file's name is one of ours, which proves whose it is (10.2: INFERRED)."""
    return str(record(video.get("fileDetails")).get("fileName") or "").startswith("e8-")


def slug(post_id: str) -> str:
    """Return the file name by which a video is found again (3.1)."""
    return f"e8-{post_id}.mp4"


def is_ours(video: Mapping[str, Any], ready: Rendition) -> bool:
    """Return whether a listed video is this post: by file name, else by size and title (10.2)."""
    file = record(video.get("fileDetails"))
    if named_as_ours(video):
        return bool(file["fileName"] == slug(ready.post_id))
    same_title = record(video.get("snippet")).get("title") == plain(ready.wording.title)[:TITLE]
    return same_title and file.get("fileSize") == str(ready.video.stat().st_size)
