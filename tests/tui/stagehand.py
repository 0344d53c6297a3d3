"""A console that is driven: it looks when told, and waits until all that was begun has ended."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from elite8.tui.app import Console
from elite8.tui.source import Live

if TYPE_CHECKING:
    from textual.pilot import Pilot

SMALL, LARGE = (80, 24), (140, 45)
PATIENCE = 20.0
"""Seconds until a test says that something never came."""


def console(studio: Any, **options: Any) -> Console:
    """Return a console over this studio that looks only when told."""
    return Console(Live(lambda: studio), **({"every": 3600.0} | options))


@asynccontextmanager
async def driven(app: Console, size: tuple[int, int] = SMALL) -> AsyncIterator["Pilot[None]"]:
    """Give a pilot of the console, its first scene drawn."""
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.has_pane and (app.scene is not None or bool(app.trouble)))
        await pilot.pause()
        yield pilot
    app.source.close()


async def until(pilot: "Pilot[None]", is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(round(PATIENCE / 0.02)):
        if is_so():
            return
        await pilot.pause()
    raise AssertionError("it never came")


async def press(pilot: "Pilot[None]", *keys: str) -> None:
    """Press keys, and wait for what they began."""
    await pilot.press(*keys)
    await settled(pilot)


async def settled(pilot: "Pilot[None]") -> None:
    """Wait until no act and no look is under way."""
    app = pilot.app
    assert isinstance(app, Console)
    await until(pilot, lambda: not app._busy and not [w for w in app.workers if not w.is_finished])
    await pilot.pause()


def text(pilot: "Pilot[None]") -> str:
    """Return all that is on the screen, as text."""
    screen = pilot.app.screen
    lines = screen._compositor.render_strips()
    return "\n".join("".join(part.text for part in line) for line in lines)


def toasts(pilot: "Pilot[None]") -> str:
    """Return what the console has said in passing."""
    return "\n".join(f"{one.title} {one.message}" for one in pilot.app._notifications)
