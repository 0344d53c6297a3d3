"""`elite8 config init --demo`: a synthetic studio to explore, and what to look at in it."""

import shlex
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from elite8.cli import output
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from elite8.core.operations.demo import Made

LOOK = ("elite8 funnel show --days 90", "elite8 subscribers --help", "elite8 tui")


def make(folder: Path | None, seed: int | None, day: str, *, as_json: bool) -> None:
    """Make one and say how to look at it; one that is there already stays as it is."""
    from elite8.core.operations import demo
    from elite8.core.studio import open_studio

    try:
        until = date.fromisoformat(day) if day else None
    except ValueError:
        raise ConfigError(f"--day {day[:20]} is no day; write it as 2026-11-26") from None
    with output.progress("a synthetic studio") as told:
        made = demo.make(
            open_studio(), folder, seed=demo.SEED if seed is None else seed, day=until, told=told
        )
    output.answer("config init", made, as_json=as_json, table=lambda: words(made, folder))


def words(made: "Made", folder: Path | None) -> str:
    """Return what was made and what to do next, in lines."""
    there = "" if made.new else ", was there already and stays as it is"
    counts = ", ".join(f"{many:,} {rows_of(name, many)}" for name, many in made.rows.items())
    use = (f"export ELITE8_STATE_DIR={shlex.quote(str(made.folder))}",) if folder else ()
    look = "\n      ".join((*use, *LOOK))
    return f"{made.folder}: synthetic studio, seed {made.seed}{there}\n{counts}\nnext: {look}"


def rows_of(table: str, many: int) -> str:
    """Return what a table's rows are called, of one or of several."""
    name = table.replace("_", " ")
    if many == 1:
        return name
    return "people" if name == "person" else f"{name}s"
