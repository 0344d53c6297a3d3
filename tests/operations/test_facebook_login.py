"""Instagram by Facebook Login: a Page is chosen, its token kept, and a Reel goes out by it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import stamina
from pydantic import SecretStr

from elite8.core import http
from elite8.core.errors import (
    ConfigError,
    Elite8Error,
    RateLimited,
    Refused,
    SignInNeeded,
    Unanswered,
    Unavailable,
)
from elite8.core.operations import accounts
from elite8.core.platforms import facebook
from elite8.core.simulators.instagram import APP_IDS, APP_SECRETS, InstagramSimulator, Login
from elite8.core.simulators.wire import Transport
from elite8.core.studio import Studio
from tests.films import lay

FIRST, SECOND = "17840000000000001", "17840000000000002"
TOKEN_CALL = "oauth/access_token"
SECRET = APP_SECRETS[Login.FACEBOOK]


class Line(httpx.BaseTransport):
    """Reaches the simulator by Meta's own names, and answers one path as told."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.asked: list[httpx.URL] = []
        self.instead: dict[str, httpx.Response | Exception] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        for part, answer in self.instead.items():
            if part in str(request.url):
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return self._inner.handle_request(request)


@dataclass
class Scene:
    """A studio with a Meta app, and Instagram at its real names."""

    studio: Studio
    instagram: InstagramSimulator
    line: Line
    clock: Any

    def login(self, **more: Any) -> accounts.Listed:
        seen: list[str] = []

        def browse() -> str:
            with httpx.Client(transport=Transport(self.instagram.handle)) as browser:
                return str(browser.get(seen[0]).headers["Location"])

        asked: dict[str, Any] = {
            "characters": (),
            "regions": (),
            "show": seen.append,
            "paste": browse,
            "via": "facebook",
        }
        return accounts.login(self.studio, "instagram", **(asked | more))


@pytest.fixture
def scene(studio: Studio, clock: Any) -> Iterator[Scene]:
    instagram = InstagramSimulator(clock=clock)
    line = Line(Transport(instagram.handle))
    settings = studio.settings.model_copy(
        update={
            "facebook_client_id": APP_IDS[Login.FACEBOOK],
            "facebook_client_secret": SecretStr(SECRET),
        }
    )
    stamina.set_testing(True, attempts=2, cap=True)
    opened = replace(studio, settings=settings, transport=line, pause=lambda _: None)
    yield Scene(studio=opened, instagram=instagram, line=line, clock=clock)
    stamina.set_testing(False)
    opened.database.close()
    assert instagram.violations == []


def test_the_account_of_the_page_is_signed_in_to(scene: Scene) -> None:
    found = scene.login(characters=("jin",))
    assert (found.handle, found.name, found.characters) == (FIRST, "night.lab", "jin")
    assert accounts.tested(scene.studio)[0][1] == ""
    hosts = {url.host for url in scene.line.asked}
    assert hosts == {"graph.facebook.com"}


def test_only_the_pages_token_is_kept_and_time_does_not_end_it(scene: Scene) -> None:
    found = scene.login()
    tokens = accounts.store(scene.studio).read(found.id)
    assert tokens.access.startswith("EAPage")
    assert (tokens.refresh, tokens.access_ends_at, tokens.via) == ("", None, "facebook")
    scene.clock.advance(days=100)
    assert accounts.keep_fresh(scene.studio)[0].outcome == "good"
    assert accounts.tested(scene.studio)[0][1] == ""


def test_the_page_carries_what_the_reference_says_and_no_secret(scene: Scene) -> None:
    seen: list[str] = []

    def leave() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scene.login(show=seen.append, paste=leave)
    query = parse_qs(urlsplit(seen[0]).query)
    assert seen[0].startswith("https://www.facebook.com/v26.0/dialog/oauth?")
    assert query["redirect_uri"] == ["https://www.facebook.com/connect/login_success.html"]
    assert "instagram_content_publish" in query["scope"][0].split(",")
    assert "code_challenge" not in query
    assert SECRET not in seen[0]


def test_of_several_pages_one_is_chosen_by_name(scene: Scene) -> None:
    scene.instagram.works_for(FIRST, "", SECOND)
    with pytest.raises(Refused, match=r"--page: night\.lab, night\.lab2"):
        scene.login()
    assert scene.login(page="night.lab2").handle == SECOND
    assert accounts.tested(scene.studio)[0][1] == ""


def test_several_accounts_are_bound_to_performers_and_regions(scene: Scene) -> None:
    scene.instagram.works_for(FIRST, SECOND)
    scene.login(page="night.lab", characters=("jin",), regions=("jp",))
    scene.login(page="night.lab2", characters=("ren",))
    chosen = [accounts.account_for(scene.studio, "instagram", who) for who in ("jin", "ren")]
    assert [one.handle for one in chosen] == [FIRST, SECOND]


def test_a_person_without_a_linked_account_is_told_so(scene: Scene) -> None:
    scene.instagram.works_for("")
    with pytest.raises(Refused, match="link a professional account"):
        scene.login()


