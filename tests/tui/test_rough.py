"""What goes wrong around the console does not freeze it."""

import asyncio
import sqlite3
from typing import Any

import pytest
from textual.strip import Strip

from elite8.core.domain.metric import value
from elite8.core.operations import alerts
from elite8.core.studio import Studio
from elite8.tui.rows import WIDEST, Row, Rows
from elite8.tui.source import Live
from tests.tui.stagehand import console, driven, press, settled, text, toasts, until


def locked(studio: Studio) -> sqlite3.Connection:
    """Hold the database as another process would that writes and does not end."""
    file = studio.database.file
    assert file
    holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")
    return holder


def drawn_by(rows: Rows) -> list[int]:
    """Return a list to which each line that is drawn from now on is added."""
    drawn, lines = rows.render_line, list[int]()

    def counted(y: int) -> Strip:
        lines.append(y)
        return drawn(y)

    rows.render_line = counted  # type: ignore[method-assign]  # counts lines
    return lines


@pytest.mark.slow
def test_a_database_that_is_locked_stops_no_key(alive: Studio) -> None:
    """Were a key to wait for the lock, the act would have given up before the lock is let go."""

    async def go() -> None:
        app = console(alive, every=0.5)
        async with driven(app) as pilot:
            holder = locked(alive)
            await pilot.press("P", "enter")  # an act that waits
            rows = app.pane.query_one(Rows)
            began = rows.place
            for step in (1, 0) * 10:  # it looks anew meanwhile
                await pilot.press("down" if step else "up")
                assert rows.place == began + step
                await asyncio.sleep(0.05)
            assert not app.deeds, "it could not be done yet"
            holder.rollback()
            holder.close()
            await until(pilot, lambda: bool(app.deeds))
            assert "busy" in toasts(pilot) or "stopped" in toasts(pilot)
            await until(pilot, lambda: not app.trouble)

    asyncio.run(go())


def test_a_terminal_of_forty_by_ten_shows_what_it_can(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app, (140, 45)) as pilot:
            for size in ((40, 10), (12, 3), (200, 60), (40, 10)):
                await pilot.resize_terminal(*size)
                await press(pilot, "down", "2", "down", "1")
            assert "4 alerts ring" in text(pilot)
            await press(pilot, "question_mark", "escape", "P", "escape", "H", "escape")
            assert "▌" in text(pilot)

    asyncio.run(go())


def test_in_forty_by_ten_a_form_shows_what_it_asks(alive: Studio) -> None:
    async def go() -> str:
        async with driven(console(alive), (40, 10)) as pilot:
            await press(pilot, "P")
            return text(pilot)

    shown = asyncio.run(go())
    for words in ("goes out until you go on", "everything", "publish pause", "Enter does it"):
        assert words in shown


def test_words_of_others_neither_steer_the_terminal_nor_act(alive: Studio) -> None:
    attack = "\x1b]0;x\x07[@click=app.quit()]pay[/][/]\u202e"

    async def go() -> str:
        async with driven(console(alive)) as pilot:
            lines = pilot.app.query_one(Rows)
            lines.fill([Row("a", tuple(((attack, ""),) for _ in lines.columns))])
            pilot.app.notify(attack)
            await pilot.pause()
            shown = text(pilot) + toasts(pilot)
            await settled(pilot)
            return shown

    shown = asyncio.run(go())
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "[@click=app.quit()]" in shown


def test_on_the_widest_screen_numbers_stay_near_what_they_are_of(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app, size=(380, 110)) as pilot:
            await press(pilot, "5")
            await until(pilot, lambda: app.pane.query_one(Rows).size.width > 200)
            assert app.pane.query_one(Rows).widths()[0] == WIDEST
            await press(pilot, "2")
            assert app.pane.query_one(Rows).widths()[-1] > 200, "titles have all there is"

    asyncio.run(go())


def test_columns_follow_a_size_that_changed_while_another_place_was_shown(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            before = app.pane.query_one(Rows).widths()
            await press(pilot, "2")
            for size in ((40, 10), (200, 50)):
                await pilot.resize_terminal(*size)
                await settled(pilot)
            await press(pilot, "1")
            await pilot.resize_terminal(80, 24)
            await settled(pilot)
            await until(pilot, lambda: app.pane.query_one(Rows).size.width == 80)
            assert app.pane.query_one(Rows).widths() == before
            assert "Instagram  Chiyo" in text(pilot)

    asyncio.run(go())


def test_a_thousand_alerts_are_shown_and_counted(alive: Studio) -> None:
    alerts.evaluate(
        alive,
        [value("elite8_accounts_broken", 1, network=f"n{number}") for number in range(1000)],
    )

    async def go() -> None:
        app = console(alive)
        async with driven(app, (140, 45)) as pilot:
            assert "1000 alerts ring" in text(pilot)
            await press(pilot, "7")
            rows = app.pane.query_one(Rows)
            lines = drawn_by(rows)
            await press(pilot, "down", "up", "end", "home")
            assert len(lines) < 8 * app.size.height, "what is seen is drawn, not all there is"
            assert len(rows.lines) >= 1000
            await press(pilot, "end", "k")
            assert "You look after" in text(pilot)

    asyncio.run(go())


def test_a_daemon_that_dies_is_told_apart_from_quiet(alive: Studio, clock: Any) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            assert "no daemon runs" not in text(pilot)
            clock.advance(minutes=10)
            app.source.soon()  # type: ignore[attr-defined]  # a live one
            app.look()
            await settled(pilot)
            assert "no daemon runs" in text(pilot)

    asyncio.run(go())


def test_a_hundred_thousand_rows_are_moved_in_at_once(alive: Studio) -> None:
    from elite8.tui.rows import Row

    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            rows = app.pane.query_one(Rows)
            first = rows.every[0]
            rows.fill([Row(f"{n}", first.cells, first.thing) for n in range(100_000)])
            lines = drawn_by(rows)
            await press(pilot, "end", "pageup", "home")
            assert len(lines) < 8 * app.size.height, "what is seen is drawn, not all there is"
            assert rows.place == 0

    asyncio.run(go())


def test_a_killed_daemon_is_noticed_though_it_writes_nothing(
    alive: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            monkeypatch.setattr("elite8.tui.source.ASK_AGAIN", 0.0)
            source = app.source
            assert isinstance(source, Live)
            source._leader = "process 1 on another"  # as if it had led at the last look
            assert source.look() is not None
            assert source.look() is None
            await pilot.pause()

    asyncio.run(go())
