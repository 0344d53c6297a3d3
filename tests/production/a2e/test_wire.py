import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import httpx
import pytest
import stamina
from pydantic import SecretStr

from elite8.core import http
from elite8.core.errors import (
    Elite8Error,
    OutOfCredits,
    RateLimited,
    Refused,
    SignInNeeded,
    Unanswered,
    Unavailable,
)
from elite8.core.production import a2e
from elite8.core.production.a2e import A2E, Missing, Strange
from elite8.core.production.a2e.wire import Wire

KEY = "sk_eyJh.secret-part_x"
TRACE = "abaf1a66-d04d-4791"
PICTURE = a2e.picture(prompt="a harbour")
HTML = "<!DOCTYPE html><html>Bad Gateway</html>"

Answer = httpx.Response | Exception


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


class Service:
    """Answers from a list, the last one for ever, and keeps what was asked."""

    def __init__(self, *answers: Callable[[], Answer]) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        make = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = make()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def line(self) -> Wire:
        client = http.open_client("https://video.a2e.ai", transport=httpx.MockTransport(self))
        return Wire(client)

    def account(self) -> A2E:
        return A2E(
            "https://video.a2e.ai",
            SecretStr(KEY),
            hosts=("makefun.ai",),
            transport=httpx.MockTransport(self),
        )


def told(status: int, body: object, **headers: str) -> Callable[[], Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return partial(httpx.Response, status, json=body, headers=named)


def page(status: int, text: str = HTML) -> Callable[[], Answer]:
    return partial(httpx.Response, status, text=text, headers={"Content-Type": "text/html; x=y"})


def good(data: object) -> Callable[[], Answer]:
    return told(200, {"code": 0, "data": data, "trace_id": TRACE})


def broken(kind: type[httpx.TransportError]) -> Callable[[], Answer]:
    return partial(kind, "the line")


@pytest.mark.parametrize(
    "data",
    [
        "https://x/526a79e7.mp3",
        [{"_id": "1"}],
        [],
        {"rows": []},
        {"data": [{"_id": "1"}], "total": 1},
        {"list": []},
        None,
        0,
    ],
)
def test_data_of_every_form_comes_through_unchanged(data: object) -> None:
    service = Service(good(data))
    assert service.line().get("/x") == data
    assert service.line().start("/x", {}) == (data, TRACE)


def test_a_success_without_a_trace_id_is_still_one() -> None:
    assert Service(told(200, {"code": 0, "data": 1})).line().start("/x", {}) == (1, "none given")


@pytest.mark.parametrize("text", ["msg", "message", "err_message"])
@pytest.mark.parametrize("status", [200, 400, 403, 404])
def test_a_refusal_holds_the_words_the_code_and_the_trace(status: int, text: str) -> None:
    body = {"code": 30005, text: "both were sent", "trace_id": TRACE}
    with pytest.raises(Refused, match=f"both were sent.*30005.*{TRACE}"):
        Service(told(status, body)).line().get("/x")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (200, 9, Refused),
        (200, 200, Refused),
        (200, "0", Refused),
        (200, None, Refused),
        (200, 1003, Refused),
        (400, 1004, Refused),
        (400, 400, Refused),
        (401, 401, SignInNeeded),
        (402, 402, OutOfCredits),
        (403, 403, Refused),
        (404, 404, Missing),
        (500, 500, Refused),
    ],
)
def test_every_status_has_its_error_with_the_trace(
    status: int, code: object, kind: type[Elite8Error]
) -> None:
    service = Service(told(status, {"code": code, "msg": "no", "trace_id": TRACE}))
    with pytest.raises(Elite8Error, match=TRACE) as caught:
        service.line().get("/x")
    assert type(caught.value) is kind
    assert len(service.seen) == 1


@pytest.mark.parametrize("starting", [False, True])
def test_being_asked_to_wait_names_the_trace(starting: bool) -> None:
    line = Service(told(429, {"code": 429, "msg": "slow", "trace_id": TRACE})).line()
    with pytest.raises(RateLimited, match=TRACE):
        line.start("/x", {}) if starting else line.get("/x")


@pytest.mark.parametrize("words", ["Insufficient funds", "no coins", "CREDIT", "low balance"])
@pytest.mark.parametrize("status", [200, 400])
def test_a_refusal_that_speaks_of_money_is_out_of_credits(status: int, words: str) -> None:
    with pytest.raises(OutOfCredits, match=TRACE):
        Service(told(status, {"code": 9, "msg": words, "trace_id": TRACE})).line().start("/x", {})


