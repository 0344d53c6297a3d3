from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Protocol

import httpx
import pytest

from elite8.core.simulators.a2e import FAULTS, SIMULATED_KEY, A2ESimulator
from elite8.core.simulators.wire import Transport, serve

GENERATE = "/api/v1/video/generate"
PICTURE = "/api/v1/userText2Image"
CLIP = "/api/v1/userImage2Video"
HOST = "https://video.a2e.ai"
REFERENCE = "https://example.org/reference.png"


class Clock(Protocol):
    def __call__(self) -> datetime: ...
    def advance(self, **units: float) -> None: ...


class FakeMedia:
    """Bytes that name what they are; every sound lasts 12.4 s unless its bytes are listed."""

    def __init__(self) -> None:
        self.lengths: dict[bytes, float] = {}
        self.filmed = 0

    def speech(self, text: str, rate: float) -> bytes:
        return f"mp3 {rate} {text}".encode()

    def seconds(self, media: bytes) -> float:
        if media.startswith(b"junk"):
            raise ValueError("no sound")
        return self.lengths.get(media, 12.4)

    def video(self, seconds: float, width: int, height: int) -> bytes:
        self.filmed += 1
        return f"mp4 {seconds} {width}x{height} ".encode() * 10

    def picture(self, width: int, height: int) -> bytes:
        return f"png {width}x{height}".encode()


@pytest.fixture
def media() -> FakeMedia:
    return FakeMedia()


@pytest.fixture
def sim(clock: Clock, media: FakeMedia) -> A2ESimulator:
    return A2ESimulator(clock=clock, media=media)


@pytest.fixture
def a2e(sim: A2ESimulator) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {SIMULATED_KEY}"}
    with httpx.Client(base_url=HOST, headers=headers, transport=Transport(sim.handle)) as client:
        yield client


@pytest.fixture
def storage(sim: A2ESimulator) -> Iterator[httpx.Client]:
    with httpx.Client(transport=Transport(sim.handle)) as client:
        yield client


def data(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["code"] == 0, body
    assert body["trace_id"]
    return body["data"]


def refused(answer: httpx.Response) -> str:
    assert answer.status_code == 400
    body = answer.json()
    assert body["code"] == 400
    assert body["errors"]
    return str(body["msg"])


def voice(a2e: httpx.Client, country: str = "en") -> str:
    groups = data(a2e.get("/api/v1/anchor/voice_list", params={"country": country}))
    return str(groups[0]["children"][0]["value"])


def say(a2e: httpx.Client, text: str = "Hello.") -> str:
    body = {"msg": text, "tts_id": voice(a2e), "speechRate": 1}
    return str(data(a2e.post("/api/v1/video/send_tts", json=body)))


def order(a2e: httpx.Client, **changes: object) -> dict[str, object]:
    anchor = data(a2e.get("/api/v1/anchor/character_list", params={"type": "default"}))[0]
    body = {"title": "e8-1", "anchor_id": anchor["_id"], "anchor_type": 0, "audioSrc": say(a2e)}
    return body | changes


def video(a2e: httpx.Client, **changes: object) -> str:
    return str(data(a2e.post(GENERATE, json=order(a2e, **changes)))["_id"])


def shown(a2e: httpx.Client, task: str) -> Any:
    return data(a2e.post("/api/v1/video/awsResult", json={"_id": task}))[0]


def finished(a2e: httpx.Client, clock: Clock) -> str:
    task = video(a2e)
    clock.advance(seconds=3)
    return str(shown(a2e, task)["result"])


def clip(a2e: httpx.Client, **changes: object) -> httpx.Response:
    return a2e.post(f"{CLIP}/start", json={"name": "e8-c", "image_url": REFERENCE} | changes)


def test_without_its_key_nothing_is_told(storage: httpx.Client) -> None:
    answer = storage.get(f"{HOST}/api/v1/user/remainingCoins")
    assert answer.status_code == 401
    assert answer.json()["code"] == 401


def test_an_unknown_path_is_a_page_of_html(a2e: httpx.Client) -> None:
    answer = a2e.post("/api/v1/userText2Video/start", json={})
    assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"aspect_ratio": "9:16"}, "unknown field aspect_ratio"),
        ({"video_time": "5"}, "video_time"),
        ({"video_time": 7}, "video_time"),
        ({"number_of_images": True}, "number_of_images"),
        ({"image_url": "ref.png"}, "image_url"),
        ({"image_url": "https://account.r2.cloudflarestorage.com/3days-apac/x.png"}, "cdnUrl"),
        ({"image_url": "https://3days-apac.makefun.ai/never-uploaded.png"}, "cdnUrl"),
        ({"model_type": "FLF2V"}, "end_image_url"),
    ],
)
def test_a_wrong_start_is_refused_and_costs_nothing(
    a2e: httpx.Client, sim: A2ESimulator, change: dict[str, object], word: str
) -> None:
    assert word in refused(clip(a2e, **change))
    assert (sim.coins, sim.starts) == (1800, [])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"title": "x" * 41}, "title"),
        ({"anchor_type": "0"}, "anchor_type"),
        ({"audioSrc": "https://example.org/other.mp3"}, "audioSrc"),
        ({"resolution": 480}, "resolution"),
    ],
)
def test_a_wrong_avatar_video_is_refused(
    a2e: httpx.Client, change: dict[str, object], word: str
) -> None:
    assert word in refused(a2e.post(GENERATE, json=order(a2e, **change)))


