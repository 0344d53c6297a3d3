"""The networks against the contract of all; what differs between them is data."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from elite8.core import http
from elite8.core.domain.reading import Counts
from elite8.core.platforms import discord, instagram, oauth, tiktok, x, youtube
from elite8.core.platforms.oauth import App
from elite8.core.simulators import discord as discord_played
from elite8.core.simulators import instagram as instagram_played
from elite8.core.simulators import tiktok as tiktok_played
from elite8.core.simulators import x as x_played
from elite8.core.simulators import youtube as youtube_played
from tests.conftest import StoppedClock
from tests.platforms.contract import PlatformContract, Stage

Token = Callable[[bool], str]
Pause = Callable[[float], None]

BAD_ADDRESS = r"strange_address\[https://\[evil"


def changed(answer: httpx.Response, *way: str, to: str) -> httpx.Response:
    """Return a JSON answer with another text at the end of the way."""
    content = answer.json()
    inner = content
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = to
    return httpx.Response(answer.status_code, json=content)


def renewed(stage: Stage, provider: oauth.Provider, app: App, refresh: str) -> object:
    stage.secrets += [refresh, app.secret]
    with http.open_client(transport=stage.line) as client:
        return oauth.refreshed(client, provider, app, refresh, now=stage.clock())


class TestYouTube(PlatformContract):
    """https://www.googleapis.com: a session, then its bytes."""

    host = "www.googleapis.com"
    domain = "googleapis.com"
    hosts = ("www.googleapis.com", "oauth2.googleapis.com")
    places: ClassVar[Mapping[str, str]] = {"open": r"^POST /upload/", "bytes": r"^PUT /upload/"}
    signed = ("open", "bytes")
    upload = "open"
    flag = b'"containsSyntheticMedia": true'
    deeds = (*PlatformContract.deeds, "search")

    def played(self, clock: StoppedClock) -> Any:
        return youtube_played.YouTubeSimulator(clock=clock)

    def token_of(self, simulator: Any) -> str:
        return str(simulator.issue_token()[0])

    def opened(self, client: httpx.Client, token: Token, pause: Pause) -> Any:
        return youtube.YouTube(client, youtube.Bases(), token, pause)

    def refusal(self, place: str, status: int, words: str) -> object:
        del place
        reason = {400: "invalidTitle", 401: "authError", 403: "insufficientPermissions"}[status]
        return {"error": {"code": status, "message": words, "errors": [{"reason": reason}]}}

    def leading(self, answer: httpx.Response, address: str) -> httpx.Response:
        return httpx.Response(answer.status_code, headers={"Location": address})

    def renewed(self, stage: Stage) -> object:
        app = App(client=youtube_played.CLIENT_ID, secret=youtube_played.CLIENT_SECRET)
        refresh = stage.simulator.issue_token()[1]
        return renewed(stage, youtube.Bases().provider, app, refresh)


class TestTikTok(PlatformContract):
    """https://open.tiktokapis.com: a creator, a post, its bytes, its end."""

    host = "open-upload.tiktokapis.com"
    domain = "tiktokapis.com"
    hosts = ("open.tiktokapis.com", "open-upload.tiktokapis.com")
    places: ClassVar[Mapping[str, str]] = {
        "creator": r"creator_info",
        "open": r"/video/init/",
        "bytes": r"^PUT ",
        "status": r"status/fetch",
    }
    signed = ("creator", "open", "status")
    upload = "open"
    flag = b'"is_aigc":true'

    def played(self, clock: StoppedClock) -> Any:
        return tiktok_played.TikTokSimulator(clock=clock)

    def token_of(self, simulator: Any) -> str:
        return str(simulator.issue_token()[0])

    def opened(self, client: httpx.Client, token: Token, pause: Pause) -> Any:
        return tiktok.TikTok(client, tiktok.Bases(), token, pause)

    def refusal(self, place: str, status: int, words: str) -> object:
        del place
        code = {400: "invalid_params", 401: "access_token_invalid", 403: "scope_not_authorized"}
        return {"data": {}, "error": {"code": code[status], "message": words, "log_id": "1"}}

    def leading(self, answer: httpx.Response, address: str) -> httpx.Response:
        return changed(answer, "data", "upload_url", to=address)

    def renewed(self, stage: Stage) -> object:
        app = App(client=tiktok_played.CLIENT_KEY, secret=tiktok_played.CLIENT_SECRET)
        refresh = stage.simulator.issue_token()[1]
        return renewed(stage, tiktok.Bases().provider, app, refresh)


