"""How Instagram can be made to misbehave, and the answers that are wrong from top to bottom."""

from collections.abc import Mapping

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.instagram.refusals import No, envelope, not_uploaded
from elite8.core.simulators.wire import Reply, html_reply

FAULTS: Mapping[str, str] = {
    "lost-before": "the line is cut before anything is accepted",
    "lost-after": "accepted and done, then the line is cut",
    "429": "asked to wait a second; nothing is done",
    "500": "code 2 with HTTP 500; nothing is done",
    "html": "a page instead of an answer, with status 200",
    "token-expired": "a call is refused with 190/463",
    "banned": "a call is refused with 25/2207050",
    "rate-limited": "a call is refused with 4 (Instagram login), 17 (user token) or 32 (Page's)",
    "publish-limit": "media_publish is refused with 9/2207042",
    "processing-failed": "the next container ends in ERROR, 2207082",
    "processing-stuck": "the next container stays IN_PROGRESS until it expires",
    "container-expired": "a container that is asked about or used has expired",
    "container-forgotten": "a container is known no more, 24/2207008, for good",
    "captions-missing": "a list of media tells no captions",
    "captions-unknown": "a list of media refuses to tell captions, code 100",
    "cut-upload": "half of the bytes arrive and are kept, then the line is cut",
    "permalink-missing": "a media is read without its permalink",
    "late-visibility": "the next media is not listed for 60 s",
    "publish-error-but-done": "media_publish answers -1/2207001 although the post is out",
    "flag-dropped": "the AI flag of the next container is not kept",
    "access-denied": "the person at the consent page says no",
    "flat-answer": "the code exchange answers without its wrapper",
}


def wrong_answer(faults: Faults, path: str) -> Reply | None:
    """Return the wrong answer that waits for any kind of call at this path, if there is one."""
    upload = "/ig-api-upload/" in path
    if faults.take("429", path):
        no = No(4, "Application request limit reached", status=429)
        return envelope(no, {"Retry-After": "1"})
    if faults.take("500", path):
        if upload:
            return not_uploaded("an unexpected error", retriable=True, status=500)
        return envelope(No(2, "An unexpected error has occurred. Please retry.", status=500))
    return html_reply("Sorry, something went wrong.") if faults.take("html", path) else None