@pytest.mark.parametrize("code", [1003, 1004])
def test_child_safety_comes_before_every_other_reading(code: int) -> None:
    body = {"code": code, "msg": "no credit for this", "trace_id": TRACE}
    with pytest.raises(Refused, match=f"child-safety.*{TRACE}") as caught:
        Service(told(402, body)).line().start("/x", {})
    assert type(caught.value) is Refused


@pytest.mark.parametrize("errors", [["name is too long"], [{"field": "name is too long"}]])
def test_the_errors_of_a_bad_request_are_shown(errors: object) -> None:
    body = {"code": 400, "msg": "bad", "errors": errors, "trace_id": TRACE}
    with pytest.raises(Refused, match=f"bad .*name is too long.*{TRACE}"):
        Service(told(400, body)).line().get("/x")


def test_a_long_refusal_is_cut_but_keeps_its_trace() -> None:
    with pytest.raises(Refused, match=TRACE) as caught:
        Service(told(400, {"code": 1, "msg": "x" * 5000, "trace_id": TRACE})).line().get("/x")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("body", [{"code": 401, "msg": f"bad {KEY}", "trace_id": TRACE}, {}, [KEY]])
@pytest.mark.parametrize("starting", [False, True])
def test_an_unknown_key_is_never_shown(body: object, starting: bool) -> None:
    account = Service(told(401, body)).account()
    with pytest.raises(SignInNeeded, match="ELITE8_A2E_API_KEY") as caught:
        account.start(PICTURE, "e8-1") if starting else account.balance()
    assert "secret-part" not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "answer",
    [
        page(200),
        page(200, '{"code": 0, "data": '),
        page(200, ""),
        page(500),
        page(302),
        told(200, "bare"),
        told(200, []),
        told(200, {"data": 1}),
    ],
)
def test_what_is_no_envelope_is_strange_and_asked_once(answer: Callable[[], Answer]) -> None:
    service = Service(answer)
    with pytest.raises(Strange, match="instead of its envelope"):
        service.line().get("/x")
    assert len(service.seen) == 1


def test_a_wrong_path_is_missing() -> None:
    with pytest.raises(Missing, match="ELITE8_A2E_URL"):
        Service(page(404)).line().get("/x")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        *((page(status), Unavailable) for status in (502, 503, 504)),
        (told(429, {"code": 429}), RateLimited),
        (told(429, {}, Retry_After="60"), RateLimited),
        (broken(httpx.ReadTimeout), Unavailable),
        (broken(httpx.ReadError), Unavailable),
        (broken(httpx.ConnectError), Unavailable),
    ],
)
@pytest.mark.parametrize("method", ["get", "ask", "delete"])
def test_a_read_is_sent_four_times_and_then_given_up(
    answer: Callable[[], Answer], kind: type[Elite8Error], method: str
) -> None:
    service = Service(answer)
    line = service.line()
    calls: dict[str, Callable[[str], object]] = {
        "get": line.get,
        "delete": line.delete,
        "ask": partial(line.ask, body={"a": 1}),
    }
    with pytest.raises(Unavailable) as caught:
        calls[method]("/x")
    assert type(caught.value) is kind
    assert len(service.seen) == 4


def test_a_read_that_is_answered_in_the_end_is_answered() -> None:
    service = Service(page(502), told(429, {}), broken(httpx.ReadTimeout), good({"coins": 5}))
    assert service.account().balance() == 5
    assert [request.method for request in service.seen] == ["GET"] * 4


@pytest.mark.parametrize(
    ("said", "least", "most"), [("7", 7, 7), ("61", 61, 61), ("in 90 s", 80, 90), ("soon", -1, -1)]
)
def test_a_wait_in_seconds_or_as_a_date_is_understood(said: str, least: int, most: int) -> None:
    if said == "in 90 s":
        said = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    service = Service(told(429, {"code": 429}, Retry_After=said))
    with pytest.raises(RateLimited) as caught:
        service.line().start("/x", {})
    wait = caught.value.retry_after
    assert least <= (-1 if wait is None else wait) <= most
    assert len(service.seen) == 1


