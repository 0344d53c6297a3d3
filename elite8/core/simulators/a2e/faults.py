"""How A2E can be made to misbehave, and the answers that are wrong from top to bottom."""

from collections.abc import Callable, Mapping
from uuid import uuid4

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.wire import Reply, html_reply, json_reply

FAULTS: Mapping[str, str] = {
    "lost-before": "the line is cut before anything is accepted",
    "lost-after": "accepted and charged, then the line is cut",
    "429": "asked to wait a second",
    "502": "a proxy's error page",
    "html": "a page instead of an answer, with status 200",
    "not-json": "a broken body, with status 200",
    "business": "HTTP 200 with code 4001",
    "refused-1003": "the child-safety filter refuses a start",
    "refused-1004": "a minor is suspected in the input image of a start",
    "nsfw": "a start is answered with code 0 and no task",
    "no-credits": "a start is refused for want of credits",
    "failed": "the next task ends failed and is refunded",
    "failed-kept": "the next task ends failed and its coins are not given back",
    "nameless": "the next task is listed without its name",
    "stuck": "the next task never finishes",
    "unknown-status": "the next task's status is an unknown word until it is finished",
    "price-change": "the next start costs half as much again; the quote does not know",
    "list-delay": "the next task is invisible for 20 s",
    "forbidden-host": "the next task's result lies on a strange host",
    "expired-url": "a result's address runs out; the detail gives a fresh one",
    "empty-video": "a result has no bytes",
    "truncated-video": "a result ends halfway, for good",
    "cut-download": "a download breaks halfway, once; a Range request completes it",
    "no-balance": "remainingCoins is gone",
    "no-quote": "a quote without a number",
}


def envelope(code: int, text: str, status: int = 200, **more: object) -> Reply:
    """Return a failure as A2E words it: `code`, `msg`, `trace_id` [C2 live]."""
    content = {"code": code, "msg": text, **more, "trace_id": str(uuid4())}
    return json_reply(content, status=status)


def _asked_to_wait() -> Reply:
    reply = envelope(429, "too many requests", 429)
    return Reply(status=429, headers={**reply.headers, "Retry-After": "1"}, body=reply.body)


def _broken() -> Reply:
    headers = {"Content-Type": "application/json"}
    return Reply(headers=headers, body=b'{"code":0,"data":{"_id":"65')


def _success(data: object) -> Reply:
    return json_reply({"code": 0, "data": data, "trace_id": str(uuid4())})


ANYWHERE: Mapping[str, Callable[[], Reply]] = {
    "429": _asked_to_wait,
    "502": lambda: html_reply("502 Bad Gateway", status=502),
    "html": lambda: html_reply("Welcome to A2E"),
    "not-json": _broken,
    "business": lambda: envelope(4001, "the service is busy with something else"),
}
AT_STARTS: Mapping[str, Callable[[], Reply]] = {
    "refused-1003": lambda: envelope(1003, "blocked by the child-safety filter"),  # [S]
    "refused-1004": lambda: envelope(1004, "a minor is suspected in the image"),  # [S]
    "nsfw": lambda: _success({"detected": "nsfw", "message": "NSFW content detected"}),  # [S]
    "no-credits": lambda: envelope(4002, "not enough credits: please top up your coins"),
}


def wrong_answer(faults: Faults, path: str, *, starts: bool) -> Reply | None:
    """Return the wrong answer that waits for this path, if any.

    Refusals come at starts; elsewhere only when the fault names the path.
    """
    for name, reply in ANYWHERE.items():
        if faults.take(name, path):
            return reply()
    for name, reply in AT_STARTS.items():
        if faults.take(name, path, named_only=not starts):
            return reply()
    if path.endswith("/user/remainingCoins") and faults.take("no-balance", path):
        return html_reply(f"Cannot GET {path}", status=404)
    if path.endswith("/generation/quote") and faults.take("no-quote", path):
        return _success({"generationRequestValidated": False})
    return None
