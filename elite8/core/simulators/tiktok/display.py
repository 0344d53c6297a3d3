"""The Display calls: who the person is, and how the public videos do. Sections 1.4 and 9."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from elite8.core.simulators.growth import Growth
from elite8.core.simulators.tiktok import forms
from elite8.core.simulators.tiktok.platform import Platform
from elite8.core.simulators.tiktok.posting import Asked
from elite8.core.simulators.tiktok.publications import Publication
from elite8.core.simulators.tiktok.rules import No, require, wrong

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
CUT = 150  # [VO]
PAGE = 10  # [VL]
VIDEO_FIELDS = (  # [VQ], [VO]
    *("id", "create_time", "cover_image_url", "share_url", "video_description", "duration"),
    *("height", "width", "title", "embed_html", "embed_link"),
    *("like_count", "comment_count", "share_count", "view_count"),
)
USER_FIELDS = {  # by the scope each needs [UI]
    "user.info.basic": (
        *("open_id", "union_id", "avatar_url", "avatar_url_100", "avatar_large_url"),
        "display_name",
    ),
    "user.info.profile": ("bio_description", "profile_deep_link", "is_verified", "username"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}


def user_info(platform: Platform, asked: Asked) -> dict[str, object]:
    """Return the fields of the person that were asked for [UI]."""
    fields = _fields(asked, [name for names in USER_FIELDS.values() for name in names])
    for scope, names in USER_FIELDS.items():
        if scope not in asked.scopes and set(names) & set(fields):
            raise No("scope_permission_missed", f"a field needs the scope {scope}", 401)  # [EH]
    user = _user(platform, asked.open_id)
    return {"user": {name: user[name] for name in fields}}


def video_list(platform: Platform, asked: Asked) -> dict[str, object]:
    """Return one page of the public videos, newest first; a cursor means before it [VL]."""
    fields = _fields(asked, VIDEO_FIELDS)
    require(forms.VIDEO_LIST, asked.body)
    before = asked.body.get("cursor") or None
    found = [
        one
        for one in _public(platform, asked.open_id)
        if before is None or _milliseconds(one) < before
    ]
    page = found[: asked.body.get("max_count", PAGE)]
    return {
        "videos": [_shown(platform, one, fields) for one in page],
        "cursor": _milliseconds(page[-1]) if page else before or 0,
        "has_more": len(found) > len(page),
    }


def video_query(platform: Platform, asked: Asked) -> dict[str, object]:
    """Return the videos asked for; only the person's own public ones come back [VQ]."""
    fields = _fields(asked, VIDEO_FIELDS)
    require(forms.VIDEO_QUERY, asked.body)
    require(forms.FILTERS, asked.body["filters"], "filters.")
    wanted = asked.body["filters"]["video_ids"]
    found = [one for one in _public(platform, asked.open_id) if str(one.post_id) in wanted]
    return {"videos": [_shown(platform, one, fields) for one in found]}


def _fields(asked: Asked, known: Sequence[str]) -> list[str]:
    fields = asked.query.get("fields", "").split(",")
    strange = [name for name in fields if name not in known]
    if strange:
        raise wrong(f"fields is required and knows no {strange[0]!r}")
    return fields


def _public(platform: Platform, open_id: str) -> list[Publication]:
    now = platform.clock()
    found = [
        one for one in platform.publications.values() if one.open_id == open_id and one.public(now)
    ]
    return sorted(found, key=_posted, reverse=True)


def _posted(publication: Publication) -> datetime:
    return publication.finished_at or publication.done_at or publication.made_at


def _milliseconds(publication: Publication) -> int:
    return (_posted(publication) - EPOCH) // MILLISECOND


def _user(platform: Platform, open_id: str) -> dict[str, object]:
    creator = platform.creator(open_id)
    picture = f"https://p16-sign.tiktokcdn.com/{creator.username}.jpeg"
    public = _public(platform, open_id)
    return {
        "open_id": open_id,
        "union_id": f"union-{open_id}",
        **dict.fromkeys(("avatar_url", "avatar_url_100", "avatar_large_url"), picture),
        "display_name": creator.nickname,
        "bio_description": "",
        "profile_deep_link": f"https://www.tiktok.com/@{creator.username}",
        "is_verified": False,
        "username": creator.username,
        "follower_count": creator.followers + sum(followers(platform, one) for one in public),
        "following_count": 8,
        "likes_count": sum(counts(platform, one)["like_count"] for one in public),
        "video_count": len(public),
    }


def followers(platform: Platform, publication: Publication) -> int:
    """Return who followed the account for a post (INFERRED)."""
    growth = Growth(seed=str(publication.post_id), multiplier=publication.multiplier)
    return growth.count("followers", platform.clock() - _posted(publication))


def counts(platform: Platform, publication: Publication) -> dict[str, int]:
    """Return counts that grow with age, the same in every run."""
    growth = Growth(seed=str(publication.post_id), multiplier=publication.multiplier)
    age = platform.clock() - _posted(publication)
    return {
        "view_count": growth.views(age),
        "like_count": growth.count("likes", age),
        "comment_count": growth.count("comments", age),
        "share_count": growth.count("shares", age),
    }


def _shown(platform: Platform, publication: Publication, fields: list[str]) -> dict[str, object]:
    identity, caption = str(publication.post_id), publication.info.title[:CUT]
    page = f"https://www.tiktok.com/@{platform.creator(publication.open_id).username}"
    video: dict[str, object] = {
        "id": identity,
        "create_time": _milliseconds(publication) // 1000,
        "cover_image_url": f"https://p16-sign.tiktokcdn.com/{identity}.jpeg",
        "share_url": f"{page}/video/{identity}",
        "video_description": caption,
        "duration": int(publication.seconds),
        "height": 1920,
        "width": 1080,
        "title": caption,
        "embed_html": f'<blockquote class="tiktok-embed" data-video-id="{identity}"></blockquote>',
        "embed_link": f"https://www.tiktok.com/embed/v2/{identity}",
        **counts(platform, publication),
    }
    return {name: video[name] for name in fields}
