"""How YouTube can be made to misbehave, and the answers that are wrong from top to bottom."""

from collections.abc import Callable, Mapping

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.wire import Reply, Request, html_reply
from elite8.core.simulators.youtube.refusals import No, envelope

FAULTS: Mapping[str, str] = {
    "lost-before": "the line is cut before anything is accepted",
    "lost-after": "accepted and done, then the line is cut",
    "429": "asked to wait a second",
    "500": "an internal error; nothing was done",
    "503": "out of service; nothing was done",
    "html": "a page instead of an answer, with status 200",
    "token-expired": "the access token asked with is dead from now on, until a refresh",
    "invalid-grant": "the next refresh or exchange kills its grant",
    "quota": "the project's quota is said to be used up",
    "upload-limit": "the channel's own daily limit refuses an upload",
    "cut-upload": "half of a PUT's bytes arrive, then the line is cut",
    "session-gone": "an upload session is forgotten",
    "session-moved": "an upload session goes on at another address, told by a 308",
    "processing-failed": "the next video cannot be processed",
    "processing-stuck": "the next video is processed for ever",
    "rejected": "the next video is rejected after processing",
    "late-visibility": "the next video is in no list for 60 s",
    "locked-private": "the next video is private for good: the app is not audited",
    "file-details-missing": "a list of videos tells its owner nothing of their files",
    "file-name-lost": "the next video's file is not called what the Slug said",
    "forbidden": "the channel is suspended",
}


def line_of(request: Request) -> str:
    """Return what `at` is looked for in: method, path and, of an upload, its Content-Range."""
    told = request.headers.get("content-range", "")
    return f"{request.method} {request.path} {told}".rstrip()


def _asked_to_wait() -> Reply:
    no = No(429, "rateLimitExceeded", "The request was sent too soon after another.", "usageLimits")
    return envelope(no, {"Retry-After": "1"})


ANYWHERE: Mapping[str, Callable[[], Reply]] = {
    "429": _asked_to_wait,
    "500": lambda: envelope(No(500, "internalError", "Internal error encountered.", "global")),
    "503": lambda: envelope(No(503, "backendError", "The service is unavailable.", "global")),
    "html": lambda: html_reply("Sorry... your network is asked to prove that it is human"),
}


def wrong_answer(faults: Faults, line: str) -> Reply | None:
    """Return the wrong answer that waits for this request, if any."""
    return next((reply() for name, reply in ANYWHERE.items() if faults.take(name, line)), None)
