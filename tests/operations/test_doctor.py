"""The doctor asks what is set up, says what is wrong, and tells no secret."""

import json
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from elite8.core.errors import Unavailable
from elite8.core.operations import doctor
from elite8.core.studio import Studio

pytestmark = pytest.mark.media  # FFmpeg is started


def states(studio: Studio) -> dict[str, str]:
    return {one.name: one.state for one in doctor.examine(studio)}


def test_a_fresh_machine_is_good_or_off(studio: Studio) -> None:
    found = states(studio)
    good = {name for name, state in found.items() if state == "good"}
    assert good == {"config", "database", "disk", "ffmpeg", "modes"}
    assert set(found.values()) == {"good", "off"}


def test_secrets_that_others_may_read_or_replace_are_named(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("ELITE8_LOG_LEVEL=info\n")
    (tmp_path / ".env").chmod(0o644)
    keys = studio.settings.state_dir / "keys"
    keys.mkdir(mode=0o700)
    keys.chmod(0o750)
    studio.settings.state_dir.chmod(0o777)
    rows = studio.database.file
    assert rows
    rows.chmod(0o640)
    assert [one.says.partition(":")[0] for one in doctor.modes(studio)] == [
        f"others may write in {keys.parent}",
        f"others may read {keys}",
        "others may read .env",
        f"others may read {rows}",
    ]
    keys.parent.chmod(0o755)
    keys.chmod(0o700)
    for file in (tmp_path / ".env", rows):
        file.chmod(0o600)
    assert [one.state for one in doctor.modes(studio)] == ["good"]


def answering(status: int) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        body: dict[str, Any] = {"ok": status == 200, "description": str(request.url)}
        return httpx.Response(status, json=body | {"result": {"username": "eight_bot"}})

    return httpx.MockTransport(answer)


@pytest.mark.parametrize(("status", "state"), [(200, "good"), (401, "bad"), (500, "bad")])
def test_what_is_set_up_is_asked(studio: Studio, status: int, state: str) -> None:
    secrets = {
        "telegram_token": SecretStr("canary-telegram"),
        "webhook_url": SecretStr("https://hook.example.com/canary-path"),
        "webhook_secret": SecretStr("canary-hook"),
        "smtp_password": SecretStr("canary-mail"),
    }
    config = copy(studio.config)
    vars(config)["telegram"] = config.telegram.model_copy(update={"chats": (7,)})
    settings = studio.settings.model_copy(update=secrets)
    there = replace(studio, settings=settings, config=config, transport=answering(status))
    found = {one.name: one for one in doctor.examine(there)}
    assert found["telegram"].state == state
    assert found["webhook"].state == "good"
    assert "canary" not in json.dumps([one.says for one in found.values()])


def test_an_ffmpeg_that_is_none_is_a_line_and_no_end(studio: Studio) -> None:
    settings = studio.settings.model_copy(update={"ffmpeg": "/nowhere/ffmpeg"})
    found = states(replace(studio, settings=settings))
    assert found["ffmpeg"] == "bad"
    assert found["clock"] in {"good", "off"}


@pytest.mark.parametrize(
    ("status", "page"), [(200, "good"), (503, "good"), (502, "bad"), (404, "bad")]
)
def test_the_dead_mans_switch_and_the_page_are_asked_and_not_pinged(
    studio: Studio, status: int, page: str
) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(status, json={"good": True})

    config = copy(studio.config)
    address = "https://ping.example.com/canary"
    vars(config)["alerts"] = config.alerts.model_copy(update={"ping_url": address})
    served = {"web_url": "https://watch.example.com", "web_token": SecretStr("x" * 40)}
    settings = studio.settings.model_copy(update=served)
    transport = httpx.MockTransport(answer)
    there = replace(studio, settings=settings, config=config, transport=transport)
    found = [*doctor.switch(there), *doctor.page(there)]
    assert [(one.name, one.state) for one in found] == [("ping", "good"), ("page", page)]
    assert asked == ["https://ping.example.com/", "https://watch.example.com/healthz"]


def test_a_page_that_serves_nobody_is_said(studio: Studio) -> None:
    settings = studio.settings.model_copy(update={"web_url": "https://watch.example.com"})
    (found,) = doctor.page(replace(studio, settings=settings))
    assert (found.state, "ELITE8_WEB_TOKEN" in found.says) == ("bad", True)


def test_a_dead_mans_switch_that_is_gone_is_said(studio: Studio) -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    config = copy(studio.config)
    vars(config)["alerts"] = config.alerts.model_copy(
        update={"ping_url": "https://p.example.com/x"}
    )
    there = replace(studio, config=config, transport=httpx.MockTransport(gone))
    with pytest.raises(Unavailable, match="the ping's host does not answer"):
        list(doctor.switch(there))
