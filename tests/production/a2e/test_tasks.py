import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
import stamina
from pydantic import SecretStr

from elite8.core.domain.job import Family
from elite8.core.production.a2e import A2E, Charge, Strange, tasks

SINCE = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
OTHERS = (Family.IMAGE_VIDEO, Family.PICTURE, Family.AVATAR)
BOOKED: dict[str, object] = {"_id": "c", "amount": -30, "createdAt": "2026-11-02T08:00:00.000Z"}


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


class Account:
    """Answers each path from its own list of `data`; a number is an HTTP status."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.seen: list[httpx.Request] = []
        self.client = A2E(
            "https://video.a2e.ai",
            SecretStr("sk_a.b-c"),
            hosts=("makefun.ai",),
            transport=httpx.MockTransport(self),
        )

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        data = self.answers[request.url.path.rpartition("/")[2]].pop(0)
        if isinstance(data, int):
            return httpx.Response(data, json={"code": data, "trace_id": "T"})
        return httpx.Response(200, json={"code": 0, "data": data, "trace_id": "T"})


def word(family: Family, said: str) -> tasks.Task:
    field = "status" if family == Family.AVATAR_VIDEO else "current_status"
    return tasks.task(family, {"_id": "1", field: said})


@pytest.mark.parametrize("family", OTHERS)
@pytest.mark.parametrize(
    ("said", "state"),
    [
        *((said, "running") for said in ("initialized", "sent", "pending", "pendding")),
        ("processing", "running"),
        ("completed", "done"),
        ("failed", "failed"),
        *((said, "failed") for said in ("error", "cancelled", "canceled", "timeout")),
    ],
)
def test_every_current_status_of_the_table_is_known(family: Family, said: str, state: str) -> None:
    found = word(family, said)
    assert (found.state, found.word, found.known) == (state, said, True)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        *((said, "running") for said in ("init", "start", "pending", "process", "copy")),
        ("success", "done"),
        ("fail", "failed"),
    ],
)
def test_every_status_of_an_avatar_video_is_known(said: str, state: str) -> None:
    found = word(Family.AVATAR_VIDEO, said)
    assert (found.state, found.word, found.known) == (state, said, True)


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("said", ["", "reticulating", "Completed", "done", "None"])
def test_an_unknown_word_runs_on(family: Family, said: str) -> None:
    found = word(family, said)
    assert (found.state, found.known) == ("running", False)


def test_a_word_in_the_other_familys_field_is_not_read() -> None:
    assert tasks.task(Family.PICTURE, {"_id": "1", "status": "completed"}).state == "running"
    film = {"_id": "1", "current_status": "success"}
    assert tasks.task(Family.AVATAR_VIDEO, film).state == "running"


@pytest.mark.parametrize(
    ("family", "field", "value", "results"),
    [
        (Family.AVATAR_VIDEO, "result", "https://out", ("https://out",)),
        (Family.IMAGE_VIDEO, "result_url", "https://out", ("https://out",)),
        (Family.PICTURE, "image_urls", ["https://a", "https://b"], ("https://a", "https://b")),
    ],
)
def test_a_result_stands_in_its_own_field_only(
    family: Family, field: str, value: object, results: tuple[str, ...]
) -> None:
    echo = dict.fromkeys(
        ("image_url", "video_url", "audio_url", "cover_url", "audioSrc", "anchor_url"), "https://in"
    ) | {"result_people_url": "https://in", "result_bg_url": "https://in"}
    record = {"_id": "1", "status": "success", "current_status": "completed", **echo}
    assert tasks.task(family, record).results == ()
    assert tasks.task(family, {**record, field: value}).results == results


@pytest.mark.parametrize("nothing", ["", None, []])
@pytest.mark.parametrize("family", Family)
def test_an_empty_result_is_none(family: Family, nothing: object) -> None:
    record = {"_id": "1", "result": nothing, "result_url": nothing, "image_urls": nothing}
    assert tasks.task(family, record).results == ()


@pytest.mark.parametrize("field", ["failed_message", "faild_message", "msg"])
def test_a_reason_is_read_from_any_of_its_spellings(field: str) -> None:
    record = {"_id": "1", "failed_message": "", "faild_message": None, field: "too dark"}
    assert tasks.task(Family.IMAGE_VIDEO, record).reason == "too dark"


def test_a_record_is_read_field_by_field() -> None:
    record = {
        "_id": "1",
        "title": "e8-1",
        "status": "process",
        "process": 40,
        "coins": 13,
        "createdAt": "2026-09-20T08:05:00.000Z",
        "anchor_type": "1",
    }
    found = tasks.task(Family.AVATAR_VIDEO, record)
    assert (found.id, found.name, found.share, found.coins) == ("1", "e8-1", 0.4, 13)
    assert found.created_at == datetime(2026, 9, 20, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(("percent", "share"), [(-1, 0), (250, 1), ("40", 0), (None, 0)])
def test_a_share_stays_between_nothing_and_all(percent: object, share: float) -> None:
    assert tasks.task(Family.PICTURE, {"_id": "1", "process": percent}).share == share


@pytest.mark.parametrize("record", [None, [], "x", {}, {"_id": ""}, {"_id": None}])
def test_a_record_without_an_id_is_strange(record: object) -> None:
    with pytest.raises(Strange, match="without an id"):
        tasks.task(Family.PICTURE, record)


@pytest.mark.parametrize(
    "data", [[{}], {"rows": [{}]}, {"data": [{}], "current": 1, "success": True}, {"list": [{}]}]
)
def test_a_list_is_found_in_every_form(data: object) -> None:
    assert tasks.rows(data) == [{}]


@pytest.mark.parametrize("data", [None, "x", {}, {"rows": {}}, {"records": []}])
def test_a_list_in_another_form_is_strange(data: object) -> None:
    with pytest.raises(Strange, match="form"):
        tasks.rows(data)


@pytest.mark.parametrize("data", [{"_id": "1", "n": 1}, [{"_id": "2"}, {"_id": "1", "n": 1}]])
def test_a_detail_is_the_one_with_the_id(data: object) -> None:
    assert tasks.one(data, "1") == {"_id": "1", "n": 1}
    assert tasks.one(data, "3") is None


def test_a_new_film_that_is_missing_is_looked_for_in_the_list() -> None:
    account = Account(**{"1": [404], "allRecords": [{"rows": [{"_id": "0"}, {"_id": "1"}]}]})
    found = account.client.look(Family.IMAGE_VIDEO, "1")
    assert found is not None
    assert found.id == "1"


def test_an_avatar_video_not_visible_yet_is_none() -> None:
    account = Account(awsResult=[[]], awsList=[{"current": 1, "total": 0, "data": []}])
    assert account.client.look(Family.AVATAR_VIDEO, "1") is None
    assert account.seen[1].url.params["current"] == "1"


def test_a_retired_awsresult_falls_back_to_the_detail() -> None:
    account = Account(awsResult=[404], detail=[{"_id": "1", "status": "success", "result": "u"}])
    found = account.client.look(Family.AVATAR_VIDEO, "1")
    assert found is not None
    assert found.results == ("u",)


def test_a_task_is_found_by_its_name_and_no_older_than_asked() -> None:
    rows = [
        {"_id": "1", "name": "e8-1", "createdAt": SINCE.isoformat()},
        {"_id": "2", "name": "e8-2", "createdAt": (SINCE - timedelta(minutes=1)).isoformat()},
        {"_id": "3", "name": "e8-3", "createdAt": (SINCE - timedelta(minutes=11)).isoformat()},
    ]
    client = Account(allRecords=[{"rows": rows}] * 3).client
    found = client.find(Family.PICTURE, "e8-2", SINCE)
    assert found is not None
    assert found.id == "2"
    assert client.find(Family.PICTURE, "e8-3", SINCE) is None
    assert client.find(Family.PICTURE, "e8", SINCE) is None


@pytest.mark.parametrize(
    ("sizes", "asked"), [((0,), 1), ((99,), 1), ((100, 0), 2), ((100, 100, 7), 3)]
)
def test_charges_are_read_by_the_hundred_to_a_short_page(
    sizes: tuple[int, ...], asked: int
) -> None:
    account = Account(creditsHistory=[{"rows": [BOOKED] * size} for size in sizes])
    assert len(account.client.charges(SINCE)) == sum(sizes)
    assert [dict(request.url.params) for request in account.seen] == [
        {"pageNum": str(page), "pageSize": "100", "startDate": "2026-11-01T09:30:00.000Z"}
        for page in range(1, asked + 1)
    ]


def test_charges_are_asked_for_in_utc() -> None:
    account = Account(creditsHistory=[[]])
    account.client.charges(SINCE.astimezone(timezone(timedelta(hours=9))))
    assert account.seen[0].url.params["startDate"] == "2026-11-01T09:30:00.000Z"


def test_a_charge_is_read_field_by_field() -> None:
    account = Account(creditsHistory=[[{**BOOKED, "type": "video"}]])
    at = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    assert account.client.charges(SINCE) == (Charge(id="c", amount=-30, at=at, kind="video"),)


@pytest.mark.parametrize(
    "row", [None, "x", {}, {**BOOKED, "amount": "-30"}, {**BOOKED, "createdAt": "yesterday"}]
)
def test_a_charge_in_another_form_is_strange(row: object) -> None:
    with pytest.raises(Strange, match="in a form this version does not know"):
        Account(creditsHistory=[[row]]).client.charges(SINCE)


@pytest.mark.parametrize("told", [10**400, -(10**400), float("nan"), float("inf"), True, "3", 2.5])
def test_a_number_beyond_all_measure_is_none(told: object) -> None:
    assert tasks.whole(told) is None


def test_a_charge_whose_time_has_no_zone_is_in_utc() -> None:
    rows = [{**BOOKED, "createdAt": "2026-11-02T08:00:00"}]
    (charge,) = Account(creditsHistory=[rows]).client.charges(SINCE)
    assert charge.at.tzinfo is not None


@pytest.mark.parametrize(
    ("family", "method", "path", "body"),
    [
        (Family.AVATAR, "POST", "/api/v1/userVideoTwin/remove", {"_id": "1"}),
        (Family.PICTURE, "DELETE", "/api/v1/userText2Image/1", None),
        (Family.AVATAR_VIDEO, "DELETE", "/api/v1/video/1", None),
    ],
)
def test_a_task_is_removed_once(family: Family, method: str, path: str, body: object) -> None:
    account = Account(**{path.rpartition("/")[2]: [{}, 404]})
    assert account.client.remove(family, "1") is True
    assert account.client.remove(family, "1") is False
    request = account.seen[0]
    assert (request.method, request.url.path) == (method, path)
    assert (json.loads(request.content) if request.content else None) == body


def test_voices_are_the_children_of_their_groups() -> None:
    group = {"value": "female", "children": [{"label": "Emma", "value": "66d3", "ttsRate": 1}]}
    account = Account(voice_list=[[group, {"value": "male"}]])
    (voice,) = account.client.voices("ja")
    assert (voice.id, voice.name, voice.group) == ("66d3", "Emma", "female")
    assert (account.seen[0].url.params["country"], account.seen[0].url.params["region"]) == (
        "ja",
        "JP",
    )


def test_a_voice_or_an_avatar_without_an_id_is_strange() -> None:
    account = Account(voice_list=[[{"children": [{"label": "Emma"}]}]], character_list=[[{}]])
    with pytest.raises(Strange):
        account.client.voices("en")
    with pytest.raises(Strange):
        account.client.avatars()


@pytest.mark.parametrize("row", [None, "x", 7, []])
def test_a_row_that_is_no_record_is_strange(row: object) -> None:
    account = Account(voice_list=[[row]], character_list=[{"rows": [row]}])
    with pytest.raises(Strange, match="in a form this version does not know"):
        account.client.voices("en")
    with pytest.raises(Strange, match="in a form this version does not know"):
        account.client.avatars()


def test_a_speech_is_the_bare_address_in_data() -> None:
    account = Account(send_tts=["https://x/1.mp3"])
    assert account.client.speech("é" * 1000, "v") == "https://x/1.mp3"
    with pytest.raises(ValueError, match="1001"):
        account.client.speech("é" * 1001, "v")
    assert len(account.seen) == 1


@pytest.mark.parametrize("data", [None, {}, [], "", "later", {"url": "https://x"}])
def test_a_speech_without_an_address_is_strange(data: object) -> None:
    with pytest.raises(Strange, match="no sound"):
        Account(send_tts=[data]).client.speech("hello", "v")
