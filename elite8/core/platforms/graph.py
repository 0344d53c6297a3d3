"""What Meta's Graph API answers for Instagram, and its errors by code and subcode.

Source of every number: api/instagram.md section 7.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx

from elite8.core.errors import RateLimited, Refused, SignInNeeded, Unavailable
from elite8.core.platforms import answers
from elite8.core.platforms.answers import record, whole

SIGN_IN = (102, 190)
PERMISSIONS = (10, *range(200, 300))
"""A permission that was not given or was taken back (7)."""
SLOW = (4, 17, 32, 341, 613, 80002)
GONE = 33
ADVICE = {
    2207042: "the account's posts of the day are used up",
    2207050: "the account is restricted; its owner must open the app",
    2207051: "Instagram suspects spam; wait for hours and look whether it is live",
    2207026: "Instagram does not take this file's format",
    2207010: "the caption is too long",
}
WAITS = {2207042: 24 * 3600.0, 2207051: 6 * 3600.0}


class Unseen(Unavailable):
    """Graph shows no such object: it may be too young, gone, or another's (7, 100/33)."""


def reason(status: str) -> str:
    """Return what a container's ERROR says: a number of seven digits in a sentence (5)."""
    number = re.search(r"22\d{5}", status)
    words = ADVICE.get(int(number[0]), status[:200]) if number else status[:200]
    return f"Instagram could not process the video: {words} ({number[0] if number else 'no code'})"


object_of = partial(answers.object_of, who="Instagram")
"""Returns an answer's JSON object; anything else is Unavailable."""


def told(answer: httpx.Response) -> Mapping[str, Any]:
    """Return the answer, or its error by code and subcode, never by status (7)."""
    found = object_of(answer)
    error = found.get("error")
    if error is None and not answer.is_error:
        return found
    detail = record(error)
    code, subcode = detail.get("code"), detail.get("error_subcode")
    words = ADVICE.get(whole(subcode)) or str(detail.get("message", answer.status_code))[:200]
    said = f"Instagram: {words} ({code}/{subcode}, trace {detail.get('fbtrace_id', 'none')})"
    if code in SIGN_IN or (isinstance(code, int) and code in PERMISSIONS):
        raise SignInNeeded(f"{said}; run: elite8 accounts login instagram")
    if subcode in WAITS:
        raise RateLimited(said, WAITS[subcode])
    if code in SLOW:
        raise RateLimited(said, 3600.0)
    if (code, subcode) == (100, GONE):
        raise Unseen(f"{said}; try later")
    if code in (1, 2, -1) or answer.is_server_error:
        raise Unavailable(f"{said}; try later")
    raise Refused(said)
