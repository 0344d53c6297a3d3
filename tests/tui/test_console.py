"""The console itself: places, keys, search, help, palette, and what it says when it is not now."""

import asyncio
import re
from typing import Any

import pytest
from textual.widget import Widget
from textual.widgets import Input

from elite8.core.errors import Unavailable
from elite8.core.operations import stops
from elite8.core.studio import Studio
from elite8.tui.acts import ACTS
from elite8.tui.app import Console
from elite8.tui.helping import OURS
from elite8.tui.pane import PLACES
from elite8.tui.rows import Rows
from elite8.tui.source import Live
from tests.tui.conftest import asking
from tests.tui.stagehand import LARGE, console, driven, press, settled, text, toasts, until


def seen(app: Console, *keys: str, size: tuple[int, int] = (80, 24)) -> str:
    """Press keys; return all that is on the screen."""

    async def go() -> str:
        async with driven(app, size) as pilot:
            await press(pilot, *keys)
            return text(pilot)

    return asyncio.run(go())


def test_today_shows_its_posts_what_is_next_and_who_leads(alive: Studio) -> None:
    shown = seen(console(alive))
    assert "4 alerts ring" in shown
    assert "next in 2:56" in shown
    assert "Mon 23 Nov 18:02:04 JST" in shown
    assert "✓ published" in shown


def test_a_wide_console_tells_about_what_is_marked_and_what_runs(alive: Studio) -> None:
    shown = seen(console(alive), size=LARGE)
    assert "Running now" in shown
    assert "This machine, 24 h" in shown
    assert "credits, end" in shown


