"""The console as an SVG whose wide signs stand in two cells: Rich counts letters, not cells."""

import asyncio
import random
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.cells import cell_len

from elite8.core.config import Config
from elite8.core.operations import brief, desk, generate, leading, tasks
from elite8.core.settings import Settings
from elite8.core.studio import Studio
from elite8.tui.app import Console
from elite8.tui.line import Line
from tests.conftest import ROOT, StoppedClock
from tests.tui.conftest import funnel
from tests.tui.peopled import foresee, settle
from tests.tui.stagehand import driven, press, until
from tests.tui.tidy import Tidied
from tests.web import seeds

NOW = datetime(2026, 11, 23, 9, 2, 4, tzinfo=UTC)
PLACE = ROOT / "docs" / "how-to" / "console"

TEXT = re.compile(r'(<text [^>]*?textLength=")([\d.]+)("[^>]*>)([^<]*)(</text>)')


RECT = re.compile(
    r'<rect fill="([^"]+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" '
    r'shape-rendering="crispEdges"/>'
)
RECTS = re.compile(r'(?:<rect fill="[^"]+" x="[^>]*" shape-rendering="crispEdges"/>)+')
SLACK = 0.2


def picture(app: Any, title: str = "") -> str:
    """Return a screenshot of what is on the screen now."""
    return RECTS.sub(joined, TEXT.sub(widened, app.export_screenshot(title=title or None)))


def joined(found: re.Match[str]) -> str:
    """Return neighbours of one colour as one: where a widget without a word ends is not seen."""
    kept: list[tuple[str, float, str, float, str]] = []
    for fill, x, y, width, height in RECT.findall(found[0]):
        left, wide = float(x), float(width)
        if kept and (fill, y) == (kept[-1][0], kept[-1][2]) and abs(end(kept[-1]) - left) < SLACK:
            kept[-1] = (fill, kept[-1][1], y, left + wide - kept[-1][1], height)
        elif wide:
            kept.append((fill, left, y, wide, height))
    return "".join(
        f'<rect fill="{fill}" x="{x:g}" y="{y}" width="{wide:.1f}" height="{height}" '
        'shape-rendering="crispEdges"/>'
        for fill, x, y, wide, height in kept
    )


def end(rect: tuple[str, float, str, float, str]) -> float:
    """Return where a rectangle ends."""
    return rect[1] + rect[3]


def widened(found: re.Match[str]) -> str:
    """Return a text with the length that its cells have."""
    before, length, between, text, after = found.groups()
    plain = unescape(text)
    real = float(length) * cell_len(plain) / max(len(plain), 1)
    return f"{before}{real:g}{between}{text}{after}"


SCREENS: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "today": ((120, 36), ()),
    "today-80x24": ((80, 24), ()),
    "queue": ((120, 36), ("2",)),
    "calendar": ((120, 36), ("3",)),
    "performers": ((120, 24), ("4",)),
    "networks": ((120, 24), ("5",)),
    "credits": ((120, 30), ("6",)),
    "alerts": ((120, 24), ("7",)),
    "log": ((120, 30), ("8",)),
    "pause": ((100, 28), ("P", "right", "right")),
    "film": ((120, 36), ("2", "f", "f", "f", "down", "i", "right", "right", "right")),
    "keys": ((100, 36), ("question_mark",)),
}
GROWN: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "growth": ((140, 38), ("9", "down")),
    "region": ((140, 38), ("9", "tab", "down")),
}

PEOPLED: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "subscribers": ((140, 38), ("0",)),
}


def main() -> None:
    """Draw the pictures of docs/how-to/console.md anew."""
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        lived, grown = Path(folder) / "lived", Path(folder) / "grown"
        draw(a_studio(lived), SCREENS)
        draw(a_funnel(grown), GROWN)
        draw(some_people(Path(folder) / "peopled"), PEOPLED)


def draw(studio: Any, screens: dict[str, tuple[tuple[int, int], tuple[str, ...]]]) -> None:
    """Draw these screens of a studio."""
    for name, (size, keys) in screens.items():
        text = asyncio.run(drawn(studio, size, keys))
        (PLACE / f"{name}.svg").write_text(text, encoding="utf-8")
    studio.looking.database.close()
    studio.database.close()


def opened(folder: Path) -> Any:
    """Return a studio with nothing in it, on an afternoon."""
    folder.mkdir()
    settings = Settings(
        state_dir=folder,
        cache_dir=folder / "cache",
        config_dir=ROOT / "config",
        database_url=SecretStr(f"sqlite:///{folder}/elite8.db"),
    )
    return Studio(settings=settings, config=Config(settings.config_dir), clock=StoppedClock(NOW))


def a_funnel(folder: Path) -> Any:
    """Return a studio whose posts led to people, with a daemon that watches."""
    studio = opened(folder)
    seeds.machine(studio, NOW, random.Random(8), watched=True)  # noqa: S311  # no secret
    for name in tasks.timetable(studio):
        tasks.marked(studio, name, lambda _: "")
    leading.lead(studio, leading.new_leader())
    funnel(studio, folder)
    return studio


def some_people(folder: Path) -> Any:
    """Return a studio with subscribers, and what was worked out of them."""
    studio = opened(folder)
    seeds.live(studio, studio.clock, seeds.Life(days=2))
    settle(studio)
    foresee(studio)
    return studio


def a_studio(folder: Path) -> Any:
    """Return a studio with a life, an afternoon, and two films that were really made."""
    studio = opened(folder)
    seeds.live(studio, studio.clock, seeds.Life())
    for who, language in (("miyuki", "ja"), ("airi", "en")):
        wish = brief.Brief(characters=(who,), language=language, seconds=6.0, seed=8)
        (planned,) = brief.plan(studio, wish)
        made = generate.make(studio, planned, lambda *_: None)
        desk.order(studio, made.id, ["tiktok", "outbox"], desk.Wish(at=NOW + timedelta(minutes=1)))
    return studio


async def drawn(studio: Any, size: tuple[int, int], keys: Sequence[str]) -> str:
    """Return the screen after these keys."""
    app = Console(Tidied(lambda: studio), every=3600.0)
    async with driven(app, size) as pilot:
        await press(pilot, *keys)
        # A text that became shorter gives its room back a moment after the keys.
        await until(pilot, lambda: not any(one.rests for one in app.query(Line)))
        await pilot.pause()
        return re.sub(r"terminal-\d+", "terminal-0", picture(app, "elite8 tui"))


if __name__ == "__main__":
    main()
