"""The fields of a Reels container: what each may hold, and the refusal when it does not."""

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from elite8.core.simulators.instagram.refusals import No, refused, wrong
from elite8.core.simulators.instagram.tokens import Login

MOST_CHARACTERS, MOST_HASHTAGS, MOST_MENTIONS = 2200, 30, 20  # C:UM, C:EC
MOST_COLLABORATORS = 3  # C:UM
MOST_SPONSORS = 2  # C:CP, C:UM
LONGEST_MS = 15 * 60 * 1000  # no reel is longer (C:UM)
HASHTAG = re.compile(r"(?<![\w&])#\w+")
MENTION = re.compile(r"(?<![\w.])@\w[\w.]*")
CAPTION_TOO_LONG, TOO_MANY_MENTIONS, BAD_OFFSET = 2207010, 2207040, 2207057
UNKNOWN_TYPE, UNFETCHABLE = 2207023, 2207052

FIELDS = {
    *("media_type", "video_url", "upload_type", "caption", "share_to_feed", "cover_url"),
    *("thumb_offset", "audio_name", "collaborators", "location_id", "user_tags"),
    *("trial_params", "is_ai_generated"),
}
FACEBOOK_FIELDS = {"is_paid_partnership", "branded_content_sponsor_ids"}  # C:UM, C:CP

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """What a container was asked to become."""

    video_url: str
    caption: str
    share_to_feed: bool
    is_paid_partnership: bool
    is_ai_generated: bool
    cover_url: str
    thumb_offset: int


def read_reel(fields: Fields, login: Login, *, anywhere: bool) -> Reel:
    """Return the checked fields of a container, or raise `No`; section 4.1 of the page.

    `anywhere` lets a video lie at an address that is not public.
    """
    _require_known(fields, login)
    _require_source(fields)
    _check_people(fields)
    return Reel(
        video_url=_address(fields, "video_url", anywhere=anywhere),
        caption=_caption(fields),
        share_to_feed=flag(fields, "share_to_feed", default=True),  # the default is INFERRED
        is_paid_partnership=flag(fields, "is_paid_partnership", default=False),
        is_ai_generated=flag(fields, "is_ai_generated"),
        cover_url=_address(fields, "cover_url", anywhere=anywhere),
        thumb_offset=_offset(fields),
    )


def _require_known(fields: Fields, login: Login) -> None:
    """Refuse what no page lists; the real service may pass over it (INFERRED)."""
    if fields.get("media_type") != "REELS":
        raise refused(UNKNOWN_TYPE)
    known = FIELDS | (FACEBOOK_FIELDS if login is Login.FACEBOOK else set())
    for name in fields:
        if name not in known:
            raise wrong(f"(#100) Invalid parameter {name}")


def _require_source(fields: Fields) -> None:
    """Refuse a container without exactly one source (C:UM)."""
    if ("video_url" in fields) == ("upload_type" in fields):
        raise wrong("(#100) One of video_url and upload_type is required")
    if fields.get("upload_type", "resumable") != "resumable":  # lower case (C:UM)
        raise wrong("(#100) upload_type must be one of: resumable")


def _check_people(fields: Fields) -> None:
    if len(array(fields, "collaborators")) > MOST_COLLABORATORS:
        raise wrong("(#100) collaborators takes up to 3 usernames")
    if len(array(fields, "branded_content_sponsor_ids")) > MOST_SPONSORS:
        raise wrong("(#100) branded_content_sponsor_ids takes up to 2")
    for tag in array(fields, "user_tags"):
        if not isinstance(tag, dict) or set(tag) != {"username"}:  # no x and y in videos (C:UM)
            raise wrong("(#100) user_tags of a video are objects with a username")
    if "location_id" in fields and not str(fields["location_id"]).isdecimal():
        raise wrong("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID")  # C:UM
    _check_trial(fields)


def _check_trial(fields: Fields) -> None:
    trial = _decoded(fields.get("trial_params", {"graduation_strategy": "MANUAL"}))
    strategy = trial.get("graduation_strategy") if isinstance(trial, dict) else None
    if strategy not in {"MANUAL", "SS_PERFORMANCE"}:
        raise wrong("(#100) trial_params needs a graduation_strategy")


def _caption(fields: Fields) -> str:
    caption = fields.get("caption", "")
    if not isinstance(caption, str):
        raise wrong("(#100) caption must be a string")
    if len(caption) > MOST_CHARACTERS or len(HASHTAG.findall(caption)) > MOST_HASHTAGS:
        raise refused(CAPTION_TOO_LONG)
    if len(MENTION.findall(caption)) > MOST_MENTIONS:
        raise refused(TOO_MANY_MENTIONS)
    return caption


def _offset(fields: Fields) -> int:
    """Return thumb_offset; it must be below the duration, which is at most 15 min (C:UM, C:EC)."""
    offset = integer(fields, "thumb_offset", 0)
    if not 0 <= offset < LONGEST_MS:
        raise refused(BAD_OFFSET)
    return offset


def _address(fields: Fields, name: str, *, anywhere: bool) -> str:
    if name not in fields:
        return ""
    url = fields[name]
    if not isinstance(url, str) or not url.isascii() or not re.match(r"https?://[^/\s]+/\S", url):
        raise wrong(f"(#100) {name} must be an ASCII URL")  # C:UM
    if not anywhere and not _public(url):
        raise refused(UNFETCHABLE)
    return url


def _public(url: str) -> bool:
    """Say whether a server of Meta could reach an address, by the name of its host alone."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal"))


def flag(fields: Fields, name: str, *, default: bool = False) -> bool:
    """Return a boolean, from JSON or as a form writes it."""
    words = {"true": True, "false": False}
    value = fields.get(name, default)
    value = words.get(value, value) if isinstance(value, str) else value
    if not isinstance(value, bool):
        raise wrong(f"(#100) Param {name} must be a boolean")
    return value


def integer(fields: Fields, name: str, default: int) -> int:
    """Return a whole number, from JSON or as a form writes it."""
    value = fields.get(name, default)
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+", str(value)):
        raise wrong(f"(#100) Param {name} must be an integer")
    return int(value)


def array(fields: Fields, name: str) -> list[Any]:
    """Return an array, from JSON or as JSON text in a form (INFERRED)."""
    value = _decoded(fields.get(name, []))
    if not isinstance(value, list):
        raise wrong(f"(#100) Param {name} must be an array")
    return value


def _decoded(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        found: object = json.loads(value)
    except ValueError:
        raise No(100, "(#100) Malformed JSON in a parameter") from None
    return found