def test_a_place_is_made_when_one_first_goes_there(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            assert not app.query("#queue")
            await press(pilot, "2")
            assert app.here == "queue"
            assert "Films that are done" in text(pilot)
            await press(pilot, "1")
            assert app.here == "today"

    asyncio.run(go())


def test_the_mark_stays_on_its_post_when_others_come_and_go(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            await press(pilot, "down", "down")
            rows = app.pane.query_one(Rows)
            marked = rows.marked
            assert marked
            assert app.scene
            rows.fill(rows.every[2:])
            assert rows.marked
            assert rows.marked.key == marked.key
            rows.fill([row for row in rows.every if row.key != marked.key])
            assert rows.marked.key != marked.key

    asyncio.run(go())


def test_a_look_that_finds_the_same_draws_no_line_again(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            rows, drawn = app.pane.query_one(Rows), list[int]()
            rows._redraw = drawn.append  # type: ignore[assignment,method-assign]  # counts lines
            assert app.scene
            app.show(app.scene)
            assert drawn == []
            await pilot.pause()

    asyncio.run(go())


def test_a_second_draws_the_clock_and_the_countdown_and_nothing_else(
    alive: Studio, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = list[str | None]()

    async def go() -> None:
        app = console(alive)
        async with driven(app, LARGE) as pilot:
            app.tick()
            refresh = Widget.refresh

            def noted(widget: Widget, *places: Any, **how: Any) -> Any:
                drawn.append(widget.id)
                return refresh(widget, *places, **how)

            monkeypatch.setattr(Widget, "refresh", noted)
            for _ in range(3):
                clock.advance(seconds=1)
                app.tick()
                await pilot.pause()
            monkeypatch.undo()

    asyncio.run(go())
    assert drawn == ["next", "head"] * 3


def test_a_look_at_what_did_not_change_wakes_nobody(
    alive: Studio, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken = list[Any]()

    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            monkeypatch.setattr(app, "looked", lambda *_: woken.append(1))
            clock.advance(seconds=8)
            app.look()
            await settled(pilot)
            assert app.seen_at == clock()

    asyncio.run(go())
    assert woken == []


def test_what_depends_on_the_width_is_drawn_again_when_that_changes(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            assert "Running now" not in text(pilot)
            await pilot.resize_terminal(*LARGE)
            await settled(pilot)
            await pilot.pause()
            assert "Running now" in text(pilot)

    asyncio.run(go())


def test_a_search_shows_only_what_has_the_words_and_escape_shows_all(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            rows = app.pane.query_one(Rows)
            all_rows = len(rows.lines)
            await press(pilot, "slash", *"youtube", "enter")
            assert 0 < len(rows.lines) < all_rows
            assert all("YouTube" in str(row.cells) for row in rows.lines)
            await press(pilot, "slash", *" nothing so")
            assert "nothing here has" in text(pilot)
            await press(pilot, "escape")
            assert len(rows.lines) == all_rows
            assert not app.query_one("#search", Input).display

    asyncio.run(go())


def test_help_lists_every_key_that_the_bindings_have(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app, (100, 120)) as pilot:
            bound = [one.binding for one in app.active_bindings.values()]
            known = {OURS.get(one.action, one.description) for one in bound}
            await press(pilot, "question_mark")
            shown = text(pilot)
            assert {word for word in known if word and word not in shown} == set()
            assert "Focus" not in shown
            assert "palette" not in shown, "Textual's own words are said in ours"

    asyncio.run(go())


def test_the_palette_has_every_place_and_act(alive: Studio) -> None:
    async def go() -> set[str]:
        app = console(alive)
        async with driven(app):
            return {one.title for one in app.get_system_commands(app.screen)}

    titles = asyncio.run(go())
    assert {act.label for act in ACTS} <= titles
    assert {f"Go to {title}" for _, title in PLACES.values()} <= titles


def test_the_palette_does_an_act(alive: Studio) -> None:
    from elite8.core.operations import stops

    shown = seen(console(alive), "ctrl+p", *"pause", "enter", "enter")
    assert shown
    assert [one.words for one in stops.listed(alive)] == ["everything"]


def test_a_key_that_is_pressed_too_soon_does_nothing(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with app.run_test() as pilot:
            for key in ("2", "slash", "P", "i", "escape", "j", "question_mark", "tab", "f", "down"):
                app.simulate_key(key)
            await until(pilot, lambda: app.scene is not None)
            assert app.is_running
        app.source.close()

    asyncio.run(go())


def test_a_click_goes_to_a_place_and_presses_a_key(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            await pilot.click("#places", offset=(10, 0))
            await settled(pilot)
            assert app.here == "queue"
            line = text(pilot).splitlines()[-1]
            await pilot.click("#keys", offset=(line.index("?"), 0))
            await settled(pilot)
            assert "Places" in text(pilot)

    asyncio.run(go())


def test_a_jump_key_goes_to_a_place(alive: Studio) -> None:
    assert "everything" in seen(console(alive), "j", "s")


def test_enter_tells_a_posts_whole_story(alive: Studio) -> None:
    async def go() -> list[str]:
        found = []
        async with driven(console(alive), LARGE) as pilot:
            await press(pilot, "home", "enter")
            assert "Story" in text(pilot)
            assert "views" in text(pilot)
            for size in (LARGE, (80, 24), (40, 10), (300, 90)):
                await pilot.resize_terminal(*size)
                await settled(pilot)
                await until(pilot, lambda: "Esc back" in text(pilot))
                found.append(text(pilot))
        return found

    assert ["Esc back" in one for one in asyncio.run(go())] == [True] * 4, "and how to leave it"


class Failing(Live):
    """A source whose database is busy from the second look on."""

    looks = 0

    def look(self) -> Any:
        self.looks += 1
        if self.looks > 1:
            raise Unavailable("the database is busy; it is tried again")
        return super().look()


def test_what_is_old_is_said_with_its_age_and_why(alive: Studio, clock: Any) -> None:
    async def go() -> None:
        app = Console(Failing(lambda: alive), every=3600.0)
        async with driven(app) as pilot:
            clock.advance(seconds=14)
            app.look()
            await settled(pilot)
            app.tick()
            await pilot.pause()
            assert "as of 18:02:04, 14 s ago: the database is busy" in text(pilot)

    asyncio.run(go())


def test_a_dead_daemon_is_not_a_quiet_one(alive: Studio, clock: Any) -> None:
    clock.advance(minutes=30)
    shown = seen(console(alive))
    assert "Not well" in shown or "Nobody is watching" in shown
    assert "no daemon runs" in shown


def test_every_performer_has_a_theme_of_their_own(alive: Studio) -> None:
    async def go() -> None:
        app = console(alive, wears="airi")
        async with driven(app) as pilot:
            assert app.theme == "airi"
            for one in alive.config.roster.characters:
                app.theme = one.id
                await pilot.pause()
            await press(pilot, "t")
            assert app.theme == "elite8"

    asyncio.run(go())


def test_without_colour_a_state_still_has_its_sign_and_word(
    alive: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def go() -> str:
        app = console(alive)
        async with driven(app) as pilot:
            assert app.no_color
            await pilot.pause()
            return text(pilot)

    shown = asyncio.run(go())
    assert "✓ published" in shown
    assert "○ waiting" in shown


def test_japanese_titles_keep_the_columns_after_them(alive: Studio) -> None:
    from rich.cells import cell_len

    async def go() -> None:
        app = console(alive)
        async with driven(app, LARGE) as pilot:
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {140}
            side = [line for line in text(pilot).splitlines() if "│" in line]
            places = {cell_len(line[: line.rindex("│")]) for line in side[-8:]}
            assert len(places) == 1

    asyncio.run(go())


def test_an_empty_studio_says_what_to_do_first(studio: Studio) -> None:
    shown = seen(console(studio))
    assert "No posts today. g makes a video" in shown
    studio.looking.database.close()


def test_a_file_that_is_not_there_is_said(alive: Studio) -> None:
    async def go() -> str:
        app = console(alive)
        async with driven(app) as pilot:
            await press(pilot, "o", "i")
            return toasts(pilot)

    said = asyncio.run(go())
    assert "there is no file of that yet" in said
    assert "there is no film of that yet" in said


@pytest.mark.parametrize(
    ("size", "line"),
    [
        ((80, 24), "1 Today 2 Queue 18 3 Cal 4 Cast 5 Nets 6 Credits 7 Alerts 4 8 Log 9 Funnel 0"),
        ((40, 10), "1 Today 2 Queue 18 3 4 5 6 7:4 8 9 0"),
    ],
)
def test_where_there_is_little_room_places_keep_names_where_something_is_counted(
    alive: Studio, size: tuple[int, int], line: str
) -> None:
    asked = asking(alive, auto_approve={})
    shown = seen(console(asked), size=size).splitlines()[1]
    assert re.sub(r"Queue \d+", "Queue 18", shown).strip() == line


def test_what_rings_is_told_the_gravest_first_in_today_as_well(alive: Studio) -> None:
    async def go() -> str:
        async with driven(console(alive), LARGE) as pilot:
            return text(pilot)

    shown = asyncio.run(go()).split("Rings")[1]
    assert shown.index("✗ ") < shown.index("▲ ") < shown.index("i ")


def test_in_the_smallest_window_the_clock_goes_before_what_is_stopped(ready: Studio) -> None:
    stops.stop(ready, "all", "", "")
    first = seen(console(ready), size=(40, 10)).splitlines()[0]
    assert "Nobody is watching" in first
    assert first.rstrip().endswith("■ stopped")


@pytest.mark.parametrize("size", [(80, 24), LARGE])
def test_a_jump_stands_over_the_places_and_reaches_each(
    alive: Studio, size: tuple[int, int]
) -> None:
    shown = seen(console(alive), "j", size=size).splitlines()
    assert shown[1].startswith(" a Today s Queue ")
    assert "; Subs" in shown[1]
    app = console(alive)
    seen(app, "j", "semicolon", size=size)
    assert app.here == "subscribers"
