"""The A2E client: every form of an answer, one start each, and nothing forbidden goes out."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina
from pydantic import SecretStr

from elite8.core.domain.job import Family
from elite8.core.errors import (
    ConfigError,
    Elite8Error,
    OutOfCredits,
    RateLimited,
    Refused,
    SignInNeeded,
    Unanswered,
    Unavailable,
)
from elite8.core.production import a2e
from elite8.core.production.a2e import A2E, Missing, Strange, orders, tasks

KEY = "sk_eyJh.secret-part_x"
ROOT = Path(__file__).parents[3]
EVERY_ORDER = (
    a2e.avatar_video(avatar_id="a", own=True, audio_url="https://x/y.mp3"),
    a2e.image_video(image_url="https://x/y.png", prompt="p", seconds=15),
    a2e.picture(prompt="p"),
    a2e.avatar(image_url="https://x/y.png", build="woman"),
)


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


def client(answer: Callable[[httpx.Request], httpx.Response]) -> A2E:
    return A2E(
        "https://video.a2e.ai",
        SecretStr(KEY),
        hosts=("makefun.ai",),
        transport=httpx.MockTransport(answer),
    )


def told(status: int, body: object) -> httpx.Response:
    if isinstance(body, str):
        return httpx.Response(status, text=body, headers={"Content-Type": "text/html"})
    return httpx.Response(status, json=body)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (200, {"code": 4001, "msg": "bad thing", "trace_id": "T1"}, Refused, "bad thing.*T1"),
        (400, {"code": 400, "message": "m", "errors": ["e1"], "trace_id": "T2"}, Refused, "e1.*T2"),
        (200, {"code": 7, "err_message": "odd", "trace_id": "T3"}, Refused, "odd.*T3"),
        (401, {"code": 401, "trace_id": "T4"}, SignInNeeded, "T4"),
        (402, {"code": 402, "trace_id": "T5"}, OutOfCredits, "T5"),
        (200, {"code": 9, "msg": "no coins left", "trace_id": "T6"}, OutOfCredits, "T6"),
        (403, {"code": 403, "trace_id": "T7"}, Refused, "T7"),
        (200, {"code": 1003, "msg": "x", "trace_id": "T8"}, Refused, "child-safety.*T8"),
        (200, {"code": 1004, "msg": "x", "trace_id": "T9"}, Refused, "child-safety.*T9"),
        (429, {"code": 429}, RateLimited, "asks to wait"),
        (502, "<html>", Unavailable, "502"),
        (200, "<html>", Strange, "text/html instead"),
        (200, [1], Strange, "instead of its envelope"),
        (200, {"code": 0, "data": {}}, Strange, "without a number"),
    ],
)
def test_every_form_of_an_answer_has_its_error(
    status: int, body: object, kind: type[Elite8Error], words: str
) -> None:
    with pytest.raises(Elite8Error, match=words) as caught:
        client(lambda _: told(status, body)).balance()
    assert type(caught.value) is kind
    assert KEY not in str(caught.value)


def test_a_balance_that_is_gone_is_not_known() -> None:
    assert client(lambda _: told(404, "<html>")).balance() is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ReadTimeout("slow"), Unanswered),
        (httpx.RemoteProtocolError("cut"), Unanswered),
        (told(500, {}), Unanswered),
        (told(502, "<html>"), Unanswered),
        (told(200, "<html>"), Unanswered),
        (told(200, {"code": 0, "data": {}, "trace_id": "T"}), Unanswered),
        (told(200, {"code": 0, "data": [], "trace_id": "T"}), Unanswered),
        (told(200, {"code": 200, "data": {"_id": "x"}}), Unanswered),
        (told(200, {"code": 0, "data": {"nsfw": True}, "trace_id": "T"}), Refused),
        (told(200, {"code": 30005, "msg": "both"}), Refused),
        (told(429, {}), RateLimited),
        (httpx.ConnectError("dns"), Unavailable),
    ],
)
def test_a_start_goes_out_once_whatever_comes_back(
    answer: httpx.Response | Exception, kind: type[Elite8Error]
) -> None:
    seen: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(Elite8Error) as caught:
        client(reply).start(EVERY_ORDER[0], "e8-1")
    assert type(caught.value) is kind
    assert len(seen) == 1


def test_reads_are_asked_again_and_starts_are_named() -> None:
    answers = [told(503, "<html>"), told(429, {}), told(200, {"code": 0, "data": {"coins": 5}})]
    assert client(lambda _: answers.pop(0)).balance() == 5
    sent: list[Any] = []

    def reply(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return told(200, {"code": 0, "data": [{"_id": "t1", "coins": 10}], "trace_id": "T"})

    task, trace = client(reply).start(EVERY_ORDER[2], "e8-1")
    assert (task.id, task.coins, trace) == ("t1", 10, "T")
    assert sent[0]["name"] == "e8-1"
    assert sent[0]["max_images"] == 1


@pytest.mark.parametrize("order", EVERY_ORDER)
def test_no_order_holds_what_is_never_sent(order: a2e.Order) -> None:
    sent = order.named("e8-1")
    assert not orders.FORBIDDEN_FIELDS & sent.keys()
    with pytest.raises(ValueError, match="never sent"):
        a2e.Order(family=order.family, body={"minor_suspected_skip": True}).named("x")
    with pytest.raises(ValueError, match="longer than 40"):
        order.named("x" * 41)


def test_no_module_of_ours_calls_what_spends_for_ever() -> None:
    strangers = [
        str(path)
        for path in (ROOT / "elite8").rglob("*.py")
        if "simulators" not in path.parts and path.name != "orders.py"
        if any(name in path.read_text(encoding="utf-8") for name in orders.FORBIDDEN_PATHS)
    ]
    assert strangers == []


@pytest.mark.parametrize(
    ("family", "word", "state", "known"),
    [
        *((Family.PICTURE, w, "running", True) for w in ("initialized", "sent", "pending")),
        (Family.AVATAR, "pendding", "running", True),
        *((Family.AVATAR_VIDEO, w, "running", True) for w in ("init", "start", "process", "copy")),
        (Family.AVATAR_VIDEO, "success", "done", True),
        (Family.IMAGE_VIDEO, "completed", "done", True),
        (Family.AVATAR_VIDEO, "fail", "failed", True),
        (Family.IMAGE_VIDEO, "failed", "failed", True),
        (Family.IMAGE_VIDEO, "reticulating", "running", False),
    ],
)
def test_every_status_word_is_known(family: Family, word: str, state: str, *, known: bool) -> None:
    found = tasks.task(family, {"_id": "1", "status": word, "current_status": word})
    assert (found.state, found.known) == (state, known)


def test_an_echoed_input_is_never_the_result() -> None:
    echo = {"_id": "1", "image_url": "https://in", "video_url": "https://in", "audio_url": "x"}
    assert tasks.task(Family.IMAGE_VIDEO, echo).results == ()
    assert tasks.task(Family.IMAGE_VIDEO, {**echo, "result_url": "https://out"}).results
    assert tasks.task(Family.AVATAR_VIDEO, {**echo, "faild_message": "why"}).reason == "why"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"credits": 30}, 30),
        ({"price": {"coins": 30}, "total": 30}, 30),
        ({"coins": 30, "total": 45}, None),
        ({"coins": "30"}, None),
        ({"generationRequestValidated": False}, None),
    ],
)
def test_a_quote_is_one_number_or_none(data: object, expected: int | None) -> None:
    found = client(lambda _: told(200, {"code": 0, "data": data})).quote(EVERY_ORDER[1])
    assert found == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://x.makefun.ai/v.mp4",
        "https://evilmakefun.ai/v.mp4",
        "https://makefun.ai.evil.com/v.mp4",
        "https://makefun.ai@evil.com/v.mp4",
        "file:///etc/passwd",
    ],
)
def test_nothing_is_fetched_from_a_strange_host(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="result_hosts"):
        client(lambda _: httpx.Response(200)).download(url, tmp_path / "v.mp4")


def test_a_result_is_fetched_without_the_key_and_a_cut_line_taken_up(tmp_path: Path) -> None:
    whole = b"0123456789"
    seen: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if "Range" in request.headers:
            return httpx.Response(206, content=whole[4:])
        return httpx.Response(200, content=whole[:4], headers={"Content-Length": "10"})

    client(reply).download("https://3days.makefun.ai/v.mp4", tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == whole
    assert seen[1].headers["Range"] == "bytes=4-"
    assert all("Authorization" not in request.headers for request in seen)


def test_an_address_that_ran_out_and_an_empty_file_are_told_apart(tmp_path: Path) -> None:
    address = "https://3days.makefun.ai/v.mp4"
    with pytest.raises(Missing):
        client(lambda _: httpx.Response(403)).download(address, tmp_path / "a")
    with pytest.raises(Refused, match="0 bytes"):
        client(lambda _: httpx.Response(200)).download(address, tmp_path / "b")
