"""The main screens as pictures, at two sizes; `pytest --snapshot-update` draws them anew."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.image import SVGImageSnapshotExtension

from elite8.core.operations import stills, stops
from elite8.core.operations.scene import Scene
from elite8.core.operations.stills import Still
from elite8.core.studio import Studio
from elite8.tui.app import Console
from elite8.tui.line import Line
from tests.tui.peopled import foresee, settle
from tests.tui.pictures import picture
from tests.tui.stagehand import LARGE, SMALL, driven, press, until
from tests.tui.tidy import Tidied

if TYPE_CHECKING:
    from textual.pilot import Pilot

SCREENS: dict[str, tuple[str, ...]] = {
    "today": ("1",),
    "keys": ("question_mark",),
    "pause": ("escape", "P", "right"),
    "calendar": ("escape", "3"),
    "performers": ("4",),
    "networks": ("5",),
    "credits": ("6",),
    "alerts": ("7",),
    "log": ("8",),
    "queue": ("2",),
    "to-decide": ("f",),
    "film": ("f", "f", "i"),
}
"""One after the other: keys to press, from the screen before."""
GROWN: dict[str, tuple[str, ...]] = {"growth": ("9",), "region": ("tab", "down")}
BOTH = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])


@pytest.fixture
def svg(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SVGImageSnapshotExtension)


class Filmed(Tidied):
    """A source whose newest finished film can be looked at."""

    def look(self) -> Scene | None:
        found = super().look()
        if found is None:
            return None
        done = next(one for one in found.films if one.status == "finished")
        seen = replace(done, cover="cover", path="video.mp4", seconds=24.0)
        films = (seen, *(one for one in found.films if one is not done))
        return replace(found, films=films)


def dusk(place: int, width: int, height: int) -> Still:
    """Return a picture that is the same on every machine: a sky, a sun that goes down."""
    sun = (width // 2, height * (place + 2) // 12)
    rgb = bytearray()
    for y in range(height):
        for x in range(width):
            near = abs(x - sun[0]) + abs(y - sun[1]) < width // 4
            rgb += b"\xf6\xc9\x6b" if near else bytes((40 + y * 90 // height, 44, 110 - y))
    return Still(at=None, width=width, height=height, rgb=bytes(rgb))


@pytest.fixture
def shot(monkeypatch: pytest.MonkeyPatch) -> None:
    """No FFmpeg: pictures that are the same on every machine."""

    def strip(_: Any, __: str, ___: float, count: int, width: int, height: int) -> Iterator[Still]:
        yield from (dusk(place, width, height) for place in range(count))

    monkeypatch.setattr(stills, "cover", lambda _, __, wide, high: dusk(1, wide, high))
    monkeypatch.setattr(stills, "strip", strip)


async def drawn(pilot: "Pilot[None]", *keys: str) -> str:
    """Press keys; return the screen as a picture that is the same each time."""
    app = pilot.app
    assert isinstance(app, Console)
    await press(pilot, *keys)
    # A text that became shorter gives its room back a moment after the keys.
    await until(pilot, lambda: not any(one.rests for one in app.query(Line)))
    await pilot.pause()
    return re.sub(r"terminal-\d+", "terminal-0", picture(app))


def other(found: dict[str, str], svg: SnapshotAssertion) -> list[str]:
    """Return which pictures are not as they were."""
    return [name for name, one in found.items() if one != svg(name=name)]


@pytest.mark.usefixtures("shot")
@BOTH
def test_screens_are_as_they_were_drawn(
    alive: Studio, size: tuple[int, int], svg: SnapshotAssertion
) -> None:
    async def go() -> dict[str, str]:
        async with driven(Console(Filmed(lambda: alive), every=3600.0), size) as pilot:
            found = {name: await drawn(pilot, *keys) for name, keys in SCREENS.items()}
            settle(alive)
            foresee(alive)
            return found | {"subscribers": await drawn(pilot, "escape", "0")}

    assert other(asyncio.run(go()), svg) == []


@BOTH
def test_what_grows_is_as_it_was_drawn(
    grown: Studio, size: tuple[int, int], svg: SnapshotAssertion
) -> None:
    async def go() -> dict[str, str]:
        async with driven(Console(Tidied(lambda: grown), every=3600.0), size) as pilot:
            return {name: await drawn(pilot, *keys) for name, keys in GROWN.items()}

    assert other(asyncio.run(go()), svg) == []


def test_themes_are_as_they_were_drawn(alive: Studio, svg: SnapshotAssertion) -> None:
    stops.stop(alive, "network", "tiktok", "")

    async def go() -> dict[str, str]:
        app = Console(Tidied(lambda: alive), every=3600.0, wears="elite8-light")
        async with driven(app, LARGE) as pilot:
            light = await drawn(pilot)
            app.theme = "rio"
            return {"elite8-light": light, "rio": await drawn(pilot)}

    assert other(asyncio.run(go()), svg) == []
