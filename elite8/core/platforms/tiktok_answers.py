"""What TikTok answers, and its errors by code and reason.

Source of every code: api/tiktok.md, by section.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from elite8.core.errors import (
    Elite8Error,
    RateLimited,
    Refused,
    SignInNeeded,
    Unavailable,
)
from elite8.core.platforms.answers import record

STALE = ("access_token_invalid",)
WAITS = {
    "rate_limit_exceeded": 60.0,
    "spam_risk_too_many_posts": 24 * 3600.0,
    "spam_risk_too_many_pending_share": 24 * 3600.0,
    "reached_active_user_cap": 24 * 3600.0,
}
SIGN_IN = ("access_token_invalid", "scope_not_authorized", "scope_permission_missed")
ADVICE = {
    "unaudited_client_can_only_post_to_private_accounts": (
        "your app is not audited: make the account private and set privacy to private, use mode "
        "'inbox', or finish the audit"
    ),
    "file_format_check_failed": "TikTok cannot read the file; make the video again",
    "duration_check_failed": "it is too long or too short for this creator",
    "frame_rate_check_failed": "its frame rate is outside 23 to 60",
    "picture_size_check_failed": "its sides are outside 360 to 4096 pixels",
    "auth_removed": "the user has removed the app; run: elite8 accounts login tiktok",
    "spam_risk_user_banned_from_posting": "TikTok has banned this account from posting",
    "spam_risk_text": "TikTok judged the caption risky; change it",
    "spam_risk": "TikTok judged the post risky; it is not tried again",
    "publish_cancelled": "the post was cancelled at TikTok; publish retry sends it anew",
}
"""What to do about an error code or fail_reason (2, 6)."""
AGAIN = ("internal", "video_pull_failed", "photo_pull_failed", "spam_risk_too_many_posts")
"""Reasons after which a new post is safe, at once or after a day (6)."""


def public_id(told: Mapping[str, Any]) -> str:
    """Return the id of the public post, "" for none; the field's spelling is TikTok's (6)."""
    ids = told.get("publicaly_available_post_id")
    return str(ids[0]) if isinstance(ids, list) and ids and isinstance(ids[0], str | int) else ""


def progress(answer: httpx.Response) -> int:
    """Return how many bytes a 416 says are there; it may count from 0 or from 1 (4.2)."""
    if answer.status_code != httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        return 0
    last = answer.headers.get("Content-Range", "").rpartition("-")[2].partition("/")[0]
    return int(last) + 1 if last.isdecimal() else 0


def code_of(answer: httpx.Response) -> str:
    """Return `error.code`; HTTP 200 alone means nothing (0)."""
    try:
        error = answer.json()["error"]
        return str(error["code"] if isinstance(error, dict) else error)
    except (ValueError, KeyError, TypeError):
        raise Unavailable(
            f"TikTok answered {answer.status_code} in a form this version does not know; try later"
        ) from None


def refusal(answer: httpx.Response, code: str) -> Elite8Error:
    """Return TikTok's no by its exact code (2)."""
    error = record(record(answer.json()).get("error"))
    log_id = error.get("log_id") or error.get("logid") or "none"
    said = (
        f"TikTok: {ADVICE.get(code) or str(error.get('message', ''))[:200]} ({code}, log {log_id})"
    )
    if code in WAITS:
        return RateLimited(said, WAITS[code])
    if code in SIGN_IN:
        return SignInNeeded(f"{said}; run: elite8 accounts login tiktok")
    if answer.is_server_error or code == "internal_error":
        return Unavailable(f"{said}; try later")
    return Refused(said)