def test_both_backgrounds_are_code_30005(a2e: httpx.Client) -> None:
    body = order(a2e, back_id="a" * 24, custom_back_id="b" * 24)
    answer = a2e.post(GENERATE, json=body)
    assert (answer.status_code, answer.json()["code"]) == (200, 30005)


def test_an_avatar_of_the_other_type_is_not_found(a2e: httpx.Client) -> None:
    assert a2e.post(GENERATE, json=order(a2e, anchor_type=1)).status_code == 404


@pytest.mark.parametrize(
    "field", ["minor_suspected_skip", "mask_face", "isToPublicPool", "video_length"]
)
def test_a_forbidden_field_is_written_down(
    a2e: httpx.Client, sim: A2ESimulator, field: str
) -> None:
    refused(clip(a2e, **{field: False}))
    body = {"endpoint": f"{CLIP}/start", "requestBody": {field: True}}
    refused(a2e.post("/api/v1/generation/quote", json=body))
    assert [field in violation for violation in sim.violations] == [True, True]


def test_forced_generation_and_irreversible_paths_are_written_down(
    a2e: httpx.Client, sim: A2ESimulator
) -> None:
    refused(clip(a2e, force_generate=True))
    for path in (
        "user/exchangeDiamonds",
        "userVideoTwin/continueTraining",
        "userVideoTwin/continueTranining",
    ):
        refused(a2e.post(f"/api/v1/{path}", json={"_id": "a" * 24}))
    assert len(sim.violations) == 4


def test_an_avatar_video_costs_its_begun_seconds_at_once(
    a2e: httpx.Client, sim: A2ESimulator
) -> None:
    task = video(a2e)
    assert sim.coins == 1800 - 13
    assert [(entry.amount, entry.type) for entry in sim.history] == [(-13, GENERATE)]
    start = sim.starts[0]
    assert (start.endpoint, start.name, start.task_id, start.coins) == (GENERATE, "e8-1", task, 13)
    assert data(a2e.get("/api/v1/user/remainingCoins")) == {"coins": 1787, "diamonds": 0}


