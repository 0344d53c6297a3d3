"""What TikTok says that videos have done. Source: api/tiktok.md section 9."""

from collections.abc import Mapping
from typing import Any

from elite8.core.domain.destination import DESTINATIONS
from elite8.core.domain.reading import Counts
from elite8.core.platforms.answers import count

TOGETHER = 20
"""Ids of one video/query (9)."""
FIELDS = "id,view_count,like_count,comment_count,share_count"
FOLLOWERS = "follower_count"
"""A field of user/info (1.4)."""
FOLLOWERS_SCOPE = DESTINATIONS["tiktok"].followers_scope
"""Asked for unless the operator says no; nothing but the followers needs it (1.3)."""


def of_video(told: Mapping[str, Any]) -> Counts:
    """Return the numbers of one video; saves, watch time and reach are not to be had."""
    return Counts(
        views=count(told.get("view_count")),
        likes=count(told.get("like_count")),
        comments=count(told.get("comment_count")),
        shares=count(told.get("share_count")),
    )
