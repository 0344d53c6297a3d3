"""What a sign-in has to allow, by network and way; what speaks to networks is not loaded."""

from collections.abc import Mapping
from dataclasses import dataclass

FACEBOOK = "facebook"
"""Instagram by Facebook Login: the token of a Page, which time does not end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """`scopes` are what our commands need; `by_token`: a token of the network's page is pasted."""

    scopes: tuple[str, ...] = ()
    by_token: bool = False


PERMISSIONS: Mapping[str, Permission] = {
    "tiktok": Permission(
        scopes=(
            *("user.info.basic", "user.info.profile"),
            *("video.publish", "video.upload", "video.list"),
        )
    ),
    "instagram": Permission(
        scopes=(
            *("instagram_business_basic", "instagram_business_content_publish"),
            *("instagram_business_manage_comments", "instagram_business_manage_insights"),
        ),
        by_token=True,
    ),
    FACEBOOK: Permission(
        scopes=(
            *("instagram_basic", "instagram_content_publish", "instagram_manage_comments"),
            *("instagram_manage_insights", "pages_read_engagement", "pages_show_list"),
        )
    ),
    "youtube": Permission(
        scopes=(
            "https://www.googleapis.com/auth/youtube.upload",
            "https://www.googleapis.com/auth/youtube.readonly",
            "https://www.googleapis.com/auth/yt-analytics.readonly",
        )
    ),
    "x": Permission(
        scopes=("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
    ),
    "discord": Permission(by_token=True),
    "fanvue": Permission(scopes=("read:self", "read:fan", "read:insights")),
}
"""Sources: api/*.md, 2026-11."""


def permission(network: str, via: str = "") -> Permission:
    """Return what a sign-in to a network in that way has to allow."""
    return PERMISSIONS[FACEBOOK if via == FACEBOOK else network]
