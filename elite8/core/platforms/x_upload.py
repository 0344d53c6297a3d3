"""X's chunked upload: initialize, append, finalize, status; nothing of it is ever public.

Source of every rule: api/x.md section 2.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from elite8.core.errors import Refused, Unanswered, Unavailable
from elite8.core.platforms.answers import Failed, record, whole
from elite8.core.platforms.x_answers import data_of, object_of, told

SEGMENT = 1 << 20
"""Bytes of one segment, as most use it (2.2)."""
LEAST = 64 << 10
MOST = 1000
"""Segments, counted from 0."""
PATIENCE = (1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0)
"""Seconds between looking at a video in the making, about a minute; then the next run looks on."""
LONGEST_PAUSE = 30.0
TOO_LARGE = (httpx.codes.REQUEST_ENTITY_TOO_LARGE, httpx.codes.REQUEST_HEADER_FIELDS_TOO_LARGE)

Ask = Callable[..., httpx.Response]
"""Sends something that is harmless to repeat: a method, a path, and what httpx takes."""


def begin(ask: Ask, size: int) -> tuple[str, str]:
    """Return the media's id and key."""
    wanted = {"media_type": "video/mp4", "total_bytes": size, "media_category": "tweet_video"}
    made = data_of(told(ask("POST", "/2/media/upload/initialize", json=wanted)))
    media, key = str(made.get("id") or ""), str(made.get("media_key") or "")
    if not (media.isdecimal() and key):
        raise Unavailable("X opened an upload without saying what it is called; try later")
    return media, key


def fill(ask: Ask, media: str, file: Path, hold: Callable[[], None]) -> None:
    """Send the bytes, segment after segment; `hold` says between them that it goes on.

    A segment that X finds too large is sent anew as a smaller one (8).
    """
    size, number = SEGMENT, 0
    with file.open("rb") as opened:
        while piece := opened.read(size):
            if number == MOST:
                raise Refused("the video has more pieces than X takes; make it smaller")
            if number:
                hold()
            answer = ask(
                "POST",
                f"/2/media/upload/{media}/append",
                data={"segment_index": str(number)},
                files={"media": ("segment", piece, "application/octet-stream")},
            )
            if answer.status_code in TOO_LARGE and size > LEAST:
                opened.seek(-len(piece), 1)
                size //= 2
                continue
            if (
                not answer.is_success or answer.content.strip()
            ):  # once it was 204 without a body (2.2)
                told(answer)
            number += 1


def close(ask: Ask, media: str) -> Mapping[str, Any]:
    """Return what X says of the video now that it has all of it; empty when it is ready (2.3)."""
    closed = data_of(told(ask("POST", f"/2/media/upload/{media}/finalize")))
    if str(closed.get("id") or "") != media:
        raise Unavailable("X closed the upload in an unknown form; try later")
    return record(closed.get("processing_info"))


def standing(ask: Ask, media: str) -> Mapping[str, Any] | None:
    """Return how far the video is; empty when it is ready, `None` when X knows no such (2.4, 8)."""
    query = {"command": "STATUS", "media_id": media}
    answer = ask("GET", "/2/media/upload", params=query)
    if answer.status_code == httpx.codes.NOT_FOUND:
        object_of(answer)  # a page is no answer
        return None
    found = data_of(told(answer))
    if str(found.get("id") or "") != media:
        raise Unavailable("X told of an upload in an unknown form; try later")
    return record(found.get("processing_info"))


def wait(
    ask: Ask, media: str, info: Mapping[str, Any] | None, pause: Callable[[float], None]
) -> bool:
    """Return whether the video is ready to be posted; False when X knows no such any more.

    Just after its end it may not be found yet (11.7). One that X cannot make is `Failed`.
    """
    for seconds in PATIENCE:
        if info is not None and is_ready(info):
            return True
        asked_to = whole((info or {}).get("check_after_secs"))
        pause(min(max(seconds, float(asked_to)), LONGEST_PAUSE))
        info = standing(ask, media)
    if info is None:
        return False
    if is_ready(info):
        return True
    raise Unanswered("X is still processing the video; asked again later")


def is_ready(info: Mapping[str, Any]) -> bool:
    """Return whether a video can be posted; one that X cannot make is `Failed`."""
    if info.get("state") == "failed":
        error = record(info.get("error"))
        words = str(error.get("message") or error.get("name") or "no reason given")[:200]
        raise Failed(f"X could not process the video: {words}; make it again")
    return not info or info.get("state") == "succeeded"
