"""What every network must do, whatever its other side answers: inherited once per network.

The network is played by its strict simulator, at its real addresses; the line to it is hostile at
one place at a time, for a time or for ever.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
import stamina

from elite8.core import http
from elite8.core.domain.network import NetworkRules, Wording
from elite8.core.domain.rendition import Published, Rendition
from elite8.core.errors import (
    Elite8Error,
    RateLimited,
    Refused,
    SignInNeeded,
    Unanswered,
    Unavailable,
)
from elite8.core.simulators.wire import Transport
from tests.conftest import StoppedClock

Send = Callable[[], httpx.Response]
Twist = Callable[[httpx.Request, Send], httpx.Response]

KINDS = (Refused, SignInNeeded, Unavailable)
"""What an operator can be told; anything else is a fault of ours."""
EVIL = "https://evil.example/take"
VIDEO = b"\x00\x00\x00\x10ftypmp42\x00\x00\x00\x00" + b"elite8" * 20
TEN_YEARS = 10 * 365 * 86400
LARGE = 10 << 20
MOST_ASKED = 200
"""Requests of one test; no post needs a tenth of them."""
HTML = "<!DOCTYPE html><html><body>Bad Gateway</body></html>"
WRONG: Mapping[str, object] = {
    "list": [],
    "null": None,
    "number": 7,
    "huge": 10**30,
    "string": "x",
    "flag": True,
    "object": {},
}
STRANGE = (
    EVIL,
    "http://evil.example/take",
    "https://{host}@evil.example/take",
    "https://{host}.evil.example/take",
    "https://evil{domain}/take",
    "https://evil.example\\.{host}/take",
    "https://evil.example\\@{host}/take",
    "//evil.example/take",
    "ftp://{host}/take",
    "https://[evil/take",
    "https://{host}:x/take",
    "",
)
"""Addresses for an upload that are none, or not the network's."""


class Hostile(httpx.BaseTransport):
    """A line that can be twisted at the requests that match `where`."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.asked: list[httpx.Request] = []
        self.heard: list[httpx.Response] = []
        self.where = ""
        self.twist: Twist | None = None
        self.left = 0
        self.twisted = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        if len(self.asked) > MOST_ASKED:
            pytest.fail("it asks for ever")
        if self.twist is None or not self.left or not re.search(self.where, target(request)):
            return self._heard(request)
        self.left -= 1
        self.twisted += 1
        return self.twist(request, lambda: self._heard(request))

    def _heard(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        answer.read()
        self.heard.append(answer)
        return answer


def target(request: httpx.Request) -> str:
    return f"{request.method} {request.url.raw_path.decode()}"


@dataclass
class Stage:
    """One account on a simulated network, spoken to over a hostile line."""

    network: Any
    simulator: Any
    line: Hostile
    clock: StoppedClock
    ready: Rendition
    rules: NetworkRules
    secrets: list[str]
    handle: str = ""
    since: datetime | None = None
    skew: timedelta = timedelta(0)

    def ours(self) -> datetime:
        """Return now by our clock, which may be wrong."""
        return self.clock() + self.skew

    def twist(self, where: str, how: Twist, *, times: int = 10**9) -> None:
        self.line.where, self.line.twist, self.line.left = where, how, times

    def calm(self) -> None:
        self.line.twist = None

    def keep(self, handle: str) -> None:
        self.handle = handle

    def publish(self) -> Published:
        self.since = self.ours()
        found: Published = self.network.publish(self.ready, self.keep, self.rules)
        return found

    def reconcile(self) -> Published | None:
        found: Published | None = self.network.reconcile(
            self.ready, self.handle, self.keep, since=self.since, now=self.ours()
        )
        return found

    def go_on(self) -> Published | None:
        """Ask about what was begun, and send again only when it is proven not to be there."""
        for _ in range(8):
            with suppress(*KINDS):
                return (self.reconcile() if self.since else None) or self.publish()
            self.clock.advance(minutes=31)
        return None

    def tried(self) -> Published | Elite8Error:
        """Publish once and return what came of it; only what an operator can be told."""
        try:
            return self.publish()
        except KINDS as trouble:
            return trouble


def html(status: int) -> Twist:
    return lambda request, _: httpx.Response(status, html=HTML, request=request)


def says(status: int, content: object, **headers: str) -> Twist:
    def answer(request: httpx.Request, _: Send) -> httpx.Response:
        return httpx.Response(status, json=content, headers=headers, request=request)

    return answer


def breaks(kind: type[httpx.TransportError], *, after: bool) -> Twist:
    def answer(request: httpx.Request, send: Send) -> httpx.Response:
        if after:
            send()
        raise kind("the line broke", request=request)

    return answer


class Large(httpx.SyncByteStream):
    """A body of `size` bytes and more; `given` counts what was taken of it."""

    def __init__(self, piece: bytes, size: int) -> None:
        self._piece, self._size = piece, size
        self.given = 0

    def __iter__(self) -> Iterator[bytes]:
        while self.given < self._size:
            self.given += len(self._piece)
            yield self._piece


def streamed(status: int, body: Large) -> Twist:
    def answer(request: httpx.Request, _: Send) -> httpx.Response:
        body.given = 0
        headers = {"Content-Type": "application/json"}
        return httpx.Response(status, headers=headers, stream=body, request=request)

    return answer


def echoes(status: int, worded: Callable[[str], object]) -> Twist:
    """Answer with everything that was asked, secrets and all, as the network's own words."""

    def answer(request: httpx.Request, _: Send) -> httpx.Response:
        told = " ".join((*request.headers.values(), str(request.url)))
        form = request.content.decode(errors="replace")
        secret = request.headers.get("Authorization", "").partition(" ")[2] or form
        content = worded(f"{secret} {told}")
        return httpx.Response(status, json=content, request=request)

    return answer