def test_a_read_told_to_wait_long_is_left_to_the_next_run() -> None:
    service = Service(told(429, {}, Retry_After="61"))
    with pytest.raises(RateLimited, match="61 s"):
        service.line().get("/x")
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (broken(httpx.ReadTimeout), Unanswered),
        (broken(httpx.WriteTimeout), Unanswered),
        (broken(httpx.ReadError), Unanswered),
        (broken(httpx.RemoteProtocolError), Unanswered),
        *((page(status), Unanswered) for status in (500, 502, 503, 504)),
        (told(503, {"code": 503, "msg": "no price"}), Unanswered),
        (page(200), Unanswered),
        (page(302), Unanswered),
        (told(200, "bare"), Unanswered),
        (told(200, {"code": 9, "data": {"_id": "1"}}), Unanswered),
        (broken(httpx.ConnectError), Unavailable),
        (broken(httpx.ConnectTimeout), Unavailable),
        (told(429, {}), RateLimited),
        (told(400, {"code": 400}), Refused),
    ],
)
def test_a_start_is_sent_exactly_once(
    answer: Callable[[], Answer], kind: type[Elite8Error]
) -> None:
    service = Service(answer)
    with pytest.raises(Elite8Error) as caught:
        service.account().start(PICTURE, "e8-1")
    assert type(caught.value) is kind
    assert len(service.seen) == 1


@pytest.mark.parametrize("data", [{}, None, [], "x", {"_id": ""}, [{"_id": "1"}, {"_id": "2"}]])
def test_a_start_that_names_no_single_task_is_unanswered_with_its_trace(data: object) -> None:
    with pytest.raises(Unanswered, match=TRACE):
        Service(good(data)).account().start(PICTURE, "e8-1")


@pytest.mark.parametrize("data", [{"nsfw": True}, "NSFW content detected", [{"x": "Nsfw"}]])
def test_a_start_found_unsuitable_is_refused_with_its_trace(data: object) -> None:
    with pytest.raises(Refused, match=TRACE):
        Service(good(data)).account().start(PICTURE, "e8-1")


def test_a_start_found_unsuitable_beside_its_data_is_refused() -> None:
    body = {"code": 0, "data": None, "message": "NSFW content detected", "trace_id": TRACE}
    with pytest.raises(Refused):
        Service(told(200, body)).account().start(PICTURE, "e8-1")


@pytest.mark.parametrize(("starting", "kind"), [(True, Unanswered), (False, Unavailable)])
def test_a_garbled_answer_is_an_error_of_ours(starting: bool, kind: type[Elite8Error]) -> None:
    line = Service(
        lambda: httpx.Response(
            200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"junk")
        )
    ).line()
    with pytest.raises(kind):
        line.start("/x", {}) if starting else line.get("/x")


def test_the_key_goes_to_the_api_in_one_header() -> None:
    service = Service(good({"_id": "1"}))
    service.account().start(PICTURE, "e8-1")
    (request,) = service.seen
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.content)["name"] == "e8-1"
    assert KEY not in str(request.url)


def test_a_flag_in_a_query_is_a_lower_case_word() -> None:
    service = Service(good(1))
    service.line().get("/x", flag=True, page=2)
    assert str(service.seen[0].url).endswith("/x?flag=true&page=2")


def test_requests_keep_their_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    monkeypatch.setattr(time, "sleep", slept.append)
    transport = httpx.MockTransport(Service(good(1)))
    line = Wire(http.open_client("https://video.a2e.ai", transport=transport), 1.5)
    for _ in range(3):
        line.get("/x")
    assert slept == [0.0, 1.5, 3.0]


@pytest.mark.parametrize(
    "body",
    [
        {"code": "0", "data": [{"_id": "1"}]},
        {"code": 200, "data": {"task": {"_id": "1"}}},
        {"code": 200, "data": "started"},
        {"code": 9, "msg": "odd", "data": {"rows": [{"_id": "1"}]}},
    ],
)
def test_a_start_that_may_have_been_taken_is_never_a_refusal(body: object) -> None:
    with pytest.raises(Unanswered):
        Service(told(200, body)).line().start("/x", {})


def test_a_start_whose_answer_is_nested_without_measure_may_have_begun() -> None:
    deep = b'{"code": 0, "data": ' + b'{"a":' * 700 + b"1" + b"}" * 700 + b"}"
    service = Service(lambda: httpx.Response(200, content=deep))
    with pytest.raises(Unanswered):
        service.account().start(PICTURE, "e8-1")


def test_a_field_that_says_not_unsuitable_refuses_nothing() -> None:
    data = {"nsfw": False, "task": {"_id": "1"}}
    assert Service(good(data)).line().start("/x", {}) == (data, TRACE)


def test_a_key_that_a2e_repeats_is_blanked() -> None:
    with pytest.raises(Refused) as caught:
        Service(told(403, {"code": 403, "msg": f"no {KEY} here"})).line().get("/x")
    assert KEY not in str(caught.value)
    assert "***" in str(caught.value)