@pytest.mark.parametrize(
    ("path", "body", "credits_"),
    [
        (f"{CLIP}/start", {"image_url": REFERENCE}, 30),
        (f"{CLIP}/start", {"image_url": REFERENCE, "video_time": 20}, 120),
        (f"{PICTURE}/start", {"prompt": "x", "width": 720, "height": 1280}, 10),
        (f"{PICTURE}/start", {"prompt": "x", "width": 2048, "height": 2048}, 25),
    ],
)
def test_a_quote_is_what_is_then_charged(
    a2e: httpx.Client, sim: A2ESimulator, path: str, body: dict[str, object], credits_: int
) -> None:
    asked = {"endpoint": f"POST {path}", "requestBody": body}
    quote = data(a2e.post("/api/v1/generation/quote", json=asked))
    assert quote == {"generationRequestValidated": False, "credits": credits_}
    assert sim.coins == 1800
    record = data(a2e.post(path, json=body))
    assert (record[0] if isinstance(record, list) else record)["coins"] == credits_
    assert sim.coins == 1800 - credits_


def test_a_start_that_cannot_be_paid_is_a_business_failure(clock: Clock, media: FakeMedia) -> None:
    poor = A2ESimulator(clock=clock, media=media, coins=29)
    headers = {"Authorization": f"Bearer {SIMULATED_KEY}"}
    with httpx.Client(base_url=HOST, headers=headers, transport=Transport(poor.handle)) as a2e:
        answer = clip(a2e)
    assert (answer.status_code, answer.json()["code"]) == (200, 4002)
    assert "not enough credits" in answer.json()["msg"]
    assert (poor.coins, poor.starts, poor.history) == (29, [], [])


def test_an_avatar_video_goes_through_every_word(a2e: httpx.Client, clock: Clock) -> None:
    task = video(a2e)
    words = []
    for _ in range(31):
        item = shown(a2e, task)
        words.append(item["status"])
        assert bool(item["result"]) == (item["status"] == "success")
        clock.advance(seconds=0.1)
    assert list(dict.fromkeys(words)) == ["init", "start", "pending", "process", "copy", "success"]
    item = shown(a2e, task)
    assert (item["process"], item["anchor_type"], item["title"]) == (100, "0", "e8-1")
    assert data(a2e.get("/api/v1/video/detail", params={"video_id": task})) == item


def test_a_picture_goes_from_start_to_file(
    a2e: httpx.Client, storage: httpx.Client, clock: Clock
) -> None:
    body = {"name": "e8-p", "prompt": "a woman", "width": 720, "height": 1280}
    (record,) = data(a2e.post(f"{PICTURE}/start", json=body))
    assert (record["current_status"], record["image_urls"]) == ("initialized", [])
    clock.advance(seconds=3)
    done = data(a2e.get(f"{PICTURE}/{record['_id']}"))
    assert (done["current_status"], done["name"]) == ("completed", "e8-p")
    assert storage.get(done["image_urls"][0]).content == b"png 720x1280"


def test_lists_are_newest_first_and_paged(a2e: httpx.Client, clock: Clock) -> None:
    for name in ("one", "two", "three"):
        data(clip(a2e, name=name))
        video(a2e, title=name)
        clock.advance(seconds=1)
    listed = data(a2e.get(f"{CLIP}/allRecords", params={"pageNum": 1, "pageSize": 2}))
    assert [row["name"] for row in listed["rows"]] == ["three", "two"]
    listed = data(a2e.get("/api/v1/video/awsList", params={"current": 2, "pageSize": 2}))
    assert [item["title"] for item in listed["data"]] == ["one"]
    assert listed["total"] == 3
    assert "pageSize" in refused(a2e.get(f"{CLIP}/allRecords", params={"pageSize": 101}))


def test_a_batch_leaves_out_what_it_does_not_know(a2e: httpx.Client) -> None:
    known = data(clip(a2e))["_id"]
    found = data(a2e.post(f"{CLIP}/batchDetail", json={"ids": ["f" * 24, known]}))
    assert [record["_id"] for record in found] == [known]
    assert a2e.get(f"{CLIP}/{'f' * 24}").status_code == 404