def nodes(found: object, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value in a JSON answer, the whole first."""
    yield way
    inner = (
        found.items()
        if isinstance(found, dict)
        else enumerate(found)
        if isinstance(found, list)
        else ()
    )
    for key, value in inner:
        yield from nodes(value, (*way, key))


def replaced(found: object, way: tuple[Any, ...], value: object) -> object:
    """Return the answer with another value at that place."""
    if not way:
        return value
    changed: Any = deepcopy(found)
    inner = changed
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = value
    return changed


def json_of(answer: httpx.Response) -> object:
    """Return what a simulator's answer says, `None` when it is not JSON."""
    try:
        return answer.json()
    except ValueError:
        return None


def crash_site(trouble: BaseException) -> str:
    """Return where in elite8 an error of Python was raised."""
    step, place = trouble.__traceback__, "?"
    while step:
        file = step.tb_frame.f_code.co_filename
        if "/elite8/core/" in file:
            place = f"{file.partition('/elite8/')[2]}:{step.tb_lineno}"
        step = step.tb_next
    return f"{place} {type(trouble).__name__}"


def every_word(trouble: BaseException | None) -> str:
    """Return all that an error and those behind it say."""
    said = ""
    while trouble:
        said += f"{trouble} {trouble!r} {getattr(trouble, 'request', '')!r} "
        trouble = trouble.__cause__ or trouble.__context__
    return said


class PlatformContract:
    """What holds on every network; what differs is said here, by place or by name.

    `places`: what one post asks, in order, as patterns of method and target. `signed`: those that
    carry a token. `upload`: the one whose answer names where the bytes go, "" for none. `late`:
    those after which a no may hide a post. `harmless`: those asked when it is out.
    """

    host: ClassVar[str]
    domain: ClassVar[str]
    hosts: ClassVar[tuple[str, ...]]
    places: ClassVar[Mapping[str, str]]
    signed: ClassVar[tuple[str, ...]]
    late: ClassVar[tuple[str, ...]] = ()
    harmless: ClassVar[tuple[str, ...]] = ()
    upload: ClassVar[str] = ""
    flag: ClassVar[bytes]
    deeds: ClassVar[tuple[str, ...]] = (
        *("publish", "reconcile", "look_up", "measure", "whose", "renew"),
    )

    def played(self, clock: StoppedClock) -> Any:
        """Return a fresh simulator."""
        raise NotImplementedError

    def token_of(self, simulator: Any) -> str:
        """Return an access token that is good now."""
        raise NotImplementedError

    def opened(
        self, client: httpx.Client, token: Callable[[bool], str], pause: Callable[[float], None]
    ) -> Any:
        """Return the network at its real addresses."""
        raise NotImplementedError

    def refusal(self, place: str, status: int, words: str) -> object:
        """Return the network's no there: 400 a wrong field, 401 a dead token, 403 a scope."""
        raise NotImplementedError

    def leading(self, answer: httpx.Response, address: str) -> httpx.Response:
        """Return the answer that names the upload's address, naming this one."""
        del address
        return answer

    def renewed(self, stage: Stage) -> object:
        """Renew the sign-in."""
        raise NotImplementedError

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        """Let every test that asks for a `place` run at each, and so on."""
        rows = {
            "place": tuple(cls.places),
            "signed": cls.signed,
            "deed": cls.deeds,
            "address": STRANGE if cls.upload else (),
        }
        for argument, values in rows.items():
            if argument in metafunc.fixturenames:
                metafunc.parametrize(argument, values, ids=[value or "none" for value in values])

    @pytest.fixture(autouse=True)
    def no_waiting(self) -> Iterator[None]:
        stamina.set_testing(True, attempts=4, cap=True)
        yield
        stamina.set_testing(False)

    @pytest.fixture
    def stage(self, tmp_path: Path) -> Iterator[Stage]:
        stage = self.staged(tmp_path)
        yield stage
        asked = {one.url.host for one in stage.line.asked} - set(self.hosts)
        assert [host for host in asked if not host.endswith(f".{self.domain}")] == []

    def staged(self, folder: Path) -> Stage:
        clock = StoppedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
        simulator = self.played(clock)
        line = Hostile(Transport(simulator.handle))
        secrets = [self.token_of(simulator)]

        def token(fresh: bool) -> str:
            if fresh:
                secrets.append(self.token_of(simulator))
            return secrets[-1]

        client = http.open_client(transport=line)
        network = self.opened(client, token, lambda seconds: clock.advance(seconds=seconds))
        return Stage(
            network=network,
            simulator=simulator,
            line=line,
            clock=clock,
            ready=rendition(folder),
            rules=NetworkRules(longest_seconds=60, hashtags_at_most=5),
            secrets=secrets,
        )

    def expect(self, stage: Stage, place: str, kind: type[Elite8Error]) -> Elite8Error | None:
        """Publish, and see that kind of trouble, where it matters whether it is answered."""
        came = stage.tried()
        assert stage.line.twisted
        if place in self.harmless:
            assert isinstance(came, Published)
            return None
        wanted = Unanswered if place in self.late and kind is not RateLimited else kind
        if place in self.late and kind is SignInNeeded:
            wanted = SignInNeeded
        assert isinstance(came, wanted), repr(came)
        return came

    def test_a_post_goes_out_labelled_and_its_token_only_to_the_network(self, stage: Stage) -> None:
        assert stage.publish().url.startswith("https://")
        assert len(stage.simulator.posts) == 1
        assert stage.simulator.violations == []
        assert any(self.flag in asked.content for asked in stage.line.asked)
        for name, where in self.places.items():
            found = [one for one in stage.line.asked if re.search(where, target(one))]
            assert found, name
            assert all(("Authorization" in one.headers) == (name in self.signed) for one in found)

    def test_400_is_refused_and_not_asked_again(self, stage: Stage, place: str) -> None:
        stage.twist(self.places[place], says(400, self.refusal(place, 400, "no such thing")))
        self.expect(stage, place, Refused)
        assert stage.line.twisted == 1

    def test_401_wants_a_sign_in(self, stage: Stage, signed: str) -> None:
        stage.twist(self.places[signed], says(401, self.refusal(signed, 401, "token is dead")))
        self.expect(stage, signed, SignInNeeded)
        assert stage.line.twisted <= 2

    def test_403_for_want_of_a_scope_wants_a_sign_in(self, stage: Stage, signed: str) -> None:
        stage.twist(self.places[signed], says(403, self.refusal(signed, 403, "scope is missing")))
        self.expect(stage, signed, SignInNeeded)
        assert stage.line.twisted == 1

    def test_429_says_how_long_to_wait(self, stage: Stage, place: str) -> None:
        stage.twist(self.places[place], says(429, {}, **{"Retry-After": "7"}))
        if came := self.expect(stage, place, RateLimited):
            assert isinstance(came, RateLimited)
            assert came.retry_after == 7.0

    def test_429_for_ten_years_is_not_waited_for(self, stage: Stage, place: str) -> None:
        began = stage.clock()
        stage.twist(self.places[place], says(429, {}, **{"Retry-After": str(TEN_YEARS)}))
        self.expect(stage, place, RateLimited)
        assert stage.line.twisted == 1
        assert stage.clock() - began < timedelta(minutes=5)

    @pytest.mark.parametrize("status", [200, 500, 502, 503, 504])
    def test_a_page_instead_of_an_answer_is_unavailable(
        self, stage: Stage, place: str, status: int
    ) -> None:
        stage.twist(self.places[place], html(status))
        came = stage.tried()
        assert isinstance(came, Unavailable | Published), repr(came)
        stage.calm()
        assert stage.go_on()
        assert len(stage.simulator.posts) == 1

    @pytest.mark.parametrize(
        ("kind", "after"),
        [
            (httpx.ReadError, True),
            (httpx.ReadTimeout, True),
            (httpx.RemoteProtocolError, True),
            (httpx.WriteError, False),
            (httpx.WriteTimeout, False),
        ],
    )
    def test_a_lost_answer_leaves_a_state_from_which_there_is_one_post(
        self, stage: Stage, place: str, kind: type[httpx.TransportError], *, after: bool
    ) -> None:
        stage.twist(self.places[place], breaks(kind, after=after), times=1)
        came = stage.tried()
        assert isinstance(came, Unavailable | Published), repr(came)
        assert stage.go_on()
        assert len(stage.simulator.posts) == 1

    @pytest.mark.parametrize("kind", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
    def test_a_dead_line_is_unavailable(
        self, stage: Stage, place: str, kind: type[httpx.TransportError]
    ) -> None:
        stage.twist(self.places[place], breaks(kind, after=False))
        self.expect(stage, place, Unavailable)

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_no_redirect_is_followed(self, stage: Stage, place: str, status: int) -> None:
        def answer(request: httpx.Request, _: Send) -> httpx.Response:
            return httpx.Response(status, headers={"Location": EVIL}, request=request)

        stage.twist(self.places[place], answer)
        stage.tried()
        assert stage.line.twisted

    def test_an_upload_goes_to_no_strange_address(self, stage: Stage, address: str) -> None:
        named = address.replace("{host}", self.host).replace("{domain}", self.domain)
        stage.twist(self.places[self.upload], lambda _, send: self.leading(send(), named))
        assert isinstance(stage.tried(), KINDS)
        assert len(stage.simulator.posts) == 0

    @pytest.mark.parametrize(
        "body",
        [b'{"error": "\xff\xfe', b"\xff\xfe\x00\xd8", b"", b"[" * 200_000, b'{"a":' * 200_000],
        ids=["bytes", "marks", "nothing", "deep-lists", "deep-objects"],
    )
    @pytest.mark.parametrize("status", [200, 400, 500])
    def test_what_is_no_text_is_no_crash(
        self, stage: Stage, place: str, status: int, body: bytes
    ) -> None:
        def answer(request: httpx.Request, _: Send) -> httpx.Response:
            headers = {"Content-Type": "application/json; charset=utf-8"}
            return httpx.Response(status, headers=headers, content=body, request=request)

        stage.twist(self.places[place], answer)
        stage.tried()
        assert stage.line.twisted

    @pytest.mark.parametrize("status", [200, 500])
    def test_what_cannot_be_unpacked_is_no_answer(
        self, stage: Stage, place: str, status: int
    ) -> None:
        def answer(request: httpx.Request, _: Send) -> httpx.Response:
            headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
            body = Large(b"no gzip at all", 14)
            return httpx.Response(status, headers=headers, stream=body, request=request)

        stage.twist(self.places[place], answer)
        came = stage.tried()
        assert isinstance(came, Unavailable | Published), repr(came)

    @pytest.mark.parametrize("status", [403, 404])
    def test_an_upload_address_that_has_run_out_is_followed_by_one_post(
        self, stage: Stage, status: int
    ) -> None:
        stage.twist(self.places["bytes"], html(status), times=1)
        stage.tried()
        assert stage.go_on()
        assert len(stage.simulator.posts) == 1

    @pytest.mark.parametrize("wrong", list(WRONG))
    def test_wrong_types_anywhere_are_no_crash_and_no_second_post(
        self, tmp_path: Path, deed: str, wrong: str
    ) -> None:
        crashes = sorted(set(self.crashes(tmp_path, deed, WRONG[wrong])))
        assert crashes == []

    def crashes(self, folder: Path, deed: str, value: object) -> Iterator[str]:
        """Yield where it crashes when one value of one answer has another type."""
        plain = self.staged(folder)
        before = self.done(plain, deed)
        heard = [json_of(answer) for answer in plain.line.heard[before:]]
        for number, found in enumerate(heard):
            for way in nodes(found) if isinstance(found, dict) else ():
                stage = self.staged(folder)
                crash = self.with_wrong(stage, deed, number, way, value)
                if crash:
                    yield crash

    def with_wrong(
        self, stage: Stage, deed: str, number: int, way: tuple[Any, ...], value: object
    ) -> str:
        seen = iter(range(10**9))

        def answer(request: httpx.Request, send: Send) -> httpx.Response:
            came = send()
            if next(seen) != number:
                return came
            content = replaced(json_of(came), way, value)
            kept = {k: v for k, v in came.headers.items() if k != "content-length"}
            return httpx.Response(came.status_code, headers=kept, json=content, request=request)

        try:
            self.done(stage, deed, answer)
        except KINDS:
            pass
        except Exception as trouble:  # noqa: BLE001  # any other is what is looked for
            return crash_site(trouble)
        stage.calm()
        with suppress(*KINDS, Exception):
            stage.go_on()
        return f"{len(stage.simulator.posts)} posts" if len(stage.simulator.posts) > 1 else ""

    def done(self, stage: Stage, deed: str, twist: Twist | None = None) -> int:
        """Do what must be there before, then the deed; return how much was heard before it."""
        out = ""
        if deed == "reconcile":
            stage.twist(list(self.places.values())[-1], breaks(httpx.ReadError, after=True))
            stage.tried()
            stage.calm()
        if deed == "search":
            stage.publish()
            stage.handle = ""
        if deed == "look_up":
            out = stage.publish().remote_id
        if deed == "measure":
            out = self.days_old(stage)
        before = len(stage.line.heard)
        if twist:
            stage.twist("", twist)
        deeds: dict[str, Callable[[], object]] = {
            "publish": stage.publish,
            "reconcile": stage.reconcile,
            "search": stage.reconcile,
            "look_up": lambda: stage.network.look_up(out),
            "measure": lambda: stage.network.measure([out], now=stage.clock()),
            "whose": stage.network.whose,
            "renew": lambda: self.renewed(stage),
        }
        deeds[deed]()
        return before

    def days_old(self, stage: Stage) -> str:
        """Return what the network calls a post that has been out for four days."""
        remote = stage.publish().remote_id
        stage.clock.advance(days=4)
        stage.secrets.append(self.token_of(stage.simulator))
        return str(getattr(stage.simulator.posts[0], "post_id", remote))

    def test_what_is_out_is_measured_and_what_is_not_there_is_left_out(self, stage: Stage) -> None:
        out = self.days_old(stage)
        (told,) = stage.network.measure([out, "1"], now=stage.clock()).items()
        assert told[0] == out
        assert told[1].views > told[1].likes > 0
        assert told[1].shares is not None

    @pytest.mark.parametrize("status", [200, 400, 401, 500])
    def test_a_large_answer_is_not_taken_whole(self, stage: Stage, place: str, status: int) -> None:
        body = Large(b"x" * 65536, LARGE)
        stage.twist(self.places[place], streamed(status, body))
        came = stage.tried()
        assert len(str(came)) < 1000
        assert body.given <= http.LARGEST_ANSWER + 65536

    @pytest.mark.parametrize("minutes", [-2, 2])
    def test_a_clock_that_is_two_minutes_off_changes_nothing(
        self, stage: Stage, place: str, minutes: int
    ) -> None:
        stage.skew = timedelta(minutes=minutes)
        stage.twist(self.places[place], breaks(httpx.ReadError, after=True), times=1)
        stage.tried()
        assert stage.go_on()
        assert len(stage.simulator.posts) == 1

    @pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
    def test_no_secret_is_said_even_when_the_other_side_says_it_back(
        self, stage: Stage, place: str, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        worded = {400: 400, 401: 401, 403: 403}.get(status, 400)
        stage.twist(
            self.places[place], echoes(status, lambda said: self.refusal(place, worded, said))
        )
        came = stage.tried()
        said = repr(stage.network) + caplog.text
        said += every_word(came) if isinstance(came, Elite8Error) else repr(came)
        assert [secret for secret in stage.secrets if secret in said] == []

    def test_no_secret_of_a_renewal_is_said(
        self, stage: Stage, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        words = {"error": "invalid_client", "error_description": ""}
        stage.twist("", echoes(400, lambda said: {**words, "error_description": said}))
        with pytest.raises(KINDS) as caught:
            self.renewed(stage)
        said = every_word(caught.value) + caplog.text
        assert [secret for secret in stage.secrets if secret in said] == []


def rendition(folder: Path) -> Rendition:
    """Return a post that every simulator takes."""
    video = folder / "video.mp4"
    video.write_bytes(VIDEO)
    caption = "Count me in\nThis video is AI-generated.\n#AIgenerated"
    return Rendition(
        post_id="01M848QKV0MTM9FKH4EJHND2GT",
        video_id="01M848QKV04BD7W9WJV6DT5E5A",
        character="miyuki",
        folder="01M848QKV0",
        video=video,
        cover=video,
        sha256="",
        wording=Wording(title="Count me in", caption=caption, hashtags=("AIgenerated",)),
        facts={},
    )
