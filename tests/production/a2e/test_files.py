import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import stamina
from pydantic import SecretStr

from elite8.core.errors import ConfigError, Elite8Error, Refused, Unavailable
from elite8.core.production.a2e import A2E, Missing, Strange, files
from elite8.core.simulators.wire import Reply, Request, Transport

WHOLE = bytes(range(100))
ADDRESS = "https://3days.makefun.ai/v.mp4?X-Amz-Signature=1"
STORAGE = "https://account.r2.cloudflarestorage.com/3days/ref.png?X-Amz-Signature=1"
PUBLIC = "https://3days-apac.makefun.ai/ref.png"
HOSTS = ("makefun.ai", "a2e.com.cn")


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "ref.png"
    path.write_bytes(WHOLE)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "v.mp4"


class Line:
    """Answers with a function and keeps what was asked."""

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self.answer = answer
        self.seen: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        self.seen.append(request)
        return self.answer(request)

    def client(self, url: str = "https://video.a2e.ai") -> A2E:
        return A2E(url, SecretStr("sk_a.b-c"), hosts=HOSTS, transport=Transport(self))

    def of(self, method: str) -> list[Request]:
        return [request for request in self.seen if request.method == method]


def ranged(request: Request) -> Reply:
    start = int(request.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
    if not start:
        return Reply(body=WHOLE)
    size = len(WHOLE)
    if start >= size:
        return Reply(status=416, headers={"Content-Range": f"bytes */{size}"})
    span = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
    return Reply(status=206, headers=span, body=WHOLE[start:])


def storing(status: int) -> Callable[[Request], Reply]:
    places = json.dumps({"code": 0, "data": {"uploadUrl": STORAGE, "cdnUrl": PUBLIC}}).encode()
    return lambda asked: Reply(status=status) if asked.method == "PUT" else Reply(body=places)


@pytest.mark.parametrize(
    "url",
    [
        "https://makefun.ai/v.mp4",
        "https://3days.makefun.ai/v.mp4",
        "https://a.b.makefun.ai/v.mp4",
        "https://CDN.MakeFun.AI/v.mp4",
        "https://7days-tos.a2e.com.cn/v.mp4",
        "https://cdn.makefun.ai:443/v.mp4",
    ],
)
def test_a_known_host_and_its_subdomains_are_fetched_from(url: str, target: Path) -> None:
    assert Line(ranged).client().download(url, target) == hashlib.sha256(WHOLE).hexdigest()
    assert target.read_bytes() == WHOLE


@pytest.mark.parametrize(
    "url",
    [
        "https://evilmakefun.ai/v.mp4",
        "https://makefun.ai.evil.com/v.mp4",
        "https://makefun.ai.evil.com:443/v.mp4",
        "https://makefun.aio/v.mp4",
        "https://ai/v.mp4",
        "http://makefun.ai/v.mp4",
        "http://3days.makefun.ai/v.mp4",
        "ftp://makefun.ai/v.mp4",
        "file:///etc/passwd",
        "//makefun.ai/v.mp4",
        "makefun.ai/v.mp4",
        "",
        "https://",
        "https:///v.mp4",
        "https://makefun.ai@evil.com/v.mp4",
        "https://makefun.ai:x@evil.com/v.mp4",
        "https://makefun.ai%2f@evil.com/v.mp4",
        "https://makefun.ai\\@evil.com/v.mp4",
        "https://evil.com/makefun.ai",
        "https://evil.com?.makefun.ai",
        "https://evil.com#.makefun.ai",
        "https://127.0.0.1/v.mp4",
        "http://127.0.0.1:8080/v.mp4",
        "http://localhost/v.mp4",
    ],
)
def test_nothing_is_asked_of_any_other_address(url: str, target: Path) -> None:
    line = Line(ranged)
    with pytest.raises(ConfigError, match="result_hosts"):
        line.client().download(url, target)
    assert line.seen == []
    assert not target.exists()


def test_a_file_that_two_wrote_at_once_is_fetched_anew(target: Path) -> None:
    part, others = target.with_name("v.mp4.part"), [b"what another wrote"]

    class Body(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield WHOLE[:50]
            with part.open("ab") as file:
                file.write(others.pop() if others else b"")
            yield WHOLE[50:]

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Length": "100"}, stream=Body())

    line = httpx.MockTransport(answer)
    there = A2E("https://video.a2e.ai", SecretStr("sk_a.b-c"), hosts=HOSTS, transport=line)
    assert there.download(ADDRESS, target) == hashlib.sha256(WHOLE).hexdigest()
    assert target.read_bytes() == WHOLE


@pytest.mark.parametrize(
    "url", ["https://evil.com\\@makefun.ai/v", "https://evil.com@makefun.ai/v"]
)
def test_a_name_before_the_known_host_changes_nothing(url: str, target: Path) -> None:
    line = Line(ranged)
    line.client().download(url, target)
    assert {request.host for request in line.seen} == {"makefun.ai"}


@pytest.mark.parametrize("url", ["https://[makefun.ai/v", "https://makefun.ai:99999/v"])
def test_an_address_that_is_none_is_an_error_of_ours(url: str, target: Path) -> None:
    with pytest.raises(Elite8Error):
        Line(ranged).client().download(url, target)


def test_the_simulators_own_machine_is_let_be_at_its_port_only(target: Path) -> None:
    client = Line(ranged).client("http://127.0.0.1:8080")
    client.download("http://127.0.0.1:8080/v.mp4", target)
    with pytest.raises(ConfigError):
        client.download("http://127.0.0.1:8081/v.mp4", target)


def test_the_key_goes_neither_to_the_storage_nor_to_the_results(image: Path, target: Path) -> None:
    upload, download = Line(storing(200)), Line(ranged)
    assert upload.client().upload(image, "image/png") == PUBLIC
    download.client().download(ADDRESS, target)
    assert [request.host for request in upload.of("POST")] == ["video.a2e.ai"]
    (put,) = upload.of("PUT")
    for request in (put, *download.seen):
        assert "authorization" not in request.headers
        assert "sk_a.b-c" not in repr(request)


def test_an_upload_sends_the_bytes_with_type_and_length(image: Path) -> None:
    line = Line(storing(200))
    line.client().upload(image, "image/png")
    (ask,), (put,) = line.of("POST"), line.of("PUT")
    assert json.loads(ask.body) == {
        "key": "elite8/ref.png",
        "contentType": "image/png",
        "contentLength": 100,
        "expiresIn": 900,
    }
    assert (put.body, put.headers["content-type"], put.headers["content-length"]) == (
        WHOLE,
        "image/png",
        "100",
    )
    assert "transfer-encoding" not in put.headers


@pytest.mark.parametrize("status", [301, 307, 400, 403, 404, 429, 500, 503])
def test_an_upload_that_is_refused_is_not_repeated(image: Path, status: int) -> None:
    line = Line(storing(status))
    with pytest.raises(Unavailable, match=str(status)):
        line.client().upload(image, "image/png")
    assert len(line.of("PUT")) == 1


def test_an_upload_that_breaks_is_not_repeated(image: Path) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.method)
        raise httpx.WriteError("cut")

    storage = files.Files("https://video.a2e.ai", HOSTS, httpx.MockTransport(answer))
    with pytest.raises(Unavailable, match="WriteError"):
        storage.put(STORAGE, image, "image/png")
    assert seen == ["PUT"]


@pytest.mark.parametrize("data", [None, [], "x", {}, {"uploadUrl": STORAGE}, {"cdnUrl": PUBLIC}])
def test_no_place_to_upload_to_is_strange(image: Path, data: object) -> None:
    line = Line(lambda _: Reply(body=json.dumps({"code": 0, "data": data}).encode()))
    with pytest.raises(Strange, match="no place"):
        line.client().upload(image, "image/png")
    assert line.of("PUT") == []


def test_a_download_is_taken_up_where_it_was_cut(target: Path) -> None:
    def cut(request: Request) -> Reply:
        reply = ranged(request)
        promised = {**reply.headers, "Content-Length": str(len(reply.body))}
        return Reply(status=reply.status, headers=promised, body=reply.body[:40])

    line = Line(cut)
    assert line.client().download(ADDRESS, target) == hashlib.sha256(WHOLE).hexdigest()
    ranges = [request.headers.get("range") for request in line.seen]
    assert ranges == [None, "bytes=40-", "bytes=80-"]
    assert target.read_bytes() == WHOLE
    assert [path.name for path in target.parent.glob("v.*")] == ["v.mp4"]


def test_a_server_without_ranges_sends_it_all_again(target: Path) -> None:
    line = Line(lambda _: Reply(body=WHOLE))
    target.with_name("v.mp4.part").write_bytes(b"old")
    target.with_name("v.mp4.part.tag").write_text('"a"')
    line.client().download(ADDRESS, target)
    assert line.seen[0].headers["range"] == "bytes=3-"
    assert line.seen[0].headers["if-range"] == '"a"'
    assert target.read_bytes() == WHOLE


def test_a_part_of_nobody_knows_which_file_is_not_taken_up(target: Path) -> None:
    line = Line(ranged)
    target.with_name("v.mp4.part").write_bytes(b"old")
    line.client().download(ADDRESS, target)
    assert "range" not in line.seen[0].headers
    assert target.read_bytes() == WHOLE


def test_a_part_that_is_the_whole_is_kept_when_the_server_says_so(target: Path) -> None:
    target.with_name("v.mp4.part").write_bytes(WHOLE)
    target.with_name("v.mp4.part.tag").write_text('"a"')
    whole = {"Content-Range": f"bytes */{len(WHOLE)}"}
    Line(lambda _: Reply(status=416, headers=whole)).client().download(ADDRESS, target)
    assert target.read_bytes() == WHOLE


def test_a_part_of_another_file_is_dropped_and_the_file_fetched(target: Path) -> None:
    target.with_name("v.mp4.part").write_bytes(b"longer than the file" * 10)
    target.with_name("v.mp4.part.tag").write_text('"a"')
    Line(ranged).client().download(ADDRESS, target)
    assert target.read_bytes() == WHOLE


def test_a_file_that_changed_while_the_line_was_down_begins_anew(target: Path) -> None:
    def changing(request: Request) -> Reply:
        if not line.seen[1:]:
            return Reply(headers={"Content-Length": "90", "ETag": '"a"'}, body=b"x" * 40)
        if "if-range" in request.headers:
            return Reply(body=WHOLE, headers={"ETag": '"b"'})
        return ranged(request)

    line = Line(changing)
    line.client().download(ADDRESS, target)
    assert target.read_bytes() == WHOLE


def test_a_part_of_another_length_is_not_joined(target: Path) -> None:
    def other(request: Request) -> Reply:
        if not line.seen[1:]:
            return Reply(headers={"Content-Length": "90"}, body=b"x" * 40)
        return ranged(request)

    line = Line(other)
    line.client().download(ADDRESS, target)
    assert target.read_bytes() == WHOLE


def test_a_download_that_keeps_breaking_leaves_no_result(target: Path) -> None:
    line = Line(lambda _: Reply(headers={"Content-Length": "100"}, body=WHOLE[:10]))
    with pytest.raises(Unavailable, match="broke"):
        line.client().download(ADDRESS, target)
    assert len(line.seen) == 4
    assert not target.exists()


@pytest.mark.parametrize("status", [403, 404])
def test_an_address_that_ran_out_is_missing_and_asked_once(target: Path, status: int) -> None:
    line = Line(lambda _: Reply(status=status, body=b"<Error/>"))
    with pytest.raises(Missing, match=str(status)):
        line.client().download(ADDRESS, target)
    assert len(line.seen) == 1
    assert not target.exists()


@pytest.mark.parametrize("status", [302, 400, 429, 500, 503])
def test_a_storage_in_trouble_is_asked_four_times(target: Path, status: int) -> None:
    line = Line(lambda _: Reply(status=status, headers={"Location": "https://evil.com/v"}))
    with pytest.raises(Unavailable):
        line.client().download(ADDRESS, target)
    assert [request.host for request in line.seen] == ["3days.makefun.ai"] * 4
    assert not target.exists()


def test_an_empty_result_is_refused_and_leaves_nothing(target: Path) -> None:
    line = Line(lambda _: Reply())
    with pytest.raises(Refused, match="0 bytes"):
        line.client().download(ADDRESS, target)
    assert len(line.seen) == 1
    assert list(target.parent.glob("v.*")) == []


def test_a_result_that_is_too_large_is_refused(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 60)
    with pytest.raises(Refused, match="larger"):
        Line(ranged).client().download(ADDRESS, target)
    assert not target.exists()


def test_a_result_that_is_too_large_stays_refused(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 60)
    client = Line(ranged).client()
    for _ in range(2):
        with pytest.raises(Refused, match="larger"):
            client.download(ADDRESS, target)


class Slow(httpx.SyncByteStream):
    """Pieces of so many bytes, each 25 s after the one before; how many were read."""

    def __init__(self, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.piece, self.read = b"x" * piece, 0
        monkeypatch.setattr(files, "monotonic", lambda: self.read * 25.0)

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(40):
            self.read += 1
            yield self.piece

    def client(self) -> A2E:
        line = httpx.MockTransport(lambda _: httpx.Response(200, stream=self))
        return A2E("https://video.a2e.ai", SecretStr("sk_a.b-c"), hosts=HOSTS, transport=line)


def test_a_result_that_drips_is_hung_up_on(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(10, monkeypatch)
    with pytest.raises(Unavailable, match="drips"):
        slow.client().download(ADDRESS, target)
    assert slow.read < 4 * files.ATTEMPTS
    assert not target.exists()


def test_a_slow_line_is_let_be(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(1 << 20, monkeypatch)
    slow.client().download(ADDRESS, target)
    assert target.stat().st_size == 40 << 20


@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest",
        "http://account.r2.cloudflarestorage.com/x",
        "file:///etc/passwd",
        "https://",
        "//r2.cloudflarestorage.com/x",
        "",
    ],
)
def test_a_place_to_upload_to_that_is_not_https_gets_nothing(place: str, image: Path) -> None:
    answer = {"code": 0, "data": {"uploadUrl": place or " ", "cdnUrl": PUBLIC}}
    line = Line(lambda _: Reply(body=json.dumps(answer).encode()))
    with pytest.raises(Elite8Error):
        line.client().upload(image, "image/png")
    assert line.of("PUT") == []
