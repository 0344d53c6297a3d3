"""Sign-ins stay alive: renewed ahead, told days ahead, lost only by the network's own word."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina
from pydantic import SecretStr

from elite8.core.errors import ConfigError, Elite8Error, Refused, SignInNeeded
from elite8.core.operations import accounts, audit, networks, renewal, strongbox
from elite8.core.simulators.instagram import InstagramSimulator
from elite8.core.simulators.tiktok import CLIENT_KEY, CLIENT_SECRET, TikTokSimulator
from elite8.core.simulators.wire import Transport
from elite8.core.storage.tokens import Tokens, TokenStore
from elite8.core.studio import Studio

TOKEN = "/v2/oauth/token/"


class Killed(BaseException):
    """The process is gone."""


class Line(httpx.BaseTransport):
    """Counts renewals, edits what the token call answers, and dies around it when told."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.renewals = 0
        self.edit: dict[str, object] = {}
        self.instead: httpx.Response | None = None
        self.die = ""
        self.signal = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != TOKEN or b"grant_type=refresh_token" not in request.read():
            return self._inner.handle_request(request)
        self.renewals += 1
        if self.die == "before":
            raise Killed
        if self.instead:
            return self.instead
        answer = self._inner.handle_request(request)
        answer.read()
        if self.die == "after":
            raise Killed
        if self.signal:
            os.kill(os.getpid(), self.signal)
        if not self.edit:
            return answer
        return httpx.Response(answer.status_code, json=answer.json() | self.edit)


@dataclass
class Scene:
    """A studio signed in to a simulated TikTok, whose refresh tokens are good once."""

    studio: Studio
    tiktok: TikTokSimulator
    line: Line
    clock: Any

    def login(self, **more: Any) -> accounts.Listed:
        seen: list[str] = []

        def browse() -> str:
            with httpx.Client(transport=self.line) as browser:
                return str(browser.get(seen[0]).headers["Location"])

        asked: dict[str, Any] = {"characters": (), "regions": ()} | more
        return accounts.login(self.studio, "tiktok", show=seen.append, paste=browse, **asked)

    def kept(self) -> Tokens:
        return accounts.store(self.studio).read(accounts.listed(self.studio)[0].id)

    def freshen(self) -> accounts.Freshened:
        (found,) = accounts.keep_fresh(self.studio)
        return found

    def status(self) -> accounts.Standing:
        (found,) = accounts.status(self.studio)
        return found


@pytest.fixture
def scene(studio: Studio, clock: Any) -> Iterator[Scene]:
    tiktok = TikTokSimulator(clock=clock, base_url="http://127.0.0.1")
    line = Line(Transport(tiktok.handle))
    settings = studio.settings.model_copy(
        update={
            "tiktok_url": "http://127.0.0.1",
            "tiktok_client_id": CLIENT_KEY,
            "tiktok_client_secret": SecretStr(CLIENT_SECRET),
        }
    )
    stamina.set_testing(True, attempts=2, cap=True)
    made = Scene(
        studio=replace(studio, settings=settings, transport=line, pause=lambda _: None),
        tiktok=tiktok,
        line=line,
        clock=clock,
    )
    made.login()
    yield made
    stamina.set_testing(False)
    made.studio.database.close()
    assert tiktok.violations == []


def works(scene: Scene) -> bool:
    return accounts.tested(scene.studio)[0][1] == ""


def test_a_token_is_renewed_ahead_of_its_end_and_not_before(scene: Scene) -> None:
    assert (scene.freshen().outcome, scene.line.renewals) == ("good", 0)
    scene.clock.advance(hours=1, minutes=56)
    before = scene.kept()
    assert (scene.freshen().outcome, scene.line.renewals) == ("renewed", 1)
    assert scene.kept().refresh != before.refresh
    assert (scene.freshen().outcome, scene.line.renewals) == ("good", 1)
    assert works(scene)


def test_an_account_nobody_uses_keeps_its_sign_in(scene: Scene) -> None:
    for _ in range(20):
        scene.clock.advance(days=30)
        assert scene.freshen().outcome == "renewed"
    assert scene.status().state == "ok"


