"""What the page answers: itself, health, metrics, acknowledgements, links, the chat's line."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from elite8.companions import Receive
from elite8.core.errors import Elite8Error
from elite8.core.operations import alerts, board, health, sessions, watch
from elite8.core.operations.exposition import exposed
from elite8.core.studio import Studio
from elite8.web import pages
from elite8.web.body import read
from elite8.web.door import HERE, Door, Session, is_here, name_of
from elite8.web.guard import TELEGRAM, Guard, asker
from elite8.web.kept import Kept, NothingSeen
from elite8.web.links import Redirect
from elite8.web.outside import Outside
from elite8.web.view import key_of

if TYPE_CHECKING:
    from elite8.core.operations.health import Health
    from elite8.web.pages import Picture


FRESH, WARM = 25.0, 12.0
"""A picture is so many seconds old at most, and is made anew after so many while it is watched."""
SOON = 4.0
"""How old what machines ask for may be: many who ask cost one look."""
MOST_FORM = 4096
MOST_UPDATE = 1 << 20
OK = 200
SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COOKIE = "elite8"
SAFE_COOKIE = "__Host-elite8"
"""The name under which browsers keep a cookie to one host and to TLS (RFC 6265bis 4.1.3.2)."""


class Face:
    """The answers; `studio` gives the studio as it is now, `host` is where the server listens."""

    def __init__(
        self, studio: Callable[[], Studio], *, host: str, telegram: Receive | None = None
    ) -> None:
        self.studio, self.telegram = studio, telegram
        settings = studio().settings
        token = settings.web_token.get_secret_value() if settings.web_token else ""
        self.door = Door(
            token,
            now=lambda: studio().clock().timestamp(),
            hours=lambda: studio().config.web.session_hours,
        )
        self.here, self.public = is_here(host), settings.web_url
        self.redirect = Redirect(studio)
        self.board: Kept[Picture] = Kept("the picture", self.picture, fresh=FRESH, warm=WARM)
        self.health: Kept[Health] = Kept("health", lambda: health.health(studio()), fresh=SOON)
        self.signed_out: Kept[frozenset[str]] = Kept(
            "sign-outs", lambda: sessions.ended(studio()), fresh=SOON
        )
        self.metrics: Kept[str] = Kept(
            "metrics", lambda: exposed(watch.collect(studio())), fresh=SOON
        )

    def app(self) -> Guard:
        """Return the whole of it, for a server."""
        routes = [
            Route("/", self.page),
            Route("/part", self.part),
            Route("/healthz", self.healthz),
            Route("/metrics", self.exposition),
            Route("/alerts/{key}/ack", self.acknowledge, methods=["POST"]),
            Route("/sign-in", self.sign_in, methods=["GET", "POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
            Route("/static/{name}", static),
            Route("/l/{code}", self.redirect.follow),
            Route(TELEGRAM, self.update, methods=["POST"]),
            *Outside(self.studio).routes(),
        ]
        known = HERE | ({name_of(self.public.partition("://")[2])} if self.public else frozenset())
        inner = Starlette(routes=routes, exception_handlers={NothingSeen: not_seen})
        inner.router.redirect_slashes = False
        return Guard(
            inner,
            names=known if self.here else None,
            is_open=not self.door.locked,
            public=self.public,
        )

    async def session(self, request: Request) -> Session | None:
        """Return the session of a browser that is signed in, and was not signed out anywhere.

        While nobody can say who was signed out, nobody is in.
        """
        found = self.door.session(request.cookies.get(self.cookie(request), ""))
        if found is None:
            return None
        try:
            seen = await self.signed_out.get()
        except NothingSeen:
            return None
        return None if found.nonce in seen.value else found

    def cookie(self, request: Request) -> str:
        """Return the cookie's name: over TLS only, unless the browser is on this machine."""
        return COOKIE if name_of(request.headers.get("host", "")) in HERE else SAFE_COOKIE

    async def is_in(self, request: Request) -> bool:
        """Return whether one may look: signed in, with the token itself, or on this machine."""
        if not self.door.locked:
            return True
        if await self.session(request) is not None:
            return True
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and self.is_right(request, token.strip()) is None

    def is_right(self, request: Request, token: str) -> float | None:
        """Return `None` for the right token, else the seconds to wait; 0 is to try again."""
        who = asker(request.scope, trusts_proxy=lambda: self.studio().config.web.trust_proxy)
        if wait := self.door.tries.wait(who):
            return wait
        if self.door.fits(token):
            self.door.tries.right(who)
            return None
        self.door.tries.wrong(who)
        return 0.0

    async def page(self, request: Request) -> Response:
        """Answer with the page."""
        if not await self.is_in(request):
            return RedirectResponse("/sign-in", 303)
        return pages.whole(await self.board.get(), await self.visit(request))

    async def part(self, request: Request) -> Response:
        """Answer with what changes on the page; who is out is told so."""
        if not await self.is_in(request):
            return PlainTextResponse("sign in\n", 401)
        return pages.part(await self.board.get(), await self.visit(request))

    def picture(self) -> pages.Picture:
        """Look at everything and draw it."""
        studio = self.studio()
        return pages.drawn(board.board(studio), may_act=studio.config.web.actions)

    async def visit(self, request: Request) -> pages.Visit:
        """Return what the page has to know of who looks."""
        session = await self.session(request)
        return pages.Visit(
            signed_in=session is not None,
            form=self.door.pass_for(session),
        )

    async def healthz(self, request: Request) -> Response:
        """Answer 200 or 503; what is bad is told only to who is in."""
        try:
            seen = await self.health.get()
        except NothingSeen:
            return JSONResponse({"good": False}, 503)
        good = seen.value.good and not seen.trouble
        told: dict[str, object] = {"good": good}
        if await self.is_in(request):
            told["checks"] = [
                {"name": one.name, "verdict": one.verdict, "says": one.says}
                for one in seen.value.checks
            ]
        return JSONResponse(told, 200 if good else 503)

    async def exposition(self, request: Request) -> Response:
        """Answer with the metrics; a look that failed is no answer, so that Prometheus says so."""
        if not await self.is_in(request):
            return PlainTextResponse("send Authorization: Bearer and the token\n", 401)
        seen = await self.metrics.get()
        if seen.trouble:
            return PlainTextResponse(f"{seen.trouble}\n", 503)
        return PlainTextResponse(seen.value, media_type=METRICS_TYPE)

    async def acknowledge(self, request: Request) -> Response:
        """Say that somebody looks after an alert; twice, or when it is over, harms nothing."""
        if not await self.is_in(request):
            return RedirectResponse("/sign-in", 303)
        given = await form(request)
        if not self.door.passes(await self.session(request), given.get("form", "")):
            return PlainTextResponse("that form is old; load the page again\n", 403)
        if not self.studio().config.web.actions:
            return PlainTextResponse('this page only shows; "actions" in web_config.json\n', 403)
        await asyncio.to_thread(acknowledged, self.studio(), request.path_params["key"])
        self.board.forget()
        return RedirectResponse("/#alerts", 303)

    async def sign_in(self, request: Request) -> Response:
        """Show the door, or let in who brings the token."""
        if request.method != "POST":
            return pages.door("")
        if not self.door.locked:
            return RedirectResponse("/", 303)
        wait = self.is_right(request, (await form(request)).get("token", "").strip())
        if wait is not None:
            words = f"too many tries; wait {wait / 60:.0f} minutes" if wait else "wrong token"
            answer = pages.door(words, 429 if wait else 403)
            if wait:
                answer.headers["Retry-After"] = f"{wait:.0f}"
            return answer
        value, lasts = self.door.opened()
        inside = RedirectResponse("/", 303)
        name = self.cookie(request)
        inside.set_cookie(
            *(name, value, lasts), secure=name == SAFE_COOKIE, httponly=True, samesite="strict"
        )
        return inside

    async def sign_out(self, request: Request) -> Response:
        """End the session, here and in the browser."""
        session = await self.session(request)
        if session is not None and self.door.passes(session, (await form(request)).get("form", "")):
            until = datetime.fromtimestamp(session.expires, UTC)
            await asyncio.to_thread(sessions.end, self.studio(), session.nonce, until)
            self.door.end(session)
        outside = RedirectResponse("/sign-in", 303)
        name = self.cookie(request)
        safe = name == SAFE_COOKIE
        outside.delete_cookie(name, secure=safe, httponly=True, samesite="strict")
        return outside

    async def update(self, request: Request) -> Response:
        """Hand what Telegram posts to the chat's bot; without one there is nothing here."""
        if self.telegram is None:
            raise HTTPException(404)
        secret = request.headers.get(SECRET, "")
        status = self.telegram(secret, None)  # a stranger's body is not read
        if status == OK:
            body = await read(request, MOST_UPDATE)
            status = await asyncio.to_thread(self.telegram, secret, body)
        return Response(status_code=status)


def acknowledged(studio: Studio, key: str) -> None:
    """Acknowledge the alert of a key; one that is over is let be."""
    for one in alerts.ringing(studio):
        if key_of(one.rule, one.subject) == key:
            try:
                alerts.acknowledge(studio, one.rule, one.subject, "the page")
            except Elite8Error:  # it ended between the two looks
                return


async def static(request: Request) -> Response:
    """Answer with one of our own files, which a browser keeps: their address holds their hash."""
    found = pages.STATIC.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    forever = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.data, media_type=found.kind, headers=forever)


async def form(request: Request) -> dict[str, str]:
    """Return the fields of a form, each once."""
    text = (await read(request, MOST_FORM)).decode("utf-8", "replace")
    try:
        found = parse_qs(text, keep_blank_values=True, max_num_fields=8)
    except ValueError:  # more fields than any form of ours has
        raise HTTPException(400) from None
    return {name: values[-1] for name, values in found.items()}


async def not_seen(_: Request, fault: Exception) -> Response:
    """Answer that nothing could be looked at, and why."""
    return pages.trouble(str(fault))
