"""The time machine, recordings, and what cannot be done in them."""

import asyncio
import gzip
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from elite8.cli import run
from elite8.core.operations import snapshots, stops
from elite8.core.studio import Studio
from elite8.tui.app import Console
from elite8.tui.source import Live, Replay
from tests.tui.stagehand import LARGE, console, driven, press, settled, text, toasts

pytestmark = pytest.mark.usefixtures("alive")


@pytest.fixture
def kept(alive: Studio, clock: Any) -> Studio:
    """A studio that was looked at three times, ten minutes apart; then all was stopped."""
    for number in range(3):
        snapshots.keep(alive)
        if number == 1:
            stops.stop(alive, "all", "", "")
        clock.advance(minutes=10)
    return alive


def test_brackets_step_through_what_was_kept(kept: Studio) -> None:
    async def go() -> None:
        app = console(kept)
        async with driven(app, LARGE) as pilot:
            assert "stopped" in text(pilot) or "■" in text(pilot)
            await press(pilot, "left_square_bracket")
            assert "as it was" in text(pilot)
            assert "18:22:04" in text(pilot)
            await press(pilot, "left_square_bracket")
            assert "18:12:04" in text(pilot)
            await press(pilot, "left_square_bracket", "left_square_bracket")
            assert "18:02:04" in text(pilot)
            assert "nothing was kept before that" in toasts(pilot)
            await press(pilot, "right_square_bracket")
            assert "18:12:04" in text(pilot)
            await press(pilot, "N")
            assert "as it was" not in text(pilot)
            assert app.snapshot is None

    asyncio.run(go())


def test_a_step_past_the_last_comes_back_to_now(kept: Studio) -> None:
    async def go() -> None:
        app = console(kept)
        async with driven(app, LARGE) as pilot:
            await press(pilot, "left_square_bracket", "right_square_bracket")
            await settled(pilot)
            assert app.snapshot is None

    asyncio.run(go())


def test_at_begins_at_a_time_gone_by(kept: Studio) -> None:
    async def go() -> None:
        app = console(kept, at="18:05")
        async with driven(app, LARGE) as pilot:
            await settled(pilot)
            assert app.snapshot
            assert "18:02:04" in text(pilot)

    asyncio.run(go())


def test_a_time_that_is_none_is_said_and_now_is_shown(kept: Studio) -> None:
    async def go() -> None:
        app = console(kept, at="Friyay")
        async with driven(app, LARGE) as pilot:
            await settled(pilot)
            assert "is no time" in toasts(pilot)
            assert app.snapshot is None

    asyncio.run(go())


def test_nothing_is_done_in_the_past(kept: Studio) -> None:
    async def go() -> None:
        app = console(kept)
        async with driven(app, LARGE) as pilot:
            await press(pilot, "left_square_bracket", "C")
            assert "this is as it was; N goes back to now" in toasts(pilot)

    asyncio.run(go())
    assert len(stops.listed(kept)) == 1


def test_what_is_recorded_is_replayed_place_by_place(
    alive: Studio, clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bug.e8"

    async def record() -> None:
        source = Live(lambda: alive, record=file)
        app = Console(source, every=3600.0)
        async with driven(app, LARGE) as pilot:
            clock.advance(minutes=2)
            stops.stop(alive, "all", "", "")
            app.look()
            await settled(pilot)

    asyncio.run(record())
    with gzip.open(file) as lines:
        assert b"elite8 scenes" in lines.readline()

    async def replay() -> None:
        app = Console(Replay(file), every=3600.0)
        async with driven(app, LARGE) as pilot:
            assert "■" in text(pilot)
            await press(pilot, "left_square_bracket")
            assert "■" not in text(pilot)
            await press(pilot, "2")
            assert "Films" in text(pilot)
            monkeypatch.setattr(app, "open_url", lambda *_: pytest.fail("a stranger's file"))
            await press(pilot, "o")
            assert "a recording has no files" in toasts(pilot)
            await press(pilot, "N", "P")
            assert "this is a recording" in toasts(pilot)

    asyncio.run(replay())


def test_a_file_that_is_no_recording_ends_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "note.txt"
    file.write_text("hello")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert run(["tui", "--replay", str(file)]) == 2
    assert "line 1" in capsys.readouterr().err


def test_without_a_terminal_the_command_says_what_to_use(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["tui"]) == 2
    assert "monitor status" in capsys.readouterr().err


def test_a_leap_goes_an_hour_back(kept: Studio, clock: Any) -> None:
    clock.now += timedelta(minutes=35)

    async def go() -> None:
        app = console(kept)
        async with driven(app, LARGE) as pilot:
            await press(pilot, "left_curly_bracket")
            assert app.snapshot
            assert "18:02:04" in text(pilot)

    asyncio.run(go())
