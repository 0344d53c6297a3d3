"""What X answers, and its errors by status and problem type, in each of its four bodies.

Source of every word: api/x.md section 8.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx

from elite8.core.errors import Elite8Error, RateLimited, Refused, SignInNeeded, Unavailable
from elite8.core.platforms import answers
from elite8.core.platforms.answers import record, records

DAY, HOUR = 24 * 3600.0, 3600.0
SIGN_IN = ("user-suspended", "not-scoped", "unsupported-authentication")
DUPLICATE = "duplicate content"
CREDITS = ("credits", "spending limit", "billing")
"""Words of an answer for an empty balance, whose shape is not documented (INFERRED)."""
ADVICE = {
    "client-forbidden": "your app is not in a project of the developer console; put it into one",
    "user-suspended": "X has suspended this account; its owner must open x.com",
    "unsupported-authentication": "the app may not do that for this account",
}


class Duplicate(Refused):
    """X has these words from this account already: it made nothing now."""


object_of = partial(answers.object_of, who="X")
"""Returns an answer's JSON object; anything else is Unavailable."""


def told(answer: httpx.Response) -> Mapping[str, Any]:
    """Return what a success says, its `errors` about single things with it."""
    if answer.is_error:
        raise refusal(answer)
    return object_of(answer)


def capped(answer: httpx.Response) -> httpx.Response:
    """Return the answer, unless the plan's posts are used up: that has no end one could wait for.

    Any other 429 says when it ends.
    """
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS and "usage-capped" in answer.text:
        raise RateLimited("X: the plan is used up until its next cycle (usage-capped)", DAY)
    return answer


def refusal(answer: httpx.Response) -> Elite8Error:
    """Return X's no by its status and what it says."""
    status = answer.status_code
    try:
        body = object_of(answer)
    except Unavailable as unknown:
        return unknown
    kind, words = problem(body)
    said = f"X: {ADVICE.get(kind) or words or 'no reason given'} ({kind or status})"
    if status == httpx.codes.PAYMENT_REQUIRED or (
        status == httpx.codes.FORBIDDEN and any(word in words.casefold() for word in CREDITS)
    ):
        return RateLimited(f"{said}; add credits in X's developer console", HOUR)
    if status == httpx.codes.UNAUTHORIZED or kind in SIGN_IN:
        return SignInNeeded(f"{said}; run: elite8 accounts login x")
    if status == httpx.codes.FORBIDDEN and DUPLICATE in words.casefold():
        return Duplicate(f"{said}; change the words and send it anew")
    if answer.is_server_error:
        return Unavailable(f"{said}; try later")
    return Refused(said)


def problem(body: Mapping[str, Any]) -> tuple[str, str]:
    """Return the problem's type and words, whichever of its bodies X chose.

    `not-scoped` is ours, for the bare Forbidden that a missing scope is answered with (INFERRED).
    """
    first = next(iter(records(body.get("errors"))), {})
    kind = str(body.get("type") or first.get("type") or "").rpartition("/")[2]
    words = next(
        (
            str(told)
            for told in (body.get("detail"), first.get("message"), first.get("detail"))
            if told
        ),
        str(body.get("message") or body.get("title") or ""),
    )[:200]
    title = str(body.get("title") or "")
    if title == "Unsupported Authentication":
        kind = "unsupported-authentication"
    if title == words == "Forbidden":
        kind = "not-scoped"
    return kind, words


def names_field(answer: httpx.Response, name: str) -> bool:
    """Return whether a no is about a parameter of that name (4)."""
    return answer.status_code == httpx.codes.BAD_REQUEST and name in answer.text


def data_of(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the one thing an answer is about."""
    return record(found.get("data"))
