"""What holds for every answer: by which name it is asked, from which page, with which headers."""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from elite8.core import log
from elite8.web.door import name_of

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that a browser says Origin: null of our own forms (Fetch 3.2).
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
TELEGRAM = "/telegram"
LINE = "/line"
WAY_OUT, SECOND_YES = "/u/", "/c/"
"""Where others post from outside: each proves itself by what it brings, no cookie counts."""


class Guard:
    """Stands before the page; `names` are the hosts it answers to, `None` for any.

    While the page is `open` to this machine, what a proxy hands on is refused: it comes from
    elsewhere, and nobody would be asked for a token.
    """

    def __init__(
        self, app: ASGIApp, *, names: frozenset[str] | None, is_open: bool, public: str
    ) -> None:
        self.app, self.names, self.is_open = app, names, is_open
        self.public = urlsplit(public).netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it; a fault is logged by where it was, without any link."""
        if scope["type"] != "http":
            return
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refused = self.refusal(scope["method"], scope["path"], Headers(scope=scope))
        try:
            await (refused or self.app)(scope, receive, sent)
        except ClientDisconnect:
            return
        except Exception as fault:  # noqa: BLE001  # one answer, not the server
            place = "/".join(scope["path"].split("/")[:2])  # after /u/ is what lets one act
            log.get().error("web.fault", path=place[:80], exc_info=fault)
            if not begun:
                await PlainTextResponse("a fault of ours; the log says which\n", 500)(
                    scope, receive, sent
                )

    def refusal(self, method: str, path: str, headers: Headers) -> PlainTextResponse | None:
        """Return why a request is not answered; `None` when it is."""
        host = headers.get("host", "")
        if self.names is not None and name_of(host) not in self.names:
            return said(421, "not by this name; open the address that elite8 printed")
        if self.is_open and any(name in headers for name in FORWARDED):
            return said(403, "a proxy stands before this page: set ELITE8_WEB_TOKEN")
        if (
            method not in ("GET", "HEAD")
            and not from_outside(path)
            and not self.is_own(host, headers)
        ):
            return said(403, "that came from another page")
        return None

    def is_own(self, host: str, headers: Headers) -> bool:
        """Return whether a form was sent from a page of ours, as far as the browser says."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site != "same-origin":
            return False
        asked = urlsplit(origin).netloc.lower() if origin is not None else ""
        return origin is None or (asked != "" and asked in (host.lower(), self.public))


def from_outside(path: str) -> bool:
    """Return whether what is posted there comes from elsewhere."""
    return path in (TELEGRAM, LINE) or path.startswith((WAY_OUT, SECOND_YES))


def said(status: int, words: str) -> PlainTextResponse:
    """Return a refusal in words."""
    return PlainTextResponse(f"{words}\n", status)


def asker(scope: Scope, *, trusts_proxy: Callable[[], bool]) -> str:
    """Return the address that asks: the line's own, or what a trusted proxy says last."""
    client = scope.get("client")
    own = str(client[0]) if client else ""
    if not trusts_proxy():
        return own
    told = Headers(scope=scope).getlist("x-forwarded-for")
    last = told[-1].rpartition(",")[2].strip() if told else ""
    return last or own