def test_one_accounts_trouble_touches_no_other(scene: Scene) -> None:
    scene.tiktok.sign_in("open-id-2")
    scene.login()
    scene.clock.advance(hours=2)
    scene.tiktok.misbehave("invalid-grant", at=TOKEN)
    found = [one.outcome for one in accounts.keep_fresh(scene.studio)]
    assert found == ["sign in again", "renewed"]
    renewals = scene.line.renewals
    accounts.keep_fresh(scene.studio)
    assert scene.line.renewals == renewals  # one that is over is not asked again


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(502, text="<html>"),
        httpx.Response(200, text="<html>"),
        httpx.Response(401, text="no"),
        httpx.Response(429),
        httpx.Response(401, json={"error": "invalid_client"}),
        httpx.Response(400, json={"error": "temporarily_unavailable"}),
        httpx.Response(200, json={"access_token": ""}),
    ],
)
def test_nothing_but_invalid_grant_unlinks(scene: Scene, answer: httpx.Response) -> None:
    before = scene.kept()
    scene.clock.advance(hours=3)
    scene.line.instead = answer
    assert scene.freshen().outcome == "not now"
    assert (scene.kept().access, scene.kept().refresh) == (before.access, before.refresh)
    assert scene.status().failure == ""
    scene.line.instead = None
    assert scene.freshen().outcome == "renewed"
    assert scene.status().warnings == ()


@pytest.mark.parametrize("fault", ["lost-before", "html", "429", "500"])
def test_a_broken_line_unlinks_nothing_either(scene: Scene, fault: str) -> None:
    scene.clock.advance(hours=3)
    scene.tiktok.misbehave(fault, at=TOKEN)
    assert scene.freshen().outcome == "not now"
    assert (scene.freshen().outcome, works(scene)) == ("renewed", True)


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_field_overwrites_nothing(scene: Scene, empty: str | None) -> None:
    scene.clock.advance(hours=2)
    before = scene.status()
    kept = scene.kept()
    scene.line.edit = {"refresh_token": empty, "scope": empty, "refresh_expires_in": empty}
    assert scene.freshen().outcome == "renewed"
    after = scene.status()
    assert scene.kept().refresh == kept.refresh
    assert scene.kept().refresh_ends_at == kept.refresh_ends_at
    assert (after.missing, after.signed_in_until) == (before.missing, before.signed_in_until)


def test_a_second_sign_in_without_scopes_or_a_name_keeps_those_of_the_first(scene: Scene) -> None:
    first = scene.status()
    with scene.studio.database.transaction() as session:
        from elite8.core.domain.account import new_account
        from elite8.core.storage import accounts as rows

        empty = new_account(now=scene.clock(), network="tiktok", handle=first.handle, name="")
        kept = rows.keep(session, empty)
        assert (kept.name, bool(kept.scopes)) == (first.name, True)


def test_while_the_old_token_is_good_it_serves_whatever_the_renewal_says(scene: Scene) -> None:
    scene.clock.advance(hours=1, minutes=57)
    for answer in (httpx.Response(503), httpx.Response(401, json={"error": "invalid_client"})):
        scene.line.instead = answer
        assert works(scene)
    scene.clock.advance(minutes=5)
    account = accounts.named(scene.studio, scene.status().id)
    with pytest.raises(Refused, match="invalid_client"):
        accounts.access(scene.studio, account)


def test_killed_before_the_network_heard_nothing_is_lost(scene: Scene) -> None:
    scene.clock.advance(hours=2)
    scene.line.die = "before"
    with suppress(Killed):
        scene.freshen()
    scene.line.die = ""
    assert "got no answer that was kept" in scene.status().warnings[0]
    assert (scene.freshen().outcome, works(scene)) == ("renewed", True)
    assert scene.status().warnings == ()


def test_killed_after_the_network_replaced_it_the_words_say_what_happened(scene: Scene) -> None:
    scene.clock.advance(hours=2)
    scene.line.die = "after"
    with suppress(Killed):
        scene.freshen()
    scene.line.die = ""
    found = scene.freshen()
    assert found.outcome == "sign in again"
    assert "a renewal begun 2026-11-23 20:00 JST was cut off" in found.why
    assert "run: elite8 accounts login tiktok" in found.why
    assert scene.status().state == "sign in again"
    scene.login()
    assert (scene.status().state, scene.status().warnings, works(scene)) == ("ok", (), True)


