"""The other places: calendar, performers, networks, credits, alerts, log."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from elite8.core.operations import desk, publish
from elite8.core.operations.desk import Wish
from elite8.core.storage import posts
from elite8.core.studio import Studio
from elite8.tui.app import Console
from elite8.tui.pane import PLACES
from elite8.tui.rows import Rows
from elite8.tui.stills import Picture
from tests.tui.stagehand import LARGE, SMALL, console, driven, press, settled, text, toasts, until


def shown(studio: Any, key: str, size: tuple[int, int], *keys: str) -> str:
    """Go to a place; return what is on the screen."""

    async def go() -> str:
        async with driven(console(studio), size) as pilot:
            await press(pilot, key, *keys)
            return text(pilot)

    return asyncio.run(go())


WORDS = {
    "calendar": ("today, Monday 23 November", "yours Tokyo, there UTC", "○ waiting"),
    "performers": ("Miyuki Sakura", "Jin Kawasaki", "views"),
    "networks": ("TikTok", "nobody signed in", "needs nobody"),
    "credits": ("they end", "Free credits of the coming days", "videos a day"),
    "alerts": ("✗ critical", "by maria", "1 TikTok account cannot post"),
    "subscribers": ("No subscribers yet", "0 active"),
    "log": ("firing: 1 TikTok account cannot post", "acknowledged by maria"),
}


def walked(studio: Studio, size: tuple[int, int], *keys: str) -> dict[str, str]:
    """Go to each place in turn and press these keys there; return what each shows."""

    async def go() -> dict[str, str]:
        found = {}
        async with driven(console(studio), size) as pilot:
            for name, (key, _) in PLACES.items():
                await press(pilot, key)
                await until(pilot, lambda: "it is read now" not in text(pilot))
                await press(pilot, *keys)
                found[name] = text(pilot)
                await press(pilot, *("escape",) * (len(pilot.app.screen_stack) > 1))
        return found

    return asyncio.run(go())


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
def test_a_place_shows_what_is_its_own(alive: Studio, size: tuple[int, int]) -> None:
    seen = walked(alive, size)
    missing = [(place, w) for place, words in WORDS.items() for w in words if w not in seen[place]]
    assert missing == []


def test_every_place_is_there_in_an_empty_studio(studio: Studio) -> None:
    seen = walked(studio, SMALL, "down", "enter")
    assert {len(one.splitlines()) for one in seen.values()} == {24}
    assert [name for name, one in seen.items() if " elite8 " not in one.splitlines()[0]] == []
    assert "'elite8 config init DIR --demo' makes some up." in " ".join(seen["subscribers"].split())
    studio.looking.database.close()


def test_every_place_can_be_squeezed(alive: Studio) -> None:
    seen = walked(alive, (40, 10), "down", "up")
    assert {len(one.splitlines()) for one in seen.values()} == {10}
    assert [name for name, one in seen.items() if "q quit" not in one] == []


def test_the_calendar_turns_its_weeks(alive: Studio) -> None:
    assert "No posts in this week" in shown(alive, "3", LARGE, ">")
    assert "Sunday 22 November" in shown(alive, "3", LARGE, "<")


def test_the_calendar_is_not_told_of_the_past(alive: Studio, clock: Any) -> None:
    from elite8.core.operations import snapshots

    snapshots.keep(alive)
    clock.advance(minutes=5)
    assert "N comes back to it" in shown(alive, "3", LARGE, "left_square_bracket")


@pytest.mark.parametrize(
    ("key", "moved"), [("shift+right", timedelta(days=1)), ("shift+down", timedelta(minutes=15))]
)
@pytest.mark.media
def test_a_post_is_moved_by_keys(ready: Studio, key: str, moved: timedelta) -> None:
    at = (ready.clock() + timedelta(hours=2)).replace(second=0, microsecond=0)
    (post,) = desk.order(ready, "latest", ["outbox"], Wish(at=at))

    async def go() -> Console:
        app = console(ready)
        async with driven(app, LARGE) as pilot:
            await press(pilot, "3")
            found = app.pane.query_one(Rows)
            if not found.mark_key(post.id):  # after midnight it is in the coming days all the same
                raise AssertionError(text(pilot))
            await press(pilot, key)
            await settled(pilot)
            assert "goes out" in toasts(pilot)
        return app

    app = asyncio.run(go())
    with ready.database.transaction() as session:
        found = posts.get(session, post.id)
    assert found
    assert found.due_at == at + moved
    assert app.deeds[0].command.startswith(f"elite8 schedule move {post.id[:14]} --at ")


def test_the_log_shows_one_kind_alone(alive: Studio) -> None:
    seen = shown(alive, "8", LARGE, "f")
    assert "firing: 1 TikTok" in seen
    assert "acknowledged by" not in seen


def test_a_kind_of_which_nothing_is_does_not_say_that_nothing_is_open(alive: Studio) -> None:
    seen = shown(alive, "2", LARGE, "f")
    assert "8 open posts" in seen
    assert "Nothing is of the kind “to decide”; f shows another." in seen
    assert "Nothing is open" not in seen


def test_a_performer_that_is_marked_is_whom_a_video_is_made_of(alive: Studio) -> None:
    seen = shown(alive, "4", LARGE, "down", "g")
    assert "elite8 generate --character airi" in seen


def test_a_performer_has_a_turn_and_results_on_each_network(alive: Studio) -> None:
    seen = shown(alive, "4", LARGE)
    assert "Rotation" in seen
    assert "of at most 7 videos" in seen
    assert "Results, 28 days  views, engaged" in seen
    assert len(re.findall(r" % +\d+ posts?", seen)) == 3, "each on one line"
    assert " 1/7 " in seen


@pytest.mark.media
def test_the_newest_film_of_a_performer_is_looked_at_from_there(ready: Studio) -> None:
    who = publish.finished(ready, "latest").character_id

    async def go() -> None:
        app = console(ready)
        async with driven(app, LARGE) as pilot:
            await press(pilot, "4")
            rows = app.pane.query_one(Rows)
            assert rows.mark_key(who)
            await press(pilot, "i")
            await until(pilot, lambda: bool(app.screen.query_one("#film-picture", Picture).stills))

    asyncio.run(go())


def test_a_network_that_is_marked_is_the_one_that_is_stopped(alive: Studio) -> None:
    seen = shown(alive, "5", LARGE, "down", "P", "n")
    assert "elite8 publish pause --network instagram" in seen
