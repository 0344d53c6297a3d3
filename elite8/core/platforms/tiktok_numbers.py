"""What TikTok says that videos have done. Source: api/tiktok.md section 9."""

from collections.abc import Mapping
from typing import Any

from elite8.core.domain.reading import Counts
from elite8.core.platforms.answers import count

TOGETHER = 20
"""Ids of one video/query (9)."""
FIELDS = "id,view_count,like_count,comment_count,share_count"


def of_video(told: Mapping[str, Any]) -> Counts:
    """Return the numbers of one video; saves, watch time and reach are not to be had."""
    return Counts(
        views=count(told.get("view_count")),
        likes=count(told.get("like_count")),
        comments=count(told.get("comment_count")),
        shares=count(told.get("share_count")),
    )
