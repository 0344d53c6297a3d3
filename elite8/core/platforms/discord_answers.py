"""What Discord answers, and its errors by code.

Source of every code: api/messaging.md A3.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx

from elite8.core.errors import Elite8Error, Refused, SignInNeeded, Unavailable
from elite8.core.platforms import answers
from elite8.core.platforms.answers import instant, record, records

WEBHOOK_GONE = (10015, 50027)
"""Unknown webhook, invalid webhook token: it must not be called again."""
MESSAGE_GONE = 10008
TOO_LARGE = 40005
DEPTH = 20
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""From when the ids count milliseconds, in all but their last 22 bits.

Source: Discord's API reference, "Snowflakes", as of 2026-11.
"""
ADVICE = {
    TOO_LARGE: "the file is too large for this server; make the video shorter or smaller",
    50006: "the message is empty",
}


class WebhookGone(SignInNeeded):
    """The webhook was deleted, or its token changed: calling on gets our address barred."""


class MessageGone(Refused):
    """There is no such message any more."""


object_of = partial(answers.object_of, who="Discord")
"""Returns an answer's JSON object; anything else is Unavailable."""


def told(answer: httpx.Response) -> Mapping[str, Any]:
    """Return what a success says."""
    if answer.is_error:
        raise refusal(answer)
    return object_of(answer)


def refusal(answer: httpx.Response) -> Elite8Error:
    """Return Discord's no by its code, where it has one."""
    try:
        body = object_of(answer)
    except Unavailable as unknown:
        return unknown
    code, status = body.get("code"), answer.status_code
    advice = ADVICE.get(code, "") if isinstance(code, int) else ""
    where = next(leaves(record(body.get("errors"))), "")
    said = f"Discord: {advice or where or str(body.get('message') or 'no reason given')[:200]}"
    said += f" ({code if isinstance(code, int) else status})"
    if answer.is_server_error:
        return Unavailable(f"{said}; try later")
    if code == MESSAGE_GONE:
        return MessageGone(said)
    if code in WEBHOOK_GONE or status in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND):
        return WebhookGone(
            f"{said}: the webhook was deleted or changed; make one in the channel's settings, then "
            "run: elite8 accounts login discord --paste"
        )
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        return Refused(f"Discord: {ADVICE[TOO_LARGE]} ({status})")
    return Refused(said)


def leaves(tree: Mapping[str, Any], way: str = "") -> Iterator[str]:
    """Yield what a tree of form errors says at its leaves, each with its place."""
    if way.count(".") > DEPTH:
        return
    for one in records(tree.get("_errors")):
        yield f"{way.strip('.')}: {str(one.get('message') or one.get('code'))[:200]}"
    for name, below in tree.items():
        if isinstance(below, dict):
            yield from leaves(below, f"{way}.{name}")


def before(message: Mapping[str, Any], earliest: datetime) -> bool:
    """Return whether a message is from before then."""
    at = instant(message.get("timestamp"))
    return at is not None and at < earliest


def silent_since(told_of: Mapping[str, Any], channel: str, earliest: datetime) -> bool:
    """Return whether a channel says that nothing was written in it from `earliest` on.

    Its last message's id says so, though that may be deleted; what it does not say is no yes.
    """
    if str(told_of.get("id")) != channel or "last_message_id" not in told_of:
        return False
    last = told_of["last_message_id"]
    if last is None:
        return True
    return isinstance(last, str) and last.isdecimal() and written_at(last) < earliest


def written_at(message: str) -> datetime:
    """Return when a message was written, of its id; one beyond all time is of the last day."""
    milliseconds = min(int(message[:20]) >> 22, 10**13)
    return EPOCH + timedelta(milliseconds=milliseconds)
