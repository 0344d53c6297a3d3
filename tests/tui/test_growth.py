"""Funnel & Regions: goals beside what is so, small numbers not told, the regions' own clocks."""

import asyncio
import json
import lzma
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from elite8.core.config import Config
from elite8.core.domain.snapshot import KeptScene
from elite8.core.operations import snapshots
from elite8.core.operations.scene import scene
from elite8.core.storage import snapshots as kept
from elite8.core.studio import Studio
from elite8.tui.app import Console
from tests.conftest import ROOT
from tests.tui.stagehand import LARGE, SMALL, console, driven, press, settled, text, until


def shown(studio: Any, size: tuple[int, int], *keys: str) -> str:
    """Go to the place; return what is on the screen after these keys."""

    async def go() -> str:
        async with driven(console(studio), size) as pilot:
            await press(pilot, "9")
            await until(pilot, lambda: "it is read now" not in text(pilot))
            await press(pilot, *keys)
            return text(pilot)

    return asyncio.run(go())


def test_goals_stand_beside_what_is_so_with_how_many_and_between_what(grown: Studio) -> None:
    seen = shown(grown, SMALL)
    (line,) = [one for one in seen.splitlines() if one.startswith(" interest")]
    assert line.split() == ["interest", "▼", "below", "0.55%", "0.39-0.77%", "3.00%", "5,866",
                            "3.60%"]  # fmt: skip
    assert "▼ bottleneck interest 0.55% (0.39-0.77%), goal 3.00%, x 5.5 at its goal" in seen


def test_fewer_than_ten_people_are_not_told_anywhere(grown: Studio) -> None:
    seen = shown(grown, LARGE, "end")
    (line,) = [one for one in seen.splitlines() if "loyalty" in one]
    assert line.split("│")[0].split() == ["▌loyalty", "▼", "below", "<10", "20.0%", "-", "5.49%",
                                          "8.00%"]  # fmt: skip
    assert "under ten people are not told" in seen


def test_the_bottleneck_says_what_to_make_and_g_makes_it(grown: Studio) -> None:
    seen = shown(grown, LARGE, "down")
    assert "x 5.5 at its goal" in seen
    assert "30 to 60 s" in seen
    form = shown(grown, LARGE, "down", "g")
    assert "--stage interest" in form


def test_who_makes_it_is_said_by_name(grown: Studio) -> None:
    async def go() -> str:
        async with driven(console(grown), (140, 70)) as pilot:
            await press(pilot, "9", "down")
            await until(pilot, lambda: "What to make" in text(pilot))
            return text(pilot)

    assert re.search(r"who +[A-Z]\w+ [A-Z]\w+ *$", asyncio.run(go()), re.MULTILINE)


def test_a_region_has_its_own_clock_windows_money_and_readiness(grown: Studio) -> None:
    seen = shown(grown, LARGE, "tab", "down")
    assert "Mon 23 Nov 18:02 JST" in seen
    assert "Mon 19:00-21:00  in 58 min" in seen
    assert "3-4 begin, 9-12 optimise" in seen
    assert "of $360" in seen
    assert "✓ within" in seen
    assert "? ROAS unknown" in seen
    assert "no day is set" in seen


def test_the_clocks_of_the_regions_go_on(grown: Studio, clock: Any) -> None:
    async def go() -> None:
        async with driven(console(grown), SMALL) as pilot:
            await press(pilot, "9")
            await until(pilot, lambda: "○ 19:00" in text(pilot))
            clock.advance(hours=1)
            app = pilot.app
            assert isinstance(app, Console)
            app.pane.turn(app.now())
            await pilot.pause()
            assert "● open to 21:00" in text(pilot)
            assert "Mon 19:02" in text(pilot)

    asyncio.run(go())


def test_a_region_that_is_marked_is_the_one_that_is_stopped(grown: Studio) -> None:
    seen = shown(grown, LARGE, "tab", "down", "P", "r")
    assert "elite8 publish pause --region JP" in seen


def test_enter_tells_about_what_is_marked_where_there_is_no_side(grown: Studio) -> None:
    assert "Views that become clicks" in shown(grown, SMALL, "enter")
    assert "BR, pt-BR" in shown(grown, SMALL, "tab", "down", "down", "enter")


def test_nobody_works_it_out_before_somebody_looks(grown: Studio) -> None:
    async def go() -> None:
        app = console(grown)
        async with driven(app) as pilot:
            assert app.scene
            assert app.scene.growth is None
            await press(pilot, "9")
            await until(pilot, lambda: app.scene is not None and app.scene.growth is not None)

    asyncio.run(go())


def kept_and_asked(studio: Studio, keep: Callable[[], object], clock: Any) -> str:
    """Return the place as it was a moment ago."""
    keep()
    clock.advance(minutes=5)
    return shown(studio, LARGE, "left_square_bracket")


def test_what_the_daemon_kept_tells_the_funnel_of_then(grown: Studio, clock: Any) -> None:
    seen = kept_and_asked(grown, lambda: snapshots.keep(grown), clock)
    assert "as it was" in seen
    assert "▼ bottleneck interest" in seen
    assert "JP Japan" in seen


def test_what_an_older_elite8_kept_still_opens(grown: Studio, clock: Any) -> None:
    """Packed here as version 1 was packed before there was a funnel in it."""

    def keep() -> None:
        plain = snapshots.written(scene(grown))
        for name in ("growth", "no_growth", "ledger"):
            del plain[name]
        board = {**plain["board"], "slots": snapshots.across(plain["board"]["slots"])}
        lists = ("queue", "films", "accounts", "events")
        turned = plain | {name: snapshots.across(plain[name]) for name in lists} | {"board": board}
        body = lzma.compress(
            json.dumps(turned).encode(), format=lzma.FORMAT_RAW, filters=snapshots.PACKING
        )
        with grown.database.transaction() as session:
            row = KeptScene(at=clock.now, until=clock.now, version=1, body=body)
            kept.keep(session, row)

    seen = kept_and_asked(grown, keep, clock)
    assert "as it was" in seen
    assert "an older elite8 wrote it" in seen


def test_a_config_that_is_wrong_is_said_there_and_the_rest_is_shown(
    grown: Studio, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / "config" / "phase2" / "funnel.json").write_text('{"stages": 1}')
    wrong = replace(grown, config=Config(tmp_path / "config"))
    assert "phase2/funnel.json" in shown(wrong, LARGE)
    assert snapshots.keep(wrong) == "kept"
    wrong.looking.database.close()
    wrong.database.close()


def test_the_ledger_stands_beside_the_runway(grown: Studio) -> None:
    async def go(size: tuple[int, int], *keys: str) -> str:
        async with driven(console(grown), size) as pilot:
            await press(pilot, "6", *keys)
            await settled(pilot)
            return text(pilot)

    for size in (SMALL, LARGE):
        seen = asyncio.run(go(size))
        assert "-33  settle" in seen
        assert "they end" in seen
    assert "An entry of the ledger" in asyncio.run(go(SMALL, "enter"))