def test_only_a_waiting_clip_is_refunded_when_deleted(
    a2e: httpx.Client, sim: A2ESimulator, clock: Clock
) -> None:
    waiting = data(clip(a2e))["_id"]
    assert data(a2e.delete(f"{CLIP}/{waiting}")) is None
    assert [entry.amount for entry in sim.history] == [-30, 30]
    assert a2e.delete(f"{CLIP}/{waiting}").status_code == 404
    working = data(clip(a2e))["_id"]
    clock.advance(seconds=2)
    refused(a2e.delete(f"{CLIP}/{working}"))
    clock.advance(seconds=2)
    data(a2e.delete(f"{CLIP}/{working}"))
    assert sim.coins == 1770


def test_a_twin_becomes_an_avatar_that_can_speak(a2e: httpx.Client, clock: Clock) -> None:
    body = {"name": "Miyuki", "gender": "female", "image_url": REFERENCE}
    twin = data(a2e.post("/api/v1/userVideoTwin/startTraining", json=body))
    query = {"type": "custom", "user_video_twin_id": twin["_id"]}
    assert data(a2e.get("/api/v1/anchor/character_list", params=query)) == []
    clock.advance(seconds=3)
    detail = data(a2e.get(f"/api/v1/userVideoTwin/{twin['_id']}"))
    assert (twin["current_status"], detail["current_status"]) == ("pending", "completed")
    (anchor,) = data(a2e.get("/api/v1/anchor/character_list", params=query))
    assert video(a2e, anchor_id=anchor["_id"], anchor_type=1)
    data(a2e.post("/api/v1/userVideoTwin/remove", json={"_id": twin["_id"]}))
    assert data(a2e.get("/api/v1/anchor/character_list", params=query)) == []


def test_voices_are_eight_for_each_language_and_stable(a2e: httpx.Client) -> None:
    seen = set()
    for country in ("en", "ja", "pt", "de", "es"):
        groups = data(a2e.post("/api/v1/anchor/voice_list", json={"country": country}))
        assert [group["value"] for group in groups] == ["female", "male"]
        seen |= {child["value"] for group in groups for child in group["children"]}
    assert len(seen) == 40
    assert voice(a2e, "ja") == voice(a2e, "ja")


def test_speech_takes_a_thousand_characters_and_one_voice(
    a2e: httpx.Client, storage: httpx.Client
) -> None:
    assert storage.get(say(a2e, "日" * 1000)).content.startswith(b"mp3 1.0 ")
    body = {"msg": "x" * 1001, "tts_id": voice(a2e)}
    assert "msg" in refused(a2e.post("/api/v1/video/send_tts", json=body))
    both = {"msg": "x", "tts_id": voice(a2e), "user_voice_id": "a" * 24}
    refused(a2e.post("/api/v1/video/send_tts", json=both))
    refused(a2e.post("/api/v1/video/send_tts", json={"msg": "x"}))


def test_an_upload_holds_to_what_was_signed(
    a2e: httpx.Client, storage: httpx.Client, sim: A2ESimulator, clock: Clock
) -> None:
    wish = {"key": "elite8/ref.png", "contentType": "image/png", "contentLength": 4}
    place = data(a2e.post("/api/v1/r2/upload-presigned-url", json=wish | {"expiresIn": 60}))
    url, png = place["uploadUrl"], {"Content-Type": "image/png"}
    assert storage.put(url, content=b"four", headers={"Content-Type": "text/plain"}).is_error
    assert storage.put(url, content=b"fives", headers=png).is_error
    assert storage.put(url.split("?")[0], content=b"four", headers=png).is_error
    assert a2e.put(url, content=b"four", headers=png).status_code == 400
    assert "token" in sim.violations[0]
    refused(clip(a2e, image_url=place["cdnUrl"]))
    assert storage.put(url, content=b"four", headers=png).status_code == 200
    assert storage.get(place["cdnUrl"]).content == b"four"
    assert data(clip(a2e, image_url=place["cdnUrl"]))["coins"] == 30
    clock.advance(seconds=61)
    assert storage.put(url, content=b"four", headers=png).status_code == 403


