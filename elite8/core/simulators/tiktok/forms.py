"""The fields of every call, and the arithmetic of chunks. Source: api/tiktok.md, by section."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from elite8.core.simulators.tiktok.creators import PRIVACY_LEVELS, SELF_ONLY, Creator
from elite8.core.simulators.tiktok.publications import PostInfo
from elite8.core.simulators.tiktok.rules import (
    Field,
    Form,
    No,
    caption,
    choice,
    flag,
    ids,
    mapping,
    require,
    text,
    whole,
    wrong,
)

MB = 1_000_000  # MB is not defined; the samples use this one [MT]
LEAST_CHUNK, MOST_CHUNK = 5 * MB, 64 * MB  # [MT]; by the floor a last one stays under 128
MOST_CHUNKS = 1000  # [MT]
MOST_SIZE = 4_000_000_000  # at most 4 GB [MT]
TITLE_UNITS = 2200  # [DP]
INT32, INT64 = (1 << 31) - 1, (1 << 63) - 1

NOTHING: Form = {}
DIRECT_INIT: Form = {  # 4.1
    "post_info": Field(check=mapping, required=True),
    "source_info": Field(check=mapping, required=True),
}
INBOX_INIT: Form = {"source_info": Field(check=mapping, required=True)}  # section 5
POST_INFO: Form = {  # [DP]; the table says that the two toggles are required
    "privacy_level": Field(check=choice(*PRIVACY_LEVELS), required=True),
    "title": Field(check=caption(TITLE_UNITS)),
    "disable_comment": Field(check=flag),
    "disable_duet": Field(check=flag),
    "disable_stitch": Field(check=flag),
    "video_cover_timestamp_ms": Field(check=whole(-INT32 - 1, INT32)),
    "brand_content_toggle": Field(check=flag, required=True),
    "brand_organic_toggle": Field(check=flag, required=True),
    "is_aigc": Field(check=flag),
}
SOURCE = Field(check=choice("FILE_UPLOAD", "PULL_FROM_URL"), required=True)
FILE_UPLOAD: Form = {  # [DP]
    "source": SOURCE,
    "video_size": Field(check=whole(1, MOST_SIZE), required=True),
    "chunk_size": Field(check=whole(1, MOST_CHUNK), required=True),
    "total_chunk_count": Field(check=whole(1, MOST_CHUNKS), required=True),
}
PULL_FROM_URL: Form = {"source": SOURCE, "video_url": Field(check=text, required=True)}  # [DP]
PUBLISH_ID: Form = {"publish_id": Field(check=text, required=True)}  # [ST], [MT]
VIDEO_LIST: Form = {  # [VL]
    "cursor": Field(check=whole(0, INT64)),
    "max_count": Field(check=whole(1, 20)),
}
VIDEO_QUERY: Form = {"filters": Field(check=mapping, required=True)}  # [VQ]
FILTERS: Form = {"video_ids": Field(check=ids(20), required=True)}  # [VQ]


def post_info(sent: Mapping[str, Any], creator: Creator) -> PostInfo:
    """Return what the post will say and allow, or raise `No`."""
    require(POST_INFO, sent, "post_info.")
    level = sent["privacy_level"]
    if level not in creator.privacy_level_options:
        text = "privacy_level is none of the options creator_info gives"
        raise No("privacy_level_option_mismatch", text, 403)  # [DP]
    if sent["brand_content_toggle"] and level == SELF_ONLY:
        raise wrong("branded content cannot be SELF_ONLY")  # [GL]; the code is INFERRED
    closed = {
        f"disable_{act}": sent.get(f"disable_{act}", False) or creator.forbids(act)
        for act in ("comment", "duet", "stitch")
    }
    cover = max(sent.get("video_cover_timestamp_ms", 0), 0)  # an invalid one: first frame [DP]
    return PostInfo(**{**sent, **closed, "video_cover_timestamp_ms": cover})


def source_info(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the checked source of a video, or raise `No`."""
    pulled = sent.get("source") == "PULL_FROM_URL"
    require(PULL_FROM_URL if pulled else FILE_UPLOAD, sent, "source_info.")
    if not pulled:
        _require_chunks(sent["video_size"], sent["chunk_size"], sent["total_chunk_count"])
    elif urlsplit(sent["video_url"]).scheme != "https":
        raise wrong("source_info.video_url must be https")  # [MT]
    return sent


def _require_chunks(size: int, chunk: int, count: int) -> None:
    """Raise `No` unless the plan is one that [MT] allows."""
    if count != size // chunk:
        raise wrong("The total chunk count is invalid")  # the floor, never the ceiling
    if count == 1 and chunk != size:
        raise wrong("The chunk size is invalid")  # implied by the two rules [SIM5568]
    if chunk < LEAST_CHUNK and chunk != size:
        raise wrong("The chunk size is invalid")
