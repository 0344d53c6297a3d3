"""How YouTube and Google's sign-in say no."""

from collections.abc import Mapping

from elite8.core.simulators.wire import Reply, json_reply

STATUS_WORDS: Mapping[int, str] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class No(Exception):
    """A refusal of the Data API: HTTP status, reason, words."""

    def __init__(self, status: int, reason: str, text: str, domain: str = "youtube.video") -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason
        self.text = text
        self.domain = domain


class Denied(Exception):
    """A refusal of the sign-in: HTTP status, error, description."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


def wrong(text: str, reason: str = "badRequest", domain: str = "global") -> No:
    """Return the refusal of a request that must be changed: HTTP 400 [C:VE]."""
    return No(400, reason, text, domain)


def forbidden(text: str, reason: str = "forbidden") -> No:
    """Return the refusal for want of rights: HTTP 403 [C:VE]."""
    return No(403, reason, text, "global")


def no_video() -> No:
    """Return the refusal for a video nobody has, or that does not show yet: HTTP 404 [C:VE]."""
    return No(404, "videoNotFound", "The video that you are trying to use cannot be found.")


def envelope(no: No, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a refusal in the shape of section 9 [C:GAC]; `status` as newer services (INFERRED)."""
    error = {
        "code": no.status,
        "message": no.text,
        "errors": [{"message": no.text, "domain": no.domain, "reason": no.reason}],
        "status": STATUS_WORDS.get(no.status, "UNKNOWN"),
    }
    return json_reply({"error": error}, status=no.status, headers=headers)


def flat(denied: Denied) -> Reply:
    """Return a refusal of the token endpoint: flat JSON, section 2.2."""
    content = {"error": denied.error, "error_description": denied.description}
    return json_reply(content, status=denied.status)
