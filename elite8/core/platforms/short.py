"""What a Short says of itself, and how it is known again.

Source of every rule: api/youtube.md, by section.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any, Literal

from elite8.core.domain.rendition import Rendition
from elite8.core.platforms.answers import record

TITLE, DESCRIPTION, TAGS = 100, 5000, 500
"""Characters, UTF-8 bytes, and characters with commas and quotes (3.4)."""
REFUSED_SIGNS = {ord("<"): "\u2039", ord(">"): "\u203a"}
"""What YouTube refuses in texts (3.4), and what looks like it."""
OURS = "e8-"
"""What the name of each of our files begins with."""
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


def slug(post_id: str) -> str:
    """Return the file name by which a video is found again (3.1)."""
    return f"{OURS}{post_id}.mp4"


def likeness(video: Mapping[str, Any], ready: Rendition) -> Literal["ours", "like", "maybe", ""]:
    """Return how surely an upload is this post; "" is certainly not (10.2).

    A file's name is proof. Without one of ours: title and size, or title and description where
    nothing is told of the file. The title alone, or nothing, says only that somebody has to look.
    """
    file, snippet = record(video.get("fileDetails")), record(video.get("snippet"))
    if not snippet:
        return "maybe"
    name = str(file.get("fileName") or "")
    if name.startswith(OURS):  # that the name is the Slug's is INFERRED
        return "ours" if name == slug(ready.post_id) else ""
    sent = record(metadata(ready, "")["snippet"])
    if folded(snippet.get("title")) != folded(sent["title"]):
        return ""
    if file.get("fileSize") is not None:
        return "like" if str(file["fileSize"]) == str(ready.size) else ""
    same_words = folded(snippet.get("description")) == folded(sent["description"])
    return "like" if same_words else "maybe"


def folded(text: object) -> str:
    """Return words as they are compared: composed, spaces and line ends folded."""
    return " ".join(unicodedata.normalize("NFC", str(text or "")).split())