def test_an_uploaded_sound_can_be_filmed_and_junk_cannot(
    a2e: httpx.Client, storage: httpx.Client, media: FakeMedia, sim: A2ESimulator
) -> None:
    media.lengths[b"long"] = 60.0
    for content, worked in ((b"long", True), (b"junk", False)):
        wish = {"key": f"{content.decode()}.wav", "contentType": "audio/wav"}
        place = data(a2e.post("/api/v1/r2/upload-presigned-url", json=wish))
        storage.put(place["uploadUrl"], content=content, headers={"Content-Type": "audio/wav"})
        answer = a2e.post(GENERATE, json=order(a2e, audioSrc=place["cdnUrl"]))
        assert answer.is_success == worked
    assert sim.coins == 1740


def test_the_history_is_filtered_by_sign_and_date_and_paged(
    a2e: httpx.Client, clock: Clock
) -> None:
    path = "/api/v1/transactionRecord/creditsHistory"
    data(a2e.delete(f"{CLIP}/{data(clip(a2e))['_id']}"))
    clock.advance(minutes=5)
    data(clip(a2e, video_time=10))
    spent = data(a2e.get(path, params={"is_consumption": "true"}))["rows"]
    assert [row["amount"] for row in spent] == [-60, -30]
    assert spent[0]["createdAt"] == "2026-11-23T09:05:00.000Z"
    late = data(a2e.get(path, params={"startDate": "2026-11-23T09:05:00.000Z"}))["rows"]
    assert [row["amount"] for row in late] == [-60]
    early = data(a2e.get(path, params={"endDate": "2026-11-23T09:00:00Z", "pageSize": 1}))
    assert [row["amount"] for row in early["rows"]] == [30]


def test_a_result_is_made_once_and_read_in_parts(
    a2e: httpx.Client, storage: httpx.Client, clock: Clock, media: FakeMedia
) -> None:
    first, second = finished(a2e, clock), finished(a2e, clock)
    assert media.filmed == 0
    whole = storage.get(first).content
    assert whole == storage.get(second).content
    assert media.filmed == 1
    part = storage.get(first, headers={"Range": "bytes=5-"})
    assert (part.status_code, part.content) == (206, whole[5:])
    assert part.headers["content-range"] == f"bytes 5-{len(whole) - 1}/{len(whole)}"
    head = storage.head(first)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(whole)))
    assert storage.get(first, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


def test_an_unknown_fault_names_the_known(sim: A2ESimulator) -> None:
    with pytest.raises(ValueError, match="lost-before"):
        sim.misbehave("earthquake")
    assert len(FAULTS) == 25


@pytest.mark.parametrize(("fault", "accepted"), [("lost-before", 0), ("lost-after", 1)])
def test_a_lost_start_was_accepted_or_not(
    a2e: httpx.Client, sim: A2ESimulator, fault: str, accepted: int
) -> None:
    sim.misbehave(fault, at="userImage2Video/start")
    with pytest.raises(httpx.ReadError):
        clip(a2e)
    assert len(sim.starts) == len(sim.history) == accepted
    assert sim.coins == 1800 - 30 * accepted
    assert len(data(a2e.get(f"{CLIP}/allRecords"))["rows"]) == accepted


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ("429", 429, "too many"),
        ("502", 502, "<html>"),
        ("html", 200, "<html>"),
        ("not-json", 200, '{"code":0,"data":{'),
        ("business", 200, "4001"),
        ("refused-1003", 200, "1003"),
        ("refused-1004", 200, "1004"),
        ("nsfw", 200, "nsfw"),
        ("no-credits", 200, "not enough credits"),
    ],
)
def test_a_wrong_answer_to_a_start_begins_nothing(
    a2e: httpx.Client, sim: A2ESimulator, fault: str, status: int, told: str
) -> None:
    sim.misbehave(fault, at="/start", times=2)
    for _ in range(2):
        answer = clip(a2e)
        assert answer.status_code == status
        assert told in answer.text
        assert answer.headers.get("Retry-After") == ("1" if status == 429 else None)
    assert (sim.starts, sim.coins) == ([], 1800)
    assert data(clip(a2e))["_id"]


