"""What comes from outside and proves itself: LINE's webhook, and the link that ends emails."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from elite8.core.operations import line_friends, way_out
from elite8.core.studio import Studio
from elite8.web.body import read
from elite8.web.guard import LINE, SECOND_YES, WAY_OUT

MOST_EVENTS = 1 << 20
MOST_FORM = 4096
ONE_CLICK = b"One-Click"
"""What a mail provider posts, urlencoded or multipart (RFC 8058, 3.2)."""
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{title}</title>
<body><main><h1>{title}</h1><p>{words}</p>{button}</main></body></html>
"""
YES_BUTTON = '<form method="post"><button type="submit">Yes · はい · Ja · Sim · Sí</button></form>'
BUTTON = (
    '<form method="post"><button type="submit">Unsubscribe · 配信停止 · Abmelden</button></form>'
)


class Outside:
    """The places where others call in; `studio` gives the studio as it is now."""

    def __init__(self, studio: Callable[[], Studio]) -> None:
        self.studio = studio

    def routes(self) -> list[Route]:
        """Return them for a server."""
        return [
            Route(LINE, self.friends, methods=["POST"]),
            Route(WAY_OUT + "{token}", self.leaving, methods=["GET"]),
            Route(WAY_OUT + "{token}", self.leave, methods=["POST"]),
            Route(SECOND_YES + "{token}", self.agreeing, methods=["GET"]),
            Route(SECOND_YES + "{token}", self.agree, methods=["POST"]),
        ]

    async def friends(self, request: Request) -> Response:
        """Take in what LINE tells of its friends."""
        body = await read(request, MOST_EVENTS)
        signed = request.headers.get("x-line-signature", "")
        status = await asyncio.to_thread(line_friends.receive, self.studio(), signed, body)
        return Response(status_code=status)

    async def leaving(self, request: Request) -> Response:
        """Show a button; looking ends nothing, since scanners follow links."""
        if not await self.is_ours(request, way_out.NO):
            return unknown()
        words = "One press, and you get no more of these emails. No sign-in is needed."
        return page("No more of these emails?", words, BUTTON)

    async def leave(self, request: Request) -> Response:
        """End it at once; a mail provider's call and the button do the same."""
        body = await read(request, MOST_FORM)
        via = "one-click" if ONE_CLICK in body else "page"
        token = request.path_params["token"]
        if not await asyncio.to_thread(way_out.take, self.studio(), token, via):
            return unknown()
        if via == "one-click":
            return Response(status_code=200)
        return page("Done", "You get no more of these emails.", "")

    async def agreeing(self, request: Request) -> Response:
        """Show the button of a second yes; looking is none."""
        if not await self.is_ours(request, way_out.YES):
            return unknown()
        return page("Do you want these emails?", "They come once you press the button.", YES_BUTTON)

    async def agree(self, request: Request) -> Response:
        """Note a second yes."""
        await read(request, MOST_FORM)
        token = request.path_params["token"]
        if not await asyncio.to_thread(way_out.agree, self.studio(), token):
            return unknown()
        return page("Thank you", "It is confirmed. Each email says how to end them.", "")

    async def is_ours(self, request: Request, place: str) -> bool:
        """Return whether a link is one of ours."""
        token = request.path_params["token"]
        return await asyncio.to_thread(way_out.read, self.studio(), token, place) is not None


def unknown() -> Response:
    """Return that a link is none of ours, or is over."""
    return page("This link is not known", "It may be over, or was cut off on its way.", "", 404)


def page(title: str, words: str, button: str, status: int = 200) -> Response:
    """Return a page that loads nothing and tells nobody where one came from."""
    text = PAGE.format(title=title, words=words, button=button)
    return HTMLResponse(text, status, headers={"X-Robots-Tag": "noindex"})
