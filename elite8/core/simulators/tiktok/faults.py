"""How TikTok can be made to misbehave, and the answers that are wrong from top to bottom."""

from collections.abc import Mapping
from datetime import datetime

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.tiktok.rules import No, login_refusal, refusal
from elite8.core.simulators.wire import Reply, html_reply

FAULTS: Mapping[str, str] = {
    "lost-before": "the line is cut before anything is accepted",
    "lost-after": "everything is done, then the line is cut",
    "429": "asked to slow down",
    "500": "an internal error; nothing is done",
    "html": "a page instead of an answer, with status 200",
    "token-expired": "the access token of a call has run out",
    "invalid-grant": "a code or refresh token is refused, and is dead from then on",
    "rotated-lost": "a refresh is accepted and rotated, then the line is cut",
    "banned": "the creator is banned from posting",
    "spam": "the creator's posts of the day, or the pending drafts, are used up",
    "processing-failed": "the next video fails; `at` may be the fail_reason",
    "processing-stuck": "the next video is never done",
    "cut-upload": "the line is cut after half of a chunk; none of it counts",
    "counted-otherwise": "the next upload is counted the other way round: a number for an index",
    "upload-expired": "an upload_url has run out, for good",
    "late-visibility": "the next public post has no public id for 60 s",
    "no-creator": "creator_info says that posting is not possible now",
}
FAIL_REASONS = (  # [ST]
    "file_format_check_failed",
    "duration_check_failed",
    "frame_rate_check_failed",
    "picture_size_check_failed",
    "internal",
    "video_pull_failed",
    "photo_pull_failed",
    "publish_cancelled",
    "auth_removed",
    "spam_risk_too_many_posts",
    "spam_risk_user_banned_from_posting",
    "spam_risk_text",
    "spam_risk",
)


def slow_down() -> No:
    """Return the refusal of one call too many [DP]."""
    return No("rate_limit_exceeded", "slow down", 429)


def broken() -> No:
    """Return the failure that is TikTok's own [EH]."""
    return No("internal_error", "something went wrong, please try again later", 500)


def wrong_answer(faults: Faults, path: str, now: datetime) -> Reply | None:
    """Return the wrong answer that waits for this path, if any; nothing is done then."""
    for name, no in (("429", slow_down()), ("500", broken())):
        if faults.take(name, path):
            return _worded(path, now, no)
    if faults.take("html", path):
        return html_reply("Please wait...")
    return None


def _worded(path: str, now: datetime, no: No) -> Reply:
    """Return a failure in the shape its side of TikTok speaks; the login side is INFERRED."""
    if path.startswith("/v2/oauth/"):
        flat = login_refusal(now, no.code, no.text)
        return Reply(status=no.status, headers=flat.headers, body=flat.body)
    return refusal(now, no) if path.startswith("/v2/") else Reply(status=no.status)
