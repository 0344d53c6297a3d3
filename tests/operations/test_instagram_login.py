"""Business Login for Instagram: a consent page, a code, a token of sixty days, a Reel by it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import stamina
from pydantic import SecretStr

from elite8.core.errors import ConfigError, Elite8Error, Refused, SignInNeeded, Unavailable
from elite8.core.operations import accounts
from elite8.core.simulators.instagram import APP_IDS, APP_SECRETS, InstagramSimulator, Login
from elite8.core.simulators.wire import Transport
from elite8.core.studio import Studio
from tests.operations.test_facebook_login import FIRST, Line, Scene

SECRET = APP_SECRETS[Login.INSTAGRAM]


@pytest.fixture
def scene(studio: Studio, clock: Any) -> Iterator[Scene]:
    instagram = InstagramSimulator(clock=clock)
    line = Line(Transport(instagram.handle))
    app = {"instagram_client_id": APP_IDS[Login.INSTAGRAM]}
    settings = studio.settings.model_copy(
        update={**app, "instagram_client_secret": SecretStr(SECRET)}
    )
    stamina.set_testing(True, attempts=2, cap=True)
    opened = replace(studio, settings=settings, transport=line, pause=lambda _: None)
    yield Scene(studio=opened, instagram=instagram, line=line, clock=clock)
    stamina.set_testing(False)
    opened.database.close()
    assert instagram.violations == []


def login(scene: Scene, **more: Any) -> accounts.Listed:
    return scene.login(via="business", **more)


def test_one_signs_in_by_instagrams_own_page(scene: Scene) -> None:
    found = login(scene, characters=("jin",))
    assert (found.handle, found.name, found.characters) == (FIRST, "night.lab", "jin")
    assert accounts.tested(scene.studio)[0][1] == ""
    (standing,) = accounts.status(scene.studio)
    assert (standing.missing, standing.via, standing.state) == ((), "business", "ok")
    assert standing.days_left is not None
    assert standing.days_left >= 59
    assert {url.host for url in scene.line.asked} == {"api.instagram.com", "graph.instagram.com"}


def test_the_page_asks_for_what_is_needed_and_comes_back_where_it_is_registered(
    scene: Scene,
) -> None:
    seen: list[str] = []
    with pytest.raises(Refused, match="no code"):
        login(scene, show=seen.append, paste=lambda: came_back(seen[0], code=""))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(seen[0]).query).items()}
    assert urlsplit(seen[0]).hostname == "www.instagram.com"
    assert asked["redirect_uri"] == scene.studio.settings.instagram_redirect
    assert asked["scope"].split(",")[0] == "instagram_business_basic"
    assert "code_challenge" not in asked


def came_back(page: str, *, code: str) -> str:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    return f"{asked['redirect_uri']}?code={code}&state={asked['state']}#_"


@pytest.mark.parametrize("fault", ["flat-answer", ""])
def test_a_token_serves_for_sixty_days_and_is_renewed_weekly(scene: Scene, fault: str) -> None:
    if fault:
        scene.instagram.misbehave(fault)
    found = login(scene)
    tokens = accounts.store(scene.studio).read(found.id)
    assert (tokens.refresh, tokens.via) == ("", "business")
    scene.clock.advance(days=8)
    assert accounts.keep_fresh(scene.studio)[0].outcome == "renewed"
    assert accounts.store(scene.studio).read(found.id).access != tokens.access
    scene.clock.advance(days=61)
    (over,) = accounts.keep_fresh(scene.studio)
    assert over.outcome == "sign in again"
    assert "accounts login instagram" in over.why


def test_who_says_no_at_the_page_is_not_signed_in(scene: Scene) -> None:
    scene.instagram.misbehave("access-denied")
    with pytest.raises(Refused, match="denied"):
        login(scene)
    assert accounts.listed(scene.studio) == ()


def test_a_code_that_is_wrong_or_an_app_that_is_says_what_to_look_at(scene: Scene) -> None:
    seen: list[str] = []
    with pytest.raises(Refused, match="registered to the letter"):
        login(scene, show=seen.append, paste=lambda: came_back(seen[0], code="spent"))
    settings = scene.studio.settings.model_copy(update={"instagram_client_id": ""})
    with pytest.raises(ConfigError, match="ELITE8_INSTAGRAM_CLIENT_ID"):
        login(replace(scene, studio=replace(scene.studio, settings=settings)))


def test_a_scope_that_was_unticked_is_named(scene: Scene) -> None:
    page = "instagram_business_content_publish"
    seen: list[str] = []

    def browse() -> str:
        less = seen[0].replace(f"%2C{page}", "")
        with httpx.Client(transport=Transport(scene.instagram.handle)) as browser:
            return str(browser.get(less).headers["Location"])

    login(scene, show=seen.append, paste=browse)
    (standing,) = accounts.status(scene.studio)
    assert standing.missing == (page,)
    assert any(page in warning for warning in standing.warnings)


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("oauth/access_token", httpx.ReadTimeout("slow")),
        ("oauth/access_token", httpx.ConnectError("no")),
        ("oauth/access_token", httpx.Response(500, text="<html>")),
        ("oauth/access_token", httpx.Response(200, json={"data": [{}]})),
        ("oauth/access_token", httpx.Response(200, json={"data": 7, "access_token": None})),
        ("/access_token?grant_type", httpx.ReadTimeout("slow")),
        ("/access_token?grant_type", httpx.Response(200, json={"expires_in": 10**30})),
        ("/access_token?grant_type", httpx.Response(400, json={"error": {"code": 190}})),
    ],
)
def test_what_breaks_leaves_nobody_signed_in_and_says_no_secret(
    scene: Scene, place: str, answer: httpx.Response | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    scene.line.instead[place] = answer
    with pytest.raises(Elite8Error) as caught:
        login(scene)
    assert isinstance(caught.value, Refused | Unavailable | SignInNeeded)
    assert SECRET not in f"{caught.value} {caught.value!r} {caplog.text}"
    assert accounts.listed(scene.studio) == ()


def test_it_is_only_instagrams_way_in(scene: Scene) -> None:
    with pytest.raises(ConfigError, match="only Instagram has business and facebook"):
        accounts.login(
            scene.studio,
            "tiktok",
            characters=(),
            regions=(),
            show=lambda _: None,
            paste=lambda: "",
            via="business",
        )