def test_refusals_come_at_starts_only(a2e: httpx.Client, sim: A2ESimulator) -> None:
    sim.misbehave("refused-1003")
    body = order(a2e)
    assert a2e.post(GENERATE, json=body).json()["code"] == 1003


def test_a_failed_task_says_why_and_is_refunded(
    a2e: httpx.Client, sim: A2ESimulator, clock: Clock
) -> None:
    sim.misbehave("failed", times=2)
    made, filmed = data(clip(a2e))["_id"], video(a2e)
    assert sim.coins == 1800 - 30 - 13
    clock.advance(seconds=3)
    record = data(a2e.get(f"{CLIP}/{made}"))
    assert (record["current_status"], record["result_url"]) == ("failed", "")
    assert record["failed_code"]
    assert record["failed_message"]
    item = shown(a2e, filmed)
    assert (item["status"], item["result"]) == ("fail", "")
    assert item["msg"]
    assert sim.coins == 1800
    assert sorted(entry.amount for entry in sim.history) == [-30, -13, 13, 30]


def test_a_stuck_task_never_ends(a2e: httpx.Client, sim: A2ESimulator, clock: Clock) -> None:
    sim.misbehave("stuck")
    task = video(a2e)
    clock.advance(days=1)
    assert (shown(a2e, task)["status"], shown(a2e, task)["process"]) == ("process", 50)


def test_an_unknown_word_stands_until_the_task_is_done(
    a2e: httpx.Client, sim: A2ESimulator, clock: Clock
) -> None:
    sim.misbehave("unknown-status")
    task = video(a2e)
    assert shown(a2e, task)["status"] == "reticulating"
    clock.advance(seconds=3)
    assert shown(a2e, task)["status"] == "success"


def test_a_price_can_rise_after_the_quote(a2e: httpx.Client, sim: A2ESimulator) -> None:
    sim.misbehave("price-change")
    assert data(clip(a2e))["coins"] == 45
    assert data(clip(a2e))["coins"] == 30
    assert sim.coins == 1800 - 75


def test_a_new_task_can_be_invisible_for_twenty_seconds(
    a2e: httpx.Client, sim: A2ESimulator, clock: Clock
) -> None:
    sim.misbehave("list-delay", times=2)
    filmed, made = video(a2e), data(clip(a2e))["_id"]
    assert data(a2e.post("/api/v1/video/awsResult", json={"_id": filmed})) == []
    assert data(a2e.get("/api/v1/video/awsList"))["data"] == []
    assert a2e.get(f"{CLIP}/{made}").status_code == 404
    assert data(a2e.get(f"{CLIP}/allRecords"))["rows"] == []
    clock.advance(seconds=20)
    assert shown(a2e, filmed)["_id"] == filmed
    assert data(a2e.get(f"{CLIP}/{made}"))["_id"] == made


def test_an_address_that_ran_out_is_renewed_by_the_detail(
    a2e: httpx.Client, storage: httpx.Client, sim: A2ESimulator, clock: Clock
) -> None:
    sim.misbehave("expired-url")
    task = video(a2e)
    clock.advance(seconds=3)
    old = shown(a2e, task)["result"]
    assert [storage.get(old).status_code for _ in range(2)] == [403, 403]
    fresh = shown(a2e, task)["result"]
    assert fresh != old
    assert storage.get(fresh).status_code == 200
    assert storage.get(old).status_code == 403


def test_a_cut_download_is_completed_by_a_range(
    a2e: httpx.Client, storage: httpx.Client, sim: A2ESimulator, clock: Clock
) -> None:
    url = finished(a2e, clock)
    sim.misbehave("cut-download")
    with storage.stream("GET", url) as answer:
        pieces = answer.iter_bytes()
        half = next(pieces)
        with pytest.raises(httpx.RemoteProtocolError):
            next(pieces)
    whole = int(answer.headers["Content-Length"])
    assert len(half) == whole // 2
    rest = storage.get(url, headers={"Range": f"bytes={len(half)}-"}).content
    assert half + rest == storage.get(url).content


