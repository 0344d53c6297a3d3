"""The stand-in is as strict as the Bot API's page: each rule is tried, by its words."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from elite8.core.simulators.telegram import SIMULATED_TOKEN, TelegramSimulator
from elite8.core.simulators.wire import Transport, serve

CLIP = b"\0\0\0\x18ftypmp42 a clip"


@pytest.fixture
def sim(clock: Any) -> TelegramSimulator:
    made = TelegramSimulator(clock=clock)
    made.say("/start")
    return made


@pytest.fixture
def line(sim: TelegramSimulator) -> Iterator[httpx.Client]:
    base = f"https://api.telegram.org/bot{SIMULATED_TOKEN}/"
    with httpx.Client(transport=Transport(sim.handle), base_url=base) as client:
        yield client


def refused(answer: httpx.Response) -> str:
    told = answer.json()
    assert (told["ok"], told["error_code"]) == (False, answer.status_code)
    return str(told["description"])


def say(line: httpx.Client, **fields: Any) -> httpx.Response:
    return line.post("sendMessage", json={"chat_id": 7, **fields})


def test_all_ways_to_pass_parameters(sim: TelegramSimulator, line: httpx.Client) -> None:
    say(line, text="json")
    line.post("sendMessage", data={"chat_id": "7", "text": "form"})
    line.get("sendMessage", params={"chat_id": "7", "text": "query"})
    line.post("sendMessage", data={"chat_id": "7", "text": "parts"}, files={"x": b""})
    assert [one.text for one in sim.messages[1:]] == ["json", "form", "query", "parts"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/bot1:another-token/getMe", 401),
        ("/botnonsense/getMe", 404),
        (f"/bot{SIMULATED_TOKEN}/noSuchMethod", 404),
        ("/getMe", 404),
    ],
)
def test_who_may_ask(line: httpx.Client, path: str, status: int) -> None:
    assert line.post(f"https://api.telegram.org{path}").status_code == status


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "👩" * 2049}, "message is too long"),
        ({"text": "x", "chat_id": 8}, "chat not found"),
        ({"text": "x", "chat_id": "me"}, "chat_id is empty"),
        ({"text": "a.b", "parse_mode": "MarkdownV2"}, "Character '.' is reserved"),
        ({"text": "*a", "parse_mode": "MarkdownV2"}, "Can't find end of Bold entity"),
        ({"text": "<b>a", "parse_mode": "HTML"}, "Can't find end tag"),
        ({"text": "<x>a</x>", "parse_mode": "HTML"}, 'Unsupported start tag "x"'),
        ({"text": "1 < 2", "parse_mode": "HTML"}, "Unsupported start tag"),
        ({"text": "a</b>", "parse_mode": "HTML"}, "Unexpected end tag"),
        ({"text": "a", "parse_mode": "Markdown3"}, "unsupported parse_mode"),
        ({"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, "BOUNDS"),
        ({"text": "👩", "entities": [{"type": "bold", "offset": 1, "length": 1}]}, "BOUNDS"),
        ({"text": "a", "entities": [{"type": "fat", "offset": 0, "length": 1}]}, "parse entities"),
    ],
)
def test_texts(line: httpx.Client, fields: dict[str, Any], words: str) -> None:
    answer = say(line, **fields)
    assert answer.status_code == 400
    assert words in refused(answer)


def test_texts_as_people_see_them(sim: TelegramSimulator, line: httpx.Client) -> None:
    assert say(line, text="x" * 4096).status_code == 200
    html = f"<b>{'x' * 4090}</b> &lt;b&gt;"
    assert say(line, text=html, parse_mode="HTML").status_code == 200
    assert sim.messages[-1].text.endswith("x <b>")
    assert say(line, text=r"*a\.b* `c.d`", parse_mode="MarkdownV2").status_code == 200
    assert sim.messages[-1].text == "a.b c.d"


@pytest.mark.parametrize("data", ["", "x" * 65, "雨" * 22])
def test_what_a_button_carries(line: httpx.Client, data: str) -> None:
    keys = {"inline_keyboard": [[{"text": "a", "callback_data": data}]]}
    assert "BUTTON_DATA_INVALID" in refused(say(line, text="x", reply_markup=keys))
    keys["inline_keyboard"][0][0]["callback_data"] = "x" * 64
    assert say(line, text="x", reply_markup=keys).status_code == 200


@pytest.mark.parametrize("keys", [{}, {"inline_keyboard": "x"}, {"inline_keyboard": ["x"]}])
def test_a_keyboard_is_rows(line: httpx.Client, keys: dict[str, Any]) -> None:
    assert "reply markup" in refused(say(line, text="x", reply_markup=keys))


def test_files(sim: TelegramSimulator, line: httpx.Client) -> None:
    where = {"chat_id": "7", "caption": "x" * 1024}
    answer = line.post("sendVideo", data=where, files={"video": ("a.mp4", CLIP)})
    name = answer.json()["result"]["video"]["file_id"]
    assert line.post("sendVideo", data={**where, "video": name}).status_code == 200
    assert sim.messages[-1].size == len(CLIP)
    assert "file identifier" in refused(line.post("sendVideo", data={**where, "video": "x"}))
    long = {**where, "caption": "x" * 1025}
    assert "caption is too long" in refused(line.post("sendVideo", data={**long, "video": name}))
    broken = line.post("sendPhoto", data=where, files={"photo": ("a.jpg", b"no picture")})
    assert "IMAGE_PROCESS_FAILED" in refused(broken)
    large = line.post("sendPhoto", data=where, files={"photo": ("a.jpg", b"\xff\xd8" * 5_000_001)})
    assert large.status_code == 413


def test_one_second_of_thirty_one_a_second_a_chat_twenty_a_minute_a_group(
    sim: TelegramSimulator, line: httpx.Client, clock: Any
) -> None:
    answers = [say(line, text="x") for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert answers[-1].json()["parameters"] == {"retry_after": 5}
    clock.advance(seconds=5)
    assert say(line, text="x").status_code == 200
    sim.say("x", chat=-9)
    found = []
    for _ in range(21):
        clock.advance(seconds=1)
        found.append(say(line, text="x", chat_id=-9).status_code)
    assert found == [200] * 20 + [429]
    for chat in range(100, 140):
        sim.say("x", chat=chat)
    clock.advance(seconds=60)
    many = [say(line, text="x", chat_id=chat).status_code for chat in range(100, 140)]
    assert many == [200] * 30 + [429] * 10


def test_a_chat_that_blocked_the_bot(sim: TelegramSimulator, line: httpx.Client) -> None:
    sim.block(7)
    assert say(line, text="x").status_code == 403


def keyed(line: httpx.Client) -> int:
    keys = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    return int(say(line, text="x", reply_markup=keys).json()["result"]["message_id"])


def test_taps_are_answered_once_and_in_time(
    sim: TelegramSimulator, line: httpx.Client, clock: Any
) -> None:
    keyed(line)
    first, second = sim.tap("Go"), sim.tap("Go")
    answer = {"callback_query_id": first.id, "text": "x" * 200}
    assert line.post("answerCallbackQuery", json={**answer, "text": "x" * 201}).status_code == 400
    assert line.post("answerCallbackQuery", json=answer).status_code == 200
    assert "too old" in refused(line.post("answerCallbackQuery", json=answer))
    clock.advance(hours=1)
    late = {"callback_query_id": second.id}
    assert "too old" in refused(line.post("answerCallbackQuery", json=late))
    with pytest.raises(ValueError, match="no button"):
        sim.tap("Stop")


def test_edits(sim: TelegramSimulator, line: httpx.Client) -> None:
    where = {"chat_id": 7, "message_id": keyed(line)}
    same = line.post("editMessageText", json={**where, "text": "y"})
    assert same.status_code == 200
    assert sim.messages[-1].buttons == []
    again = line.post("editMessageText", json={**where, "text": "y"})
    assert "message is not modified" in refused(again)
    assert "no caption" in refused(line.post("editMessageCaption", json={**where, "caption": "y"}))
    gone = line.post("editMessageReplyMarkup", json={**where, "message_id": 99})
    assert "message to edit not found" in refused(gone)
    theirs = line.post("editMessageText", json={**where, "message_id": 1, "text": "y"})
    assert "can't be edited" in refused(theirs)


@pytest.mark.parametrize(
    ("commands", "status"),
    [
        ([{"command": "status", "description": "x"}], 200),
        ([{"command": "Status", "description": "x"}], 400),
        ([{"command": "s" * 33, "description": "x"}], 400),
        ([{"command": "status", "description": ""}], 400),
        ([{"command": "status", "description": "x" * 257}], 400),
        ([{"command": f"c{n}", "description": "x"} for n in range(101)], 400),
    ],
)
def test_menus(line: httpx.Client, commands: list[dict[str, str]], status: int) -> None:
    sent = line.post("setMyCommands", data={"commands": json.dumps(commands)})
    assert sent.status_code == status
    assert bool(line.post("getMyCommands").json()["result"]) == (status == 200)


def fetched(line: httpx.Client, **fields: Any) -> list[int]:
    found = line.post("getUpdates", json=fields).json()["result"]
    return [one["update_id"] for one in found]


def test_updates_come_again_until_they_are_confirmed(
    sim: TelegramSimulator, line: httpx.Client, clock: Any
) -> None:
    sim.say("second")
    first, second = fetched(line)
    assert fetched(line, limit=1) == [first]
    assert fetched(line, offset=second) == [second]
    assert fetched(line) == [second]
    assert fetched(line, allowed_updates=["callback_query"]) == []
    assert "limit" in refused(line.post("getUpdates", json={"limit": 101}))
    clock.advance(hours=25)
    assert fetched(line) == []


@pytest.mark.enable_socket
def test_of_two_who_fetch_the_second_ends_the_first(sim: TelegramSimulator) -> None:
    answers: list[httpx.Response] = []
    with serve(sim.handle) as url, httpx.Client(base_url=f"{url}/bot{SIMULATED_TOKEN}/") as client:
        client.post("getUpdates", json={"offset": 10**6})

        def wait() -> None:
            answers.append(client.post("getUpdates", json={"timeout": 20}, timeout=30))

        first = threading.Thread(target=wait)
        first.start()
        while sim.asked["getUpdates"] < 2:
            pass
        while not answers:
            client.post("getUpdates", json={})
        first.join()
        assert answers[0].status_code == 409
        assert "terminated by other getUpdates" in refused(answers[0])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"url": "http://example.com/"}, "HTTPS"),
        ({"url": "https://example.com:8080/"}, "ports 80, 88, 443 or 8443"),
        ({"url": "https://example.com/", "secret_token": "a b"}, "unallowed characters"),
    ],
)
def test_webhooks_that_are_none(line: httpx.Client, fields: dict[str, str], words: str) -> None:
    assert words in refused(line.post("setWebhook", json=fields))


def test_a_webhook_is_called_with_its_secret_until_it_takes(
    sim: TelegramSimulator, line: httpx.Client
) -> None:
    sim.say("second")
    asked = {"url": "https://example.com:8443/x", "secret_token": "s_-3"}
    assert line.post("setWebhook", json=asked).status_code == 200
    assert "webhook is active" in refused(line.post("getUpdates"))
    assert line.post("getWebhookInfo").json()["result"]["pending_update_count"] == 2
    seen: list[dict[str, str]] = []

    def hook(headers: Any, _body: bytes) -> int:
        seen.append(headers)
        return 200 if len(seen) == 1 else 500

    assert sim.call_in(hook) == [200, 500]
    assert seen[0] == {"x-telegram-bot-api-secret-token": "s_-3"}
    assert sim.unconfirmed == 1
    line.post("deleteWebhook", json={"drop_pending_updates": True})
    assert fetched(line) == []


def test_what_goes_wrong(sim: TelegramSimulator, line: httpx.Client) -> None:
    for fault, status in (("429", 429), ("500", 500), ("html", 502)):
        sim.misbehave(fault, at="getMe")
        assert line.post("getMe").status_code == status
    for fault in ("lost-before", "lost-after"):
        sim.misbehave(fault, at="getMe")
        with pytest.raises(httpx.ReadError):
            line.post("getMe")
    sim.down = True
    with pytest.raises(httpx.ReadError):
        line.post("getMe")
    with pytest.raises(ValueError, match="no fault"):
        sim.misbehave("hiccup")


def test_the_door_for_people(line: httpx.Client) -> None:
    keyed(line)
    door = "https://api.telegram.org/_simulator/"
    assert line.post(f"{door}say", json={"text": "hello", "chat": 7}).status_code == 200
    assert line.post(f"{door}tap", json={"button": "Go"}).status_code == 200
    assert line.post(f"{door}tap", json={"button": "Stop"}).status_code == 400
    assert line.post(f"{door}else", json={}).status_code == 404
    text = line.get(f"{door}chat", params={"id": 7}).text
    assert text.splitlines()[0].endswith("person 7: /start")
    assert "    [Go]" in text
    assert "hello" in text
