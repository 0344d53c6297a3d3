"""The main screens as pictures, at two sizes; `pytest --snapshot-update` draws them anew."""

import asyncio
import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.image import SVGImageSnapshotExtension

from elite8.core.operations import stops
from elite8.core.studio import Studio
from elite8.tui.app import Console
from elite8.tui.line import Line
from tests.tui.peopled import foresee, settle
from tests.tui.pictures import picture
from tests.tui.stagehand import LARGE, SMALL, driven, press, until
from tests.tui.tidy import Tidied

SCREENS: dict[str, tuple[str, ...]] = {
    "today": (),
    "queue": ("2",),
    "to-decide": ("2", "f"),
    "calendar": ("3",),
    "performers": ("4",),
    "networks": ("5",),
    "credits": ("6",),
    "alerts": ("7",),
    "log": ("8",),
    "pause": ("P", "right"),
}
GROWN: dict[str, tuple[str, ...]] = {"growth": ("9",), "region": ("9", "tab", "down")}


@pytest.fixture
def svg(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SVGImageSnapshotExtension)


def drawn(studio: Any, size: tuple[int, int], *keys: str, **options: Any) -> str:
    """Return the screen as a picture that is the same each time."""

    async def go() -> str:
        app = Console(Tidied(lambda: studio), every=3600.0, **options)
        async with driven(app, size) as pilot:
            await press(pilot, *keys)
            # A text that became shorter gives its room back a moment after the keys.
            await until(pilot, lambda: not any(one.rests for one in app.query(Line)))
            await pilot.pause()
            return picture(app)

    return re.sub(r"terminal-\d+", "terminal-0", asyncio.run(go()))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_as_it_was_drawn(
    alive: Studio, screen: str, size: tuple[int, int], svg: SnapshotAssertion
) -> None:
    assert drawn(alive, size, *SCREENS[screen]) == svg


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
@pytest.mark.parametrize("screen", GROWN)
def test_what_grows_is_as_it_was_drawn(
    grown: Studio, screen: str, size: tuple[int, int], svg: SnapshotAssertion
) -> None:
    assert drawn(grown, size, *GROWN[screen]) == svg


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
def test_subscribers_are_as_they_were_drawn(
    alive: Studio, size: tuple[int, int], svg: SnapshotAssertion
) -> None:
    settle(alive)
    foresee(alive)
    assert drawn(alive, size, "0") == svg


@pytest.mark.parametrize("theme", ["elite8-light", "rio"])
def test_a_theme_is_as_it_was_drawn(alive: Studio, theme: str, svg: SnapshotAssertion) -> None:
    stops.stop(alive, "network", "tiktok", "")
    assert drawn(alive, LARGE, wears=theme) == svg


def test_a_picture_is_the_same_twice(alive: Studio) -> None:
    assert drawn(alive, LARGE) == drawn(alive, LARGE)