def test_an_answer_lost_on_its_way_is_said_the_same_way(scene: Scene) -> None:
    scene.clock.advance(hours=2)
    scene.tiktok.misbehave("rotated-lost", at=TOKEN)
    assert scene.freshen().outcome == "not now"
    assert "may have replaced the sign-in" in scene.freshen().why


def test_a_sign_in_the_owner_ended_is_not_blamed_on_us(scene: Scene) -> None:
    scene.clock.advance(hours=2)
    scene.tiktok.misbehave("invalid-grant", at=TOKEN)
    assert "cut off" not in scene.freshen().why


@pytest.mark.parametrize("step", ["before the disk", "after the disk", "before the row"])
def test_killed_around_the_write_the_sign_in_lives_once_it_is_on_disk(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    scene.clock.advance(hours=2)
    write = TokenStore.write

    def deadly(self: TokenStore, account_id: str, tokens: Tokens) -> None:
        if step == "after the disk":
            write(self, account_id, tokens)
        raise Killed

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        if step == "before the row":
            dying.setattr(renewal, "note", die)
        else:
            dying.setattr(TokenStore, "write", deadly)
        with suppress(Killed):
            scene.freshen()
    if step == "before the disk":
        assert "cut off before its answer was kept" in scene.freshen().why
    else:
        assert works(scene)
        assert scene.line.renewals == 1


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_polite_stop_waits_until_the_answer_is_on_disk(scene: Scene, stop: int) -> None:
    class Stopped(BaseException):
        pass

    def leave(*_: object) -> None:
        raise Stopped

    before = signal.signal(stop, leave)
    try:
        scene.clock.advance(hours=2)
        scene.line.signal = stop
        with pytest.raises(Stopped):
            scene.freshen()
    finally:
        signal.signal(stop, before)
    scene.line.signal = 0
    assert (scene.freshen().outcome, works(scene)) == ("good", True)


def test_the_status_says_when_in_the_operators_zone_days_ahead(scene: Scene) -> None:
    assert scene.status().warnings == ()
    scene.clock.advance(days=170, hours=1)
    found = scene.status()
    assert (found.state, found.days_left) == ("sign in soon", 9)
    end = (scene.clock() + timedelta(days=9, hours=23)).astimezone(scene.studio.settings.zone)
    assert f"{end:%Y-%m-%d %H:%M} JST" in found.warnings[0]
    scene.clock.advance(days=11)
    assert (scene.status().state, scene.status().days_left) == ("sign in again", 0)


def test_the_status_names_scopes_that_were_not_given(scene: Scene) -> None:
    assert scene.status().missing == ()
    scene.tiktok.change_creator("open-id-1", declines=frozenset({"video.publish"}))
    scene.login()
    found = scene.status()
    assert found.missing == ("video.publish",)
    assert "video.publish" in found.warnings[0]


def test_the_status_asks_no_network_and_shows_no_secret(scene: Scene) -> None:
    class Nobody(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise AssertionError(request.url)

    alone = replace(scene.studio, transport=Nobody())
    said = repr(accounts.status(alone))
    kept = scene.kept()
    assert kept.access not in said
    assert kept.refresh not in said


def test_tokens_that_are_gone_or_of_another_key_need_a_sign_in(scene: Scene) -> None:
    key = SecretStr(strongbox.new_key())
    settings = scene.studio.settings.model_copy(update={"token_key": key})
    other = replace(scene.studio, settings=settings)
    (found,) = accounts.status(other)
    assert (found.state, "another key" in found.failure) == ("sign in again", True)
    assert accounts.keep_fresh(other)[0].outcome == "sign in again"
    accounts.store(scene.studio).forget(found.id)
    assert "not on this machine" in scene.status().warnings[0]


def test_an_account_without_a_refresh_token_is_over_when_its_token_is(scene: Scene) -> None:
    account = scene.status().id
    kept = accounts.store(scene.studio)
    kept.forget(account)
    kept.write(account, Tokens(access="act", access_ends_at=scene.clock() + timedelta(hours=1)))
    assert scene.status().state == "ok"
    scene.clock.advance(hours=1)
    assert scene.status().state == "sign in again"
    assert "nothing to renew it with" in scene.freshen().why


def test_accounts_are_bound_and_a_second_one_does_not_touch_the_first(scene: Scene) -> None:
    scene.tiktok.sign_in("open-id-2")
    scene.login(characters=("jin", "ren"), regions=("br",))
    with pytest.raises(ConfigError, match="no region 'UK'; choose US, JP"):
        scene.login(regions=("UK",))
    first, second = accounts.status(scene.studio)
    assert (first.characters, second.characters, second.regions) == ("", "jin ren", "BR")
    for code in ("br", "BR"):
        assert accounts.account_for(scene.studio, "tiktok", "jin", code).handle == "open-id-2"
    assert accounts.account_for(scene.studio, "tiktok", "jin", "jp").handle == "open-id-1"


def test_signed_out_nothing_is_kept_and_nothing_renewed(scene: Scene) -> None:
    account = accounts.logout(scene.studio, scene.status().id)
    assert accounts.keep_fresh(scene.studio) == ()
    assert accounts.status(scene.studio) == ()
    with pytest.raises(SignInNeeded):
        accounts.store(scene.studio).read(account.id)
    kept = audit.listed(scene.studio, act="account")
    assert [(one.subject, one.decision) for one in kept] == [
        (account.id, "signed_out"),
        (account.id, "signed_in"),
    ]


def test_the_key_in_use_is_told_and_not_made_by_looking(studio: Studio) -> None:
    found = accounts.key_in_use(studio)
    assert (found.source, found.there) == ("file", False)
    assert not (studio.settings.state_dir / "keys").exists()
    accounts.store(studio)
    assert accounts.key_in_use(studio).there
    given = SecretStr(accounts.new_key())
    settings = studio.settings.model_copy(update={"token_key": given})
    told = accounts.key_in_use(replace(studio, settings=settings))
    assert (told.source, given.get_secret_value() in repr(told)) == ("environment", False)
    wrong = studio.settings.model_copy(update={"token_key": SecretStr("hunter2")})
    with pytest.raises(ConfigError, match="accounts key --new") as caught:
        accounts.key_in_use(replace(studio, settings=wrong))
    assert "hunter2" not in str(caught.value)


@pytest.fixture
def instagram(studio: Studio, clock: Any) -> Iterator[tuple[Studio, InstagramSimulator]]:
    made = InstagramSimulator(clock=clock, base_url="http://127.0.0.1")
    settings = studio.settings.model_copy(update={"instagram_url": "http://127.0.0.1"})
    opened = replace(
        studio, settings=settings, transport=Transport(made.handle), pause=lambda _: None
    )
    stamina.set_testing(True, attempts=2, cap=True)
    yield opened, made
    stamina.set_testing(False)
    opened.database.close()


def paste(studio: Studio, token: str) -> accounts.Listed:
    return accounts.login(
        studio,
        "instagram",
        characters=(),
        regions=(),
        show=lambda _: None,
        paste=lambda: token,
    )


def test_a_pasted_token_is_renewed_by_the_timer_and_tells_its_scopes_then(
    instagram: tuple[Studio, InstagramSimulator], clock: Any
) -> None:
    studio, made = instagram
    paste(studio, made.issue_token())
    assert accounts.status(studio)[0].missing is None
    clock.advance(days=8)
    assert accounts.keep_fresh(studio)[0].outcome == "renewed"
    assert accounts.status(studio)[0].missing == ()
    clock.advance(days=61)
    found = accounts.keep_fresh(studio)[0]
    assert found.outcome == "sign in again"
    assert found.why.count("run: elite8 accounts login instagram") == 1


@pytest.mark.parametrize("wrong", ["", "IG short", "IGtoken-with\nanother-line", "IGé" + "x" * 20])
def test_what_is_no_token_is_refused_and_not_repeated(
    instagram: tuple[Studio, InstagramSimulator], wrong: str
) -> None:
    with pytest.raises(Elite8Error, match="copy all of it") as caught:
        paste(instagram[0], wrong)
    assert not wrong or wrong not in str(caught.value)


def test_what_the_timer_reports_can_be_written_as_json(scene: Scene, tmp_path: Path) -> None:
    from elite8.cli import output

    said = json.dumps(output.plain([scene.freshen(), scene.status()]))
    assert scene.kept().access not in said
    assert tmp_path.name not in said
    assert scene.clock().astimezone(UTC).year == 2026


def test_a_sign_in_waits_for_a_renewal_without_holding_the_database(scene: Scene) -> None:
    account = accounts.named(scene.studio, scene.status().id)
    signing_in = threading.Thread(target=scene.login)
    with accounts.store(scene.studio).alone(account.id):
        signing_in.start()
        signing_in.join(0.5)
        assert signing_in.is_alive()
        renewal.note(scene.studio, account, failure="over")
    signing_in.join(30)
    assert scene.status().state == "ok"


def test_what_another_process_renewed_meanwhile_is_taken(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = accounts.named(scene.studio, scene.status().id)
    whole = TokenStore.alone

    @contextmanager
    def late(self: TokenStore, account_id: str) -> Iterator[None]:
        with monkeypatch.context() as other:
            other.setattr(TokenStore, "alone", whole)
            renewal.access(scene.studio, account)
        with whole(self, account_id):
            yield

    def freshened() -> bool:
        return scene.freshen().outcome == "good"

    def used() -> bool:
        return renewal.access(scene.studio, account) == scene.kept().access

    takes: list[Callable[[], bool]] = [freshened, used]
    for take in takes:
        scene.clock.advance(hours=2)
        before = scene.line.renewals
        with monkeypatch.context() as racing:
            racing.setattr(TokenStore, "alone", late)
            assert take()
        assert scene.line.renewals == before + 1


def test_of_several_whose_token_was_refused_one_renews_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def token_alone(*asked: Any, **_: Any) -> Any:
        return asked[3]

    monkeypatch.setattr(networks, "spoken_to", token_alone)
    account = accounts.named(scene.studio, scene.status().id)
    tokens: list[Any] = [accounts.opened(scene.studio, account, None) for _ in range(3)]
    old = {token(False) for token in tokens}
    assert old == {scene.kept().access}
    new = {token(True) for token in tokens}
    assert (len(new), new & old, scene.line.renewals) == (1, set(), 1)
    assert tokens[0](True) not in new
    assert scene.line.renewals == 2


def test_a_new_webhook_is_not_called_dead_for_the_one_it_replaced(scene: Scene) -> None:
    account = accounts.named(scene.studio, scene.status().id)
    account.network = "discord"
    strongbox.store(scene.studio).write(account.id, Tokens(access="the new one"))
    assert renewal.access(scene.studio, account, refused="the old one") == "the new one"
    assert scene.status().failure == ""
    with pytest.raises(SignInNeeded):
        renewal.access(scene.studio, account, refused="the new one")
    assert scene.status().failure == renewal.GONE


def test_who_or_what_is_not_there_is_said(scene: Scene) -> None:
    with pytest.raises(ConfigError, match="there are: tiktok open"):
        accounts.named(scene.studio, "nobody")
    with pytest.raises(SignInNeeded, match="no youtube account takes jin's posts"):
        accounts.account_for(scene.studio, "youtube", "jin")
    asked: dict[str, Any] = {"characters": (), "regions": (), "show": print, "paste": None}
    with pytest.raises(ConfigError, match="no sign-in for 'myspace'"):
        accounts.login(scene.studio, "myspace", **asked)
    with pytest.raises(ConfigError, match="--paste, --via business or --via facebook"):
        accounts.login(scene.studio, "instagram", **asked)


@pytest.mark.enable_socket
def test_the_browser_comes_back_to_this_machine_by_itself(scene: Scene) -> None:
    def browse(address: str) -> None:
        with httpx.Client(transport=scene.line) as browser:
            back = str(browser.get(address).headers["Location"])
        threading.Thread(target=lambda: httpx.get(back, trust_env=False)).start()

    found = accounts.login(
        scene.studio, "tiktok", characters=(), regions=(), show=browse, paste=None
    )
    assert found.id == scene.status().id


def test_a_renewal_in_a_thread_needs_no_shield(scene: Scene) -> None:
    scene.clock.advance(hours=2)
    found: list[str] = []
    worker = threading.Thread(target=lambda: found.append(scene.freshen().outcome))
    worker.start()
    worker.join(30)
    assert (found, works(scene)) == (["renewed"], True)
