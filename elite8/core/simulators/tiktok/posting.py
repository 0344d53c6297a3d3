"""The Content Posting calls: creator_info, the two inits, status, cancel. Sections 3 to 6."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from elite8.core.simulators.tiktok import forms
from elite8.core.simulators.tiktok.creators import SELF_ONLY, Creator
from elite8.core.simulators.tiktok.platform import FIRST_POST_ID, Platform, banned, full, spam
from elite8.core.simulators.tiktok.platform import pending_share as too_many_drafts
from elite8.core.simulators.tiktok.publications import (
    DIRECT,
    INBOX,
    UPLOAD_TIME,
    PostInfo,
    Publication,
)
from elite8.core.simulators.tiktok.rules import No, require
from elite8.core.simulators.tiktok.uploads import upload_url

COMPLETE = "PUBLISH_COMPLETE"
FETCHED = 1_000_000
"""How many bytes a fetched video is said to have: none is really fetched."""
FIRST_PUBLISH = 7400000000000000001


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One authorized API call: who asks, where, and with which body and query."""

    path: str
    open_id: str
    scopes: tuple[str, ...]
    body: Mapping[str, Any]
    query: Mapping[str, str]


def creator_info(platform: Platform, asked: Asked) -> dict[str, object]:
    """Return what the creator may do now; three refusals come with HTTP 200 [CI]."""
    creator = platform.creator(asked.open_id)
    try:
        if platform.faults.take("no-creator", asked.path):
            raise full()
        _posting_faults(platform, asked.path, spam())
        platform.require_direct(creator)
    except No as no:
        raise No(no.code, no.text, 200) from None
    return {
        "creator_avatar_url": f"https://p16-sign.tiktokcdn.com/{creator.username}.jpeg",
        "creator_username": creator.username,
        "creator_nickname": creator.nickname,
        "privacy_level_options": creator.privacy_level_options,
        "comment_disabled": creator.forbids("comment"),
        "duet_disabled": creator.forbids("duet"),
        "stitch_disabled": creator.forbids("stitch"),
        "max_video_post_duration_sec": creator.max_video_post_duration_sec,
    }


def direct_init(platform: Platform, asked: Asked) -> dict[str, object]:
    """Begin a post [DP]."""
    require(forms.DIRECT_INIT, asked.body)
    creator = platform.creator(asked.open_id)
    info = forms.post_info(asked.body["post_info"], creator)
    source = forms.source_info(asked.body["source_info"])
    if not info.is_aigc:
        platform.violated(f"{asked.path}: a post without is_aigc")  # elite8: always true
    _require_audit(platform, creator, info)
    _posting_faults(platform, asked.path, spam())
    platform.require_direct(creator)
    return _begun(platform, asked, DIRECT, info, source)


def inbox_init(platform: Platform, asked: Asked) -> dict[str, object]:
    """Begin a draft: all but the video is chosen by the person in the app [UP]."""
    require(forms.INBOX_INIT, asked.body)
    source = forms.source_info(asked.body["source_info"])
    _posting_faults(platform, asked.path, too_many_drafts())
    platform.require_room(platform.creator(asked.open_id))
    return _begun(platform, asked, INBOX, PostInfo(), source)


def status(platform: Platform, asked: Asked) -> dict[str, object]:
    """Return how far a publication is; the misspelt key is the real one [ST]."""
    found, now = _publication(platform, asked), platform.clock()
    told: dict[str, object] = {"status": found.status(now)}
    if found.failed(now):
        told["fail_reason"] = found.fail_reason
    elif found.public(now):
        told["publicaly_available_post_id"] = [found.post_id]
    elif told["status"] == COMPLETE and found.info.privacy_level != SELF_ONLY:
        told["publicaly_available_post_id"] = []  # empty at first, or missing [P1470], [TP363]
    if not found.pulled:
        told["uploaded_bytes"] = found.counted[0]
    else:
        told["downloaded_bytes"] = FETCHED if found.exists(now) else 0
    return told


def cancel(platform: Platform, asked: Asked) -> dict[str, object]:
    """End a download; nothing else can be cancelled [MT]."""
    found, now = _publication(platform, asked), platform.clock()
    if not found.pulled or found.done(now):
        raise No("publish_not_cancellable", "the publish task cannot be cancelled")
    found.stuck, found.done_at, found.fail_reason = False, now, "publish_cancelled"
    return {}


def _posting_faults(platform: Platform, path: str, used_up: No) -> None:
    if platform.faults.take("banned", path):
        raise banned()
    if platform.faults.take("spam", path):
        raise used_up


def _require_audit(platform: Platform, creator: Creator, info: PostInfo) -> None:
    if platform.audited or (creator.private and info.privacy_level == SELF_ONLY):
        return
    text = "unaudited clients can only post SELF_ONLY, to private accounts"
    raise No("unaudited_client_can_only_post_to_private_accounts", text, 403)  # [DP]


def _begun(
    platform: Platform, asked: Asked, mode: str, info: PostInfo, source: Mapping[str, Any]
) -> dict[str, object]:
    """Keep a new publication and say its id, and where its bytes go [DP]."""
    url = source.get("video_url", "")
    if url and not platform.owns(url):
        text = "the domain or prefix of video_url is not verified"
        raise No("url_ownership_unverified", text, 403)  # [DP]
    made, now = len(platform.publications), platform.clock()
    publication = Publication(
        publish_id=_publish_id(mode, made, pulled=bool(url)),
        post_id=FIRST_POST_ID + made * 1_048_578,
        mode=mode,
        open_id=asked.open_id,
        info=info,
        path=asked.path,
        made_at=now,
        video_size=source.get("video_size", 0),
        chunk_size=source.get("chunk_size", 0),
        total_chunk_count=source.get("total_chunk_count", 0),
        video_url=url,
        upload_id=str(FIRST_PUBLISH + made),
        upload_token=uuid4().hex,
        upload_until=now + UPLOAD_TIME,
        otherwise=platform.faults.take("counted-otherwise", asked.path),
    )
    platform.begin(publication)
    told: dict[str, object] = {"publish_id": publication.publish_id}
    return told if url else told | {"upload_url": upload_url(platform, publication)}


def _publish_id(mode: str, made: int, *, pulled: bool) -> str:
    """Return an id in one of the forms seen [GS]."""
    kind = f"{'pub' if mode == DIRECT else 'inbox'}_{'url' if pulled else 'file'}"
    return f"v_{kind}~v2-1.{FIRST_PUBLISH + made}"


def _publication(platform: Platform, asked: Asked) -> Publication:
    require(forms.PUBLISH_ID, asked.body)
    found = platform.publications.get(asked.body["publish_id"])
    if found is None:
        raise No("invalid_publish_id", "the publish_id does not exist")  # [ST]
    if found.open_id != asked.open_id:
        text = "the token belongs to another account"
        raise No("token_not_authorized_for_specified_publish_id", text)  # [ST]
    return found