def test_a_truncated_video_never_comes_whole_and_an_empty_one_has_nothing(
    a2e: httpx.Client, storage: httpx.Client, sim: A2ESimulator, clock: Clock
) -> None:
    short, empty = finished(a2e, clock), finished(a2e, clock)
    sim.misbehave("truncated-video")
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            storage.get(short)
    sim.misbehave("empty-video")
    assert storage.get(empty).content == b""


def test_a_result_can_lie_on_a_strange_host(
    a2e: httpx.Client, sim: A2ESimulator, clock: Clock
) -> None:
    sim.misbehave("forbidden-host")
    assert finished(a2e, clock).startswith("https://evil.example.com/")


def test_balance_and_quote_can_be_missing(a2e: httpx.Client, sim: A2ESimulator) -> None:
    sim.misbehave("no-balance")
    sim.misbehave("no-quote")
    assert a2e.get("/api/v1/user/remainingCoins").status_code == 404
    body = {"endpoint": f"{CLIP}/start", "requestBody": {}}
    quote = data(a2e.post("/api/v1/generation/quote", json=body))
    assert quote == {"generationRequestValidated": False}


def test_another_client_of_the_account_can_spend(a2e: httpx.Client, sim: A2ESimulator) -> None:
    sim.spend(7, "elsewhere")
    (row,) = data(a2e.get("/api/v1/transactionRecord/creditsHistory"))["rows"]
    assert (row["amount"], row["type"], sim.coins, sim.starts) == (-7, "elsewhere", 1793, [])


@pytest.fixture
def served(sim: A2ESimulator) -> Iterator[Callable[[], httpx.Client]]:
    with serve(sim.handle) as url:
        sim.base_url = url
        headers = {"Authorization": f"Bearer {SIMULATED_KEY}"}
        yield lambda: httpx.Client(base_url=url, headers=headers, trust_env=False)


@pytest.mark.enable_socket
def test_over_loopback_everything_lies_under_one_address(
    served: Callable[[], httpx.Client], sim: A2ESimulator, clock: Clock
) -> None:
    with served() as a2e, httpx.Client(trust_env=False) as storage:
        wish = {"key": "a ref.png", "contentType": "image/png", "contentLength": 4}
        place = data(a2e.post("/api/v1/r2/upload-presigned-url", json=wish))
        png = {"Content-Type": "image/png"}
        assert storage.put(place["uploadUrl"], content=b"four", headers=png).is_success
        assert "/cdn/" in place["cdnUrl"]
        refused(clip(a2e, image_url=REFERENCE))
        task = data(clip(a2e, image_url=place["cdnUrl"]))["_id"]
        clock.advance(seconds=3)
        url = data(a2e.get(f"{CLIP}/{task}"))["result_url"]
        assert url.startswith(f"{sim.base_url}/files/")
        assert storage.get(url, headers={"Range": "bytes=4-"}).content.startswith(b"5.0 720x1280")
        assert storage.head(url).headers["content-length"] == "170"


@pytest.mark.enable_socket
def test_over_loopback_another_program_can_look_and_interfere(
    served: Callable[[], httpx.Client], sim: A2ESimulator
) -> None:
    with served() as a2e:
        fault = {"fault": "lost-after", "at": "userText2Image", "times": 1}
        assert a2e.post("/_simulator/misbehave", json=fault).is_success
        assert a2e.post("/_simulator/misbehave", json={"fault": "?"}).status_code == 400
        with pytest.raises(httpx.RemoteProtocolError):
            a2e.post(f"{PICTURE}/start", json={"name": "e8-p", "prompt": "x"})
        seen = a2e.get("/_simulator/seen").json()
    assert seen["coins"] == 1790
    assert [start["name"] for start in seen["starts"]] == ["e8-p"]
    assert [row["amount"] for row in seen["history"]] == [-10]
    assert seen["violations"] == sim.violations == []
