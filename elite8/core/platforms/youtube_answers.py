"""What YouTube answers, and its errors by reason, never by status alone.

Source of every reason: api/youtube.md section 9.
"""

from functools import partial

import httpx

from elite8.core.errors import Elite8Error, RateLimited, Refused, SignInNeeded, Unavailable
from elite8.core.platforms import answers
from elite8.core.platforms.answers import record, records

WAIT = {"quotaExceeded": 24 * 3600.0, "dailyLimitExceeded": 24 * 3600.0}
SLOW = ("rateLimitExceeded", "userRateLimitExceeded")


def refusal(answer: httpx.Response) -> Elite8Error:
    """Return YouTube's no by its reason, never by its status alone (9)."""
    try:
        detail = record(record(answer.json()).get("error"))
    except ValueError:
        detail = {}
    if not detail and answer.status_code != httpx.codes.UNAUTHORIZED:
        return Unavailable(f"YouTube answered {answer.status_code} and no reason; try later")
    reasons = [one.get("reason") for one in records(detail.get("errors"))]
    reason = str(next((r for r in reasons if r), detail.get("status") or answer.status_code))
    said = f"YouTube: {str(detail.get('message', ''))[:200]} ({reason})"
    if reason in WAIT or reason == "uploadLimitExceeded":
        return RateLimited(f"{said}; not before tomorrow", WAIT.get(reason, 24 * 3600.0))
    if reason in SLOW:
        return RateLimited(said)
    if answer.status_code == httpx.codes.UNAUTHORIZED or reason == "insufficientPermissions":
        return SignInNeeded(f"{said}; sign in again: elite8 accounts login youtube")
    if answer.is_server_error:
        return Unavailable(f"{said}; try later")
    return Refused(said)


object_of = partial(answers.object_of, who="YouTube")
"""Returns an answer's JSON object; anything else is Unavailable."""
