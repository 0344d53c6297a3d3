"""What rings while the line is down is told once the line is back, however long that takes."""

import json
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlmodel import select

from elite8.core.domain.metric import Value, value
from elite8.core.domain.notice import Notice
from elite8.core.operations import alerts, notices
from elite8.core.studio import Studio

RINGS = [value("elite8_posts", 1, network="tiktok", status="uncertain")]
OVER = [value("elite8_posts", 0, network="tiktok", status="uncertain")]


@dataclass
class Line:
    """The way to a webhook and to Telegram; what is `down` cannot be reached."""

    down: set[str] = field(default_factory=set)
    told: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if host in self.down:
            raise httpx.ConnectError("down", request=request)
        said = json.loads(request.content)
        self.told.append((host, (said.get("text") or said["title"]).split("\n")[0]))
        return httpx.Response(200, json={"ok": True})


HOOK, CHAT = "hook.example", "api.telegram.org"


@pytest.fixture
def line() -> Line:
    return Line(down={HOOK, CHAT})


@pytest.fixture
def told(studio: Studio, line: Line) -> Studio:
    """A studio whose one rule that can ring tells a webhook and a chat."""
    config = copy(studio.config)
    rule = config.alerts.named("post-uncertain")
    assert rule
    rule = rule.model_copy(update={"routes": ("telegram", "webhook"), "for_minutes": 0})
    vars(config)["alerts"] = config.alerts.model_copy(update={"rules": (rule,)})
    vars(config)["telegram"] = config.telegram.model_copy(update={"chats": (7,)})
    own = {
        "telegram_token": SecretStr("1:token"),
        "webhook_url": SecretStr(f"https://{HOOK}/"),
        "webhook_secret": SecretStr("s" * 20),
    }
    settings = studio.settings.model_copy(update=own)
    return replace(studio, config=config, settings=settings, transport=httpx.MockTransport(line))


def watch(studio: Studio, clock: Any, hours: float, values: list[Value] = RINGS) -> None:
    """Look and tell every ten minutes for so long."""
    until = clock() + timedelta(hours=hours)
    while clock() < until:
        alerts.evaluate(studio, values)
        notices.deliver(studio)
        clock.advance(minutes=10)


def test_what_rings_is_told_within_an_hour_of_the_lines_return(
    told: Studio, line: Line, clock: Any
) -> None:
    watch(told, clock, 5)
    line.down.clear()
    watch(told, clock, 1.2)
    assert sorted(host for host, _ in line.told) == [CHAT, HOOK]
    watch(told, clock, 24)
    assert len(line.told) == 2


def test_what_rings_is_told_anew_when_its_notice_was_given_up(
    told: Studio, line: Line, clock: Any
) -> None:
    watch(told, clock, 40)
    with told.database.transaction() as session:
        states = [one.state for one in session.exec(select(Notice).order_by(Notice.id))]
    assert states == ["given-up"] * 6 + ["waiting"] * 2
    line.down.clear()
    watch(told, clock, 30)
    assert sorted(host for host, _ in line.told) == [CHAT, HOOK]


def test_what_rang_while_nothing_ran_is_told_when_it_runs_again(
    told: Studio, line: Line, clock: Any
) -> None:
    watch(told, clock, 0.5)
    line.down.clear()
    clock.advance(hours=13)
    watch(told, clock, 0.5)
    assert sorted(host for host, _ in line.told) == [CHAT, HOOK]


def test_what_one_route_has_told_is_not_told_anew_for_another(
    told: Studio, line: Line, clock: Any
) -> None:
    line.down = {HOOK}
    watch(told, clock, 40)
    assert [host for host, _ in line.told] == [CHAT]


def test_what_is_over_by_then_is_not_told_anew(told: Studio, line: Line, clock: Any) -> None:
    watch(told, clock, 11)
    watch(told, clock, 30, OVER)
    line.down.clear()
    watch(told, clock, 12, OVER)
    assert line.told == []