@pytest.mark.parametrize(
    "data", [[7], "x", {"id": "1"}, None, [{"id": "1", "instagram_business_account": [1]}]]
)
def test_pages_in_a_strange_form_are_none_that_is_linked(data: object) -> None:
    line = httpx.MockTransport(lambda _: httpx.Response(200, json={"data": data}))
    with http.open_client(transport=line) as client:
        found = facebook.pages(client, "https://graph.facebook.com/v25.0/me/accounts", "token")
    assert [page for page in found if page.account] == []


def test_a_no_at_the_consent_page_is_a_refusal(scene: Scene) -> None:
    scene.instagram.misbehave("access-denied")
    with pytest.raises(Refused, match="did not sign you in"):
        scene.login()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(503), Unavailable),
        (httpx.Response(200, text="<html>"), Unavailable),
        (httpx.Response(200, json={}), Unavailable),
        (httpx.Response(400, json={"error": {"code": 100, "message": "used"}}), Refused),
        (httpx.Response(400, json={"error": {"code": 101, "message": "app"}}), Refused),
        (httpx.Response(400, json={"error": {"code": 4, "message": "slow"}}), RateLimited),
        (httpx.Response(500, json={"error": {"code": 2, "message": "oops"}}), Unavailable),
        (httpx.Response(400, json={"error": "odd"}), Unavailable),
        (httpx.ConnectError(SECRET), Unavailable),
        (httpx.ReadTimeout(SECRET), Unanswered),
    ],
)
def test_trouble_at_the_code_is_said_without_a_secret_and_keeps_nothing(
    scene: Scene, answer: httpx.Response | Exception, kind: type[Elite8Error]
) -> None:
    scene.line.instead[TOKEN_CALL] = answer
    with pytest.raises(Elite8Error) as caught:
        scene.login()
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value)
    assert accounts.listed(scene.studio) == ()


def test_without_an_app_or_a_way_to_paste_the_words_say_what_to_do(scene: Scene) -> None:
    with pytest.raises(ConfigError, match="--paste"):
        scene.login(paste=None)
    settings = scene.studio.settings.model_copy(update={"facebook_client_id": ""})
    with pytest.raises(ConfigError, match="ELITE8_FACEBOOK_CLIENT_ID"):
        replace(scene, studio=replace(scene.studio, settings=settings)).login()


def test_only_instagram_has_this_way_in(scene: Scene) -> None:
    with pytest.raises(ConfigError, match="youtube has no sign-in via 'facebook'"):
        accounts.login(
            scene.studio,
            "youtube",
            characters=(),
            regions=(),
            show=lambda _: None,
            paste=None,
            via="facebook",
        )


def test_a_dead_page_token_says_how_to_sign_in_again(scene: Scene) -> None:
    found = scene.login()
    scene.instagram.misbehave("token-expired", times=5)
    assert "login instagram" in accounts.tested(scene.studio)[0][1]
    page = accounts.store(scene.studio).read(found.id).access
    with pytest.raises(SignInNeeded, match="login instagram --via facebook"):
        accounts.access(scene.studio, accounts.named(scene.studio, found.id), refused=page)


def test_the_two_ways_in_lead_to_one_account(scene: Scene, tmp_path: Path) -> None:
    by_page = scene.login()
    by_token = scene.login(via="", paste=scene.instagram.issue_token)
    assert by_page.id == by_token.id
    kept = accounts.store(scene.studio).read(by_token.id)
    assert (kept.via, kept.access[:2], kept.access[:6] == "EAPage") == ("", "IG", False)
    assert scene.login().refresh_ends_at is None
    assert accounts.store(scene.studio).read(by_page.id).access_ends_at is None
    token = accounts.store(scene.studio).read(by_page.id).access
    files = [file for file in (tmp_path / "state").rglob("*") if file.is_file()]
    assert not any(token.encode() in file.read_bytes() for file in files)


@pytest.mark.media
def test_a_reel_goes_out_once_by_the_pages_token(scene: Scene, filmed: Path) -> None:
    from elite8.core.operations import desk
    from elite8.core.operations.publish import finished, publish

    lay(filmed, scene.studio.settings.state_dir)
    scene.clock.now = finished(scene.studio, "latest").created_at
    scene.login()

    def wait(seconds: float) -> None:
        scene.clock.advance(seconds=seconds)

    patient = replace(scene.studio, pause=wait)
    desk.order(patient, "latest", ["instagram"], desk.Wish(promotes="partner"))
    publish(patient, "latest", "instagram")
    publish(patient, "latest", "instagram")
    (post,) = scene.instagram.posts
    assert (post.user_id, post.is_ai_generated) == (FIRST, True)
    assert post.is_paid_partnership
    assert post.caption.startswith("#ad ")
    hosts = {url.host for url in scene.line.asked}
    assert hosts == {"graph.facebook.com", "rupload.facebook.com"}