class TestInstagram(PlatformContract):
    """https://graph.instagram.com: a container, its bytes, its publication."""

    host = "rupload.facebook.com"
    domain = "facebook.com"
    hosts = ("graph.instagram.com", "rupload.facebook.com")
    places: ClassVar[Mapping[str, str]] = {
        "me": r"/me\?",
        "quota": r"content_publishing_limit",
        "make": r"/media$",
        "bytes": r"/ig-api-upload/",
        "ready": r"fields=status_code",
        "out": r"/media_publish$",
        "permalink": r"fields=permalink",
    }
    signed = ("me", "quota", "make", "bytes", "ready", "out", "permalink")
    late = ("out",)
    harmless = ("permalink",)
    upload = "make"
    flag = b'"is_ai_generated":true'

    def played(self, clock: StoppedClock) -> Any:
        return instagram_played.InstagramSimulator(clock=clock)

    def token_of(self, simulator: Any) -> str:
        return str(simulator.issue_token())

    def opened(self, client: httpx.Client, token: Token, pause: Pause) -> Any:
        return instagram.Instagram(client, instagram.Bases(), token, pause)

    def refusal(self, place: str, status: int, words: str) -> object:
        if place == "bytes":
            return {"debug_info": {"retriable": False, "type": "x", "message": words}}
        code = {400: 100, 401: 190, 403: 10}[status]
        return {"error": {"message": words, "type": "OAuthException", "code": code}}

    def leading(self, answer: httpx.Response, address: str) -> httpx.Response:
        return changed(answer, "uri", to=address)

    def renewed(self, stage: Stage) -> object:
        stage.clock.advance(days=8)
        return stage.network.renewed(stage.secrets[-1], now=stage.clock())


class TestX(PlatformContract):
    """https://api.x.com: an upload in four steps, a look at the newest post, the post."""

    host = "api.x.com"
    domain = "x.com"
    hosts = ("api.x.com",)
    places: ClassVar[Mapping[str, str]] = {
        "me": r"/2/users/me",
        "open": r"/initialize$",
        "bytes": r"/append$",
        "close": r"/finalize$",
        "status": r"command=STATUS",
        "newest": r"^GET /2/users/[0-9]+/tweets\?max_results=5&",
        "out": r"^POST /2/tweets$",
    }
    signed = tuple(places)
    flag = b'"made_with_ai":true'
    deeds = (*PlatformContract.deeds, "search")

    def played(self, clock: StoppedClock) -> Any:
        return x_played.XSimulator(clock=clock)

    def token_of(self, simulator: Any) -> str:
        return str(simulator.issue_token()[0])

    def opened(self, client: httpx.Client, token: Token, pause: Pause) -> Any:
        return x.X(client, x.Bases(), token, pause)

    def refusal(self, place: str, status: int, words: str) -> object:
        del place
        kind = "https://api.x.com/2/problems/invalid-request" if status == 400 else "about:blank"
        title = {400: "Invalid Request", 401: "Unauthorized", 403: "Unsupported Authentication"}
        return {"type": kind, "title": title[status], "detail": words, "status": status}

    def renewed(self, stage: Stage) -> object:
        app = App(client=x_played.CLIENT_ID, secret=x_played.CLIENT_SECRET)
        refresh = stage.simulator.issue_token()[1]
        return renewed(stage, x.Bases().provider, app, refresh)


class TestDiscord(PlatformContract):
    """https://discord.com: a look at the webhook, the message; a bot looks where it went."""

    host = "discord.com"
    domain = "discord.com"
    hosts = ("discord.com",)
    places: ClassVar[Mapping[str, str]] = {
        "hook": r"^GET /api/v10/webhooks/[0-9]+/[^/]+$",
        "bytes": r"^POST /api/v10/webhooks/.*wait=true",
    }
    signed = ()
    flag = b"This video is AI-generated"
    deeds = ("publish", "reconcile", "look_up", "measure", "whose")

    def played(self, clock: StoppedClock) -> Any:
        return discord_played.DiscordSimulator(clock=clock)

    def token_of(self, simulator: Any) -> str:
        return str(simulator.issue_token())

    def opened(self, client: httpx.Client, token: Token, pause: Pause) -> Any:
        bases = discord.Bases(bot=discord_played.BOT_TOKEN)
        return discord.Discord(client, bases, token, pause)

    def staged(self, folder: Path) -> Stage:
        stage = super().staged(folder)
        stage.secrets[:0] = [stage.secrets[0].rpartition("/")[2], discord_played.BOT_TOKEN]
        return stage

    def refusal(self, place: str, status: int, words: str) -> object:
        del place
        code = {400: 50035, 401: 50027, 403: 50013}[status]
        return {"message": words, "code": code, "errors": {}}

    def test_what_is_out_is_measured_and_what_is_not_there_is_left_out(self, stage: Stage) -> None:
        """A webhook is told no numbers: none are made up, and nobody is asked."""
        out = stage.publish().remote_id
        before = len(stage.line.asked)
        assert stage.network.measure([out], now=stage.clock()) == {out: Counts()}
        assert len(stage.line.asked) == before

    def test_no_secret_of_a_renewal_is_said(
        self, stage: Stage, caplog: pytest.LogCaptureFixture
    ) -> None:
        """There is none: a webhook lasts until somebody deletes it."""
        del stage, caplog
        assert discord.SITE.renews is False
        assert discord.SITE.lasts is None


def test_every_network_has_its_contract() -> None:
    from elite8.core.operations import accounts

    held = {
        kind.__name__.removeprefix("Test").lower() for kind in PlatformContract.__subclasses__()
    }
    assert held == set(accounts.SITES)
    assert json.dumps(sorted(held))
